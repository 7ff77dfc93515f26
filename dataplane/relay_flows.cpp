// SPDX-License-Identifier: Apache-2.0
// How what signalling knows of one side becomes its two flows, and how they are read back. A new
// flow takes over from the one before it: the latch when the far end's address did not change
// (B2BUA-G7: a re-INVITE with the same SDP must not unlatch), otherwise the old source as the one
// that is heard until the new one speaks (G7, E7).
#include "dataplane/relay_control.h"

#include <algorithm>

namespace sallyport::dataplane {

namespace {

constexpr std::array<Component, 2> kComponents{Component::kRtp, Component::kRtcp};

constexpr std::size_t at(Component c) noexcept {
    return static_cast<std::size_t>(c);
}

const Endpoint& address_in(const RemoteMedia& remote, Component c) noexcept {
    return c == Component::kRtp ? remote.rtp : remote.rtcp;
}

/// E11: nothing is ever sent to an unspecified address or port 0; nor, without translation, to the
/// other family.
bool can_receive(const Endpoint& remote, Family ours) noexcept {
    return remote.ip.family() == ours && !remote.ip.is_unspecified() && remote.port.value != 0;
}

/// The source that the flow heard until now, if any.
Endpoint heard_source(const Flow& flow, const FlowRules& rules, std::uint64_t word) noexcept {
    const LatchWord latch = LatchWord::unpack(word);
    if (latch.state == LatchState::kLocked) {
        return locked_remote(flow, word);
    }
    return latch.previous_heard ? rules.previous : Endpoint{};
}

/// A committed change of c=/m= opens a new window; RTCP follows its RTP (G6, G7).
bool opens_window(const FlowRules& old, const FlowRules& fresh, bool rtp_changed) noexcept {
    return old.sdp != fresh.sdp || old.mode != fresh.mode || rtp_changed;
}

struct Successor {
    LatchWord latch;
    AddressWords remote;
};

/// A trunk's flow is locked to its SDP address from the start, all others wait for a packet.
Successor first_latch(const FlowRules& fresh, Family family) noexcept {
    if (fresh.mode == LatchMode::kOff && can_receive(fresh.sdp, family)) {
        return {{fresh.sdp.port, LatchState::kLocked, false, false},
                AddressWords::of(fresh.sdp.ip)};
    }
    return {};
}

FlowRules rules_of(const RemoteMedia& remote, Component c) noexcept {
    FlowRules rules;
    rules.sdp = address_in(remote, c);
    rules.announced = c == Component::kRtp ? remote.announced_rtp : remote.announced_rtcp;
    rules.signalling_source = remote.signalling_source;
    rules.mode = remote.latch;
    rules.component = c;
    rules.payload = remote.payload;
    rules.send_before_latch = remote.send_before_latch && !remote.learn_only;
    rules.payload_types = remote.payload_types;
    return rules;
}

void write_latch(Flow& flow, const Successor& s) noexcept {
    set_remote_words(flow, s.remote);
    flow.latch.store(s.latch.pack(), std::memory_order_relaxed);  // publish() orders it
}

void clear_cells(Flow& flow, const Flow* old) noexcept {
    for (auto* cell : {&flow.packets_in, &flow.octets_in, &flow.stopped_packets,
                       &flow.stopped_octets, &flow.dropped, &flow.dropped_source}) {
        cell->store(0, std::memory_order_relaxed);
    }
    const auto carry = [old](auto& cell, const auto Flow::*member) {
        cell.store(old == nullptr ? 0 : (old->*member).load(std::memory_order_relaxed),
                   std::memory_order_relaxed);
    };
    carry(flow.last_seen_ms, &Flow::last_seen_ms);
    carry(flow.evidence, &Flow::evidence);
}

}  // namespace

void ShardRelays::replace_flows(RelayId id, Relay& relay, Side side, Window window) noexcept {
    SideState& state = relay.of(side);
    const auto old = state.flows;
    state.flows = {take_flow(), take_flow()};
    for (const Component c : kComponents) {
        write_flow(id, relay, side, c);
        succeed(state.flows[at(c)], old[at(c)], window);
    }
    connect(relay);
    if (side == Side::kB) {
        link_branches(id.index);
    }
    if (side == Side::kA || relay.selected) {
        publish_flows(state);
    }
    for (const Component c : kComponents) {
        if (old[at(c)] != kNoFlow) {
            retire(id, side, c, old[at(c)]);
        }
    }
}

void ShardRelays::write_flow(RelayId id, const Relay& relay, Side side,
                             Component component) noexcept {
    const SideState& state = relay.of(side);
    const FlowIndex index = state.flows[at(component)];
    Flow& flow = flows_.flow(index);
    flow.hint.forget();
    flow.rtcp_cells = state.flows[at(Component::kRtcp)];
    flow.local_port = static_cast<std::uint16_t>(state.rtp.value + at(component));
    flow.realm = state.realm.value;
    flow.remote_family = realms_[state.realm.value].address.family();
    flow.sends_media = state.remote.send_media;
    flow.has_remote = state.remote.learn_only ||
                      can_receive(address_in(state.remote, component), flow.remote_family);
    flow.opaque = state.remote.payload == Payload::kOpaque;
    flow.muxed = state.remote.rtcp_mux;
    flow.rtcp = component == Component::kRtcp;
    flow.dscp = kExpeditedForwarding;
    flows_.next_branch(index).store(kNoFlow, std::memory_order_relaxed);  // publish() orders it
    FlowRules& rules = flows_.rules(index);
    rules = rules_of(state.remote, component);
    rules.side = side;
    rules.shard = shard_.value;
    rules.relay = id;
    rules.rtp_flow = state.flows[at(Component::kRtp)];
    rules.opened_ms = static_cast<std::uint64_t>(now_().since_start.count());
}

void ShardRelays::succeed(FlowIndex fresh, FlowIndex old, Window window) noexcept {
    Flow& flow = flows_.flow(fresh);
    FlowRules& rules = flows_.rules(fresh);
    if (old == kNoFlow) {
        clear_cells(flow, nullptr);
        write_latch(flow, first_latch(rules, flow.remote_family));
        return;
    }
    const Flow& before = flows_.flow(old);
    const FlowRules& old_rules = flows_.rules(old);
    const std::uint64_t word = before.latch.load(std::memory_order_acquire);
    clear_cells(flow, &before);
    const bool rtp_changed =
        flows_.rules(old_rules.rtp_flow).sdp != flows_.rules(rules.rtp_flow).sdp;
    Successor next = first_latch(rules, flow.remote_family);
    next.latch.heard = LatchWord::unpack(word).heard;
    if (window == Window::kForgotten) {
        next.latch.heard = false;
    } else if (opens_window(old_rules, rules, rtp_changed)) {
        rules.previous = heard_source(before, old_rules, word);
        next.latch.previous_heard = rules.previous.ip.family() != Family::kNone;
    } else {
        rules.previous = old_rules.previous;
        rules.opened_ms = window == Window::kRenewed ? rules.opened_ms : old_rules.opened_ms;
        next = {LatchWord::unpack(word), remote_words(before)};
        if (next.latch.state == LatchState::kClaiming) {
            next.latch.state =
                LatchState::kOpen;  // that worker's latch is lost; the next packet makes a new one
        }
    }
    write_latch(flow, next);
}

void ShardRelays::connect(const Relay& relay) noexcept {
    for (const Side side : {Side::kA, Side::kB}) {
        const SideState& to = relay.of(other(side));
        const FlowIndex rtp = to.flows[at(Component::kRtp)];
        const FlowIndex rtcp = to.remote.rtcp_mux ? rtp : to.flows[at(Component::kRtcp)];
        for (const FlowIndex from : relay.of(side).flows) {
            if (from == kNoFlow) {
                continue;  // create() is at the first side
            }
            Flow& flow = flows_.flow(from);
            flow.out_rtp.store(rtp, std::memory_order_release);
            flow.out_rtcp.store(rtcp, std::memory_order_release);
        }
    }
}

ShardRelays::Cells& ShardRelays::Cells::operator+=(const Cells& more) noexcept {
    packets_in += more.packets_in;
    octets_in += more.octets_in;
    stopped_packets += more.stopped_packets;
    stopped_octets += more.stopped_octets;
    dropped += more.dropped;
    dropped_source += more.dropped_source;
    return *this;
}

ShardRelays::Cells& ShardRelays::Cells::operator-=(const Cells& less) noexcept {
    packets_in -= less.packets_in;
    octets_in -= less.octets_in;
    stopped_packets -= less.stopped_packets;
    stopped_octets -= less.stopped_octets;
    dropped -= less.dropped;
    dropped_source -= less.dropped_source;
    return *this;
}

ShardRelays::Cells ShardRelays::cells_of(const Flow& flow) noexcept {
    const auto get = [](const std::atomic<std::uint64_t>& cell) {
        return cell.load(std::memory_order_relaxed);
    };
    return {get(flow.packets_in),     get(flow.octets_in), get(flow.stopped_packets),
            get(flow.stopped_octets), get(flow.dropped),   get(flow.dropped_source)};
}

ShardRelays::Cells ShardRelays::counted(const SideState& state, Component c) const noexcept {
    Cells sum = state.before[at(c)];
    sum += cells_of(flows_.flow(state.flows[at(c)]));
    return sum;
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
    r.dropped = in.dropped;
    r.dropped_source = in.dropped_source;
    const std::uint64_t seen = flow.last_seen_ms.load(std::memory_order_relaxed);
    if (seen != 0) {
        const Millis ago = now_().since_start - Millis{static_cast<std::int64_t>(seen)};
        r.last_seen_ago = std::max(ago, Millis{0});  // a worker's clock reading may be newer
    }
    if (state.remote.latch != LatchMode::kOff) {
        r.latched = locked_remote(flow, flow.latch.load(std::memory_order_acquire));
    }
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
