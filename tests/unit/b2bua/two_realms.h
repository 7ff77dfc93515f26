// SPDX-License-Identifier: Apache-2.0
// The configuration that most tests use: phones behind NAT inside, one carrier outside.
#pragma once

#include "config/config.h"

namespace sallyport {

inline constexpr RealmId kInside{0};
inline constexpr RealmId kOutside{1};

inline Endpoint endpoint(std::string_view ip, std::uint16_t port) {
    return {IpAddr::parse(ip).value(), Port{port}};
}

inline Config two_realms() {
    Config config;
    Realm inside;
    inside.name = "inside";
    inside.address = Prefix::parse("10.10.0.1/24").value();
    inside.listen = {{Transport::kUdp, Port{5060}}};
    inside.nat = true;
    Realm outside;
    outside.name = "outside";
    outside.address = Prefix::parse("10.20.0.1/24").value();
    outside.listen = {{Transport::kUdp, Port{5060}}};
    config.realms = {inside, outside};
    config.peers = {{"carrier", kOutside, "sip:10.20.0.2:5060", endpoint("10.20.0.2", 5060)}};
    config.routes = {{"out", kInside, ToPeers{{0}}}, {"in", kOutside, ToRegistered{}}};
    return config;
}

}  // namespace sallyport
