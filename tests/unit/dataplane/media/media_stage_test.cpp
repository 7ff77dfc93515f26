// SPDX-License-Identifier: Apache-2.0
// Packets in, packets out, and the exact change of the counters.
#include "tests/unit/dataplane/media/relayed_call.h"

#include <gtest/gtest.h>

namespace sallyport::dataplane {
namespace {

using namespace test;

class MediaStage : public RelayedCall {};

TEST_F(MediaStage, B2BUA_G2_SendsFromThePortItReceivesOn) {
    const Octets up = rtp(8, 1, 0xaaaa);
    const Relayed out = from_phone(up);
    expect_out(out, ports.b.rtp, kTrunk);
    EXPECT_EQ(out.egress, kOutside);
    EXPECT_EQ(out.frame->payload, up) << "B2BUA-G11: opaque";
    EXPECT_EQ(out.frame->ttl, 64);
    EXPECT_EQ(out.frame->tos, 46 << 2);
    EXPECT_EQ(rig.delta(),
              (Delta{{"latches", 1}, {"relayed_packets", 1}, {"relayed_octets", 172}}));
    const Relayed back = from_trunk(rtp(8, 9, 0xbbbb));
    expect_out(back, ports.a.rtp, kPhone);
    EXPECT_EQ(back.egress, kInside);
    EXPECT_EQ(rig.delta(), (Delta{{"relayed_packets", 1}, {"relayed_octets", 172}}));
}

TEST_F(MediaStage, B2BUA_G15_DscpOfTheSideThatItGoesTo) {
    far.dscp = 34;
    tell(Side::kB, far);
    EXPECT_EQ(from_phone(rtp(8, 1, 0xaaaa)).frame->tos, 34 << 2);
    EXPECT_EQ(from_trunk(rtp(8, 1, 0xbbbb)).frame->tos, 46 << 2);
    far.dscp = kPreserveDscp;
    tell(Side::kB, far);
    EXPECT_EQ(from_phone(rtp(8, 2, 0xaaaa)).frame->tos, 0) << "as it came";
}

struct JunkRow {
    const char* name;
    const char* octets;
    Drop drop;
};

class Junk : public MediaStage, public testing::WithParamInterface<JunkRow> {};

TEST_P(Junk, B2BUA_G10_IsDroppedByItsName) {
    from_phone(rtp(8, 1, 2));
    rig.delta();
    expect_drop(from_phone(hex(GetParam().octets)), GetParam().drop);
    EXPECT_EQ(rig.delta(), Delta{});
    EXPECT_EQ(reading(Side::kA).dropped, 1U);
    expect_out(from_phone(rtp(8, 2, 2)), ports.b.rtp, kTrunk);
}

INSTANTIATE_TEST_SUITE_P(
    Payloads, Junk,
    testing::Values(JunkRow{"Empty", "", Drop::rtp_malformed},
                    JunkRow{"CrLf", "0d0a0d0a", Drop::rtp_malformed},
                    JunkRow{"Stun", "00010000 2112a442 000102030405060708090a0b", Drop::media_stun},
                    JunkRow{"Dtls", "16feff00 00000000 00000000 00", Drop::media_dtls},
                    JunkRow{"Turn", "40000004 00000000", Drop::media_turn},
                    JunkRow{"RtpCut", "8008000100000000112233", Drop::rtp_malformed},
                    JunkRow{"Version1", "4a080001 00000000 11223344", Drop::media_turn},
                    JunkRow{"Version3", "c0080001 00000000 11223344", Drop::rtp_malformed},
                    JunkRow{"RtcpOnRtpPort", "80c90001 11223344", Drop::rtcp_on_rtp_port}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(MediaStage, B2BUA_G10_ZrtpIsRelayedOnlyFromTheLatchedSource) {
    const Octets hello = hex("1000 0001 5a525450 11223344 505a 0003");
    expect_drop(from_phone(hello), Drop::media_zrtp);
    from_phone(rtp(8, 1, 2));
    expect_out(from_phone(hello), ports.b.rtp, kTrunk);
    expect_drop(from_phone(hello, kStranger), Drop::media_zrtp);
}

TEST_F(MediaStage, DamagedPacketDoesNotLatchAndIsNotRepaired) {
    Octets damaged = frame(kPhone, ports.a.rtp, rtp(8, 1, 2));
    damaged[100] ^= 0x40;
    expect_drop(rig.pass(kInside, damaged), Drop::bad_udp_checksum);
    EXPECT_EQ(reading(Side::kA).latched, Endpoint{});
    from_phone(rtp(8, 2, 2));
    const Relayed late = rig.pass(kInside, damaged);  // steady media is not summed up on the way
    ASSERT_TRUE(late.frame);
    EXPECT_TRUE(late.frame->ip_checksum_right);
    EXPECT_FALSE(late.frame->udp_checksum_right) << "the receiver must find it";
}

TEST_F(MediaStage, B2BUA_G9_ClosedAndCoolingPortsAreSilent) {
    const Endpoint unused{
        ports.a.rtp.ip,
        Port{static_cast<std::uint16_t>(ports.a.rtp.port.value == 20000 ? 20002 : 20000)}};
    expect_drop(rig.send(kInside, kPhone, unused, rtp(8, 1, 1)), Drop::rtp_port_closed);
    ASSERT_TRUE(rig.relays.destroy(ports.id).ok());
    expect_drop(from_phone(rtp(8, 1, 2)), Drop::rtp_port_cooling);
    expect_drop(rig.send(kInside, kPhone, ports.a.rtcp, rtcp(1)), Drop::rtp_port_cooling);
    expect_drop(from_trunk(rtp(8, 1, 2)), Drop::rtp_port_cooling);
    rig.now = rig.now + (kQuarantine - Millis{1});
    rig.relays.tick();
    expect_drop(from_phone(rtp(8, 1, 2)), Drop::rtp_port_cooling);
    rig.now = rig.now + Millis{1};
    rig.relays.tick();
    expect_drop(from_phone(rtp(8, 1, 2)), Drop::rtp_port_closed);
    EXPECT_EQ(rig.delta(), Delta{});
}

TEST_F(MediaStage, B2BUA_G12_RtcpPassesAsItCameAndItsByeEndsNothing) {
    Octets report = rtcp(0xaaaa);
    const Octets bye = hex("81cb0001 0000aaaa");
    report.insert(report.end(), bye.begin(), bye.end());
    const Relayed out = rig.send(kInside, kPhoneRtcp, ports.a.rtcp, report);
    expect_out(out, ports.b.rtcp, kTrunkRtcp);
    EXPECT_EQ(out.frame->payload, report);
    expect_out(from_phone(rtp(8, 1, 0xaaaa)), ports.b.rtp, kTrunk);
    expect_out(rig.send(kOutside, kTrunkRtcp, ports.b.rtcp, rtcp(0xbbbb)), ports.a.rtcp,
               kPhoneRtcp);
}

TEST_F(MediaStage, RtcpTravelsOnTheOddPorts) {
    const Octets report = rtcp(0xaaaa);
    const Relayed out = rig.send(kInside, kPhoneRtcp, ports.a.rtcp, report);
    expect_out(out, ports.b.rtcp, kTrunkRtcp);
    EXPECT_EQ(out.frame->payload, report);
    expect_out(rig.send(kOutside, kTrunkRtcp, ports.b.rtcp, rtcp(0xbbbb)), ports.a.rtcp,
               kPhoneRtcp);
    EXPECT_EQ(reading(Side::kA, Component::kRtcp).packets_in, 1U);
    EXPECT_EQ(reading(Side::kA, Component::kRtcp).packets_out, 1U);
    EXPECT_EQ(reading(Side::kA, Component::kRtp).packets_in, 0U);
    expect_drop(rig.send(kInside, kPhone, ports.a.rtcp, rtp(8, 1, 1)), Drop::rtp_on_rtcp_port);
}

TEST_F(MediaStage, Rfc5761_OneSideMultiplexes) {
    phone.rtcp_mux = true;
    tell(Side::kA, phone);
    expect_out(from_phone(rtp(8, 1, 1)), ports.b.rtp, kTrunk);
    expect_out(from_phone(rtcp(1)), ports.b.rtcp, kTrunkRtcp);
    expect_out(rig.send(kOutside, kTrunkRtcp, ports.b.rtcp, rtcp(2)), ports.a.rtp, kPhone);
    EXPECT_EQ(reading(Side::kA, Component::kRtp).packets_in, 1U);
    EXPECT_EQ(reading(Side::kA, Component::kRtcp).packets_in, 1U);
    EXPECT_EQ(reading(Side::kB, Component::kRtcp).packets_out, 1U);
    EXPECT_EQ(reading(Side::kA, Component::kRtcp).packets_out, 1U);
    expect_drop(from_trunk(rtcp(2)), Drop::rtcp_on_rtp_port);
}

TEST_F(MediaStage, Rfc5761_BothSidesMultiplex) {
    phone.rtcp_mux = far.rtcp_mux = true;
    tell(Side::kA, phone);
    tell(Side::kB, far);
    expect_out(from_phone(rtcp(1)), ports.b.rtp,
               kTrunk);  // a receive-only phone: RTCP latches its RTP flow
    expect_out(from_trunk(rtcp(2)), ports.a.rtp, kPhone);
    expect_out(from_trunk(rtp(8, 1, 2)), ports.a.rtp, kPhone);
}

TEST_F(MediaStage, OpaquePayloadsAreRelayedFromFourOctets) {
    phone.payload = far.payload = Payload::kOpaque;
    tell(Side::kA, phone);
    tell(Side::kB, far);
    expect_drop(from_phone(hex("000102")), Drop::rtp_malformed);
    expect_out(from_phone(hex("00010203")), ports.b.rtp, kTrunk);
    expect_out(from_trunk(hex("00ff03c0")), ports.a.rtp, kPhone);
}

TEST_F(MediaStage, RelaysBetweenFamilies) {
    const RelayPorts mixed = rig.relays.create(kInside, kSix).value();
    const Endpoint far6 = endpoint("2001:db8:7::9", 7000);
    ASSERT_TRUE(rig.relays.set_remote(mixed.id, Side::kA, phone).ok());
    ASSERT_TRUE(rig.relays.set_remote(mixed.id, Side::kB, trunk(far6)).ok());
    expect_out(rig.send(kInside, kPhone, mixed.a.rtp, rtp(8, 1, 1)), mixed.b.rtp, far6);
    expect_out(rig.send(kSix, far6, mixed.b.rtp, rtp(8, 1, 2)), mixed.a.rtp, kPhone);
    EXPECT_EQ(rig.relays.read(mixed.id).value().of(Side::kB, Component::kRtp).sending_to, far6);
}

TEST_F(MediaStage, B2BUA_G17_BothPartiesInOneRealm) {
    const RelayPorts inside = rig.relays.create(kInside, kInside).value();
    const Endpoint second = endpoint("10.10.0.50", 62000);  // behind the same NAT
    ASSERT_TRUE(rig.relays.set_remote(inside.id, Side::kA, phone).ok());
    ASSERT_TRUE(rig.relays.set_remote(inside.id, Side::kB, phone).ok());
    rig.send(kInside, kPhone, inside.a.rtp, rtp(8, 1, 1));
    expect_out(rig.send(kInside, second, inside.b.rtp, rtp(8, 1, 2)), inside.a.rtp, kPhone);
    const Relayed back = rig.send(kInside, kPhone, inside.a.rtp, rtp(8, 2, 1));
    expect_out(back, inside.b.rtp, second);
    EXPECT_EQ(back.egress, kInside);
}

// Two phones that call each other through a registrar outside: the far end of each call is the
// other call.
TEST_F(MediaStage, B2BUA_G17_AFarEndThatIsAnotherRelayOfOurs) {
    const RelayPorts second = rig.relays.create(kOutside, kInside).value();
    const Endpoint neighbour = endpoint("10.10.0.50", 62000);  // behind the same NAT
    tell(Side::kB, trunk(second.a.rtp));
    ASSERT_TRUE(rig.relays.set_remote(second.id, Side::kA, trunk(ports.b.rtp)).ok());
    ASSERT_TRUE(rig.relays.set_remote(second.id, Side::kB, phone).ok());
    rig.delta();
    expect_drop(rig.send(kInside, neighbour, second.b.rtp, rtp(8, 1, 2)), Drop::rtp_not_latched);
    EXPECT_EQ(rig.delta(),
              (Delta{{"latches", 1}, {"relayed_packets", 1}, {"relayed_octets", 172}}));
    const Octets speech = rtp(8, 1, 1);
    const Relayed there = from_phone(speech);
    expect_out(there, second.b.rtp, neighbour);
    EXPECT_EQ(there.egress, kInside);
    EXPECT_EQ(there.frame->payload, speech);
    EXPECT_EQ(rig.delta(),
              (Delta{{"latches", 1}, {"relayed_packets", 2}, {"relayed_octets", 344}}));
    const Relayed back = rig.send(kInside, neighbour, second.b.rtp, rtp(8, 2, 2));
    expect_out(back, ports.a.rtp, kPhone);
    EXPECT_EQ(reading(Side::kB).packets_in, 2U);
}

TEST_F(MediaStage, B2BUA_G17_RtcpComesBackToo) {
    const RelayPorts second = rig.relays.create(kOutside, kInside).value();
    const Endpoint neighbour = endpoint("10.10.0.50", 62001);
    tell(Side::kB, trunk(second.a.rtp));
    ASSERT_TRUE(rig.relays.set_remote(second.id, Side::kA, trunk(ports.b.rtp)).ok());
    ASSERT_TRUE(rig.relays.set_remote(second.id, Side::kB, phone).ok());
    rig.send(kInside, neighbour, second.b.rtcp, rtcp(2));
    expect_out(rig.send(kInside, kPhoneRtcp, ports.a.rtcp, rtcp(1)), second.b.rtcp, neighbour);
}

TEST_F(MediaStage, B2BUA_G17_WhatIsNotAtAMediaPortOfOursGoesNowhere) {
    tell(Side::kB, trunk(endpoint("198.51.100.1", 30019)));  // no relay has it
    expect_drop(from_phone(rtp(8, 1, 1)), Drop::rtp_port_closed);
}

TEST_F(MediaStage, B2BUA_G17_NoMoreThanFourFurtherRelays) {
    Endpoint from = ports.b.rtp;
    std::vector<RelayPorts> chain;
    for (int i = 0; i < 4; ++i) {
        chain.push_back(rig.relays.create(kOutside, kOutside).value());
    }
    tell(Side::kB, trunk(chain[0].a.rtp));
    for (std::size_t i = 0; i < chain.size(); ++i) {
        ASSERT_TRUE(rig.relays.set_remote(chain[i].id, Side::kA, trunk(from)).ok());
        const Endpoint next = i + 1 < chain.size() ? chain[i + 1].a.rtp : kTrunk;
        ASSERT_TRUE(rig.relays.set_remote(chain[i].id, Side::kB, trunk(next)).ok());
        from = chain[i].b.rtp;
    }
    expect_out(from_phone(rtp(8, 1, 1)), chain[3].b.rtp, kTrunk);
    const RelayPorts fifth = rig.relays.create(kInside, kOutside).value();
    ASSERT_TRUE(rig.relays.set_remote(fifth.id, Side::kB, trunk(from)).ok());
    ASSERT_TRUE(rig.relays.set_remote(fifth.id, Side::kA, trunk(kTrunk)).ok());
    ASSERT_TRUE(rig.relays.set_remote(chain[3].id, Side::kB, trunk(fifth.b.rtp)).ok());
    expect_drop(from_phone(rtp(8, 2, 1)), Drop::media_loop);
}

TEST_F(MediaStage, ReassembledDatagramOfSeveralBuffersIsRelayed) {
    const Octets big = rtp(8, 1, 1, 1300);
    const Relayed out = rig.pass(kInside, frame(kPhone, ports.a.rtp, big), 64);
    expect_out(out, ports.b.rtp, kTrunk);
    EXPECT_EQ(out.frame->payload, big);
}

TEST_F(MediaStage, PaddingOctetInTheLastBufferIsFound) {
    Octets padded = rtp(8, 1, 1, 600);
    padded[0] |= 0x20;
    padded.back() = 200;
    expect_out(rig.pass(kInside, frame(kPhone, ports.a.rtp, padded), 100), ports.b.rtp, kTrunk);
    padded.back() = 0;
    expect_drop(rig.pass(kInside, frame(kPhone, ports.a.rtp, padded), 100), Drop::rtp_malformed);
}

TEST_F(MediaStage, BurstOfMixedPacketsGivesEachItsOwnEdge) {
    std::vector<Packet> packets;
    std::vector<Packet*> burst;
    for (std::uint16_t i = 0; i < 80; ++i) {  // more than one kBurst
        const Endpoint from = i % 2 == 0 ? kPhone : endpoint("10.10.0.51", 61000);
        packets.push_back(rig.load(kInside, frame(from, ports.a.rtp, rtp(8, i, 1))));
    }
    for (Packet& p : packets) {
        burst.push_back(&p);
    }
    const BurstContext context = rig.context();
    media_stage(rig.tables, context, burst);
    for (std::size_t i = 0; i < packets.size(); ++i) {
        EXPECT_EQ(packets[i].edge, i % 2 == 0 ? Edge::kForward : Edge::kDrop);
        rte_pktmbuf_free(packets[i].mbuf);
    }
    EXPECT_EQ(reading(Side::kA).packets_in, 40U);
    EXPECT_EQ(reading(Side::kA).octets_in, 40U * 172);
    EXPECT_EQ(reading(Side::kB).octets_out, 40U * 172);
    EXPECT_EQ(reading(Side::kA).dropped, 40U);
}

}  // namespace
}  // namespace sallyport::dataplane
