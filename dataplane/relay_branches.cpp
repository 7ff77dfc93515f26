// SPDX-License-Identifier: Apache-2.0
// Relays that share their B-side ports: the early dialogs of one forked offer (B2BUA-E12, E13, G8;
// RFC 3960 s.3). They form a ring. Every branch has B-side flows of its own, by which its A ports
// send; only those of the selected one are published at the shared ports. The flows of the others
// stay linked to them, so that a worker can ask whether an unknown source is known there
// (admission.cpp). A destroyed branch keeps its B-side flows linked for a while: what its far end
// still sends must not latch the survivor ("at 2xx all other sources are locked out at once", G8).
#include "dataplane/relay_control.h"

#include <algorithm>

namespace sallyport::dataplane {

namespace {

constexpr std::array<Component, 2> kComponents{Component::kRtp, Component::kRtcp};

/// How long the far end of a branch that is gone may go on sending: as long as its dialog may take
/// to hear of it, 64*T1 (RFC 3261 s.13.2.2.4, B2BUA-R7).
constexpr Millis kLingers{32'000};

/// A source learned from so few packets (half a second of audio) may belong to the dialog whose
/// response was overtaken by its media.
constexpr std::uint64_t kDoubtfulPackets = 25;

constexpr std::size_t at(Component c) noexcept {
    return static_cast<std::size_t>(c);
}

}  // namespace

/// Another relay of the ring for which found says yes. At most kMaxBranches steps.
template <typename Found>
ShardRelays::Relay* ShardRelays::find_branch(std::uint32_t of, Found found) noexcept {
    for (std::uint32_t i = relays_[of].next; i != of; i = relays_[i].next) {
        if (found(relays_[i])) {
            return &relays_[i];
        }
    }
    return nullptr;
}

bool ShardRelays::has_live_branch(std::uint32_t of) noexcept {
    return find_branch(of, [](const Relay& r) { return r.live; }) != nullptr;
}

std::size_t ShardRelays::branches(std::uint32_t of) const noexcept {
    std::size_t count = 1;
    for (std::uint32_t i = relays_[of].next; i != of; i = relays_[i].next) {
        ++count;
    }
    return count;
}

RelayId ShardRelays::id_of(const Relay& relay) const noexcept {
    return {static_cast<std::uint32_t>(&relay - relays_.data()), relay.generation};
}

Result<RelayPorts, RelayFault> ShardRelays::branch(RelayId base) noexcept {
    Relay* first = find(base);
    if (first == nullptr) {
        return Failure{RelayFault::kStale};
    }
    if (branches(base.index) >= kMaxBranches) {
        return Failure{RelayFault::kTooManyBranches};
    }
    if (free_relays_.empty() || !have_flows(4 + spare_flows_)) {
        return Failure{RelayFault::kNoFlows};
    }
    const RealmId realm = first->of(Side::kA).realm;
    const auto rtp = realms_[realm.value].pool.take(now_());
    if (!rtp) {
        return Failure{RelayFault::kNoPorts};
    }
    const std::uint32_t index = free_relays_.back();
    Relay& relay = relays_[index];
    relay.sides = {};
    relay.of(Side::kA).realm = realm;
    relay.of(Side::kA).rtp = *rtp;
    relay.of(Side::kB).realm = first->of(Side::kB).realm;
    relay.of(Side::kB).rtp = first->of(Side::kB).rtp;
    relay.selected = false;
    relay.next = first->next;
    first->next = index;
    return begin(index);
}

Outcome<RelayFault> ShardRelays::select(RelayId id) noexcept {
    Relay* relay = find(id);
    if (relay == nullptr) {
        return Failure{RelayFault::kStale};
    }
    if (relay->selected) {
        return Done{};
    }
    if (!have_flows(4)) {
        return Failure{RelayFault::kNoFlows};
    }
    Relay* before = find_branch(id.index, [](const Relay& r) { return r.selected; });
    if (before != nullptr) {
        before->selected = false;
    }
    relay->selected = true;
    replace_flows(id, *relay, Side::kB, Window::kRenewed);
    if (before != nullptr && is_doubtful(*before)) {
        replace_flows(id_of(*before), *before, Side::kB, Window::kForgotten);
    }
    return Done{};
}

/// Who is heard when the selected one leaves: the newest that knows its far end, else the newest.
ShardRelays::Relay* ShardRelays::successor_of(const Relay& leaving) noexcept {
    Relay* best = nullptr;
    const auto rank = [](const Relay& r) { return std::pair(r.of(Side::kB).told, r.order); };
    static_cast<void>(find_branch(id_of(leaving).index, [&](Relay& r) {
        if (r.live && (best == nullptr || rank(*best) < rank(r))) {
            best = &r;
        }
        return false;
    }));
    return best;
}

/// Its RTP source was learned, is not what its SDP says, and has hardly been heard.
bool ShardRelays::is_doubtful(const Relay& relay) const noexcept {
    const SideState& b = relay.of(Side::kB);
    const FlowIndex index = b.flows[at(Component::kRtp)];
    const Flow& flow = flows_.flow(index);
    const Endpoint locked = locked_remote(flow, flow.latch.load(std::memory_order_acquire));
    return locked.ip.family() != Family::kNone && locked != flows_.rules(index).sdp &&
           counted(b, Component::kRtp).packets_in < kDoubtfulPackets;
}

/// A branch that has learned as its own the address that an SDP now gives to relay.
ShardRelays::Relay* ShardRelays::usurper_of(const Relay& relay, const Endpoint& rtp) noexcept {
    return find_branch(id_of(relay).index, [&](const Relay& r) {
        const FlowIndex index = r.of(Side::kB).flows[at(Component::kRtp)];
        const Flow& flow = flows_.flow(index);
        return r.live && flows_.rules(index).sdp != rtp &&
               locked_remote(flow, flow.latch.load(std::memory_order_acquire)) == rtp;
    });
}

/// Each B-side flow leads to that of the next branch. Before a flow is retired no other leads to
/// it.
void ShardRelays::link_branches(std::uint32_t of) noexcept {
    std::uint32_t i = of;
    do {
        const std::uint32_t next = relays_[i].next;
        for (const Component c : kComponents) {
            const FlowIndex from = relays_[i].of(Side::kB).flows[at(c)];
            const FlowIndex to = next == i ? kNoFlow : relays_[next].of(Side::kB).flows[at(c)];
            flows_.next_branch(from).store(to, std::memory_order_release);
        }
        i = next;
    } while (i != of);
}

/// One branch of several ends. Its A-side flows may be retired only when its B-side flows, which
/// lead to them, are not published any more.
void ShardRelays::leave(RelayId id, Relay& relay) noexcept {
    if (relay.selected) {
        relay.selected = false;
        Relay* next = successor_of(relay);
        next->selected = true;
        publish_flows(next->of(Side::kB));
    }
    const Moment now = now_();
    close_port(relay.of(Side::kA), now);
    retire_side(id, Side::kA);
    relay.lingering = true;
    if (lingering_count_ == lingering_.size()) {
        bury_oldest();
    }
    const std::size_t end = (lingering_head_ + lingering_count_) % lingering_.size();
    lingering_[end] = {id, now + kLingers};
    ++lingering_count_;
}

/// The last one ends, and the ports with it. Both ports are unpublished before anything is retired:
/// the partners' out_* lead from one side to the other.
void ShardRelays::close(RelayId id, Relay& relay) noexcept {
    const Moment now = now_();
    close_port(relay.of(Side::kA), now);
    close_port(relay.of(Side::kB), now);
    bury_all(id.index);
    retire_side(id, Side::kA);
    retire_side(id, Side::kB);
    free_relays_.push_back(id.index);
}

/// A lingering branch is forgotten.
void ShardRelays::bury(std::uint32_t index) noexcept {
    Relay& relay = relays_[index];
    std::uint32_t before = relay.next;
    while (relays_[before].next != index) {
        before = relays_[before].next;
    }
    relays_[before].next = relay.next;
    link_branches(before);
    relay.lingering = false;
    relay.next = index;
    retire_side(id_of(relay), Side::kB);
    free_relays_.push_back(index);
}

void ShardRelays::bury_all(std::uint32_t of) noexcept {
    while (relays_[of].next != of) {
        bury(relays_[of].next);
    }
}

void ShardRelays::bury_oldest() noexcept {
    const RelayId oldest = lingering_[lingering_head_].relay;
    lingering_head_ = (lingering_head_ + 1) % lingering_.size();
    --lingering_count_;
    const Relay& relay = relays_[oldest.index];
    if (relay.lingering && relay.generation == oldest.generation) {
        bury(oldest.index);
    }
}

/// The far end that left is back as the far end of another branch (a transfer to it, say).
void ShardRelays::bury_by_address(const Relay& relay, const Endpoint& rtp) noexcept {
    const auto same = [&](const Relay& r) {
        return r.lingering && r.of(Side::kB).remote.rtp == rtp;
    };
    while (const Relay* found = find_branch(id_of(relay).index, same)) {
        bury(id_of(*found).index);
    }
}

}  // namespace sallyport::dataplane
