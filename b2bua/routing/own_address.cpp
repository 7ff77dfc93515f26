// SPDX-License-Identifier: Apache-2.0
#include "b2bua/routing/own_address.h"

#include "b2bua/sip/params.h"

#include <algorithm>
#include <variant>

namespace sallyport::routing {
namespace {

constexpr Port kDefaultPort{5060};  // RFC 3261 s.19.1.2

bool listens(const Realm& realm, Port port) noexcept {
    return std::any_of(realm.listen.begin(), realm.listen.end(),
                       [&](const ListenPoint& point) { return point.port == port; });
}

}  // namespace

bool is_own(const Config& config, const sip::Uri& uri) noexcept {
    const auto ip = uri.ip();
    if (!ip) {
        return false;
    }
    const Port port = uri.port.value_or(kDefaultPort);
    return std::any_of(config.realms.begin(), config.realms.end(), [&](const Realm& realm) {
        return realm.address.address == *ip && listens(realm, port);
    });
}

const Peer* peer_of(const Config& config, const sip::Uri& uri) noexcept {
    const Port port = uri.port.value_or(kDefaultPort);
    const auto ip = uri.ip();
    for (const Peer& peer : config.peers) {
        if (ip && peer.address == Endpoint{*ip, port}) {
            return &peer;
        }
        const auto own = sip::Uri::parse(peer.uri);
        if (own.ok() && sip::iequals(own->host, uri.host) &&
            own->port.value_or(kDefaultPort) == port) {
            return &peer;
        }
    }
    return nullptr;
}

std::string host_of(const Peer& peer) {
    const auto theirs = sip::Uri::parse(peer.uri);
    if (!theirs.ok()) {
        return peer.address.to_string();
    }
    std::string host(theirs->host);
    return theirs->port ? host.append(":").append(std::to_string(theirs->port->value)) : host;
}

Endpoint listen_point(const Config& config, RealmId realm) noexcept {
    const Realm& side = config.realms[realm.value];
    return {side.address.address, side.listen.empty() ? kDefaultPort : side.listen.front().port};
}

Flow flow_to(const Config& config, const Peer& peer) noexcept {
    return {peer.realm, Transport::kUdp, listen_point(config, peer.realm), peer.address};
}

const Route* route_of_all(const Config& config, RealmId from) noexcept {
    const Route* best = nullptr;
    for (const Route& route : config.routes) {
        if (route.from == from && route.when == RouteUse::kAlways && is_unconditional(route) &&
            (best == nullptr || route.priority < best->priority)) {
            best = &route;
        }
    }
    return best;
}

const Peer* peer_behind(const Config& config, RealmId from) noexcept {
    const Route* route = route_of_all(config, from);
    const ToPeers* to = route == nullptr ? nullptr : std::get_if<ToPeers>(&route->to);
    return to == nullptr ? nullptr : &config.peers[to->peers.front()];
}

}  // namespace sallyport::routing
