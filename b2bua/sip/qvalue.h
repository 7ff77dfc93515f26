// SPDX-License-Identifier: Apache-2.0
// The preference of a Contact among others: its q parameter (RFC 3261 s.20.10, s.25.1). Pure.
#pragma once

#include "b2bua/sip/name_addr.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::sip {

/// In thousandths, 0 to 1000; nullopt: unreadable.
[[nodiscard]] std::optional<std::uint16_t> qvalue(std::string_view text) noexcept;

/// q of a Contact in thousandths; what is absent or cannot be read ranks first.
[[nodiscard]] std::uint16_t q_of(const NameAddr& contact) noexcept;

}  // namespace sallyport::sip
