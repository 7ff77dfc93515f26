// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/gate.h"

#include <algorithm>

namespace sallyport::sim {

Config example_config() {
    Config config;
    Realm inside;
    inside.name = "inside";
    inside.address = {IpAddr::v4(0x0a0a0001), 24};
    inside.listen = {ListenPoint{}};
    inside.media_ports = {20000, 29999};
    inside.nat = true;
    Realm outside = inside;
    outside.name = "outside";
    outside.address = {IpAddr::v4(0x0a140001), 24};
    outside.media_ports = {30000, 39999};
    outside.nat = false;
    config.realms = {inside, outside};
    config.peers = {
        {"carrier", kOutside, "sip:10.20.0.2:5060", {IpAddr::v4(0x0a140002), Port{5060}}}};
    config.routes = {{"out", kInside, ToPeers{{0}}}, {"in", kOutside, ToRegistered{}}};
    return config;
}

Gate::Gate(Network& network, std::uint64_t seed, Config config)
    : network_(network),
      config_(std::move(config)),
      random_(seed ^ 0x5a11),
      wire_(*this),
      relays_(config_.realms, seed, [&network] { return network.now(); }) {
    shard_ = std::make_unique<Shard>(ShardParts{
        config_, ShardId{0}, wire_, relays_, random_, journal_, counters_,
        registration::TokenKey::from(random_), [](const registration::BindingChange&) {}});
    for (std::size_t i = 0; i < config_.realms.size(); ++i) {
        const RealmId realm{static_cast<std::uint8_t>(i)};
        const Endpoint at{config_.realms[i].address.address, Port{5060}};
        network_.attach(at, [this, realm](const Packet& packet) { deliver(realm, packet); });
    }
    wake(Millis{0});
}

void Gate::deliver(RealmId realm, const Packet& packet) {
    if (tap_ != nullptr) {
        tap_->on_arrival(realm, packet, network_.now());
    }
    shard_->receive({realm, packet.to, packet.from, packet.payload}, network_.now());
    if (tap_ != nullptr) {
        tap_->on_handled(network_.now());
    }
    wake(Millis{0});
}

/// The shard runs when it says that something is due, on the 10 ms grid of its clock (C1); an empty
/// tick would change nothing.
void Gate::wake(Millis at_least) {
    constexpr std::int64_t kTick = 10;
    const std::int64_t due =
        std::max(shard_->next_deadline(), network_.now() + at_least).since_start.count();
    const Moment at{Millis{(due + kTick - 1) / kTick * kTick}};
    if (wakes_ && *wakes_ <= at) {
        return;
    }
    wakes_ = at;
    network_.after(at - network_.now(), [this, at] {
        if (wakes_ != at) {
            return;  // an earlier one has taken its place
        }
        wakes_.reset();
        shard_->advance(network_.now());
        wake(Millis{1});
    });
}

}  // namespace sallyport::sim
