// SPDX-License-Identifier: Apache-2.0
// delta-seconds of Expires, Retry-After and their kind (RFC 3261 s.20.19, s.25.1). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::sip {

/// Seconds, clamped to 2^32-1 (A9); nullopt: unreadable.
[[nodiscard]] std::optional<std::uint32_t> delta_seconds(std::string_view text) noexcept;

}  // namespace sallyport::sip
