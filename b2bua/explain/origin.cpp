// SPDX-License-Identifier: Apache-2.0
#include "b2bua/explain/origin.h"

#include "b2bua/routing/own_address.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace sallyport::explain {
namespace {

constexpr Port kDefaultPort{5060};  // RFC 3261 s.18.1.1

RealmId realm_at(std::size_t index) {
    return RealmId{static_cast<std::uint8_t>(index)};
}

/// Whose listen point that is.
std::optional<RealmId> realm_of(const Config& config, const Endpoint& at) {
    for (std::size_t i = 0; i < config.realms.size(); ++i) {
        const Realm& realm = config.realms[i];
        const bool listens =
            std::any_of(realm.listen.begin(), realm.listen.end(), [&at](const ListenPoint& point) {
                return point.transport == Transport::kUdp && point.port == at.port;
            });
        if (realm.address.address == at.ip && listens) {
            return realm_at(i);
        }
    }
    return std::nullopt;
}

struct Side {
    RealmId realm;
    std::string why;
};

/// The realm that an address belongs to: a peer's, else that of its network, else the first.
Side side_of(const Config& config, const std::optional<IpAddr>& ip, const std::string& whose) {
    if (!ip) {
        return {RealmId{0}, "the first realm, for " + whose + " is no address"};
    }
    for (const Peer& peer : config.peers) {
        if (peer.address.ip == *ip) {
            return {peer.realm, whose + " is that of peer." + peer.name};
        }
    }
    for (std::size_t i = 0; i < config.realms.size(); ++i) {
        if (config.realms[i].address.contains(*ip)) {
            return {realm_at(i),
                    whose + " is in its network " + config.realms[i].address.to_string()};
        }
    }
    return {RealmId{0}, "the first realm, for no realm's network has " + whose};
}

/// Somebody in the network of the realm, where the message does not say who.
Endpoint somebody_in(const Realm& realm) {
    std::array<std::uint8_t, 16> octets = realm.address.address.octets();
    const bool v4 = realm.address.address.is_v4();
    octets[v4 ? 3 : 15] ^= 8;
    const IpAddr ip =
        v4 ? IpAddr::v4((std::uint32_t{octets[0]} << 24) | (std::uint32_t{octets[1]} << 16) |
                        (std::uint32_t{octets[2]} << 8) | octets[3])
           : IpAddr::v6(octets);
    return {ip, kDefaultPort};
}

/// Where the sender of a pasted message says that it is (RFC 3261 s.18.2.1, RFC 3581 s.4).
std::optional<IpAddr> via_address(const sip::Message& message) {
    std::string_view host = message.top_via().received;
    host = host.empty() ? message.top_via().host : host;
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    return IpAddr::parse(host);
}

Origin of_pasted(const Config& config, const Claim& claim, const sip::Message& message) {
    const bool named = claim.source.has_value();
    const std::optional<IpAddr> via = via_address(message);
    const std::optional<IpAddr> ip = named ? std::optional(claim.source->ip) : via;
    const std::string whose = (named ? "the address " : "the topmost Via's address ") +
                              (ip ? ip->to_string() : std::string(message.top_via().host));
    const Side side =
        claim.realm ? Side{*claim.realm, "--explain-realm names it"} : side_of(config, ip, whose);
    Origin origin{{}, side.why};
    origin.flow.realm = side.realm;
    origin.flow.local = routing::listen_point(config, side.realm);
    if (named) {
        origin.flow.remote = *claim.source;
    } else if (via && !realm_of(config, {*via, origin.flow.local.port})) {
        origin.flow.remote = {*via, message.top_via().port.value_or(kDefaultPort)};
    } else {
        origin.flow.remote = somebody_in(config.realms[side.realm.value]);
        origin.why += "; the source address is made up, --explain-source=IP:PORT gives another";
    }
    return origin;
}

std::string listen_points(const Config& config) {
    std::string text;
    for (std::size_t i = 0; i < config.realms.size(); ++i) {
        for (const ListenPoint& point : config.realms[i].listen) {
            text.append(text.empty() ? "" : ", ").append(section(config, realm_at(i)));
            const Endpoint at{config.realms[i].address.address, point.port};
            text.append(" listens at ").append(at.to_string());
        }
    }
    return text;
}

}  // namespace

std::string section(const Config& config, RealmId realm) {
    return "[realm." + config.realms[realm.value].name + "]";
}

std::string name_of(const Config& config, const Flow& flow) {
    for (const Peer& peer : config.peers) {
        if (peer.realm == flow.realm && peer.address == flow.remote) {
            return "peer." + peer.name + " " + flow.remote.to_string();
        }
    }
    return flow.remote.to_string();
}

Result<Origin, Outside> origin_of(const Config& config, const Claim& claim, const Arrival& arrival,
                                  const sip::Message& message) {
    if (arrival.local.ip.family() == Family::kNone) {
        return of_pasted(config, claim, message);
    }
    const Endpoint source = claim.source.value_or(arrival.source);
    if (const auto realm = realm_of(config, arrival.local)) {
        return Origin{{*realm, Transport::kUdp, arrival.local, source},
                      "it was sent to the address of that realm"};
    }
    if (realm_of(config, arrival.source)) {
        return Failure{Outside{true, "sent by the gateway of the capture"}};
    }
    if (claim.realm) {
        return Origin{
            {*claim.realm, Transport::kUdp, routing::listen_point(config, *claim.realm), source},
            "--explain-realm names it, though it was sent to " + arrival.local.to_string()};
    }
    return Failure{Outside{false, "sent to " + arrival.local.to_string() +
                                      ", which is not the gateway: " + listen_points(config)}};
}

}  // namespace sallyport::explain
