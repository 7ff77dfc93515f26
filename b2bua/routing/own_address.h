// SPDX-License-Identifier: Apache-2.0
// What is ours and what is a peer's: addresses of the realms, and the flow by which a peer is
// reached (D9, D12, I2 for numeric hosts). Pure; reads the immutable Config only.
#pragma once

#include "b2bua/sip/uri.h"
#include "b2bua/transport/flow.h"
#include "config/config.h"

#include <optional>

namespace sallyport::routing {

/// The URI's host is an address of one of our realms and its port (5060 when absent) one of that
/// realm's listen points.
[[nodiscard]] bool is_own(const Config& config, const sip::Uri& uri) noexcept;

/// The peer whose configured URI has this host (and port, 5060 when absent); nullptr when none.
[[nodiscard]] const Peer* peer_of(const Config& config, const sip::Uri& uri) noexcept;

/// First listen point of a realm: what our Via, Contact and source address are there.
[[nodiscard]] Endpoint listen_point(const Config& config, RealmId realm) noexcept;

/// Flow from that realm's listen point to a peer.
[[nodiscard]] Flow flow_to(const Config& config, const Peer& peer) noexcept;

/// First route of the table whose ingress is that realm; nullptr when there is none. when: always,
/// or while its registrars are dead.
[[nodiscard]] const Route* route_from(const Config& config, RealmId from,
                                      RouteUse when = RouteUse::kAlways) noexcept;

/// The peer that a realm's requests go to by the route table; nullptr when its route leads to the
/// bindings or nowhere.
[[nodiscard]] const Peer* peer_behind(const Config& config, RealmId from) noexcept;

}  // namespace sallyport::routing
