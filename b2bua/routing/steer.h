// SPDX-License-Identifier: Apache-2.0
// Which shard gets a datagram: its Call-ID decides (RFC 3261 s.20.8), found without a full parse.
// Called by data plane workers (dataplane::Steer): noexcept, no allocation, bounded by the
// payload's length.
#pragma once

#include <cstdint>
#include <string_view>

namespace sallyport::routing {

/// Shard 0 .. shards-1; 0 when no Call-ID is found (the shard's parser then says what is wrong).
[[nodiscard]] std::uint8_t steer_by_call_id(std::string_view payload, std::uint8_t shards) noexcept;

/// Value of the first Call-ID or i header, trimmed; empty when none.
[[nodiscard]] std::string_view find_call_id(std::string_view payload) noexcept;

}  // namespace sallyport::routing
