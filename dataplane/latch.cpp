// SPDX-License-Identifier: Apache-2.0
// The latch table in code order: one function per state. Every refusal has its own reason, so that
// an operator can tell an attack (rtp_wrong_source) from a phone that answers with a codec it did
// not offer (rtp_payload_type).
#include "dataplane/latch.h"

namespace sallyport::dataplane {

namespace {

using Act = LatchVerdict::Act;

constexpr std::uint8_t kComfortNoise =
    13;  // RFC 3389: sent without being negotiated by many senders (G4)

constexpr LatchVerdict refuse(Drop why) noexcept {
    return {Act::kDrop, why};
}
constexpr LatchVerdict admit(Act act) noexcept {
    return {act, Drop::rtp_wrong_source};
}

/// From where it was heard before a change, or may come after one (E7).
bool from_previous(const LatchQuestion& flow, const Endpoint& source) noexcept {
    return (flow.previous_heard && source == flow.rules.previous) ||
           (source == flow.rules.announced && source.port.value != 0);
}

/// G9: it may have missed the end of the call before. Who has every right to speak is not kept out.
bool from_former(const FlowRules& rules, const Endpoint& source, std::uint64_t now_ms) noexcept {
    return source == rules.former && now_ms < rules.former_until_ms && source.ip != rules.sdp.ip &&
           source.ip != rules.signalling_source;
}

/// G4, the payload type part. Only a packet that wants to latch is asked: what follows on a locked
/// flow is the business of the two ends (G11), and a re-offer's new types may arrive before its
/// answer does.
bool payload_type_admitted(const FlowRules& rules, const LatchPacket& packet) noexcept {
    if (packet.kind != MediaKind::kRtp || rules.payload_types.none()) {
        return true;
    }
    const std::uint8_t type = packet.facts.payload_type;
    return type == kComfortNoise || (type < 128 && rules.payload_types[type]);
}

/// G5: RTCP on a port of its own, and media that is no RTP, has no sequence that could be followed.
LatchVerdict enough_in_sequence(const LatchQuestion& flow, const LatchPacket& packet) noexcept {
    const FlowRules& rules = flow.rules;
    if (rules.latch_packets <= 1 || rules.component == Component::kRtcp ||
        packet.kind == MediaKind::kOpaque) {
        return admit(Act::kLatch);
    }
    if (packet.kind != MediaKind::kRtp) {  // G6: multiplexed RTCP follows RTP
        return refuse(Drop::rtp_latch_pending);
    }
    return flow.candidate.and_then(packet.facts).packets >= rules.latch_packets
               ? admit(Act::kLatch)
               : LatchVerdict{Act::kCount, Drop::rtp_latch_pending};
}

constexpr std::uint8_t kSubnetIpv4 = 24;
constexpr std::uint8_t kSubnetIpv6 = 56;

/// G4: in the /24 or /56 of where the leg signals from.
bool is_neighbour(const FlowRules& rules, const IpAddr& ip) noexcept {
    const std::uint8_t length = ip.is_v6() ? kSubnetIpv6 : kSubnetIpv4;
    return Prefix{rules.signalling_source, length}.contains(ip);
}

/// G4 and G6, the source part.
LatchVerdict admit_source(const LatchQuestion& flow, const LatchPacket& packet,
                          std::uint64_t now_ms) noexcept {
    const FlowRules& rules = flow.rules;
    const bool rtcp = rules.component == Component::kRtcp;
    if (rules.mode == LatchMode::kPort) {  // the SDP is trusted with the address of RTCP, too
        return packet.source.ip == rules.sdp.ip ? admit(Act::kLatch)
                                                : refuse(Drop::rtp_wrong_source);
    }
    if (rtcp && flow.rtp_ip.family() != Family::kNone && packet.source.ip != flow.rtp_ip) {
        return refuse(Drop::rtp_wrong_source);
    }
    if (rules.mode == LatchMode::kSignalling) {
        // RTCP may come first (a receive-only phone): the IP that it must have is the one RTP will
        // be held to.
        return packet.source.ip == rules.signalling_source ? admit(Act::kLatch)
                                                           : refuse(Drop::rtp_wrong_source);
    }
    if (rules.mode == LatchMode::kSubnet && !is_neighbour(rules, packet.source.ip)) {
        return refuse(Drop::rtp_wrong_source);
    }
    if (rtcp) {  // kSubnet, kAny: only the RTP latch says which IP is right
        return flow.rtp_ip.family() != Family::kNone ? admit(Act::kLatch)
                                                     : refuse(Drop::rtp_wrong_source);
    }
    if (rules.mode == LatchMode::kSubnet || packet.source == rules.sdp ||
        now_ms <= rules.opened_ms + kAnyWindowMs) {
        return admit(Act::kLatch);
    }
    return refuse(Drop::rtp_latch_late);
}

LatchVerdict decide_open(const LatchQuestion& flow, const LatchPacket& packet,
                         std::uint64_t now_ms) noexcept {
    const FlowRules& rules = flow.rules;
    if (rules.sdp.ip.family() == Family::kNone) {
        return refuse(Drop::rtp_not_ready);
    }
    if (packet.source != rules.sdp && from_previous(flow, packet.source)) {
        return admit(Act::kAcceptPrevious);
    }
    if (rules.mode ==
        LatchMode::kOff) {  // its SDP named no address that could be heard (E11: 0.0.0.0)
        return refuse(Drop::rtp_wrong_source);
    }
    if (from_former(rules, packet.source, now_ms)) {
        return refuse(Drop::rtp_former_source);
    }
    if (!packet.valid) {
        return refuse(Drop::rtp_malformed);
    }
    const LatchVerdict source = admit_source(flow, packet, now_ms);
    if (source.act == Act::kDrop) {
        return source;
    }
    return payload_type_admitted(rules, packet) ? enough_in_sequence(flow, packet)
                                                : refuse(Drop::rtp_payload_type);
}

/// G7: from the same IP, or with mobility from any; RTCP then from where RTP has gone (G6).
bool may_have_moved_to(const LatchQuestion& flow, const IpAddr& ip) noexcept {
    return ip == flow.locked.ip ||
           (flow.rules.mobility && (flow.rules.component == Component::kRtp || ip == flow.rtp_ip));
}

/// G7, NAT rebinding: silent long enough, an IP that it may have, same SSRC, sequence near the last
/// one. RTCP has no sequence: its own flow moves on SSRC and IP alone; RTCP multiplexed on an RTP
/// flow never moves it (G6: it follows RTP).
bool is_rebinding(const LatchQuestion& flow, const LatchPacket& packet,
                  std::uint64_t now_ms) noexcept {
    if (!packet.valid || !flow.evidence.known || !may_have_moved_to(flow, packet.source.ip) ||
        packet.facts.ssrc != flow.evidence.ssrc || now_ms < flow.last_seen_ms + kRebindSilenceMs) {
        return false;
    }
    if (packet.kind == MediaKind::kRtcp) {
        return flow.rules.component == Component::kRtcp;
    }
    if (packet.kind != MediaKind::kRtp) {
        return false;
    }
    const auto step = static_cast<std::int16_t>(packet.facts.sequence - flow.evidence.sequence);
    return step >= -kRebindSequence && step <= kRebindSequence;
}

LatchVerdict decide_locked(const LatchQuestion& flow, const LatchPacket& packet,
                           std::uint64_t now_ms) noexcept {
    if (packet.source == flow.locked) {
        return admit(Act::kAccept);
    }
    if (from_previous(flow, packet.source)) {
        return admit(Act::kAcceptPrevious);
    }
    if (flow.rules.mode != LatchMode::kOff && is_rebinding(flow, packet, now_ms)) {
        return packet.source.ip == flow.locked.ip
                   ? admit(Act::kRebind)
                   : LatchVerdict{Act::kMove, Drop::rtp_latch_pending};
    }
    return refuse(Drop::rtp_wrong_source);
}

}  // namespace

LatchCandidate LatchCandidate::and_then(const MediaFacts& facts) const noexcept {
    const auto step = static_cast<std::uint16_t>(facts.sequence - sequence);
    const bool follows = packets != 0 && facts.ssrc == ssrc && step >= 1 && step <= kCandidateGap;
    return {facts.ssrc, facts.sequence, static_cast<std::uint8_t>(follows ? packets + 1 : 1)};
}

LatchVerdict decide(const LatchQuestion& flow, const LatchPacket& packet,
                    std::uint64_t now_ms) noexcept {
    // Two callees may well name one address (a media server in front of both): it is then whose
    // turn it is.
    if (flow.of_other_branch && packet.source != flow.rules.sdp) {
        return refuse(Drop::rtp_other_branch);
    }
    switch (flow.state) {
        case LatchState::kOpen:
            return decide_open(flow, packet, now_ms);
        case LatchState::kClaiming:
            return refuse(Drop::rtp_latch_busy);
        case LatchState::kLocked:
            return decide_locked(flow, packet, now_ms);
    }
    return refuse(Drop::rtp_wrong_source);
}

}  // namespace sallyport::dataplane
