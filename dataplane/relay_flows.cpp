// SPDX-License-Identifier: Apache-2.0
// How what signalling knows of one side becomes its two flows. A new flow takes over from the one
// before it: the latch when the far end's address did not change (B2BUA-G7: a re-INVITE with the
// same SDP must not unlatch), otherwise the old source as the one that is heard until the new one
// speaks (G7, E7). What explains a latch goes where the latch goes.
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
    LatchNote note;
    std::uint64_t since_ms{0};
};

/// A trunk's flow is locked to its SDP address from the start, all others wait for a packet.
Successor first_latch(const FlowRules& fresh, Family family) noexcept {
    if (fresh.mode == LatchMode::kOff && can_receive(fresh.sdp, family)) {
        return {{fresh.sdp.port, LatchState::kLocked, false, false},
                AddressWords::of(fresh.sdp.ip),
                {.cause = LatchCause::kSdp},
                fresh.opened_ms};
    }
    return {};
}

FlowRules rules_of(const RemoteMedia& remote, Component c) noexcept {
    FlowRules rules;
    rules.sdp = address_in(remote, c);
    rules.announced = c == Component::kRtp ? remote.announced_rtp : remote.announced_rtcp;
    rules.signalling_source = remote.signalling_source;
    rules.mode = remote.latch;
    rules.latch_packets = remote.latch_packets;
    rules.mobility = remote.mobility;
    rules.component = c;
    rules.payload = remote.payload;
    rules.send_before_latch = remote.send_before_latch && !remote.learn_only;
    rules.payload_types = remote.payload_types;
    return rules;
}

/// What the flow of before was latched to goes on.
Successor carried(const Flow& before, const FlowNotes& notes, std::uint64_t word) noexcept {
    Successor next{LatchWord::unpack(word), remote_words(before),
                   LatchNote::unpack(notes.latch.load(std::memory_order_relaxed)),
                   notes.latched_ms.load(std::memory_order_relaxed)};
    if (next.latch.state == LatchState::kClaiming) {
        next.latch.state =
            LatchState::kOpen;  // that worker's latch is lost; the next packet makes a new one
        next.note = {};
    }
    return next;
}

void write_latch(Flow& flow, FlowNotes& notes, const Successor& s) noexcept {
    set_remote_words(flow, s.remote);
    notes.note_latch(s.note, s.since_ms);
    flow.latch.store(s.latch.pack(), std::memory_order_relaxed);  // publish() orders it
}

void clear_cells(Flow& flow, const Flow* old) noexcept {
    for (auto* cell : {&flow.packets_in, &flow.octets_in, &flow.stopped_packets,
                       &flow.stopped_octets, &flow.pace}) {
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

void ShardRelays::replace_flows(RelayId id, Relay& relay, Side side, Window window,
                                const RelayEvent* moved) noexcept {
    SideState& state = relay.of(side);
    const auto old = state.flows;
    state.flows = {take_flow(), take_flow()};
    for (const Component c : kComponents) {
        write_flow(id, relay, side, c);
        succeed(state.flows[at(c)], old[at(c)], window);
        if (moved != nullptr && moved->component == c) {
            lock_to_moved(state.flows[at(c)], *moved);
        }
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
    flow.packets_per_second = state.remote.packets_per_second;
    flow.octets_per_second = std::min(state.remote.octets_per_second, kMostOctetsPerSecond);
    flow.muxed = state.remote.rtcp_mux;
    flow.rtcp = component == Component::kRtcp;
    flow.dscp = state.remote.dscp;
    flows_.next_branch(index).store(kNoFlow, std::memory_order_relaxed);  // publish() orders it
    FlowRules& rules = flows_.rules(index);
    rules = rules_of(state.remote, component);
    rules.side = side;
    rules.shard = shard_.value;
    rules.relay = id;
    rules.rtp_flow = state.flows[at(Component::kRtp)];
    rules.opened_ms = static_cast<std::uint64_t>(now_().since_start.count());
    rules.former = realms_[state.realm.value].former_at(state.rtp)[at(component)];
    rules.former_until_ms =
        static_cast<std::uint64_t>(relay.begun.since_start.count()) + kFormerSourceMs;
}

void ShardRelays::succeed(FlowIndex fresh, FlowIndex old, Window window) noexcept {
    Flow& flow = flows_.flow(fresh);
    FlowRules& rules = flows_.rules(fresh);
    FlowNotes& notes = flows_.notes(fresh);
    notes.begin(old == kNoFlow ? nullptr : &flows_.notes(old));
    if (old == kNoFlow) {
        clear_cells(flow, nullptr);
        write_latch(flow, notes, first_latch(rules, flow.remote_family));
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
        rules.reopened = old_rules.sdp.ip.family() != Family::kNone;
        next.latch.previous_heard = rules.previous.ip.family() != Family::kNone;
    } else {
        rules.previous = old_rules.previous;
        rules.reopened = old_rules.reopened;
        rules.opened_ms = window == Window::kRenewed ? rules.opened_ms : old_rules.opened_ms;
        next = carried(before, flows_.notes(old), word);
    }
    write_latch(flow, notes, next);
}

/// The flow has taken over from the one that is locked to where the sender was.
void ShardRelays::lock_to_moved(FlowIndex fresh, const RelayEvent& moved) noexcept {
    Flow& flow = flows_.flow(fresh);
    flows_.rules(fresh).previous = moved.before;  // to be told; it is not heard any more
    const auto now = static_cast<std::uint64_t>(now_().since_start.count());
    const std::uint64_t seen = flow.last_seen_ms.load(std::memory_order_relaxed);
    const std::uint64_t silence =
        std::min<std::uint64_t>(now > seen ? now - seen : 0, LatchNote::kMostSilence);
    const LatchNote note{.cause = LatchCause::kMobility,
                         .silence = static_cast<std::uint32_t>(silence)};
    write_latch(flow, flows_.notes(fresh),
                {{moved.remote.port, LatchState::kLocked, true, false},
                 AddressWords::of(moved.remote.ip),
                 note,
                 now});
}

bool ShardRelays::follow(RelayEvent& moving) noexcept {
    Relay* relay = find(moving.relay);
    if (relay == nullptr || !have_flows(2)) {
        return false;
    }
    const FlowIndex index = relay->of(moving.side).flows[at(moving.component)];
    const Flow& flow = flows_.flow(index);
    if (!flows_.rules(index).mobility ||
        locked_remote(flow, flow.latch.load(std::memory_order_acquire)) != moving.before) {
        return false;
    }
    replace_flows(moving.relay, *relay, moving.side, Window::kAsChanged, &moving);
    moving.kind = RelayEvent::Kind::kRelatched;
    return true;
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

}  // namespace sallyport::dataplane
