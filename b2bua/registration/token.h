// SPDX-License-Identifier: Apache-2.0
// Contact tokens (H3): the same for every refresh of (registrar, address-of-record, Contact URI,
// instance), different per device, and not to be guessed without the process key: HMAC-SHA256 (RFC
// 2104), 128 bits of it in lower-case hex. Pure.
#pragma once

#include "b2bua/policy/randomness.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::registration {

/// One per process and the same on every shard.
struct TokenKey {
    std::array<std::uint8_t, 32> octets{};
    [[nodiscard]] static TokenKey from(Randomness& random) noexcept;
};

inline constexpr std::size_t kTokenLength = 32;

/// registrar: the peer's name; empty: the gateway itself.
[[nodiscard]] std::string token_of(const TokenKey& key, std::string_view registrar,
                                   std::string_view aor, std::string_view contact_uri,
                                   std::string_view instance);

/// Has the form of a token; whether it is one, the bindings know.
[[nodiscard]] bool looks_like_token(std::string_view user) noexcept;

}  // namespace sallyport::registration
