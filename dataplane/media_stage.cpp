// SPDX-License-Identifier: Apache-2.0
// One pass per cache miss: port entries, then flows, then partner flows are asked for ahead of
// their use, then each packet is judged and readdressed. Edges: kForward, or kDrop with one of the
// rtp_* and media_* reasons of drops.def.
#include "dataplane/media_stage.h"

#include "dataplane/admission.h"
#include "dataplane/parse.h"
#include "dataplane/readdress.h"
#include "dataplane/rtp.h"

#include <rte_prefetch.h>

#include <algorithm>
#include <array>

namespace sallyport::dataplane {

namespace {

/// Relays that a packet passes after its first one; what should go further is dropped.
constexpr int kMaxReturns = 4;

struct Job {
    MediaTables& tables;
    const BurstContext& context;
    Packet& packet;
    FlowIndex index{kPortClosed};
    Flow& in;
    MediaKind kind{MediaKind::kUnknown};
    MediaFacts facts{};
    bool returns{false};  // it was sent to a media port of our own
};

/// head[] is used when the datagram lies in several buffers.
PayloadBytes payload_of(const Packet& p, std::array<std::uint8_t, kPayloadHead>& head) noexcept {
    const rte_mbuf* m = p.mbuf;
    const std::uint8_t* octets = p.payload_octets();
    if (m->nb_segs == 1) {
        return {{octets, p.payload_length}, p.payload_length, octets + p.payload_length - 1};
    }
    const std::uint32_t length = std::min<std::uint32_t>(p.payload_length, kPayloadHead);
    const auto* at =
        static_cast<const std::uint8_t*>(rte_pktmbuf_read(m, p.payload, length, head.data()));
    const auto* last = length == 0 ? at
                                   : static_cast<const std::uint8_t*>(rte_pktmbuf_read(
                                         m, p.payload + p.payload_length - 1U, 1, head.data()));
    if (at == nullptr || last == nullptr) {
        return {};
    }
    return {{at, length}, p.payload_length, last};
}

using Refusal = std::optional<Drop>;
constexpr Refusal kFine = std::nullopt;

Refusal check_rtp(Job& job, const PayloadBytes& payload) noexcept {
    if (job.in.rtcp) {
        return Drop::rtp_on_rtcp_port;
    }
    if (!is_valid_rtp(payload)) {
        return Drop::rtp_malformed;
    }
    job.facts = facts_of_rtp(payload);
    return kFine;
}

Refusal check_rtcp(Job& job, const PayloadBytes& payload) noexcept {
    if (!job.in.rtcp && !job.in.muxed) {
        return Drop::rtcp_on_rtp_port;
    }
    if (!is_valid_rtcp(payload)) {
        return Drop::rtp_malformed;
    }
    job.facts = facts_of_rtcp(payload);
    return kFine;
}

/// Says what the payload is and whether it may be here.
Refusal check_payload(Job& job, const PayloadBytes& payload) noexcept {
    if (job.in.opaque) {
        job.kind = MediaKind::kOpaque;
        return payload.length >= 4 ? kFine : Refusal{Drop::rtp_malformed};
    }
    job.kind = demultiplex(payload);
    switch (job.kind) {
        case MediaKind::kRtp:
            return check_rtp(job, payload);
        case MediaKind::kRtcp:
            return check_rtcp(job, payload);
        case MediaKind::kZrtp:  // end to end, like the RTP it belongs to; never latches
            return kFine;
        case MediaKind::kStun:
            return Drop::media_stun;
        case MediaKind::kDtls:
            return Drop::media_dtls;
        case MediaKind::kTurn:
            return Drop::media_turn;
        case MediaKind::kOpaque:
        case MediaKind::kUnknown:
            break;
    }
    return Drop::rtp_malformed;
}

bool from_settled_source(const Job& job) noexcept {
    const std::uint64_t word = job.in.latch.load(std::memory_order_acquire);
    return word == (kSettled << 16 | job.packet.source_port) &&
           remote_words(job.in) == AddressWords::of(job.packet.source_octets(), job.packet.family);
}

Refusal check_source(const Job& job, const PayloadBytes& payload) noexcept {
    if (from_settled_source(job)) {
        return kFine;
    }
    if (!check_udp_checksum(job.packet)) {  // damaged or unfinished: must not become a latch
        return Drop::bad_udp_checksum;
    }
    const bool valid = job.kind == MediaKind::kRtp || job.kind == MediaKind::kOpaque ||
                       (job.kind == MediaKind::kRtcp && is_compound_rtcp(payload));
    const Arrival arrival{job.index, {job.packet.source(), job.kind, valid, job.facts}};
    const Refusal refused = admit(job.tables, job.context, arrival);
    return refused && job.kind == MediaKind::kZrtp ? Drop::media_zrtp : refused;
}

void add(std::atomic<std::uint64_t>& cell, std::uint64_t n) noexcept {
    cell.store(cell.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}

/// G9: so many packets and so many octets in each second of the clock.
Refusal check_pace(Job& job) noexcept {
    const std::uint16_t packets = job.in.packets_per_second;
    const std::uint32_t octets = job.in.octets_per_second;
    if (packets == 0 && octets == 0) {
        return kFine;
    }
    const auto second = static_cast<std::uint16_t>(job.context.now_ms / 1000);
    Pace taken = Pace::unpack(job.in.pace.load(std::memory_order_relaxed));
    if (taken.second != second) {
        taken = {.second = second};
    }
    if ((packets != 0 && taken.packets >= packets) || (octets != 0 && taken.octets >= octets)) {
        return Drop::rtp_too_many;
    }
    taken.packets = static_cast<std::uint16_t>(taken.packets + (packets != 0 ? 1 : 0));
    taken.octets += octets != 0 ? job.packet.payload_length : 0U;
    job.in.pace.store(taken.pack(), std::memory_order_relaxed);
    return kFine;
}

void refuse(Job& job, Drop why) noexcept {
    job.packet.drop_for(why);
    FlowNotes& notes = job.tables.flows.notes(job.index);
    notes.count(why);
    notes.last_refused.write(
        {job.packet.source(), why, job.facts.payload_type, job.context.now_ms});
}

/// The flow whose cells count this packet: RTCP on a multiplexed port counts as RTCP.
FlowIndex counted_by(const Job& job) noexcept {
    return job.kind == MediaKind::kRtcp ? job.in.rtcp_cells : job.index;
}

void note_accepted(const Job& job, Flow& cells) noexcept {
    add(cells.packets_in, 1);
    add(cells.octets_in, job.packet.payload_length);
    cells.last_seen_ms.store(job.context.now_ms, std::memory_order_relaxed);
    if (job.kind == MediaKind::kRtp || job.kind == MediaKind::kRtcp) {
        const LatchEvidence evidence{job.facts.ssrc, job.facts.sequence, true};
        cells.evidence.store(pack_evidence(evidence), std::memory_order_relaxed);
    }
}

/// G17: a call whose far end is another call of ours, for instance through a registrar that knows
/// both phones. The packet does not leave; it arrives at that port as if it came off the wire.
void come_back(Job& job, std::uint16_t from, std::uint16_t to) noexcept {
    job.packet.realm = job.packet.egress;
    job.packet.source_port = from;
    job.packet.destination_port = to;
    job.returns = true;
}

/// Readdresses the packet to the remote end of the other side.
Refusal send_on(Job& job) noexcept {
    const bool rtcp = job.kind == MediaKind::kRtcp;
    const FlowIndex index =
        (rtcp ? job.in.out_rtcp : job.in.out_rtp).load(std::memory_order_acquire);
    Flow& out = job.tables.flows.flow(index);
    if (index == kNoFlow || !out.has_remote) {
        return Drop::rtp_no_remote;
    }
    if (!out.sends_media && !rtcp) {
        return Drop::rtp_held;
    }
    const SendTarget target = send_target(job.tables.flows, index);
    if (target.port.value == 0) {
        return Drop::rtp_not_latched;
    }
    const RealmEntry& realm = job.tables.realms[RealmId{out.realm}];
    const Readdress to{out.remote_family,
                       AddressWords::of(realm.octets.data(), Family::kIpv6),
                       target.ip,
                       out.local_port,
                       target.port.value,
                       out.dscp,
                       &job.tables.next_ip_id};
    if (!readdress(job.packet, to)) {
        return Drop::media_no_headroom;
    }
    job.packet.edge = Edge::kForward;
    job.packet.egress = RealmId{out.realm};
    job.packet.hint = target.locked ? &out.hint : nullptr;
    if (to.source == to.destination) {
        come_back(job, to.source_port, to.destination_port);
    }
    return kFine;
}

void relay(Job& job) noexcept {
    job.packet.flow = kNoFlow;
    std::array<std::uint8_t, kPayloadHead> head;
    const PayloadBytes payload = payload_of(job.packet, head);
    Refusal refusal = check_payload(job, payload);
    if (!refusal) {
        refusal = check_source(job, payload);
    }
    if (!refusal) {
        refusal = check_pace(job);
    }
    if (refusal) {
        refuse(job, *refusal);
        return;
    }
    Flow& cells = job.tables.flows.flow(counted_by(job));
    note_accepted(job, cells);
    job.packet.flow = counted_by(job);
    if (const Refusal stopped = send_on(job)) {
        job.packet.drop_for(*stopped);
        note_stopped(job.tables.flows, job.packet);
        job.packet.flow = kNoFlow;
        return;
    }
    job.context.counters.add(Counter::relayed_packets);
    job.context.counters.add(Counter::relayed_octets, job.packet.payload_length);
}

/// Through one relay, or through several that are each other's far ends.
void relay_on(MediaTables& tables, const BurstContext& context, Packet& packet,
              FlowIndex index) noexcept {
    for (int returned = 0; returned <= kMaxReturns; ++returned) {
        if (index < kFirstFlow) {
            packet.drop_for(index == kPortCooling ? Drop::rtp_port_cooling : Drop::rtp_port_closed);
            return;
        }
        Job job{tables, context, packet, index, tables.flows.flow(index)};
        relay(job);
        if (packet.edge == Edge::kDrop || !job.returns) {
            return;
        }
        index = tables.flows.at(packet.realm, packet.destination_port);
    }
    packet.drop_for(Drop::media_loop);
}

using Indexes = std::array<FlowIndex, kBurst>;

void look_up(FlowTable& flows, std::span<Packet*> packets, Indexes& found) noexcept {
    for (const Packet* p : packets) {
        rte_prefetch0(flows.address_of(p->realm, p->destination_port));
    }
    for (std::size_t i = 0; i < packets.size(); ++i) {
        found[i] = flows.at(packets[i]->realm, packets[i]->destination_port);
        const auto* line = reinterpret_cast<const std::uint8_t*>(&flows.flow(found[i]));
        rte_prefetch0(line);
        __builtin_prefetch(line + 64, 1);
    }
    for (std::size_t i = 0; i < packets.size(); ++i) {
        const Flow& flow = flows.flow(found[i]);
        rte_prefetch0(&flows.flow(flow.out_rtp.load(std::memory_order_relaxed)));
    }
}

}  // namespace

void note_stopped(FlowTable& flows, const Packet& packet) noexcept {
    if (packet.flow == kNoFlow || !is_stop(packet.drop)) {
        return;
    }
    Flow& cells = flows.flow(packet.flow);
    add(cells.stopped_packets, 1);
    add(cells.stopped_octets, packet.payload_length);
    flows.notes(packet.flow).count(packet.drop);
}

void media_stage(MediaTables& tables, const BurstContext& context,
                 std::span<Packet*> packets) noexcept {
    Indexes found;
    while (!packets.empty()) {
        const auto burst = packets.first(std::min(packets.size(), kBurst));
        packets = packets.subspan(burst.size());
        look_up(tables.flows, burst, found);
        for (std::size_t i = 0; i < burst.size(); ++i) {
            relay_on(tables, context, *burst[i], found[i]);
        }
    }
}

}  // namespace sallyport::dataplane
