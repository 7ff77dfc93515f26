// SPDX-License-Identifier: Apache-2.0
// URIs that name us: the Contact of a leg (D10, RFC 3261 s.8.1.1.8), stable for the life of the
// leg. Pure.
#pragma once

#include "config/types/ip.h"

#include <string>
#include <string_view>

namespace sallyport::policy {

/// "sip:user@10.20.0.1:5060"; IPv6 in brackets; no user part when user is empty. user: bytes as in
/// the peer's URI (A14).
[[nodiscard]] std::string own_uri(std::string_view user, const Endpoint& local);

/// The same in angle brackets: "<sip:user@10.20.0.1:5060>".
[[nodiscard]] std::string own_contact(std::string_view user, const Endpoint& local);

}  // namespace sallyport::policy
