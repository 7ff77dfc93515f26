// SPDX-License-Identifier: Apache-2.0
// The worker's loop and the strings between its stages.
#include "dataplane/worker.h"

#include "dataplane/buffers.h"
#include "dataplane/classify.h"
#include "dataplane/next_hop.h"
#include "dataplane/parse.h"
#include "dataplane/refragment.h"

#include <rte_ethdev.h>
#include <rte_ring.h>
#include <sys/prctl.h>

#include <array>

namespace sallyport::dataplane {

namespace {

constexpr std::uint64_t kHousekeepingMs = 100;
constexpr std::uint64_t kTapPauseUs = 20;

/// Packets of one edge, in order of arrival.
class EdgeList {
public:
    void add(Packet& packet) noexcept { packets_[count_++] = &packet; }
    [[nodiscard]] std::span<Packet*> all() noexcept { return {packets_.data(), count_}; }

private:
    std::array<Packet*, kBurst> packets_;
    std::size_t count_{0};
};

}  // namespace

Worker::Worker(const WorkerTables& tables, WorkerPlan plan, CounterBlock& counters)
    : tables_(tables),
      plan_(std::move(plan)),
      counters_(counters),
      idle_(plan_.idle, tables.clock.hz()),
      reassembly_(tables.clock.hz()),
      neighbours_(tables.resolve),
      signalling_(tables.steer, tables.inboxes),
      media_{tables.flows, tables.realms, tables.relay_events},
      last_tsc_(rte_rdtsc()) {
    for (const PortOutput::Way& way : plan_.ways) {
        outputs_.emplace_back(way);
    }
    const std::uint64_t pause = tables.clock.hz() / 1'000'000 * kTapPauseUs;
    for (const WorkerPlan::Home& home : plan_.homes) {
        homes_.push_back({home, TapPump(*plan_.taps[home.realm.value], tables.pool, pause)});
    }
}

Worker::~Worker() = default;

BurstContext Worker::context_now() noexcept {
    const std::uint64_t tsc = rte_rdtsc();
    return {plan_.id, tsc, tables_.clock.ms_at(tsc), counters_};
}

void Worker::run() noexcept {
    // Short sleeps must be short: the default timer slack of 50 us would double them.
    ::prctl(PR_SET_TIMERSLACK, 1000UL, 0UL, 0UL, 0UL);
    tables_.epoch.join(plan_.id.value);
    last_tsc_ = rte_rdtsc();
    while (!stopping_.load(std::memory_order_acquire)) {
        const std::size_t moved = step();
        idle_.after(moved > 0, last_tsc_);
    }
    drain();
    tables_.epoch.leave(plan_.id.value);
}

std::size_t Worker::step() noexcept {
    const BurstContext context = context_now();
    const std::size_t moved = loop(context);
    tables_.epoch.quiescent(plan_.id.value);
    counters_.add_cycles(moved > 0 ? rte_rdtsc() - context.tsc : 0, context.tsc - last_tsc_);
    last_tsc_ = context.tsc;
    return moved;
}

std::size_t Worker::loop(const BurstContext& context) noexcept {
    adjacencies_ = &tables_.board.current();
    std::size_t moved = take_resolved(context);
    for (const WorkerPlan::Receive& from : plan_.receive) {
        moved += receive(context, from);
    }
    for (HomePort& home : homes_) {
        moved += serve_home(context, home, moved > 0);
    }
    for (PortOutput& output : outputs_) {
        output.flush(context);
    }
    if (context.now_ms - last_housekeeping_ms_ >= kHousekeepingMs) {
        last_housekeeping_ms_ = context.now_ms;
        reassembly_.expire(context);
    }
    return moved;
}

std::size_t Worker::receive(const BurstContext& context, const WorkerPlan::Receive& from) noexcept {
    std::array<rte_mbuf*, kBurst> mbufs;
    const std::uint16_t count =
        rte_eth_rx_burst(from.ethdev, from.queue, mbufs.data(), static_cast<std::uint16_t>(kBurst));
    if (count == 0) {
        return 0;
    }
    const RealmEntry& realm = tables_.realms[from.realm];
    std::array<Packet, kBurst> packets;
    std::uint64_t octets = 0;
    std::uint64_t segments = 0;
    for (std::size_t i = 0; i < count; ++i) {
        rte_prefetch0(rte_pktmbuf_mtod(mbufs[i], void*));
    }
    for (std::size_t i = 0; i < count; ++i) {
        packets[i].mbuf = mbufs[i];
        packets[i].realm = from.realm;
        octets += mbufs[i]->pkt_len;
        segments += mbufs[i]->nb_segs;
        parse(realm, packets[i]);
        classify(realm, packets[i]);
    }
    counters_.add(Counter::rx_packets, count);
    counters_.add(Counter::rx_octets, octets);
    counters_.add(Counter::mbufs_acquired, segments);
    const std::span<Packet> burst(packets.data(), count);
    reassemble(context, burst);
    dispatch(context, burst);
    return count;
}

/// Fragments become datagrams, which are then sorted like any other packet, or wait.
void Worker::reassemble(const BurstContext& context, std::span<Packet> packets) noexcept {
    for (Packet& packet : packets) {
        if (packet.edge != Edge::kReassemble) {
            continue;
        }
        reassembly_.take(context, packet);
        if (packet.mbuf != nullptr && packet.edge != Edge::kDrop) {
            const RealmEntry& realm = tables_.realms[packet.realm];
            parse(realm, packet);
            classify(realm, packet);
        }
    }
}

/// Sends every packet along its edge. Afterwards none is left in packets.
void Worker::dispatch(const BurstContext& context, std::span<Packet> packets) noexcept {
    EdgeList signalling;
    EdgeList media;
    for (Packet& packet : packets) {
        if (packet.mbuf == nullptr) {
            continue;
        }
        if (packet.edge == Edge::kMedia) {
            media.add(packet);
        } else if (packet.edge == Edge::kSignalling) {
            signalling.add(packet);
        }
    }
    if (!media.all().empty()) {
        counters_.add(Counter::media_in, media.all().size());
        media_stage(media_, context, media.all());
    }
    signalling_.deliver(context, signalling.all());
    EdgeList out;
    for (Packet& packet : packets) {
        if (packet.mbuf == nullptr) {
            continue;
        }
        if (packet.edge == Edge::kForward) {
            out.add(packet);
        } else if (packet.edge == Edge::kTap) {
            if (is_error_about_media(tables_.realms[packet.realm], packet)) {
                counters_.add(Counter::media_icmp_errors);
            }
            to_kernel(*plan_.taps[packet.realm.value], context, packet.mbuf);
        } else {
            drop(context, packet);
        }
    }
    forward(context, out.all());
}

void Worker::forward(const BurstContext& context, std::span<Packet*> packets) noexcept {
    EdgeList fitting;
    for (Packet* packet : packets) {
        if (packet->mbuf->pkt_len - packet->l3 > tables_.realms[packet->egress].mtu) {
            forward_in_fragments(context, *packet);
        } else {
            fitting.add(*packet);
        }
    }
    send(context, fitting.all());
}

void Worker::send(const BurstContext& context, std::span<Packet*> packets) noexcept {
    next_hop(tables_.realms, *adjacencies_, neighbours_, context, packets);
    for (Packet* packet : packets) {
        if (packet->mbuf == nullptr) {
            continue;
        }
        if (packet->edge == Edge::kForward) {
            outputs_[packet->egress.value].add(context, packet->mbuf);
        } else {
            drop(context, *packet);
        }
    }
}

/// Too long for its way out (the MTUs of two ports differ, or it came in fragments): made anew in
/// fragments (B11).
void Worker::forward_in_fragments(const BurstContext& context, Packet& packet) noexcept {
    std::array<rte_mbuf*, kMaxFragments> pieces;
    const std::uint16_t mtu = tables_.realms[packet.egress].mtu;
    const std::size_t count = refragmenter_.rebuild(tables_.pool, mtu, packet, pieces);
    if (count == 0) {
        packet.drop_for(Drop::too_big);
        return drop(context, packet);
    }
    counters_.add(Counter::mbufs_acquired, count);
    counters_.add(Counter::fragmented_out);
    release(counters_, packet.mbuf);
    for (std::size_t i = 0; i < count; ++i) {
        Packet piece = packet;
        piece.mbuf = pieces[i];
        piece.l3 = 0;
        piece.flow = i == 0 ? packet.flow : kNoFlow;  // the flow counts the packet, and once
        Packet* one = &piece;
        send(context, {&one, 1});
    }
    packet.mbuf = nullptr;
}

void Worker::drop(const BurstContext& context, Packet& packet) noexcept {
    note_stopped(media_.flows, packet);
    context.counters.add(packet.drop);
    release(context.counters, packet.mbuf);
    packet.mbuf = nullptr;
}

std::size_t Worker::serve_home(const BurstContext& context, HomePort& home, bool busy) noexcept {
    PortOutput& out = outputs_[home.plan.realm.value];
    return take_outgoing(context, home.plan) + take_handoff(context, home) +
           home.pump.from_kernel(context, out, busy);
}

/// Packets that shards built: IP is complete, the way is not yet known.
std::size_t Worker::take_outgoing(const BurstContext& context,
                                  const WorkerPlan::Home& home) noexcept {
    std::array<rte_mbuf*, kBurst> mbufs;
    const unsigned count = rte_ring_dequeue_burst(
        home.outgoing, reinterpret_cast<void**>(mbufs.data()), kBurst, nullptr);
    std::array<Packet, kBurst> packets;
    std::array<Packet*, kBurst> list;
    for (unsigned i = 0; i < count; ++i) {
        const SignalFacts& facts = facts_of(mbufs[i]);
        packets[i].mbuf = mbufs[i];
        packets[i].egress = facts.realm;
        packets[i].realm = facts.realm;
        packets[i].family = facts.family;
        packets[i].l3 = facts.l3;
        packets[i].edge = Edge::kForward;
        list[i] = &packets[i];
    }
    forward(context, std::span(list).first(count));
    return count;
}

std::size_t Worker::take_handoff(const BurstContext& context, const HomePort& home) noexcept {
    if (home.plan.handoff == nullptr) {
        return 0;
    }
    std::array<rte_mbuf*, kBurst> mbufs;
    const unsigned count = rte_ring_dequeue_burst(
        home.plan.handoff, reinterpret_cast<void**>(mbufs.data()), kBurst, nullptr);
    for (unsigned i = 0; i < count; ++i) {
        outputs_[home.plan.realm.value].add(context, mbufs[i]);
    }
    return count;
}

/// Packets whose next hop has been found, or has not been in time. All of them, before anything
/// else is sent by the same table: what waited goes before what comes now, or a response would
/// overtake the one before it.
std::size_t Worker::take_resolved(const BurstContext& context) noexcept {
    std::array<Packet, kBurst> packets;
    std::size_t moved = 0;
    while (const std::size_t count = neighbours_.ready(context, *adjacencies_, packets)) {
        EdgeList out;
        for (Packet& packet : std::span(packets).first(count)) {
            if (packet.edge == Edge::kForward) {
                out.add(packet);
            } else {
                drop(context, packet);
            }
        }
        forward(context, out.all());
        moved += count;
    }
    return moved;
}

void Worker::drain() noexcept {
    const BurstContext context = context_now();
    adjacencies_ = &tables_.board.current();
    for (HomePort& home : homes_) {
        while (take_outgoing(context, home.plan) + take_handoff(context, home) > 0) {
        }
        home.pump.close();
    }
    std::array<Packet, kBurst> packets;
    while (const std::size_t count = neighbours_.empty_into(packets)) {
        for (Packet& packet : std::span(packets).first(count)) {
            drop(context, packet);
        }
    }
    for (PortOutput& output : outputs_) {
        output.flush(context);
    }
    counters_.add(Drop::shutdown, reassembly_.waiting());
    counters_.add(Counter::mbufs_released, reassembly_.waiting());
}

}  // namespace sallyport::dataplane
