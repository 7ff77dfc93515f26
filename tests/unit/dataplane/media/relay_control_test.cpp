// SPDX-License-Identifier: Apache-2.0
// Relays as the control plane sees them: handles, ports, readings, exhaustion, and flows that wait
// for the workers.
#include "dataplane/relay_control.h"

#include "tests/unit/dataplane/media/media_rig.h"

#include <gtest/gtest.h>

#include <set>

namespace sallyport::dataplane {
namespace {

using namespace test;

const Endpoint kPhone = endpoint("10.10.0.50", 61000);
const Endpoint kTrunk = endpoint("203.0.113.20", 16000);

TEST(ShardRelays, B2BUA_F11_EvenAndOddPortOfTheRealm) {
    MediaRig rig;
    const RelayPorts ports = rig.relays.create(kInside, kOutside).value();
    EXPECT_TRUE(ports.id);
    EXPECT_EQ(ports.a.rtp.ip, IpAddr::parse("10.10.0.1"));
    EXPECT_EQ(ports.b.rtp.ip, IpAddr::parse("198.51.100.1"));
    EXPECT_EQ(ports.a.rtp.port.value % 2, 0);
    EXPECT_EQ(ports.a.rtcp.port.value, ports.a.rtp.port.value + 1);
    EXPECT_EQ(ports.b.rtcp.port.value, ports.b.rtp.port.value + 1);
}

TEST(ShardRelays, StaleHandlesFindNothing) {
    MediaRig rig;
    const RelayId id = rig.relays.create(kInside, kOutside).value().id;
    ASSERT_TRUE(rig.relays.destroy(id).ok());
    EXPECT_EQ(rig.relays.destroy(id).error(), RelayFault::kStale);
    EXPECT_EQ(rig.relays.read(id).error(), RelayFault::kStale);
    EXPECT_EQ(rig.relays.set_remote(id, Side::kA, {}).error(), RelayFault::kStale);
    EXPECT_EQ(rig.relays.read(RelayId{}).error(), RelayFault::kStale);
    EXPECT_EQ(rig.relays.read(RelayId{1u << 30, 1}).error(), RelayFault::kStale);
    const RelayId next = rig.relays.create(kInside, kOutside).value().id;
    EXPECT_EQ(next.index, id.index);
    EXPECT_NE(next.generation, id.generation);
    EXPECT_EQ(rig.relays.read(id).error(), RelayFault::kStale);
}

TEST(ShardRelays, B2BUA_G1_ExhaustionAndQuarantine) {
    MediaRig rig;  // ten pairs per realm
    std::vector<RelayId> all;
    std::set<std::uint16_t> used;
    while (const auto made = rig.relays.create(kInside, kOutside)) {
        all.push_back(made->id);
        used.insert(made->a.rtp.port.value);
    }
    EXPECT_EQ(all.size(), 10U);
    EXPECT_EQ(used.size(), 10U);
    EXPECT_EQ(rig.relays.create(kInside, kOutside).error(), RelayFault::kNoPorts);
    EXPECT_EQ(rig.relays.create(kSix, kOutside).error(), RelayFault::kNoPorts);
    EXPECT_EQ(rig.relays.create(RealmId{9}, kOutside).error(), RelayFault::kNoRealm);
    ASSERT_TRUE(rig.relays.destroy(all[3]).ok());
    EXPECT_EQ(rig.relays.create(kInside, kOutside).error(), RelayFault::kNoPorts);
    rig.now = rig.now + kQuarantine;
    EXPECT_TRUE(rig.relays.create(kInside, kOutside).ok());
}

TEST(ShardRelays, RefusedCreationTakesNoPort) {
    MediaRig rig;
    while (rig.relays.create(kOutside, kOutside)) {
    }
    EXPECT_FALSE(rig.relays.create(kSix, kOutside).ok());
    CountersSnapshot snapshot;
    snapshot.realms.resize(3);
    rig.relays.add_gauges(snapshot);
    EXPECT_EQ(snapshot.realms[kSix.value].media_ports_in_use, 0U);
    EXPECT_EQ(snapshot.realms[kSix.value].media_ports_cooling, 0U);
    EXPECT_EQ(snapshot.realms[kOutside.value].media_ports_in_use, 20U);
}

TEST(ShardRelays, GaugesFollowTheTables) {
    MediaRig rig;
    const RelayId id = rig.relays.create(kInside, kOutside).value().id;
    const auto gauges = [&] {
        CountersSnapshot s;
        s.realms.resize(3);
        rig.relays.add_gauges(s);
        return s;
    };
    EXPECT_EQ(gauges().relays, 1U);
    EXPECT_EQ(gauges().realms[0].media_ports_in_use, 2U);
    EXPECT_EQ(gauges().realms[0].media_ports_total, 20U);
    ASSERT_TRUE(rig.relays.destroy(id).ok());
    EXPECT_EQ(gauges().relays, 0U);
    EXPECT_EQ(gauges().realms[0].media_ports_in_use, 0U);
    EXPECT_EQ(gauges().realms[0].media_ports_cooling, 2U);
    rig.now = rig.now + kQuarantine;
    rig.relays.tick();
    EXPECT_EQ(gauges().realms[0].media_ports_cooling, 0U);
}

TEST(ShardRelays, FlowsWaitForTheWorkersAndComeBack) {
    MediaRig rig(64);
    rig.epoch.join(0);
    const RelayId id = rig.relays.create(kInside, kOutside).value().id;
    RemoteMedia remote = trunk(kTrunk);
    std::size_t changes = 0;
    for (; changes < 1000; ++changes) {  // a worker that never looks up keeps every old flow alive
        remote.rtp.port = Port{static_cast<std::uint16_t>(10'000 + 2 * changes)};
        if (!rig.relays.set_remote(id, Side::kB, remote).ok()) {
            break;
        }
    }
    EXPECT_EQ(changes, 30U) << "64 flows, 4 in use, 2 per change";
    EXPECT_EQ(rig.relays.set_remote(id, Side::kB, remote).error(), RelayFault::kNoFlows);
    rig.epoch.quiescent(0);
    for (std::size_t i = 0; i < 500; ++i) {
        rig.epoch.quiescent(0);
        remote.rtp.port = Port{static_cast<std::uint16_t>(20'000 + 2 * i)};
        ASSERT_TRUE(rig.relays.set_remote(id, Side::kB, remote).ok()) << i;
    }
    EXPECT_EQ(rig.relays.read(id)->of(Side::kB, Component::kRtp).sending_to, remote.rtp);
    rig.epoch.leave(0);
}

TEST(ShardRelays, CreationKeepsFlowsBackForChanges) {
    MediaRig rig(32);  // a quarter is kept back
    std::vector<RelayId> all;
    while (const auto made = rig.relays.create(kInside, kOutside)) {
        all.push_back(made->id);
    }
    EXPECT_EQ(all.size(), 6U);
    EXPECT_EQ(rig.relays.create(kInside, kOutside).error(), RelayFault::kNoFlows);
    EXPECT_TRUE(rig.relays.set_remote(all[0], Side::kA, trunk(kPhone)).ok());
}

TEST(ShardRelays, ReadingOutlivesChangesOfTheFlow) {
    MediaRig rig;
    const RelayPorts ports = rig.relays.create(kInside, kOutside).value();
    RemoteMedia phone = behind_nat(kPhone, "10.10.0.50");
    ASSERT_TRUE(rig.relays.set_remote(ports.id, Side::kA, phone).ok());
    ASSERT_TRUE(rig.relays.set_remote(ports.id, Side::kB, trunk(kTrunk)).ok());
    for (std::uint16_t i = 0; i < 10; ++i) {
        rig.send(kInside, kPhone, ports.a.rtp, rtp(8, i, 1));
        phone.send_media = !phone.send_media;
        ASSERT_TRUE(rig.relays.set_remote(ports.id, Side::kA, phone).ok());
        rig.send(kInside, endpoint("10.10.0.99", 1), ports.a.rtp, rtp(8, i, 1));
        if (i % 3 == 0) {
            rig.relays.tick();
        }
    }
    rig.now = rig.now + Millis{250};
    const RelayReading reading = rig.relays.read(ports.id).value();
    const FlowReading& a = reading.of(Side::kA, Component::kRtp);
    EXPECT_EQ(a.packets_in, 10U);
    EXPECT_EQ(a.octets_in, 1720U);
    EXPECT_EQ(a.dropped, 10U);
    EXPECT_EQ(a.drops.of(Drop::rtp_wrong_source), 10U);
    EXPECT_EQ(a.last_seen_ago, Millis{250});
    EXPECT_EQ(reading.of(Side::kB, Component::kRtp).packets_out, 10U);
    EXPECT_EQ(reading.of(Side::kB, Component::kRtp).last_seen_ago, Millis{-1});
}

TEST(ShardRelays, NewRelayStartsFromZeroOnUsedFlows) {
    MediaRig rig;
    for (int round = 0; round < 3; ++round) {
        const RelayPorts ports = rig.relays.create(kInside, kOutside).value();
        ASSERT_TRUE(rig.relays.set_remote(ports.id, Side::kA, trunk(kPhone)).ok());
        ASSERT_TRUE(rig.relays.set_remote(ports.id, Side::kB, trunk(kTrunk)).ok());
        rig.send(kInside, kPhone, ports.a.rtp, rtp(8, 1, 1));
        const RelayReading reading = rig.relays.read(ports.id).value();
        EXPECT_EQ(reading.of(Side::kA, Component::kRtp).packets_in, 1U);
        EXPECT_EQ(reading.of(Side::kB, Component::kRtp).packets_in, 0U);
        ASSERT_TRUE(rig.relays.destroy(ports.id).ok());
        rig.relays.tick();
    }
}

TEST(ShardRelays, SettingTheSameTwiceChangesNothing) {
    MediaRig rig;
    const RelayPorts ports = rig.relays.create(kInside, kOutside).value();
    const RemoteMedia same = trunk(kPhone);
    ASSERT_TRUE(rig.relays.set_remote(ports.id, Side::kA, same).ok());
    const FlowIndex flow = rig.flows.at(kInside, ports.a.rtp.port.value);
    ASSERT_TRUE(rig.relays.set_remote(ports.id, Side::kA, same).ok());
    EXPECT_EQ(rig.flows.at(kInside, ports.a.rtp.port.value), flow);
}

TEST(FlowTable, ShardsShareTheFlowsWithoutMeeting) {
    const FlowTable table(1, 100);
    FlowIndex next = kFirstFlow;
    for (std::uint8_t shard = 0; shard < 7; ++shard) {
        const FlowTable::Part part = table.part_of(shard, 7);
        EXPECT_EQ(part.first, next);
        next = part.end;
    }
    EXPECT_EQ(next, kFirstFlow + 100);
}

TEST(FlowTable, SizeComesFromThePortRanges) {
    EXPECT_EQ(flows_for(rig_config().realms), 2U * 3 * 20);
}

}  // namespace
}  // namespace sallyport::dataplane
