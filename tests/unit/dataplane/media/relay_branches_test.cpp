// SPDX-License-Identifier: Apache-2.0
// A forked call on packets: one offer outside, several callees that answer to the one port it
// named, each with its own port inside (B2BUA-E12, E13, G8; RFC 3960 s.3).
#include "tests/unit/dataplane/media/media_rig.h"

#include <gtest/gtest.h>

namespace sallyport::dataplane {
namespace {

using namespace test;

const Endpoint kCaller = endpoint("10.10.0.50", 61000);
const Endpoint kFirst = endpoint("203.0.113.21", 16000);
const Endpoint kSecond = endpoint("203.0.113.22", 17000);
const Endpoint kThird = endpoint("203.0.113.23", 18000);
const Endpoint kUnknown = endpoint("198.51.100.99", 19000);  // some NAT's address

/// A callee whose SDP need not be where its media comes from.
RemoteMedia anywhere(const Endpoint& sdp) {
    RemoteMedia remote = trunk(sdp);
    remote.latch = LatchMode::kAny;
    return remote;
}

Config with_ports_inside(std::uint16_t pairs) {
    Config config = rig_config();
    config.realms[kInside.value].media_ports = {20000,
                                                static_cast<std::uint16_t>(20000 + 2 * pairs - 1)};
    return config;
}

class RelayBranches : public testing::Test {
protected:
    RelayBranches() : base(rig.relays.create(kInside, kOutside).value()) {
        answer(base, trunk(kFirst));
    }
    /// What a 18x with SDP does: the far end is known and is the one to hear.
    void answer(const RelayPorts& branch, const RemoteMedia& callee) {
        EXPECT_TRUE(rig.relays.set_remote(branch.id, Side::kA, trunk(kCaller)).ok());
        EXPECT_TRUE(rig.relays.set_remote(branch.id, Side::kB, callee).ok());
        EXPECT_TRUE(rig.relays.select(branch.id).ok());
    }
    RelayPorts fork(const RemoteMedia& callee) {
        const RelayPorts made = rig.relays.branch(base.id).value();
        answer(made, callee);
        return made;
    }
    Relayed from(const Endpoint& callee) {
        return rig.send(kOutside, callee, base.b.rtp, rtp(8, ++sequence, 0x55));
    }
    void expect_heard(const Endpoint& callee, const RelayPorts& branch) {
        const Relayed r = from(callee);
        ASSERT_EQ(r.edge, Edge::kForward) << name_of(r.drop);
        EXPECT_EQ(r.frame->from, branch.a.rtp);
        EXPECT_EQ(r.frame->to, kCaller);
    }
    void expect_dropped(const Endpoint& callee, Drop why) {
        const Relayed r = from(callee);
        EXPECT_EQ(r.edge, Edge::kDrop);
        EXPECT_EQ(name_of(r.drop), name_of(why));
    }
    void expect_reached(const RelayPorts& branch, const Endpoint& callee) {
        const Relayed r = rig.send(kInside, kCaller, branch.a.rtp, rtp(8, ++sequence, 0x66));
        ASSERT_EQ(r.edge, Edge::kForward) << name_of(r.drop);
        EXPECT_EQ(r.frame->from, base.b.rtp);
        EXPECT_EQ(r.frame->to, callee);
    }
    CountersSnapshot gauges() {
        CountersSnapshot s;
        s.realms.resize(3);
        rig.relays.add_gauges(s);
        return s;
    }

    MediaRig rig;
    RelayPorts base;
    std::uint16_t sequence{0};
};

TEST_F(RelayBranches, B2BUA_E12_OwnPortsForTheCallerOnePortForTheCallees) {
    const RelayPorts second = fork(trunk(kSecond));
    EXPECT_EQ(second.b.rtp, base.b.rtp);
    EXPECT_EQ(second.b.rtcp, base.b.rtcp);
    EXPECT_NE(second.a.rtp, base.a.rtp);
    EXPECT_EQ(second.a.rtcp.port.value, second.a.rtp.port.value + 1);
    EXPECT_EQ(gauges().realms[kInside.value].media_ports_in_use, 4U);
    EXPECT_EQ(gauges().realms[kOutside.value].media_ports_in_use, 2U);
    EXPECT_EQ(gauges().relays, 2U);
    expect_reached(base, kFirst);
    expect_reached(second, kSecond);
    EXPECT_EQ(rig.relays.read(base.id)->of(Side::kB, Component::kRtp).packets_out, 1U);
    EXPECT_EQ(rig.relays.read(second.id)->of(Side::kB, Component::kRtp).packets_out, 1U);
}

TEST_F(RelayBranches, B2BUA_E13_OnlyTheSelectedCalleeIsHeard) {
    expect_heard(kFirst, base);
    const RelayPorts second = fork(trunk(kSecond));
    expect_heard(kSecond, second);
    rig.delta();
    expect_dropped(kFirst, Drop::rtp_other_branch);
    EXPECT_EQ(rig.relays.read(second.id)->of(Side::kB, Component::kRtp).dropped, 1U);
    ASSERT_TRUE(rig.relays.select(base.id).ok());
    expect_heard(kFirst, base);
    expect_dropped(kSecond, Drop::rtp_other_branch);
    expect_dropped(kUnknown, Drop::rtp_wrong_source);
    EXPECT_EQ(rig.relays.read(base.id)->of(Side::kB, Component::kRtp).packets_in, 2U);
    EXPECT_EQ(rig.relays.read(second.id)->of(Side::kA, Component::kRtp).packets_out, 1U);
}

TEST_F(RelayBranches, B2BUA_E13_RtcpFollowsItsBranch) {
    const RelayPorts second = fork(trunk(kSecond));
    const Endpoint from{kSecond.ip, Port{17001}};
    const Relayed heard = rig.send(kOutside, from, base.b.rtcp, rtcp(1));
    ASSERT_EQ(heard.edge, Edge::kForward);
    EXPECT_EQ(heard.frame->from, second.a.rtcp);
    const Endpoint first{kFirst.ip, Port{16001}};
    const Relayed other = rig.send(kOutside, first, base.b.rtcp, rtcp(2));
    EXPECT_EQ(name_of(other.drop), name_of(Drop::rtp_other_branch));
    const Relayed out = rig.send(kInside, {kCaller.ip, Port{61001}}, base.a.rtcp, rtcp(3));
    ASSERT_EQ(out.edge, Edge::kForward);
    EXPECT_EQ(out.frame->from, base.b.rtcp);
    EXPECT_EQ(out.frame->to, first);
}

TEST_F(RelayBranches, B2BUA_G8_UnknownSourceBelongsToTheSelectedOne) {
    const RelayPorts second = fork(anywhere(kSecond));
    expect_dropped(kFirst, Drop::rtp_other_branch);
    expect_heard(kUnknown, second);
    EXPECT_EQ(rig.relays.read(second.id)->of(Side::kB, Component::kRtp).latched, kUnknown);
    expect_reached(second, kUnknown);
    expect_dropped(kSecond, Drop::rtp_wrong_source);
}

TEST_F(RelayBranches, B2BUA_G8_LearnedSourceIsNotTheNextDialogs) {
    RelayPorts second = fork(anywhere(kSecond));
    for (int i = 0; i < 25; ++i) {
        expect_heard(kUnknown, second);
    }
    const RelayPorts third = fork(anywhere(kThird));
    expect_dropped(kUnknown, Drop::rtp_other_branch);
    expect_heard(kThird, third);
    ASSERT_TRUE(rig.relays.select(second.id).ok());
    expect_heard(kUnknown, second);
}

TEST_F(RelayBranches, B2BUA_G8_MediaThatOvertookItsResponseIsGivenBack) {
    const RelayPorts second = fork(anywhere(kSecond));
    expect_heard(kUnknown, second);  // in truth the third callee's, whose 183 is still on its way
    const RelayPorts third = fork(anywhere(kThird));
    for (int i = 0; i < 25; ++i) {
        expect_heard(kUnknown, third);
    }
    ASSERT_TRUE(rig.relays.select(second.id).ok());
    expect_dropped(kUnknown, Drop::rtp_other_branch);  // the third one's by now
}

TEST_F(RelayBranches, B2BUA_G8_SdpSaysWhoseALearnedSourceIs) {
    const RelayPorts second = fork(anywhere(kSecond));
    for (int i = 0; i < 50; ++i) {
        expect_heard(kThird, second);
    }
    const RelayPorts third = rig.relays.branch(second.id).value();
    ASSERT_TRUE(rig.relays.set_remote(third.id, Side::kB, trunk(kThird)).ok());
    expect_dropped(kThird, Drop::rtp_other_branch);
    expect_heard(kSecond, second);
}

TEST_F(RelayBranches, B2BUA_G8_TwoCalleesBehindOneMediaServer) {
    const RelayPorts second = fork(trunk(kFirst));
    expect_heard(kFirst, second);
    ASSERT_TRUE(rig.relays.select(base.id).ok());
    expect_heard(kFirst, base);
}

TEST_F(RelayBranches, B2BUA_G8_DialogSwitchCountsAnOpenWindowAnew) {
    const RelayPorts second = fork(anywhere(kSecond));
    ASSERT_TRUE(rig.relays.select(base.id).ok());
    rig.now = rig.now + Millis{31'000};
    ASSERT_TRUE(rig.relays.select(second.id).ok());
    expect_heard(kUnknown, second);
}

TEST_F(RelayBranches, DestroyingOneLeavesTheOthersWhoeverGoesFirst) {
    const RelayPorts second = fork(trunk(kSecond));
    const RelayPorts third = fork(trunk(kThird));
    ASSERT_TRUE(rig.relays.destroy(base.id).ok());
    EXPECT_EQ(gauges().relays, 2U);
    EXPECT_EQ(gauges().realms[kInside.value].media_ports_cooling, 2U);
    EXPECT_EQ(gauges().realms[kOutside.value].media_ports_cooling, 0U);
    expect_heard(kThird, third);
    expect_reached(second, kSecond);
    const Relayed closed = rig.send(kInside, kCaller, base.a.rtp, rtp(8, 1, 1));
    EXPECT_EQ(name_of(closed.drop), name_of(Drop::rtp_port_cooling));
    ASSERT_TRUE(rig.relays.destroy(third.id).ok());
    expect_heard(kSecond, second);
    ASSERT_TRUE(rig.relays.destroy(second.id).ok());
    expect_dropped(kSecond, Drop::rtp_port_cooling);
    EXPECT_EQ(gauges().relays, 0U);
    EXPECT_EQ(gauges().realms[kOutside.value].media_ports_in_use, 0U);
    EXPECT_EQ(gauges().realms[kOutside.value].media_ports_cooling, 2U);
}

TEST_F(RelayBranches, NewestThatKnowsItsFarEndFollowsTheSelectedOne) {
    const RelayPorts second = fork(trunk(kSecond));
    const RelayPorts third = fork(trunk(kThird));
    const RelayPorts mute = rig.relays.branch(base.id).value();
    ASSERT_TRUE(rig.relays.destroy(third.id).ok());
    expect_heard(kSecond, second);
    ASSERT_TRUE(rig.relays.destroy(mute.id).ok());
    ASSERT_TRUE(rig.relays.destroy(second.id).ok());
    expect_heard(kFirst, base);
}

TEST_F(RelayBranches, B2BUA_G8_LosersAreLockedOutAfterTheAnswer) {
    const RelayPorts second = fork(anywhere(kSecond));
    ASSERT_TRUE(rig.relays.destroy(base.id).ok());
    expect_dropped(kFirst, Drop::rtp_other_branch);
    rig.now = rig.now + Millis{31'999};
    rig.relays.tick();
    expect_dropped(kFirst, Drop::rtp_other_branch);
    rig.now = rig.now + Millis{1};
    rig.relays.tick();
    expect_dropped(kFirst, Drop::rtp_latch_late);
    expect_heard(kSecond, second);
}

TEST_F(RelayBranches, LoserThatComesBackIsHeard) {
    const RelayPorts second = fork(anywhere(kSecond));
    ASSERT_TRUE(rig.relays.destroy(base.id).ok());
    expect_heard(kSecond, second);
    ASSERT_TRUE(rig.relays.set_remote(second.id, Side::kB, anywhere(kFirst)).ok());
    expect_heard(kUnknown, second);
    EXPECT_EQ(rig.relays.branch(second.id)->b.rtp, base.b.rtp);
}

TEST_F(RelayBranches, StaleHandles) {
    const RelayPorts second = fork(trunk(kSecond));
    ASSERT_TRUE(rig.relays.destroy(second.id).ok());
    EXPECT_EQ(rig.relays.select(second.id).error(), RelayFault::kStale);
    EXPECT_EQ(rig.relays.branch(second.id).error(), RelayFault::kStale);
    EXPECT_EQ(rig.relays.read(second.id).error(), RelayFault::kStale);
    EXPECT_EQ(rig.relays.destroy(second.id).error(), RelayFault::kStale);
    EXPECT_EQ(rig.relays.set_remote(second.id, Side::kB, {}).error(), RelayFault::kStale);
    expect_heard(kFirst, base);
}

/// A shard of its own, with another configuration than the rig's.
struct OwnShard {
    explicit OwnShard(const Config& config, std::uint32_t how_many_flows = 1024)
        : flows(3, how_many_flows),
          relays(flows, epoch, events,
                 RelaySetup{.shard = ShardId{0},
                            .shards = 1,
                            .realms = config.realms,
                            .seed = 7,
                            .now = [this] { return now; }}) {}
    Moment now{Millis{1'000'000}};
    FlowTable flows;
    Epoch epoch{1};
    RelayEvents events{1, 1};
    ShardRelays relays;
};

TEST(RelayBranchLimits, SixteenAtOnceThoseJustGoneIncluded) {
    OwnShard shard(with_ports_inside(100));
    const RelayId base = shard.relays.create(kInside, kOutside).value().id;
    RelayId last;
    for (std::size_t i = 1; i < kMaxBranches; ++i) {
        last = shard.relays.branch(base).value().id;
    }
    EXPECT_EQ(shard.relays.branch(base).error(), RelayFault::kTooManyBranches);
    ASSERT_TRUE(shard.relays.destroy(last).ok());
    EXPECT_EQ(shard.relays.branch(base).error(), RelayFault::kTooManyBranches);
    shard.now = shard.now + Millis{32'000};
    shard.relays.tick();
    EXPECT_TRUE(shard.relays.branch(base).ok());
}

TEST(RelayBranchLimits, NoPortsAndNoFlowsTakeNothing) {
    OwnShard few_ports(with_ports_inside(2));
    const RelayId base = few_ports.relays.create(kInside, kOutside).value().id;
    ASSERT_TRUE(few_ports.relays.branch(base).ok());
    EXPECT_EQ(few_ports.relays.branch(base).error(), RelayFault::kNoPorts);
    OwnShard few_flows(with_ports_inside(50), 16);
    const RelayId second = few_flows.relays.create(kInside, kOutside).value().id;
    const RelayId fork = few_flows.relays.branch(second).value().id;
    EXPECT_TRUE(few_flows.relays.branch(second).ok());
    EXPECT_EQ(few_flows.relays.branch(second).error(), RelayFault::kNoFlows);
    EXPECT_TRUE(few_flows.relays.select(fork).ok());
}

/// Nothing leaks: the same few flows and ports serve any number of forked calls.
TEST(RelayBranchLimits, FlowsAndHandlesComeBack) {
    OwnShard shard(rig_config(), 64);
    for (int round = 0; round < 500; ++round) {
        const auto base = shard.relays.create(kInside, kOutside);
        ASSERT_TRUE(base.ok()) << round;
        std::array<RelayId, 4> forks{base->id};
        for (std::size_t i = 1; i < forks.size(); ++i) {
            const auto made = shard.relays.branch(forks[i - 1]);
            ASSERT_TRUE(made.ok()) << round;
            forks[i] = made->id;
            ASSERT_TRUE(shard.relays.set_remote(made->id, Side::kB, trunk(kSecond)).ok());
            ASSERT_TRUE(shard.relays.select(made->id).ok());
        }
        for (std::size_t i = 0; i < forks.size(); ++i) {
            ASSERT_TRUE(shard.relays.destroy(forks[(i + 1) % forks.size()]).ok());
        }
        shard.now = shard.now + kQuarantine;
        shard.relays.tick();
    }
    std::size_t all = 0;
    while (shard.relays.create(kInside, kOutside)) {
        ++all;
    }
    EXPECT_EQ(all, 10U) << "every port pair of the realm";
}

}  // namespace
}  // namespace sallyport::dataplane
