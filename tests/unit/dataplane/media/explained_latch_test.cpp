// SPDX-License-Identifier: Apache-2.0
// A relay explains itself: who its remote end is, why and since when, and what it refused (B2BUA-G3
// to G7, E7). On packets.
#include "dataplane/port_pool.h"
#include "tests/unit/dataplane/media/relayed_call.h"

#include <gtest/gtest.h>

namespace sallyport::dataplane {
namespace {

using namespace test;

class ExplainedLatch : public RelayedCall {
protected:
    LatchReading latch(Side side, Component c = Component::kRtp) { return reading(side, c).latch; }
    void pass_time(std::int64_t ms) { rig.now = rig.now + Millis{ms}; }
};

TEST_F(ExplainedLatch, B2BUA_G3_BeforeAnyPacketOnlyTheTrunkHasARemoteEnd) {
    pass_time(1500);
    EXPECT_EQ(latch(Side::kA).cause, LatchCause::kNone);
    EXPECT_EQ(latch(Side::kA).ago, Millis{-1});
    EXPECT_EQ(latch(Side::kB).cause, LatchCause::kSdp);
    EXPECT_EQ(latch(Side::kB).ago, Millis{1500});
    EXPECT_EQ(latch(Side::kB, Component::kRtcp).cause, LatchCause::kSdp);
    EXPECT_FALSE(latch(Side::kB).after_change);
    EXPECT_EQ(reading(Side::kA).last_refused.source, Endpoint{});
    EXPECT_EQ(reading(Side::kA).last_refused.ago, Millis{-1});
}

TEST_F(ExplainedLatch, B2BUA_G4_FirstValidPacketFromTheSignallingAddress) {
    from_phone(rtp(8, 1, 2));
    rig.send(kInside, kPhoneRtcp, ports.a.rtcp, rtcp(1));
    pass_time(3000);
    EXPECT_EQ(latch(Side::kA).cause, LatchCause::kSignalling);
    EXPECT_EQ(latch(Side::kA).ago, Millis{3000});
    EXPECT_FALSE(latch(Side::kA).after_change);
    EXPECT_EQ(latch(Side::kA).before, Endpoint{});
    EXPECT_EQ(latch(Side::kA, Component::kRtcp).cause, LatchCause::kSignalling);
    const auto events = rig.events();
    ASSERT_GE(events.size(), 1U);
    EXPECT_EQ(events[0].cause, LatchCause::kSignalling);
    EXPECT_EQ(events[0].before, Endpoint{});
}

TEST_F(ExplainedLatch, B2BUA_G4_AnySourceSaysWhichClauseLetItIn) {
    RemoteMedia any = phone;
    any.latch = LatchMode::kAny;
    tell(Side::kA, any);
    from_phone(rtp(8, 1, 1), kPhone);
    rig.send(kInside, kPhoneRtcp, ports.a.rtcp, rtcp(1));
    EXPECT_EQ(latch(Side::kA).cause, LatchCause::kWindow);
    EXPECT_EQ(latch(Side::kA, Component::kRtcp).cause, LatchCause::kRtpAddress);
    any.rtp = endpoint("10.10.0.77", 4000);
    tell(Side::kA, any);
    from_phone(rtp(8, 2, 1), any.rtp);
    EXPECT_EQ(latch(Side::kA).cause, LatchCause::kSdpAddress);
}

TEST_F(ExplainedLatch, B2BUA_G7_NatRebindingSaysWhatProvedIt) {
    from_phone(rtp(8, 100, 0x77));
    rig.events();
    pass_time(2300);
    const Endpoint moved = endpoint("10.10.0.50", 63000);
    from_phone(rtp(8, 112, 0x77), moved);
    pass_time(40);
    const LatchReading r = latch(Side::kA);
    EXPECT_EQ(r.cause, LatchCause::kRebinding);
    EXPECT_EQ(r.step, 12);
    EXPECT_EQ(r.silence, Millis{2300});
    EXPECT_EQ(r.before, kPhone);
    EXPECT_EQ(r.ago, Millis{40});
    const auto events = rig.events();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].kind, RelayEvent::Kind::kRelatched);
    EXPECT_EQ(events[0].cause, LatchCause::kRebinding);
    EXPECT_EQ(events[0].before, kPhone);
    EXPECT_EQ(events[0].remote, moved);
}

TEST_F(ExplainedLatch, B2BUA_G7_RebindingBackwardsIsANegativeStep) {
    from_phone(rtp(8, 5, 0x77));
    pass_time(2000);
    from_phone(rtp(8, 65530, 0x77), endpoint("10.10.0.50", 63000));
    EXPECT_EQ(latch(Side::kA).step, -11);
}

TEST_F(ExplainedLatch, B2BUA_G7_NewSdpIsACauseOfItsOwn) {
    from_phone(rtp(8, 1, 1));
    rig.events();
    phone.rtp.port = Port{4002};
    tell(Side::kA, phone);
    EXPECT_EQ(latch(Side::kA).cause, LatchCause::kNone);
    EXPECT_TRUE(latch(Side::kA).after_change);
    const Endpoint fresh = endpoint("10.10.0.50", 62000);
    from_phone(rtp(8, 2, 1), fresh);
    EXPECT_EQ(latch(Side::kA).cause, LatchCause::kSignalling);
    EXPECT_TRUE(latch(Side::kA).after_change);
    EXPECT_EQ(latch(Side::kA).before, kPhone);
    ASSERT_EQ(rig.events().size(), 1U);
    far.rtp = endpoint("203.0.113.21", 18000);
    pass_time(700);
    tell(Side::kB, far);
    EXPECT_EQ(latch(Side::kB).cause, LatchCause::kSdp);
    EXPECT_TRUE(latch(Side::kB).after_change);
    EXPECT_EQ(latch(Side::kB).ago, Millis{0});
    EXPECT_EQ(latch(Side::kB).before, kTrunk) << "heard until the new address speaks (E7)";
}

TEST_F(ExplainedLatch, B2BUA_G7_HoldKeepsTheLatchAndItsReason) {
    from_phone(rtp(8, 100, 0x77));
    pass_time(5000);
    phone.send_media = false;
    tell(Side::kA, phone);
    EXPECT_EQ(latch(Side::kA).cause, LatchCause::kSignalling);
    EXPECT_EQ(latch(Side::kA).ago, Millis{5000});
    EXPECT_FALSE(latch(Side::kA).after_change);
}

TEST_F(ExplainedLatch, B2BUA_G5_RefusalsAreCountedByReasonAndTheLastIsNamed) {
    from_phone(rtp(96, 1, 2));
    EXPECT_EQ(reading(Side::kA).last_refused.reason, Drop::rtp_payload_type);
    EXPECT_EQ(reading(Side::kA).last_refused.payload_type, 96);
    from_phone(rtp(8, 1, 2));
    from_phone(hex("0001000021"));
    from_phone(hex("16feff"));
    from_phone(rtp(8, 2, 2), endpoint("10.10.0.51", 61000));
    from_phone(rtp(8, 3, 2), endpoint("10.10.0.52", 61002));
    pass_time(250);
    const FlowReading a = reading(Side::kA);
    EXPECT_EQ(a.drops.of(Drop::rtp_payload_type), 1U);
    EXPECT_EQ(a.drops.of(Drop::media_stun), 1U);
    EXPECT_EQ(a.drops.of(Drop::media_dtls), 1U);
    EXPECT_EQ(a.drops.of(Drop::rtp_wrong_source), 2U);
    EXPECT_EQ(a.drops.of(Drop::no_route), 0U) << "not a flow's business";
    EXPECT_EQ(a.dropped, 5U);
    EXPECT_EQ(a.last_refused.source, endpoint("10.10.0.52", 61002));
    EXPECT_EQ(a.last_refused.reason, Drop::rtp_wrong_source);
    EXPECT_EQ(a.last_refused.payload_type, 8);
    EXPECT_EQ(a.last_refused.ago, Millis{250});
}

TEST_F(ExplainedLatch, B2BUA_E11_WhatIsAcceptedButNotSentOnHasItsReasonToo) {
    from_trunk(rtp(8, 1, 1));
    from_phone(rtp(8, 1, 2));
    phone.send_media = false;
    tell(Side::kA, phone);
    from_trunk(rtp(8, 2, 1));
    from_trunk(rtp(8, 3, 1));
    const FlowReading b = reading(Side::kB);
    EXPECT_EQ(b.drops.of(Drop::rtp_not_latched), 1U);
    EXPECT_EQ(b.drops.of(Drop::rtp_held), 2U);
    EXPECT_EQ(b.packets_in, 3U);
    EXPECT_EQ(b.dropped, 0U) << "the remote end was heard";
}

TEST_F(ExplainedLatch, B2BUA_E7_ChangesLoseNoCountAndNoRefusal) {
    const Endpoint stranger = endpoint("10.10.0.51", 61000);
    from_phone(rtp(8, 1, 2));
    from_phone(rtp(8, 2, 2), stranger);
    phone.payload_types.set(18);
    tell(Side::kA, phone);
    from_phone(rtp(8, 3, 2), stranger);
    pass_time(100);
    rig.relays.tick();
    tell(Side::kB, far);
    EXPECT_EQ(reading(Side::kA).drops.of(Drop::rtp_wrong_source), 2U);
    phone.rtp.port = Port{4002};
    tell(Side::kA, phone);
    EXPECT_EQ(reading(Side::kA).drops.of(Drop::rtp_wrong_source), 2U);
    EXPECT_EQ(reading(Side::kA).last_refused.source, stranger);
    EXPECT_EQ(reading(Side::kA).last_refused.ago, Millis{100});
    EXPECT_EQ(reading(Side::kA, Component::kRtcp).last_refused.source, Endpoint{});
}

TEST_F(ExplainedLatch, NewRelayRemembersNothingOfThePortsLastUser) {
    from_phone(rtp(8, 1, 2));
    from_phone(rtp(8, 2, 2), endpoint("10.10.0.51", 61000));
    ASSERT_TRUE(rig.relays.destroy(ports.id).ok());
    rig.relays.tick();
    for (int i = 0; i < 10; ++i) {  // every flow of the first one is in use again
        const auto fresh = rig.relays.create(kInside, kOutside);
        if (!fresh.ok()) {
            break;
        }
        const FlowReading a = rig.relays.read(fresh->id)->of(Side::kA, Component::kRtp);
        EXPECT_EQ(a.drops, FlowDrops{});
        EXPECT_EQ(a.last_refused.source, Endpoint{});
        EXPECT_EQ(a.latch.cause, LatchCause::kNone);
    }
}

/// The same pair of ports of side A again, after its quarantine.
class NextCall : public RelayedCall {
protected:
    RelayPorts again() {
        EXPECT_TRUE(rig.relays.destroy(ports.id).ok());
        rig.now = rig.now + kQuarantine;
        rig.relays.tick();
        for (int i = 0; i < 10; ++i) {
            const RelayPorts next = rig.relays.create(kInside, kOutside).value();
            if (next.a.rtp == ports.a.rtp) {
                return next;
            }
        }
        ADD_FAILURE() << "the ports did not come back";
        return {};
    }
};

TEST_F(NextCall, B2BUA_G9_WhomThePortHeardLastIsKeptOutForFiveSeconds) {
    from_phone(rtp(8, 1, 1));
    const RelayPorts next = again();
    RemoteMedia other = phone;  // another phone, from anywhere
    other.rtp = endpoint("192.168.1.77", 4000);
    other.signalling_source = IpAddr::parse("10.10.0.77").value();
    other.latch = LatchMode::kAny;
    ASSERT_TRUE(rig.relays.set_remote(next.id, Side::kA, other).ok());
    ASSERT_TRUE(rig.relays.set_remote(next.id, Side::kB, far).ok());
    rig.now = rig.now + Millis{4'999};
    expect_drop(rig.send(kInside, kPhone, next.a.rtp, rtp(8, 2, 1)), Drop::rtp_former_source);
    EXPECT_EQ(rig.relays.read(next.id)->of(Side::kA, Component::kRtp).last_refused.source, kPhone);
    rig.now = rig.now + Millis{1};
    expect_out(rig.send(kInside, kPhone, next.a.rtp, rtp(8, 3, 1)), next.b.rtp, kTrunk);
}

TEST_F(NextCall, B2BUA_G9_TheSamePhoneMayCallAgain) {
    from_phone(rtp(8, 1, 1));
    const RelayPorts next = again();
    ASSERT_TRUE(rig.relays.set_remote(next.id, Side::kA, phone).ok());
    ASSERT_TRUE(rig.relays.set_remote(next.id, Side::kB, far).ok());
    expect_out(rig.send(kInside, kPhone, next.a.rtp, rtp(8, 2, 1)), next.b.rtp, kTrunk);
}

TEST_F(ExplainedLatch, B2BUA_G9_NoMorePacketsInASecondThanMayBe) {
    phone.packets_per_second = 500;
    tell(Side::kA, phone);
    for (std::uint16_t i = 0; i < 500; ++i) {
        ASSERT_EQ(from_phone(rtp(8, i, 1)).edge, Edge::kForward) << i;
    }
    expect_drop(from_phone(rtp(8, 500, 1)), Drop::rtp_too_many);
    expect_out(rig.send(kInside, kPhoneRtcp, ports.a.rtcp, rtcp(1)), ports.b.rtcp, kTrunkRtcp);
    pass_time(999);
    expect_drop(from_phone(rtp(8, 501, 1)), Drop::rtp_too_many);
    pass_time(1);
    expect_out(from_phone(rtp(8, 502, 1)), ports.b.rtp, kTrunk);
    EXPECT_EQ(reading(Side::kA).packets_in, 501U);
    EXPECT_EQ(reading(Side::kA).drops.of(Drop::rtp_too_many), 2U);
    EXPECT_EQ(reading(Side::kA).last_refused.source, kPhone);
}

TEST_F(ExplainedLatch, B2BUA_G9_NoMoreOctetsInASecondThanMayBe) {
    const auto octets = static_cast<std::uint32_t>(rtp(8, 0, 1).size());
    phone.octets_per_second = 3 * octets - 1;
    tell(Side::kA, phone);
    for (std::uint16_t i = 0; i < 3; ++i) {  // the third one is still within
        ASSERT_EQ(from_phone(rtp(8, i, 1)).edge, Edge::kForward) << i;
    }
    expect_drop(from_phone(rtp(8, 3, 1)), Drop::rtp_too_many);
    pass_time(1000);
    expect_out(from_phone(rtp(8, 4, 1)), ports.b.rtp, kTrunk);
    EXPECT_EQ(reading(Side::kA).drops.of(Drop::rtp_too_many), 1U);
}

TEST_F(ExplainedLatch, B2BUA_G9_PacketsAreCountedWhereOctetsAreToo) {
    phone.packets_per_second = 2;
    phone.octets_per_second = 0xffffffff;
    tell(Side::kA, phone);
    EXPECT_EQ(from_phone(rtp(8, 0, 1)).edge, Edge::kForward);
    EXPECT_EQ(from_phone(rtp(8, 1, 1)).edge, Edge::kForward);
    expect_drop(from_phone(rtp(8, 2, 1)), Drop::rtp_too_many);
}

TEST(FlowNotesWords, PaceKeepsItsParts) {
    const Pace pace{65535, 500, kMostOctetsPerSecond + 65'507U - 1};
    const Pace back = Pace::unpack(pace.pack());
    EXPECT_EQ(back.second, pace.second);
    EXPECT_EQ(back.packets, pace.packets);
    EXPECT_EQ(back.octets, pace.octets);
}

TEST(FlowNotesWords, NoteKeepsItsParts) {
    for (const int value : {-32768, -3000, -1, 0, 1, 12, 32767}) {
        const auto step = static_cast<std::int16_t>(value);
        const LatchNote note{LatchCause::kRebinding, step, Port{65535}, 0xabcdef};
        const LatchNote back = LatchNote::unpack(note.pack());
        EXPECT_EQ(back.cause, LatchCause::kRebinding);
        EXPECT_EQ(back.step, step);
        EXPECT_EQ(back.before, Port{65535});
        EXPECT_EQ(back.silence, 0xabcdefU);
    }
    EXPECT_EQ(LatchNote::unpack(LatchNote{.silence = 0xffffffff}.pack()).silence,
              LatchNote::kMostSilence);
}

TEST(FlowNotesWords, RefusedPacketOfBothFamilies) {
    LastRefused last;
    EXPECT_EQ(last.read().source, Endpoint{});
    for (const char* ip : {"203.0.113.66", "2001:db8::66"}) {
        last.write({endpoint(ip, 16000), Drop::rtp_wrong_source, 111, 1ULL << 40});
        const RefusedPacket read = last.read();
        EXPECT_EQ(read.source, endpoint(ip, 16000));
        EXPECT_EQ(read.reason, Drop::rtp_wrong_source);
        EXPECT_EQ(read.payload_type, 111);
        EXPECT_EQ(read.at_ms, 1ULL << 40);
    }
}

TEST(FlowNotesWords, EveryReasonHasOneSlot) {
    for (std::size_t i = 0; i < kFlowDrops; ++i) {
        EXPECT_EQ(flow_slot(kFlowDropReasons[i]), i) << name_of(kFlowDropReasons[i]);
    }
    EXPECT_EQ(flow_slot(Drop::tx_full), kFlowDrops);
}

}  // namespace
}  // namespace sallyport::dataplane
