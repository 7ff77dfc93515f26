// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/gate.h"

#include "b2bua/routing/steer.h"

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

template <class Change>
void Gate::tell_others(std::size_t self, const Change& change) {
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        if (i != self) {
            shards_[i]->apply(change);
        }
    }
}

Gate::Gate(Network& network, std::uint64_t seed, Config config)
    : network_(network),
      config_(std::move(config)),
      random_(seed ^ 0x5a11),
      wire_(*this),
      relays_(config_.realms, seed, [&network] { return network.now(); }) {
    start();
    for (std::size_t i = 0; i < config_.realms.size(); ++i) {
        const RealmId realm{static_cast<std::uint8_t>(i)};
        const Endpoint at{config_.realms[i].address.address, Port{5060}};
        network_.attach(at, [this, realm](const Packet& packet) { deliver(realm, packet); });
    }
    wake(Millis{0});
}

void Gate::start() {
    const registration::TokenKey key = registration::TokenKey::from(random_);
    for (std::size_t i = 0; i < config_.shards; ++i) {
        shards_.push_back(std::make_unique<Shard>(
            ShardParts{config_, ShardId{static_cast<std::uint8_t>(i)}, wire_, relays_, random_,
                       journal_, counters_, key, key,
                       [this, i](const registration::BindingChange& c) { tell_others(i, c); },
                       [this, i](const call::DialogChange& c) { tell_others(i, c); }}));
    }
}

void Gate::restart() {
    shards_.clear();
    for (const dataplane::RelayId id : relays_.ids()) {
        (void)relays_.destroy(id);
    }
    start();
    wake(Millis{0});
}

ShardGauges Gate::gauges() const {
    ShardGauges sum;
    for (const auto& shard : shards_) {
        const ShardGauges one = shard->gauges();
        sum.calls += one.calls;
        sum.subscribed += one.subscribed;
        sum.dialogs += one.dialogs;
        sum.clients += one.clients;
        sum.servers += one.servers;
        sum.registrations += one.registrations;
        sum.timers += one.timers;
        sum.standalone += one.standalone;
        sum.surviving = std::max(sum.surviving, one.surviving);  // each watches for itself
    }
    return sum;
}

void Gate::deliver(RealmId realm, const Packet& packet) {
    if (tap_ != nullptr) {
        tap_->on_arrival(realm, packet, network_.now());
    }
    const auto shard = routing::steer_by_call_id(packet.payload, config_.shards);
    shards_[shard]->receive({realm, packet.to, packet.from, packet.payload}, network_.now());
    if (tap_ != nullptr) {
        tap_->on_handled(network_.now());
    }
    wake(Millis{0});
}

/// The shard runs when it says that something is due, on the 10 ms grid of its clock (C1); an empty
/// tick would change nothing.
void Gate::wake(Millis at_least) {
    constexpr std::int64_t kTick = 10;
    Moment next = shards_.front()->next_deadline();
    for (const auto& shard : shards_) {
        next = std::min(next, shard->next_deadline());
    }
    const std::int64_t due = std::max(next, network_.now() + at_least).since_start.count();
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
        for (const auto& shard : shards_) {
            shard->advance(network_.now());
        }
        wake(Millis{1});
    });
}

}  // namespace sallyport::sim
