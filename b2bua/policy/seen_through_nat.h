// SPDX-License-Identifier: Apache-2.0
// Whether the sender of a message is seen through a NAT (G3, H5): it says another address of itself
// than its packets come from. Pure.
#pragma once

#include "b2bua/sip/message.h"
#include "config/types/ip.h"

#include <optional>
#include <string_view>

namespace sallyport::policy {

/// The host is an address and, with its port (5060 when it has none), where the packet came from.
[[nodiscard]] bool names_source(std::string_view host, std::optional<Port> port,
                                const Endpoint& source);
/// The same of the host and port of a URI.
[[nodiscard]] bool names_source(std::string_view uri, const Endpoint& source);

/// The topmost Via of a request is of whoever sent the packet (RFC 3261 s.18.1.1).
[[nodiscard]] bool via_names_source(const sip::Message& request, const Endpoint& source);

/// The sender's Via, when it is a request, or its Contact, is not where the packet came from. The
/// Contact says nothing of the sender when the message came through proxies: a request with further
/// Via values, a message with Record-Route (RFC 3261 s.16.6).
[[nodiscard]] bool seen_through_nat(const sip::Message& message, const Endpoint& source);

}  // namespace sallyport::policy
