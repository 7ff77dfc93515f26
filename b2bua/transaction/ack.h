// SPDX-License-Identifier: Apache-2.0
// The ACK that an INVITE client transaction sends itself, for a 3xx-6xx (RFC 3261 s.17.1.1.3, C10).
// Pure.
#pragma once

#include "b2bua/sip/message.h"

#include <optional>
#include <span>
#include <string_view>

namespace sallyport::transaction {

/// invite: as we sent it. nullopt: does not fit.
[[nodiscard]] std::optional<std::string_view> write_ack(const sip::Message& invite,
                                                        const sip::Message& response,
                                                        std::span<char> out) noexcept;

}  // namespace sallyport::transaction
