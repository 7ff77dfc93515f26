// SPDX-License-Identifier: Apache-2.0
// Reads what a DNS server sent (RFC 1035 s.4.1, RFC 2782, RFC 3403 s.4.1, RFC 2308), with the TTL
// of each record. Aliases inside the message are followed, from the name that was asked for; what
// the message says of other names is not believed. Never fails: what cannot be read is an answer
// of kind kFailed, and counted. Pure.
#pragma once

#include "b2bua/transport/resolver/counters.h"
#include "b2bua/transport/resolver/dns_answer.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace sallyport::resolver {

constexpr std::size_t kMostRecords = 64;  // kept of one answer
constexpr std::size_t kMostAliasesInMessage = 8;

/// The number that the DNS has for a type (RFC 1035 s.3.2.2, RFC 3596, RFC 2782, RFC 3403).
[[nodiscard]] std::uint16_t type_number(RecordType type) noexcept;

/// message: one reply, in network order.
[[nodiscard]] Answer read_reply(std::span<const std::uint8_t> message, const Question& question,
                                Counters& counters);

}  // namespace sallyport::resolver
