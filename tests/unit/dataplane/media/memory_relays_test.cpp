// SPDX-License-Identifier: Apache-2.0
// The twin keeps the promises of relay.h that the control plane builds on.
#include "dataplane/memory_relays.h"

#include "tests/unit/dataplane/media/media_rig.h"

#include <gtest/gtest.h>

namespace sallyport::dataplane {
namespace {

using namespace test;

class Twin : public testing::Test {
protected:
    Config config = rig_config();
    Moment now{Millis{0}};
    MemoryRelays relays{config.realms, 5, [this] { return now; }};
};

TEST_F(Twin, PortsComeFromTheRealmsAndRestAfterwards) {
    const RelayPorts ports = relays.create(kInside, kOutside).value();
    EXPECT_EQ(ports.a.rtp.ip, IpAddr::parse("10.10.0.1"));
    EXPECT_EQ(ports.a.rtp.port.value % 2, 0);
    EXPECT_EQ(ports.b.rtcp.port.value, ports.b.rtp.port.value + 1);
    EXPECT_EQ(relays.owner_of(ports.b.rtcp), std::pair(ports.id, Side::kB));
    EXPECT_EQ(relays.live(), 1U);
    EXPECT_EQ(relays.pool(kInside).in_use(), 1U);
    ASSERT_TRUE(relays.destroy(ports.id).ok());
    EXPECT_EQ(relays.live(), 0U);
    EXPECT_FALSE(relays.owner_of(ports.a.rtp).first);
    EXPECT_EQ(relays.pool(kInside).cooling(), 1U);
    now = now + kQuarantine;
    relays.tick();
    EXPECT_EQ(relays.pool(kInside).cooling(), 0U);
    EXPECT_EQ(relays.destroy(ports.id).error(), RelayFault::kStale);
}

TEST_F(Twin, SameSeedSamePorts) {
    MemoryRelays again(config.realms, 5, [this] { return now; });
    for (int i = 0; i < 5; ++i) {
        const RelayPorts one = relays.create(kInside, kOutside).value();
        const RelayPorts two = again.create(kInside, kOutside).value();
        EXPECT_EQ(one.id, two.id);
        EXPECT_EQ(one.a.rtp, two.a.rtp);
        EXPECT_EQ(one.b.rtp, two.b.rtp);
    }
}

TEST_F(Twin, RemembersWhatItWasTold) {
    const RelayId id = relays.create(kInside, kOutside).value().id;
    EXPECT_FALSE(relays.side(id, Side::kA)->told);
    const RemoteMedia phone = behind_nat(endpoint("192.168.1.1", 4000), "10.10.0.50");
    ASSERT_TRUE(relays.set_remote(id, Side::kA, phone).ok());
    ASSERT_TRUE(relays.set_remote(id, Side::kA, phone).ok());
    EXPECT_EQ(relays.side(id, Side::kA)->remote, phone);
    EXPECT_EQ(relays.side(id, Side::kA)->changes, 1U);
    EXPECT_FALSE(relays.side(id, Side::kB)->told);
    EXPECT_EQ(relays.side(RelayId{77, 1}, Side::kA), nullptr);
    EXPECT_EQ(relays.set_remote(RelayId{77, 1}, Side::kA, phone).error(), RelayFault::kStale);
}

TEST_F(Twin, ExhaustionAndRefusals) {
    relays.refuse_creations(1, RelayFault::kNoFlows);
    EXPECT_EQ(relays.create(kInside, kOutside).error(), RelayFault::kNoFlows);
    std::size_t made = 0;
    while (relays.create(kInside, kOutside)) {
        ++made;
    }
    EXPECT_EQ(made, 10U);
    EXPECT_EQ(relays.create(kSix, kOutside).error(), RelayFault::kNoPorts);
    EXPECT_EQ(relays.pool(kSix).in_use(), 0U);
    EXPECT_EQ(relays.create(kInside, RealmId{7}).error(), RelayFault::kNoRealm);
    EXPECT_EQ(relays.ids().size(), made);
}

TEST_F(Twin, B2BUA_E12_BranchesShareTheFarPortUntilTheLastIsGone) {
    const RelayPorts base = relays.create(kInside, kOutside).value();
    const RelayPorts fork = relays.branch(base.id).value();
    const RelayPorts third = relays.branch(fork.id).value();
    EXPECT_EQ(fork.b.rtp, base.b.rtp);
    EXPECT_NE(fork.a.rtp, base.a.rtp);
    EXPECT_EQ(relays.pool(kInside).in_use(), 3U);
    EXPECT_EQ(relays.pool(kOutside).in_use(), 1U);
    EXPECT_EQ(relays.owner_of(base.b.rtp), std::pair(base.id, Side::kB));
    ASSERT_TRUE(relays.set_remote(fork.id, Side::kB, trunk(endpoint("192.0.2.1", 1000))).ok());
    ASSERT_TRUE(relays.destroy(base.id).ok());
    EXPECT_TRUE(relays.selected(fork.id)) << "it knows its far end, the newer one does not";
    ASSERT_TRUE(relays.select(third.id).ok());
    EXPECT_FALSE(relays.selected(fork.id));
    EXPECT_EQ(relays.owner_of(base.b.rtp), std::pair(third.id, Side::kB));
    ASSERT_TRUE(relays.destroy(fork.id).ok());
    EXPECT_EQ(relays.pool(kOutside).in_use(), 1U);
    ASSERT_TRUE(relays.destroy(third.id).ok());
    EXPECT_EQ(relays.pool(kOutside).in_use(), 0U);
    EXPECT_EQ(relays.pool(kInside).cooling(), 3U);
    EXPECT_EQ(relays.branch(base.id).error(), RelayFault::kStale);
    EXPECT_EQ(relays.select(base.id).error(), RelayFault::kStale);
}

TEST_F(Twin, B2BUA_E12_BranchesAreLimited) {
    Config wide = rig_config();
    wide.realms[kInside.value].media_ports = {20000, 20999};
    MemoryRelays many(wide.realms, 5, [this] { return now; });
    const RelayId base = many.create(kInside, kOutside).value().id;
    for (std::size_t i = 1; i < kMaxBranches; ++i) {
        ASSERT_TRUE(many.branch(base).ok());
    }
    EXPECT_EQ(many.branch(base).error(), RelayFault::kTooManyBranches);
    const RelayId other = many.create(kInside, kOutside).value().id;
    many.refuse_creations(1, RelayFault::kNoPorts);
    EXPECT_EQ(many.branch(other).error(), RelayFault::kNoPorts);
    EXPECT_TRUE(many.branch(other).ok());
}

TEST_F(Twin, ReportsWhatTheTestSaysHappened) {
    const RelayId id = relays.create(kInside, kOutside).value().id;
    relays.happen(
        {id, Side::kB, Component::kRtp, RelayEvent::Kind::kLatched, endpoint("192.0.2.1", 1)});
    relays.happen({id, Side::kA, Component::kRtp, RelayEvent::Kind::kFirstMedia, {}});
    std::array<RelayEvent, 1> out;
    ASSERT_EQ(relays.events(out), 1U);
    EXPECT_EQ(out[0].kind, RelayEvent::Kind::kLatched);
    ASSERT_EQ(relays.events(out), 1U);
    EXPECT_EQ(out[0].side, Side::kA);
    EXPECT_EQ(relays.events(out), 0U);
    RelayReading reading;
    reading.flows[1][0].packets_in = 42;
    relays.set_reading(id, reading);
    EXPECT_EQ(relays.read(id)->of(Side::kB, Component::kRtp).packets_in, 42U);
}

}  // namespace
}  // namespace sallyport::dataplane
