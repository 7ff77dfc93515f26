// SPDX-License-Identifier: Apache-2.0
// The only code that writes latches of published flows. A worker that finds another one in the
// middle of a claim looks again a few times (a claim is three stores) and then lets its packet go
// rather than wait for a thread that may be preempted.
#include "dataplane/admission.h"

#include <rte_pause.h>

#include <algorithm>

namespace sallyport::dataplane {

namespace {

using Act = LatchVerdict::Act;

constexpr int kAttempts = 64;

struct Admission {
    MediaTables& tables;
    const BurstContext& context;
    const Arrival& arrival;
    Flow& flow;
    const FlowRules& rules;
};

bool knows(const FlowTable& flows, FlowIndex index, const Endpoint& source) noexcept {
    const Flow& flow = flows.flow(index);
    return flows.rules(index).sdp == source ||
           locked_remote(flow, flow.latch.load(std::memory_order_acquire)) == source;
}

/// The walk is bounded, not only by the ring: control may be relinking it.
bool is_of_other_branch(const Admission& a) noexcept {
    FlowTable& flows = a.tables.flows;
    FlowIndex at = a.arrival.flow;
    for (std::size_t i = 0; i < kMaxBranches; ++i) {
        at = flows.next_branch(at).load(std::memory_order_acquire);
        if (at == kNoFlow || at == a.arrival.flow) {
            return false;
        }
        if (flows.rules(at).relay != a.rules.relay && knows(flows, at, a.arrival.packet.source)) {
            return true;
        }
    }
    return false;
}

LatchCandidate candidate_of(const Admission& a) noexcept {
    return unpack_candidate(
        a.tables.flows.notes(a.arrival.flow).candidate.load(std::memory_order_relaxed));
}

LatchQuestion question_of(const Admission& a, std::uint64_t word) noexcept {
    const LatchWord latch = LatchWord::unpack(word);
    LatchQuestion q{.state = latch.state,
                    .previous_heard = latch.previous_heard,
                    .locked = locked_remote(a.flow, word),
                    .evidence = unpack_evidence(a.flow.evidence.load(std::memory_order_relaxed)),
                    .last_seen_ms = a.flow.last_seen_ms.load(std::memory_order_relaxed),
                    .rtp_ip = {},
                    .of_other_branch = is_of_other_branch(a),
                    .candidate = candidate_of(a),
                    .rules = a.rules};
    if (a.rules.component == Component::kRtcp) {
        const Flow& rtp = a.tables.flows.flow(a.rules.rtp_flow);
        q.rtp_ip = locked_remote(rtp, rtp.latch.load(std::memory_order_acquire)).ip;
    }
    return q;
}

/// What happened to the latch of a flow.
struct Change {
    RelayEvent::Kind kind;
    LatchCause cause{LatchCause::kNone};
    Endpoint before{};
};

void tell(const Admission& a, const Change& change) noexcept {
    const RelayEvent event{a.rules.relay,           a.rules.side, a.rules.component, change.kind,
                           a.arrival.packet.source, change.cause, change.before};
    if (!a.tables.events.push(a.context.worker, ShardId{a.rules.shard}, event)) {
        a.context.counters.add(Counter::relay_events_lost);
    }
}

/// First accepted packet, or first of the new source after a change: note it, once.
bool note_heard(const Admission& a, std::uint64_t word, bool keep_previous) noexcept {
    LatchWord next = LatchWord::unpack(word);
    const bool first = !next.heard;
    next.heard = true;
    next.previous_heard = next.previous_heard && keep_previous;
    if (next.pack() == word) {
        return true;
    }
    if (!a.flow.latch.compare_exchange_strong(word, next.pack(), std::memory_order_acq_rel,
                                              std::memory_order_relaxed)) {
        return false;
    }
    if (first) {
        tell(a, {RelayEvent::Kind::kFirstMedia});
    }
    return true;
}

/// By which clause of the latch table this packet may lock the flow (latch.cpp, admit_source).
LatchCause cause_of(const Admission& a) noexcept {
    if (a.rules.mode == LatchMode::kSignalling) {
        return LatchCause::kSignalling;
    }
    if (a.rules.mode == LatchMode::kPort) {
        return LatchCause::kSdpAddress;
    }
    if (a.rules.component == Component::kRtcp) {
        return LatchCause::kRtpAddress;
    }
    if (a.rules.mode == LatchMode::kSubnet) {
        return LatchCause::kSubnet;
    }
    return a.arrival.packet.source == a.rules.sdp ? LatchCause::kSdpAddress : LatchCause::kWindow;
}

bool lock_to_source(const Admission& a, std::uint64_t word) noexcept {
    const LatchWord before = LatchWord::unpack(word);
    LatchWord claim = before;
    claim.state = LatchState::kClaiming;
    if (!a.flow.latch.compare_exchange_strong(word, claim.pack(), std::memory_order_acquire,
                                              std::memory_order_relaxed)) {
        return false;
    }
    const Endpoint& source = a.arrival.packet.source;
    set_remote_words(a.flow, AddressWords::of(source.ip));
    const LatchCause cause = cause_of(a);
    a.tables.flows.notes(a.arrival.flow).note_latch({.cause = cause}, a.context.now_ms);
    a.flow.latch.store(LatchWord{source.port, LatchState::kLocked, true, false}.pack(),
                       std::memory_order_release);
    a.context.counters.add(Counter::latches);
    if (before.previous_heard) {
        tell(a, {RelayEvent::Kind::kRelatched, cause, a.rules.previous});
    } else {
        tell(a, {RelayEvent::Kind::kLatched, cause});
    }
    if (!before.heard) {
        tell(a, {RelayEvent::Kind::kFirstMedia});
    }
    return true;
}

/// Same IP, so the word with the port says it all.
bool follow_sender(const Admission& a, std::uint64_t word) noexcept {
    const Endpoint before = locked_remote(a.flow, word);
    const LatchEvidence last = unpack_evidence(a.flow.evidence.load(std::memory_order_relaxed));
    const std::uint64_t seen = a.flow.last_seen_ms.load(std::memory_order_relaxed);
    const LatchWord next{a.arrival.packet.source.port, LatchState::kLocked, true, false};
    if (!a.flow.latch.compare_exchange_strong(word, next.pack(), std::memory_order_acq_rel,
                                              std::memory_order_relaxed)) {
        return false;
    }
    const std::uint64_t silence =
        std::min<std::uint64_t>(a.context.now_ms - seen, LatchNote::kMostSilence);
    const auto step = static_cast<std::int16_t>(a.arrival.packet.facts.sequence - last.sequence);
    a.tables.flows.notes(a.arrival.flow)
        .note_latch(
            {LatchCause::kRebinding, step, before.port, static_cast<std::uint32_t>(silence)},
            a.context.now_ms);
    a.context.counters.add(Counter::latch_rebinds);
    tell(a, {RelayEvent::Kind::kRelatched, LatchCause::kRebinding, before});
    return true;
}

/// False: the latch changed under us; ask again.
bool carry_out(const Admission& a, const LatchVerdict& verdict, std::uint64_t word) noexcept {
    switch (verdict.act) {
        case Act::kAccept:
            return note_heard(a, word, false);
        case Act::kAcceptPrevious:
            return note_heard(a, word, true);
        case Act::kLatch:
            return lock_to_source(a, word);
        case Act::kRebind:
            return follow_sender(a, word);
        case Act::kCount:
            a.tables.flows.notes(a.arrival.flow)
                .candidate.store(pack_candidate(candidate_of(a).and_then(a.arrival.packet.facts)),
                                 std::memory_order_relaxed);
            return true;
        case Act::kMove:  // addresses of a published flow do not change: control makes a new one
            tell(a,
                 {RelayEvent::Kind::kMoving, LatchCause::kMobility, locked_remote(a.flow, word)});
            return true;
        case Act::kDrop:
            return verdict.drop != Drop::rtp_latch_busy;
    }
    return true;
}

}  // namespace

std::optional<Drop> admit(MediaTables& tables, const BurstContext& context,
                          const Arrival& arrival) noexcept {
    const Admission a{tables, context, arrival, tables.flows.flow(arrival.flow),
                      tables.flows.rules(arrival.flow)};
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const std::uint64_t word = a.flow.latch.load(std::memory_order_acquire);
        const LatchVerdict verdict = decide(question_of(a, word), arrival.packet, context.now_ms);
        if (!carry_out(a, verdict, word)) {
            rte_pause();
            continue;
        }
        const bool accepted =
            verdict.act != Act::kDrop && verdict.act != Act::kCount && verdict.act != Act::kMove;
        return accepted ? std::nullopt : std::optional(verdict.drop);
    }
    return Drop::rtp_latch_busy;
}

}  // namespace sallyport::dataplane
