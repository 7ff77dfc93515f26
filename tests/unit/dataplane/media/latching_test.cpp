// SPDX-License-Identifier: Apache-2.0
// Who is heard and where media goes, on packets: before the latch, locked, on hold, after changes.
#include "tests/unit/dataplane/media/relayed_call.h"

#include <gtest/gtest.h>

namespace sallyport::dataplane {
namespace {

using namespace test;

class Latching : public RelayedCall {};

TEST_F(Latching, B2BUA_G3_NothingIsSentBeforeTheLatch) {
    expect_drop(from_trunk(rtp(8, 1, 1)), Drop::rtp_not_latched);
    EXPECT_EQ(rig.delta(), Delta{});
    EXPECT_EQ(reading(Side::kB).packets_in, 1U);
    EXPECT_EQ(reading(Side::kA).packets_out, 0U);
    EXPECT_EQ(reading(Side::kA).sending_to, Endpoint{});
    from_phone(rtp(8, 1, 2));
    expect_out(from_trunk(rtp(8, 2, 1)), ports.a.rtp, kPhone);
    EXPECT_EQ(reading(Side::kA).sending_to, kPhone);
    EXPECT_EQ(reading(Side::kA).latched, kPhone);
}

TEST_F(Latching, B2BUA_G3_SdpAddressIsUsedWhereItIsBelieved) {
    RemoteMedia believed = phone;
    believed.rtp = endpoint("10.10.0.50", 4000);
    believed.send_before_latch = true;
    tell(Side::kA, believed);
    expect_out(from_trunk(rtp(8, 1, 1)), ports.a.rtp, believed.rtp);
    from_phone(rtp(8, 1, 2));
    expect_out(from_trunk(rtp(8, 2, 1)), ports.a.rtp, kPhone);
}

TEST_F(Latching, B2BUA_G5_StrangersAreNeitherHeardNorAnswered) {
    from_phone(rtp(8, 1, 2));
    rig.delta();
    expect_drop(from_phone(rtp(8, 2, 2), endpoint("10.10.0.51", 61000)), Drop::rtp_wrong_source);
    expect_drop(from_phone(rtp(8, 2, 2), endpoint("10.10.0.50", 61001)), Drop::rtp_wrong_source);
    expect_drop(from_trunk(rtp(8, 2, 2), kStranger), Drop::rtp_wrong_source);
    EXPECT_EQ(rig.delta(), Delta{});
    EXPECT_EQ(reading(Side::kA).drops.of(Drop::rtp_wrong_source), 2U);
    EXPECT_EQ(reading(Side::kB).drops.of(Drop::rtp_wrong_source), 1U);
    EXPECT_EQ(reading(Side::kA).dropped, 2U);
    EXPECT_EQ(reading(Side::kA).packets_in, 1U);
}

TEST_F(Latching, B2BUA_G3_AnyPortOfTheAddressThatASdpNames) {
    far.latch = LatchMode::kPort;
    tell(Side::kB, far);
    from_phone(rtp(8, 1, 2));
    rig.events();
    expect_out(from_phone(rtp(8, 2, 2)), ports.b.rtp, kTrunk);
    expect_drop(from_trunk(rtp(8, 1, 1), kStranger), Drop::rtp_wrong_source);
    const Endpoint other{kTrunk.ip, Port{17000}};
    expect_out(from_trunk(rtp(8, 2, 1), other), ports.a.rtp, kPhone);
    expect_out(from_phone(rtp(8, 3, 2)), ports.b.rtp, other);  // G2, RFC 4961
    EXPECT_EQ(reading(Side::kB).latch.cause, LatchCause::kSdpAddress);
    expect_drop(from_trunk(rtp(8, 3, 1)), Drop::rtp_wrong_source);
}

TEST_F(Latching, B2BUA_G4_ANeighbourOfTheSignallingSource) {
    phone.latch = LatchMode::kSubnet;
    tell(Side::kA, phone);
    expect_drop(from_phone(rtp(8, 1, 2), endpoint("10.10.1.50", 4000)), Drop::rtp_wrong_source);
    const Endpoint neighbour = endpoint("10.10.0.51", 4000);
    expect_out(from_phone(rtp(8, 1, 2), neighbour), ports.b.rtp, kTrunk);
    EXPECT_EQ(reading(Side::kA).latched, neighbour);
    EXPECT_EQ(reading(Side::kA).latch.cause, LatchCause::kSubnet);
}

TEST_F(Latching, B2BUA_G5_ThreePacketsInSequenceLatch) {
    phone.latch_packets = 3;
    tell(Side::kA, phone);
    rig.delta();
    expect_drop(from_phone(rtp(8, 1, 7)), Drop::rtp_latch_pending);
    expect_drop(from_phone(rtp(8, 1, 2)), Drop::rtp_latch_pending);  // another SSRC
    expect_drop(from_phone(rtp(8, 2, 2)), Drop::rtp_latch_pending);
    expect_drop(from_trunk(rtp(8, 1, 1)), Drop::rtp_not_latched);
    expect_out(from_phone(rtp(8, 3, 2)), ports.b.rtp, kTrunk);
    expect_out(from_trunk(rtp(8, 2, 1)), ports.a.rtp, kPhone);
    EXPECT_EQ(reading(Side::kA).drops.of(Drop::rtp_latch_pending), 3U);
    EXPECT_EQ(reading(Side::kA).packets_in, 1U);
    EXPECT_EQ(rig.delta()["latches"], 1U);
}

TEST_F(Latching, B2BUA_G5_ANewWindowCountsAnew) {
    phone.latch_packets = 3;
    tell(Side::kA, phone);
    from_phone(rtp(8, 1, 2));
    from_phone(rtp(8, 2, 2));
    phone.rtp = endpoint("192.168.1.10", 4800);
    tell(Side::kA, phone);
    expect_drop(from_phone(rtp(8, 3, 2)), Drop::rtp_latch_pending);
}

TEST_F(Latching, B2BUA_G7_WithMobilityASenderGoesOnFromAnotherAddress) {
    phone.mobility = true;
    tell(Side::kA, phone);
    from_phone(rtp(8, 1, 2));
    rig.events();
    rig.now = rig.now + Millis{2'000};
    const Endpoint cellular = endpoint("198.51.100.7", 5000);
    expect_drop(from_phone(rtp(8, 9, 3), cellular), Drop::rtp_wrong_source);  // another SSRC
    expect_drop(from_phone(rtp(8, 9, 2), cellular), Drop::rtp_latch_pending);
    expect_drop(from_phone(rtp(8, 10, 2), cellular), Drop::rtp_latch_pending);
    const auto events = rig.events();
    ASSERT_EQ(events.size(), 1U);  // it moves once
    EXPECT_EQ(events[0].kind, RelayEvent::Kind::kRelatched);
    EXPECT_EQ(events[0].cause, LatchCause::kMobility);
    EXPECT_EQ(events[0].before, kPhone);
    EXPECT_EQ(events[0].remote, cellular);
    expect_out(from_phone(rtp(8, 11, 2), cellular), ports.b.rtp, kTrunk);
    expect_out(from_trunk(rtp(8, 1, 1)), ports.a.rtp, cellular);
    expect_drop(from_phone(rtp(8, 12, 2)), Drop::rtp_wrong_source);
    const FlowReading now = reading(Side::kA);
    EXPECT_EQ(now.packets_in, 2U);
    EXPECT_EQ(now.latch.cause, LatchCause::kMobility);
    EXPECT_EQ(now.latch.before, kPhone);
    EXPECT_EQ(now.latch.silence, Millis{2'000});
}

TEST_F(Latching, B2BUA_G7_AMoveThatANewSdpOvertookIsForgotten) {
    phone.mobility = true;
    tell(Side::kA, phone);
    from_phone(rtp(8, 1, 2));
    rig.events();
    rig.now = rig.now + Millis{2'000};
    from_phone(rtp(8, 2, 2), endpoint("198.51.100.7", 5000));
    phone.rtp = endpoint("192.168.1.10", 4800);
    tell(Side::kA, phone);
    EXPECT_TRUE(rig.events().empty());
    expect_out(from_phone(rtp(8, 3, 2)), ports.b.rtp, kTrunk);
}

TEST_F(Latching, B2BUA_G4_EventsTellTheFirstMediaAndTheLatch) {
    from_phone(rtp(8, 1, 2));
    from_phone(rtp(8, 2, 2));
    from_trunk(rtp(8, 1, 1));
    const auto events = rig.events();
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[0].kind, RelayEvent::Kind::kLatched);
    EXPECT_EQ(events[0].relay, ports.id);
    EXPECT_EQ(events[0].side, Side::kA);
    EXPECT_EQ(events[0].remote, kPhone);
    EXPECT_EQ(events[1].kind, RelayEvent::Kind::kFirstMedia);
    EXPECT_EQ(events[2].kind, RelayEvent::Kind::kFirstMedia);
    EXPECT_EQ(events[2].side, Side::kB);
    EXPECT_TRUE(rig.events().empty());
}

TEST_F(Latching, B2BUA_G4_WrongTypeDoesNotLatchButPassesLater) {
    expect_drop(from_phone(rtp(18, 1, 2)), Drop::rtp_payload_type);
    from_phone(rtp(8, 1, 2));
    expect_out(from_phone(rtp(18, 2, 2)), ports.b.rtp, kTrunk);
}

TEST_F(Latching, B2BUA_G4_NothingIsHeardBeforeSignalling) {
    const RelayPorts fresh = rig.relays.create(kInside, kOutside).value();
    expect_drop(rig.send(kInside, kPhone, fresh.a.rtp, rtp(8, 1, 1)), Drop::rtp_not_ready);
    ASSERT_TRUE(rig.relays.set_remote(fresh.id, Side::kA, phone).ok());
    expect_drop(rig.send(kInside, kPhone, fresh.a.rtp, rtp(8, 1, 1)), Drop::rtp_no_remote);
    ASSERT_TRUE(rig.relays.set_remote(fresh.id, Side::kB, far).ok());
    expect_out(rig.send(kInside, kPhone, fresh.a.rtp, rtp(8, 1, 1)), fresh.b.rtp, kTrunk);
}

TEST_F(Latching, B2BUA_G6_RtcpMustComeFromTheIpOfItsRtp) {
    RemoteMedia any = phone;
    any.latch = LatchMode::kAny;
    tell(Side::kA, any);
    expect_drop(rig.send(kInside, kPhoneRtcp, ports.a.rtcp, rtcp(1)), Drop::rtp_wrong_source);
    from_phone(rtp(8, 1, 1));
    expect_drop(rig.send(kInside, endpoint("10.10.0.51", 61044), ports.a.rtcp, rtcp(1)),
                Drop::rtp_wrong_source);
    expect_out(rig.send(kInside, kPhoneRtcp, ports.a.rtcp, rtcp(1)), ports.b.rtcp, kTrunkRtcp);
}

TEST_F(Latching, B2BUA_E11_HeldSideGetsNoRtpButRtcp) {
    from_phone(rtp(8, 1, 1));
    rig.send(kInside, kPhoneRtcp, ports.a.rtcp, rtcp(1));
    phone.send_media = false;
    tell(Side::kA, phone);
    expect_drop(from_trunk(rtp(8, 1, 2)), Drop::rtp_held);
    expect_out(rig.send(kOutside, kTrunkRtcp, ports.b.rtcp, rtcp(2)), ports.a.rtcp, kPhoneRtcp);
    expect_out(from_phone(rtp(8, 2, 1)), ports.b.rtp, kTrunk);
    EXPECT_EQ(reading(Side::kA).sending_to, Endpoint{});
    EXPECT_EQ(reading(Side::kA).latched, kPhone) << "B2BUA-G7: a hold does not unlatch";
    phone.send_media = true;
    tell(Side::kA, phone);
    expect_out(from_trunk(rtp(8, 3, 2)), ports.a.rtp, kPhone);
    EXPECT_EQ(reading(Side::kB).packets_in, 2U);
    EXPECT_EQ(reading(Side::kA).packets_out, 1U);
}

TEST_F(Latching, B2BUA_E11_UnspecifiedAddressGetsNothing) {
    from_phone(rtp(8, 1, 1));
    RemoteMedia held = far;
    held.rtp = endpoint("0.0.0.0", 16000);
    held.rtcp = endpoint("0.0.0.0", 16001);
    tell(Side::kB, held);
    expect_drop(from_phone(rtp(8, 2, 1)), Drop::rtp_no_remote);
    expect_drop(rig.send(kInside, kPhoneRtcp, ports.a.rtcp, rtcp(1)), Drop::rtp_no_remote);
    expect_out(from_trunk(rtp(8, 1, 2)), ports.a.rtp, kPhone);  // it may still play music to us
    tell(Side::kB, far);
    expect_out(from_phone(rtp(8, 3, 1)), ports.b.rtp, kTrunk);
}

TEST_F(Latching, B2BUA_G7_UnchangedSdpKeepsTheLatch) {
    from_phone(rtp(8, 1, 1));
    rig.events();
    tell(Side::kA, phone);
    phone.payload_types.set(18);
    tell(Side::kA, phone);  // other types, same address
    expect_drop(from_phone(rtp(8, 2, 1), endpoint("10.10.0.50", 61002)), Drop::rtp_wrong_source);
    expect_out(from_phone(rtp(8, 2, 1)), ports.b.rtp, kTrunk);
    EXPECT_TRUE(rig.events().empty());
}

TEST_F(Latching, B2BUA_G7_ChangedSdpOpensAWindowAndOldSourceGoesOnUntilTheNew) {
    const Endpoint fresh = endpoint("10.10.0.50", 62000);
    from_phone(rtp(8, 1, 1));
    from_trunk(rtp(8, 0, 2));
    rig.events();
    phone.rtp.port = Port{4002};
    tell(Side::kA, phone);
    expect_out(from_phone(rtp(8, 2, 1)), ports.b.rtp, kTrunk);
    expect_out(from_trunk(rtp(8, 1, 2)), ports.a.rtp,
               kPhone);  // G3: the only address that ever worked
    EXPECT_EQ(reading(Side::kA).latched, Endpoint{});
    expect_out(from_phone(rtp(8, 3, 1), fresh), ports.b.rtp, kTrunk);
    expect_drop(from_phone(rtp(8, 4, 1)), Drop::rtp_wrong_source);
    expect_out(from_trunk(rtp(8, 2, 2)), ports.a.rtp, fresh);
    const auto events = rig.events();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].kind, RelayEvent::Kind::kRelatched);
    EXPECT_EQ(events[0].remote, fresh);
}

TEST_F(Latching, B2BUA_G7_TrunkMovesAndItsOldAddressIsHeardUntilTheNewSpeaks) {
    const Endpoint fresh = endpoint("203.0.113.21", 18000);
    from_phone(rtp(8, 1, 1));
    from_trunk(rtp(8, 1, 2));
    far.rtp = fresh;
    tell(Side::kB, far);
    expect_out(from_phone(rtp(8, 2, 1)), ports.b.rtp, fresh);
    expect_out(from_trunk(rtp(8, 2, 2)), ports.a.rtp, kPhone);
    expect_out(from_trunk(rtp(8, 3, 2), fresh), ports.a.rtp, kPhone);
    expect_drop(from_trunk(rtp(8, 4, 2)), Drop::rtp_wrong_source);
}

TEST_F(Latching, B2BUA_F5_UnusableAddressIsLearned) {
    phone.rtp = phone.rtcp = endpoint("0.0.0.0", 4000);
    phone.learn_only = true;
    phone.send_before_latch = true;
    tell(Side::kA, phone);
    expect_drop(from_trunk(rtp(8, 1, 1)), Drop::rtp_not_latched);
    expect_out(from_phone(rtp(8, 1, 2)), ports.b.rtp, kTrunk);
    expect_out(from_trunk(rtp(8, 2, 1)), ports.a.rtp, kPhone);
    far.rtp = far.rtcp = endpoint("0.0.0.0", 6000);
    far.learn_only = true;
    tell(Side::kB, far);  // a trunk that is believed only where its SDP says
    expect_out(from_phone(rtp(8, 2, 2)), ports.b.rtp, kTrunk);  // what worked until now (G7)
    expect_drop(from_trunk(rtp(8, 3, 1), kStranger), Drop::rtp_wrong_source);
}

TEST_F(Latching, B2BUA_E7_WhatAPendingOfferNamesIsHeardBesides) {
    const Endpoint fresh = endpoint("203.0.113.21", 18000);
    from_phone(rtp(8, 1, 1));
    from_trunk(rtp(8, 1, 2));
    far.announced_rtp = fresh;
    far.announced_rtcp = endpoint("203.0.113.21", 18001);
    tell(Side::kB, far);
    for (std::uint16_t i = 2; i < 5; ++i) {
        expect_out(from_trunk(rtp(8, i, 2)), ports.a.rtp, kPhone);
        expect_out(from_trunk(rtp(8, i, 3), fresh), ports.a.rtp, kPhone);
        expect_out(from_phone(rtp(8, i, 1)), ports.b.rtp, kTrunk);
    }
    expect_drop(from_trunk(rtp(8, 5, 2), kStranger), Drop::rtp_wrong_source);
    far.announced_rtp = far.announced_rtcp = {};
    tell(Side::kB, far);  // refused (E8)
    expect_drop(from_trunk(rtp(8, 6, 3), fresh), Drop::rtp_wrong_source);
    expect_out(from_trunk(rtp(8, 6, 2)), ports.a.rtp, kPhone);
}

TEST_F(Latching, B2BUA_F9_AudioAndFaxPassWhileItIsNotSettled) {
    from_phone(rtp(8, 1, 1));
    from_trunk(rtp(8, 1, 2));
    const Octets udptl{0, 1, 2, 3, 4, 5, 6, 7};
    expect_drop(from_trunk(udptl), Drop::media_stun);
    far.payload = phone.payload = Payload::kOpaque;
    tell(Side::kA, phone);
    tell(Side::kB, far);
    expect_out(from_trunk(udptl), ports.a.rtp, kPhone);
    expect_out(from_trunk(rtp(8, 2, 2)), ports.a.rtp, kPhone);
    expect_out(from_phone(rtp(8, 2, 1)), ports.b.rtp, kTrunk);
    expect_drop(from_trunk(udptl, kStranger), Drop::rtp_wrong_source);
}

TEST_F(Latching, B2BUA_G7_NatRebindingIsFollowed) {
    const Endpoint moved = endpoint("10.10.0.50", 63000);
    from_phone(rtp(8, 100, 0x77));
    rig.now = rig.now + Millis{1999};
    expect_drop(from_phone(rtp(8, 150, 0x77), moved), Drop::rtp_wrong_source);
    rig.now = rig.now + Millis{1};
    expect_drop(from_phone(rtp(8, 150, 0x78), moved), Drop::rtp_wrong_source);
    rig.delta();
    expect_out(from_phone(rtp(8, 150, 0x77), moved), ports.b.rtp, kTrunk);
    EXPECT_EQ(rig.delta(),
              (Delta{{"latch_rebinds", 1}, {"relayed_packets", 1}, {"relayed_octets", 172}}));
    expect_out(from_trunk(rtp(8, 1, 1)), ports.a.rtp, moved);
    expect_drop(from_phone(rtp(8, 151, 0x77)), Drop::rtp_wrong_source);
}

}  // namespace
}  // namespace sallyport::dataplane
