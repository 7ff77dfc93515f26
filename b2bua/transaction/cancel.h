// SPDX-License-Identifier: Apache-2.0
// The CANCEL for an INVITE that we sent (RFC 3261 s.9.1, Reason: RFC 3326; C14). Pure.
#pragma once

#include "b2bua/sip/message.h"

#include <optional>
#include <span>
#include <string_view>

namespace sallyport::transaction {

/// invite: as we sent it. reason: value of a Reason header or empty. nullopt: does not fit.
[[nodiscard]] std::optional<std::string_view> write_cancel(const sip::Message& invite,
                                                           std::string_view reason,
                                                           std::span<char> out) noexcept;

}  // namespace sallyport::transaction
