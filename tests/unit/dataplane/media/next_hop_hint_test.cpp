// SPDX-License-Identifier: Apache-2.0
// The next hop that a flow remembers: when it is used, when it is asked for anew, when it is
// forgotten.
#include "dataplane/next_hop.h"
#include "tests/unit/dataplane/media/relayed_call.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

namespace sallyport::dataplane {
namespace {

using namespace test;

constexpr MacAddress kFirst{2, 0, 0, 0, 1, 1};
constexpr MacAddress kSecond{2, 0, 0, 0, 1, 2};

/// A default route, and what is known of its router.
AdjacencyTable table(std::uint64_t version, std::optional<MacAddress> router_mac = {}) {
    const IpAddr router = IpAddr::parse("10.10.0.254").value();
    std::vector<NeighbourEntry> neighbours;
    if (router_mac) {
        neighbours.push_back({kInside, router, *router_mac});
    }
    return {{{kInside, {IpAddr::v4(0), 0}, router, false, 0}}, neighbours, version};
}

class NextHopHint : public RelayedCall {
protected:
    /// From the trunk to the phone, through both stages. Null: it waits or was dropped.
    std::optional<MacAddress> leaves_to(const AdjacencyTable& adjacencies) {
        Packet packet = rig.load(kOutside, frame(kTrunk, ports.b.rtp, rtp(8, 1, 1)));
        Packet* burst[] = {&packet};
        const BurstContext context = rig.context();
        media_stage(rig.tables, context, burst);
        had_hint = packet.hint != nullptr;
        EXPECT_EQ(packet.edge, Edge::kForward);
        next_hop(rig.realms, adjacencies, queue, context, burst);
        if (packet.mbuf == nullptr) {
            return std::nullopt;
        }
        MacAddress mac{};
        std::memcpy(mac.data(), packet.ether()->dst_addr.addr_bytes, mac.size());
        rte_pktmbuf_free(packet.mbuf);
        return mac;
    }

    ResolveRequests requests{"hint_test"};
    NeighbourQueue queue{requests};
    bool had_hint{false};
};

TEST_F(NextHopHint, IsUsedUntilTheTableIsAnother) {
    from_phone(rtp(8, 1, 1));
    EXPECT_EQ(leaves_to(table(1, kFirst)), kFirst);
    EXPECT_TRUE(had_hint);
    EXPECT_EQ(leaves_to(table(1)), kFirst) << "the same version: not even looked at";
    EXPECT_EQ(leaves_to(table(2, kSecond)), kSecond);
    EXPECT_EQ(leaves_to(table(3)), std::nullopt) << "the neighbour is gone: wait for it";
    std::array<Packet, kBurst> waiting;
    ASSERT_EQ(queue.empty_into(waiting), 1U);
    EXPECT_EQ(waiting[0].hint, nullptr) << "the flow may be another's when it goes on";
    rte_pktmbuf_free(waiting[0].mbuf);
}

TEST_F(NextHopHint, BelongsOnlyToALockedDestination) {
    RemoteMedia believed = phone;
    believed.send_before_latch = true;
    tell(Side::kA, believed);
    EXPECT_EQ(leaves_to(table(1, kFirst)), kFirst);
    EXPECT_FALSE(had_hint);
    from_phone(rtp(8, 1, 1));
    EXPECT_EQ(leaves_to(table(1, kFirst)), kFirst);
    EXPECT_TRUE(had_hint);
}

TEST_F(NextHopHint, IsForgottenWhenTheFlowIsWrittenAnew) {
    from_phone(rtp(8, 1, 1));
    EXPECT_EQ(leaves_to(table(1, kFirst)), kFirst);
    for (int i = 0; i < 3; ++i) {  // through recycled flows
        phone.send_media = i % 2 == 1;
        tell(Side::kA, phone);
        rig.relays.tick();
    }
    phone.send_media = true;
    tell(Side::kA, phone);
    EXPECT_EQ(leaves_to(table(1, kSecond)), kSecond);
}

class WayOut : public NextHopHint {
protected:
    /// From the trunk to the phone, through both stages and to the drop, as a worker does it.
    Drop lost(const AdjacencyTable& adjacencies) {
        Packet packet = rig.load(kOutside, frame(kTrunk, ports.b.rtp, rtp(8, 1, 1)));
        Packet* burst[] = {&packet};
        const BurstContext context = rig.context();
        media_stage(rig.tables, context, burst);
        next_hop(rig.realms, adjacencies, queue, context, burst);
        EXPECT_EQ(packet.edge, Edge::kDrop);
        note_stopped(rig.flows, packet);
        rte_pktmbuf_free(packet.mbuf);
        return packet.drop;
    }
    /// False: it was dropped, because too many wait.
    bool waits(const AdjacencyTable& adjacencies) {
        Packet packet = rig.load(kOutside, frame(kTrunk, ports.b.rtp, rtp(8, 1, 1)));
        Packet* burst[] = {&packet};
        const BurstContext context = rig.context();
        media_stage(rig.tables, context, burst);
        next_hop(rig.realms, adjacencies, queue, context, burst);
        if (packet.mbuf == nullptr) {
            return true;
        }
        note_stopped(rig.flows, packet);
        rte_pktmbuf_free(packet.mbuf);
        return false;
    }
};

TEST_F(WayOut, WhatHasNoRouteIsCountedByItsFlow) {
    from_phone(rtp(8, 1, 1));
    EXPECT_EQ(name_of(lost({{}, {}, 1})), name_of(Drop::no_route));
    const FlowReading trunk = reading(Side::kB);
    EXPECT_EQ(trunk.packets_in, 1U);
    EXPECT_EQ(trunk.drops.of(Drop::no_route), 1U);
    EXPECT_EQ(trunk.dropped, 0U) << "it was not refused at its port";
    EXPECT_EQ(reading(Side::kA).packets_out, 0U);
    EXPECT_EQ(reading(Side::kA).octets_out, 0U);
    EXPECT_EQ(reading(Side::kB).packets_out, 1U) << "the other way is not concerned";
}

TEST_F(WayOut, WhatMayNotWaitIsCountedByItsFlow) {
    from_phone(rtp(8, 1, 1));
    const AdjacencyTable silent = table(1);
    std::uint64_t waiting = 0;
    while (waits(silent)) {
        ++waiting;
    }
    EXPECT_EQ(reading(Side::kB).packets_in, waiting + 1);
    EXPECT_EQ(reading(Side::kB).drops.of(Drop::neighbour_queue_full), 1U);
    EXPECT_EQ(reading(Side::kA).packets_out, waiting);
    std::array<Packet, kBurst> out;
    while (const std::size_t given = queue.empty_into(out)) {
        for (Packet& packet : std::span(out).first(given)) {
            note_stopped(rig.flows, packet);  // shutdown: its flow may be another's
            rte_pktmbuf_free(packet.mbuf);
        }
    }
    EXPECT_EQ(reading(Side::kA).packets_out, waiting);
}

TEST(AdjacencyHint, IsTrueOnlyForItsVersion) {
    AdjacencyHint hint;
    MacAddress mac{};
    EXPECT_FALSE(hint.recall(0, mac)) << "version 0 is the empty table";
    EXPECT_FALSE(hint.recall(5, mac));
    hint.keep(5, kFirst);
    ASSERT_TRUE(hint.recall(5, mac));
    EXPECT_EQ(mac, kFirst);
    EXPECT_FALSE(hint.recall(6, mac));
    EXPECT_FALSE(hint.recall(5 + 65536, mac));
    hint.keep(5 + 65536, kSecond);
    ASSERT_TRUE(hint.recall(5 + 65536, mac));
    EXPECT_EQ(mac, kSecond);
    hint.forget();
    EXPECT_FALSE(hint.recall(5 + 65536, mac));
}

}  // namespace
}  // namespace sallyport::dataplane
