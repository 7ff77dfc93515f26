// SPDX-License-Identifier: Apache-2.0
// Life of a relay: ports and silent flows at create, new flows at every change, ports to quarantine
// and flows to the retired queue at destroy. A retired flow may still be fed by a worker that found
// it just before: what it counts until its grace period ends is added to the relay when it is
// recycled.
#include "dataplane/relay_control.h"

#include <algorithm>
#include <utility>

namespace sallyport::dataplane {

namespace {

constexpr std::array<Side, 2> kSides{Side::kA, Side::kB};
constexpr std::array<Component, 2> kComponents{Component::kRtp, Component::kRtcp};
constexpr std::size_t kFlowsPerRelay = 4;

constexpr std::size_t at(Component c) noexcept {
    return static_cast<std::size_t>(c);
}

std::uint16_t port_of(Port rtp, Component c) noexcept {
    return static_cast<std::uint16_t>(rtp.value + at(c));
}

}  // namespace

std::uint32_t flows_for(std::span<const Realm> realms) noexcept {
    std::uint32_t ports = 0;
    for (const Realm& realm : realms) {
        ports += realm.media_ports.last - realm.media_ports.first + 1U;
    }
    return 2 * ports;
}

ShardRelays::ShardRelays(FlowTable& flows, Epoch& epoch, RelayEvents& events,
                         const RelaySetup& setup)
    : flows_(flows),
      epoch_(epoch),
      events_(events),
      shard_(setup.shard),
      now_(setup.now),
      gauges_(setup.realms.size()) {
    for (std::size_t i = 0; i < setup.realms.size(); ++i) {
        const Realm& realm = setup.realms[i];
        const PortRange share = share_of(realm.media_ports, shard_.value, setup.shards);
        const std::uint64_t seed = setup.seed + (std::uint64_t{shard_.value} << 8 | i);
        RealmPorts& ports = realms_.emplace_back(
            RealmPorts{realm.address.address, PortPool(share, seed), share.first});
        ports.former.resize(ports.pool.total());
    }
    const FlowTable::Part part = flows_.part_of(shard_.value, setup.shards);
    for (FlowIndex flow = part.end; flow > part.first; --flow) {
        free_flows_.push_back(flow - 1);
    }
    retired_.resize(free_flows_.size());
    spare_flows_ = free_flows_.size() / 4;
    relays_.resize(free_flows_.size() / kFlowsPerRelay);
    lingering_.resize(relays_.size());
    for (std::size_t i = relays_.size(); i > 0; --i) {
        free_relays_.push_back(static_cast<std::uint32_t>(i - 1));
    }
}

const ShardRelays::Relay* ShardRelays::find(RelayId id) const noexcept {
    if (id.index >= relays_.size()) {
        return nullptr;
    }
    const Relay& relay = relays_[id.index];
    return relay.live && relay.generation == id.generation ? &relay : nullptr;
}

ShardRelays::Relay* ShardRelays::find(RelayId id) noexcept {
    return const_cast<Relay*>(std::as_const(*this).find(id));
}

bool ShardRelays::have_flows(std::size_t wanted) noexcept {
    if (free_flows_.size() < wanted) {
        recycle();
    }
    return free_flows_.size() >= wanted;
}

FlowIndex ShardRelays::take_flow() noexcept {
    const FlowIndex flow = free_flows_.back();
    free_flows_.pop_back();
    return flow;
}

bool ShardRelays::take_ports(Relay& relay, RealmId a, RealmId b) noexcept {
    const Moment now = now_();
    const auto first = realms_[a.value].pool.take(now);
    if (!first) {
        return false;
    }
    const auto second = realms_[b.value].pool.take(now);
    if (!second) {
        realms_[a.value].pool.put_back(*first);
        return false;
    }
    relay.sides = {};
    relay.of(Side::kA).realm = a;
    relay.of(Side::kA).rtp = *first;
    relay.of(Side::kB).realm = b;
    relay.of(Side::kB).rtp = *second;
    return true;
}

Result<RelayPorts, RelayFault> ShardRelays::create(RealmId a, RealmId b) noexcept {
    if (a.value >= realms_.size() || b.value >= realms_.size()) {
        return Failure{RelayFault::kNoRealm};
    }
    if (free_relays_.empty() || !have_flows(kFlowsPerRelay + spare_flows_)) {
        return Failure{RelayFault::kNoFlows};
    }
    const std::uint32_t index = free_relays_.back();
    Relay& relay = relays_[index];
    if (!take_ports(relay, a, b)) {
        return Failure{RelayFault::kNoPorts};
    }
    relay.selected = true;
    relay.next = index;
    return begin(index);
}

/// The rest of create() and branch(): index is the last of free_relays_, its ports are taken.
RelayPorts ShardRelays::begin(std::uint32_t index) noexcept {
    Relay& relay = relays_[index];
    free_relays_.pop_back();
    relay.live = true;
    relay.order = ++created_;
    relay.begun = now_();
    relay.generation = std::max(relay.generation + 1, 1U);  // 0 is never issued (id.h)
    const RelayId id{index, relay.generation};
    for (const Side side : kSides) {
        replace_flows(id, relay, side);
    }
    live_.fetch_add(1, std::memory_order_relaxed);
    publish_gauges();
    const auto ports = [this](const SideState& s) {
        const IpAddr& ip = realms_[s.realm.value].address;
        return MediaPorts{{ip, s.rtp}, {ip, Port{port_of(s.rtp, Component::kRtcp)}}};
    };
    return RelayPorts{id, ports(relay.of(Side::kA)), ports(relay.of(Side::kB))};
}

Outcome<RelayFault> ShardRelays::set_remote(RelayId id, Side side,
                                            const RemoteMedia& remote) noexcept {
    Relay* relay = find(id);
    if (relay == nullptr) {
        return Failure{RelayFault::kStale};
    }
    SideState& state = relay->of(side);
    if (state.told && state.remote == remote) {
        return Done{};
    }
    Relay* usurper = side == Side::kB ? usurper_of(*relay, remote.rtp) : nullptr;
    if (!have_flows(usurper == nullptr ? 2 : 4)) {
        return Failure{RelayFault::kNoFlows};
    }
    state.remote = remote;
    state.told = true;
    replace_flows(id, *relay, side);
    if (side == Side::kB) {
        bury_by_address(*relay, remote.rtp);
    }
    if (usurper != nullptr) {
        replace_flows(id_of(*usurper), *usurper, Side::kB, Window::kForgotten);
    }
    return Done{};
}

Outcome<RelayFault> ShardRelays::destroy(RelayId id) noexcept {
    Relay* relay = find(id);
    if (relay == nullptr) {
        return Failure{RelayFault::kStale};
    }
    relay->live = false;
    if (has_live_branch(id.index)) {
        leave(id, *relay);
    } else {
        close(id, *relay);
    }
    live_.fetch_sub(1, std::memory_order_relaxed);
    publish_gauges();
    return Done{};
}

std::size_t ShardRelays::events(std::span<RelayEvent> out) noexcept {
    const auto popped = out.first(events_.pop(shard_, out));
    std::size_t kept = 0;
    for (RelayEvent& event : popped) {
        if (event.kind != RelayEvent::Kind::kMoving || follow(event)) {
            out[kept++] = event;
        }
    }
    return kept;
}

void ShardRelays::tick() noexcept {
    recycle();
    const Moment now = now_();
    while (lingering_count_ != 0 && lingering_[lingering_head_].until <= now) {
        bury_oldest();
    }
    for (std::size_t realm = 0; realm < realms_.size(); ++realm) {
        while (const auto rtp = realms_[realm].pool.cooled(now)) {
            for (const Component c : kComponents) {
                flows_.publish(RealmId{static_cast<std::uint8_t>(realm)}, port_of(*rtp, c),
                               kPortClosed);
            }
        }
    }
    publish_gauges();
}

void ShardRelays::publish_flows(const SideState& state) noexcept {
    for (const Component c : kComponents) {
        flows_.publish(state.realm, port_of(state.rtp, c), state.flows[at(c)]);
    }
}

void ShardRelays::close_port(const SideState& state, Moment now) noexcept {
    for (const Component c : kComponents) {
        flows_.publish(state.realm, port_of(state.rtp, c), kPortCooling);
        const Flow& flow = flows_.flow(state.flows[at(c)]);
        realms_[state.realm.value].former_at(state.rtp)[at(c)] =
            locked_remote(flow, flow.latch.load(std::memory_order_acquire));
    }
    realms_[state.realm.value].pool.release(state.rtp, now);
}

void ShardRelays::retire_side(RelayId id, Side side) noexcept {
    for (const Component c : kComponents) {
        retire(id, side, c, relays_[id.index].of(side).flows[at(c)]);
    }
}

void ShardRelays::retire(RelayId id, Side side, Component component, FlowIndex flow) noexcept {
    const Cells counted = cells_of(flow);
    relays_[id.index].of(side).before[at(component)] += counted;
    const std::size_t end = (retired_head_ + retired_count_) % retired_.size();
    retired_[end] = {flow, epoch_.retire(), id, side, component, counted};
    ++retired_count_;
}

void ShardRelays::recycle() noexcept {
    while (retired_count_ != 0 && epoch_.passed(retired_[retired_head_].token)) {
        const Retired& done = retired_[retired_head_];
        if (Relay* relay = find(done.relay)) {
            Cells late = cells_of(done.flow);
            late -= done.counted;
            relay->of(done.side).before[at(done.component)] += late;
        }
        free_flows_.push_back(done.flow);
        retired_head_ = (retired_head_ + 1) % retired_.size();
        --retired_count_;
    }
}

void ShardRelays::publish_gauges() noexcept {
    for (std::size_t i = 0; i < realms_.size(); ++i) {
        gauges_[i].in_use.store(2 * realms_[i].pool.in_use(), std::memory_order_relaxed);
        gauges_[i].cooling.store(2 * realms_[i].pool.cooling(), std::memory_order_relaxed);
    }
}

void ShardRelays::add_gauges(CountersSnapshot& snapshot) const noexcept {
    snapshot.relays += live_.load(std::memory_order_relaxed);
    for (std::size_t i = 0; i < std::min(snapshot.realms.size(), gauges_.size()); ++i) {
        snapshot.realms[i].media_ports_in_use += gauges_[i].in_use.load(std::memory_order_relaxed);
        snapshot.realms[i].media_ports_cooling +=
            gauges_[i].cooling.load(std::memory_order_relaxed);
        snapshot.realms[i].media_ports_total += 2 * realms_[i].pool.total();
    }
}

}  // namespace sallyport::dataplane
