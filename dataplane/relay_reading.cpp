// SPDX-License-Identifier: Apache-2.0
// What the control plane reads of a relay: the counters of its flows, those of retired ones
// included, and what explains them (flow_notes.h). A worker may be a packet ahead of what is read.
#include "dataplane/relay_control.h"

#include <algorithm>

namespace sallyport::dataplane {

namespace {

constexpr std::array<Component, 2> kComponents{Component::kRtp, Component::kRtcp};

constexpr std::size_t at(Component c) noexcept {
    return static_cast<std::size_t>(c);
}

}  // namespace

ShardRelays::Cells& ShardRelays::Cells::operator+=(const Cells& more) noexcept {
    packets_in += more.packets_in;
    octets_in += more.octets_in;
    stopped_packets += more.stopped_packets;
    stopped_octets += more.stopped_octets;
    for (std::size_t i = 0; i < kFlowDrops; ++i) {
        drops.counts[i] += more.drops.counts[i];
    }
    return *this;
}

ShardRelays::Cells& ShardRelays::Cells::operator-=(const Cells& less) noexcept {
    packets_in -= less.packets_in;
    octets_in -= less.octets_in;
    stopped_packets -= less.stopped_packets;
    stopped_octets -= less.stopped_octets;
    for (std::size_t i = 0; i < kFlowDrops; ++i) {
        drops.counts[i] -= less.drops.counts[i];
    }
    return *this;
}

ShardRelays::Cells ShardRelays::cells_of(FlowIndex index) const noexcept {
    const Flow& flow = flows_.flow(index);
    const auto get = [](const std::atomic<std::uint64_t>& cell) {
        return cell.load(std::memory_order_relaxed);
    };
    return {get(flow.packets_in), get(flow.octets_in), get(flow.stopped_packets),
            get(flow.stopped_octets), flows_.notes(index).counted()};
}

ShardRelays::Cells ShardRelays::counted(const SideState& state, Component c) const noexcept {
    Cells sum = state.before[at(c)];
    sum += cells_of(state.flows[at(c)]);
    return sum;
}

/// Never negative: a worker's clock reading may be newer than ours.
Millis ShardRelays::since(std::uint64_t at_ms) const noexcept {
    const Millis ago = now_().since_start - Millis{static_cast<std::int64_t>(at_ms)};
    return std::max(ago, Millis{0});
}

LatchReading ShardRelays::latch_of(FlowIndex index) const noexcept {
    const Flow& flow = flows_.flow(index);
    const FlowRules& rules = flows_.rules(index);
    const FlowNotes& notes = flows_.notes(index);
    const Endpoint locked = locked_remote(flow, flow.latch.load(std::memory_order_acquire));
    LatchReading r;
    r.after_change = rules.reopened;
    if (locked.ip.family() == Family::kNone) {
        return r;
    }
    const LatchNote note = LatchNote::unpack(notes.latch.load(std::memory_order_relaxed));
    const bool moved = note.cause == LatchCause::kRebinding;
    r.cause = note.cause;
    r.ago = since(notes.latched_ms.load(std::memory_order_relaxed));
    r.before = moved ? Endpoint{locked.ip, note.before} : rules.previous;
    r.step = note.step;
    r.silence = Millis{note.silence};
    return r;
}

RefusedReading ShardRelays::refused_by(FlowIndex index) const noexcept {
    const RefusedPacket last = flows_.notes(index).last_refused.read();
    if (last.source.ip.family() == Family::kNone) {
        return {};
    }
    return {last.source, last.reason, last.payload_type, since(last.at_ms)};
}

FlowReading ShardRelays::reading_of(const Relay& relay, Side side, Component c) const noexcept {
    const SideState& state = relay.of(side);
    const FlowIndex index = state.flows[at(c)];
    const Flow& flow = flows_.flow(index);
    const Cells in = counted(state, c);
    const Cells from_partner = counted(relay.of(other(side)), c);
    FlowReading r;
    r.packets_in = in.packets_in;
    r.octets_in = in.octets_in;
    r.packets_out = from_partner.packets_in - from_partner.stopped_packets;
    r.octets_out = from_partner.octets_in - from_partner.stopped_octets;
    r.drops = in.drops;
    r.dropped = in.drops.refused();
    r.last_refused = refused_by(index);
    const std::uint64_t seen = flow.last_seen_ms.load(std::memory_order_relaxed);
    if (seen != 0) {
        r.last_seen_ago = since(seen);
    }
    if (state.remote.latch != LatchMode::kOff) {
        r.latched = locked_remote(flow, flow.latch.load(std::memory_order_acquire));
    }
    r.latch = latch_of(index);
    if (flow.has_remote && (flow.sends_media || c == Component::kRtcp)) {
        const SendTarget target = send_target(flows_, index);
        if (target.port.value != 0) {
            r.sending_to = {target.ip.to_ip(flow.remote_family), target.port};
        }
    }
    return r;
}

Result<RelayReading, RelayFault> ShardRelays::read(RelayId id) const noexcept {
    const Relay* relay = find(id);
    if (relay == nullptr) {
        return Failure{RelayFault::kStale};
    }
    RelayReading reading;
    for (const Side side : {Side::kA, Side::kB}) {
        for (const Component c : kComponents) {
            reading.flows[static_cast<std::size_t>(side)][at(c)] = reading_of(*relay, side, c);
        }
    }
    return reading;
}

}  // namespace sallyport::dataplane
