// SPDX-License-Identifier: Apache-2.0
// The STUN keepalive of the SIP port (B18; RFC 5626 s.3.5.2, RFC 8489): Binding Requests and what
// answers them. Pure; takes any octets, allocates nothing.
#pragma once

#include "config/types/ip.h"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace sallyport::sip {

/// Room for every answer.
inline constexpr std::size_t kStunAnswer = 64;

/// False: cannot be a SIP message, whose first octet begins a method, a version or an empty line
/// (RFC 3261 s.25.1). STUN is among those that cannot (RFC 5626 s.8).
[[nodiscard]] bool may_be_sip(std::string_view datagram) noexcept;

/// The answer to a Binding Request from that address: a success with XOR-MAPPED-ADDRESS, or 420
/// where it has attributes that must be understood and are not (RFC 8489 s.6.3.1). The view is
/// into out. nullopt: it is no Binding Request, or its lengths are wrong.
[[nodiscard]] std::optional<std::string_view> answer_stun(
    std::string_view datagram, const Endpoint& source, std::span<char, kStunAnswer> out) noexcept;

}  // namespace sallyport::sip
