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

Endpoint listen_point(const Config& config, RealmId realm) noexcept {
    const Realm& side = config.realms[realm.value];
    return {side.address.address, side.listen.empty() ? kDefaultPort : side.listen.front().port};
}

Flow flow_to(const Config& config, const Peer& peer) noexcept {
    return {peer.realm, Transport::kUdp, listen_point(config, peer.realm), peer.address};
}

const Route* route_from(const Config& config, RealmId from, RouteUse when) noexcept {
    const auto found =
        std::find_if(config.routes.begin(), config.routes.end(),
                     [&](const Route& route) { return route.from == from && route.when == when; });
    return found == config.routes.end() ? nullptr : &*found;
}

const Peer* peer_behind(const Config& config, RealmId from) noexcept {
    const Route* route = route_from(config, from);
    const ToPeers* to = route == nullptr ? nullptr : std::get_if<ToPeers>(&route->to);
    return to == nullptr ? nullptr : &config.peers[to->peers.front()];
}

}  // namespace sallyport::routing
