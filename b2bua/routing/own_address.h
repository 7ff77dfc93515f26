// SPDX-License-Identifier: Apache-2.0
// What is ours and what is a peer's: addresses of the realms, and the flow by which a peer is
// reached (D9, D12, I2 for numeric hosts). Pure; reads the immutable Config only.
#pragma once

#include "b2bua/sip/uri.h"
#include "b2bua/transport/flow.h"
#include "config/config.h"

#include <optional>
#include <string>

namespace sallyport::routing {

/// The URI's host is an address of one of our realms and its port (5060 when absent) one of that
/// realm's listen points.
[[nodiscard]] bool is_own(const Config& config, const sip::Uri& uri) noexcept;

/// The peer whose configured URI has this host (and port, 5060 when absent); nullptr when none.
[[nodiscard]] const Peer* peer_of(const Config& config, const sip::Uri& uri) noexcept;

/// The peer's host and port, as its URI has them.
[[nodiscard]] std::string host_of(const Peer& peer);

/// First listen point of a realm: what our Via, Contact and source address are there.
[[nodiscard]] Endpoint listen_point(const Config& config, RealmId realm) noexcept;

/// Flow from that realm's listen point to a peer.
[[nodiscard]] Flow flow_to(const Config& config, const Peer& peer) noexcept;

/// The route that takes whatever comes from that realm and no other route takes; nullptr when there
/// is none. Its peers are the registrars of the realm's phones.
[[nodiscard]] const Route* route_of_all(const Config& config, RealmId from) noexcept;

/// The first peer of that route; nullptr when it leads to the bindings, or is not there.
[[nodiscard]] const Peer* peer_behind(const Config& config, RealmId from) noexcept;

}  // namespace sallyport::routing
