// SPDX-License-Identifier: Apache-2.0
// Packets in, packets out, and the exact change of the counters.
#include "media_rig.h"

#include <gtest/gtest.h>

namespace sallyport::dataplane {
namespace {

using namespace test;
using Delta = std::map<std::string, std::uint64_t>;

const Endpoint kPhone = endpoint("10.10.0.50", 61000);  // the NAT's address of the phone
const Endpoint kPhoneRtcp = endpoint("10.10.0.50", 61044);
const Endpoint kPhoneSdp = endpoint("192.168.1.10", 4000);  // what the phone believes
const Endpoint kTrunk = endpoint("203.0.113.20", 16000);
const Endpoint kTrunkRtcp = endpoint("203.0.113.20", 16001);
const Endpoint kStranger = endpoint("203.0.113.66", 16000);

/// A phone behind NAT inside (side A), a trunk outside (side B).
class MediaStage : public testing::Test {
protected:
    MediaStage() {
        const auto made = rig.relays.create(kInside, kOutside);
        EXPECT_TRUE(made.ok());
        ports = made.value();
        tell(Side::kA, phone);
        tell(Side::kB, far);
        rig.delta();
    }
    void tell(Side side, const RemoteMedia& remote) {
        EXPECT_TRUE(rig.relays.set_remote(ports.id, side, remote).ok());
    }
    Relayed from_phone(const Octets& payload, const Endpoint& source = kPhone) {
        return rig.send(kInside, source, ports.a.rtp, payload);
    }
    Relayed from_trunk(const Octets& payload, const Endpoint& source = kTrunk) {
        return rig.send(kOutside, source, ports.b.rtp, payload);
    }
    FlowReading reading(Side side, Component c = Component::kRtp) {
        return rig.relays.read(ports.id).value().of(side, c);
    }
    static void expect_out(const Relayed& r, const Endpoint& from, const Endpoint& to) {
        ASSERT_EQ(r.edge, Edge::kForward) << name_of(r.drop);
        ASSERT_TRUE(r.frame);
        EXPECT_EQ(r.frame->from, from);
        EXPECT_EQ(r.frame->to, to);
        EXPECT_TRUE(r.frame->udp_checksum_right);
        EXPECT_TRUE(r.frame->ip_checksum_right);
    }
    static void expect_drop(const Relayed& r, Drop why) {
        EXPECT_EQ(r.edge, Edge::kDrop);
        EXPECT_EQ(name_of(r.drop), name_of(why));
    }

    MediaRig rig;
    RelayPorts ports;
    RemoteMedia phone = behind_nat(kPhoneSdp, "10.10.0.50");
    RemoteMedia far = trunk(kTrunk);
};

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

TEST_F(MediaStage, B2BUA_G3_NothingIsSentBeforeTheLatch) {
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

TEST_F(MediaStage, B2BUA_G3_SdpAddressIsUsedWhereItIsBelieved) {
    RemoteMedia believed = phone;
    believed.rtp = endpoint("10.10.0.50", 4000);
    believed.send_before_latch = true;
    tell(Side::kA, believed);
    expect_out(from_trunk(rtp(8, 1, 1)), ports.a.rtp, believed.rtp);
    from_phone(rtp(8, 1, 2));
    expect_out(from_trunk(rtp(8, 2, 1)), ports.a.rtp, kPhone);
}

TEST_F(MediaStage, B2BUA_G5_StrangersAreNeitherHeardNorAnswered) {
    from_phone(rtp(8, 1, 2));
    rig.delta();
    expect_drop(from_phone(rtp(8, 2, 2), endpoint("10.10.0.51", 61000)), Drop::rtp_wrong_source);
    expect_drop(from_phone(rtp(8, 2, 2), endpoint("10.10.0.50", 61001)), Drop::rtp_wrong_source);
    expect_drop(from_trunk(rtp(8, 2, 2), kStranger), Drop::rtp_wrong_source);
    EXPECT_EQ(rig.delta(), Delta{});
    EXPECT_EQ(reading(Side::kA).dropped_source, 2U);
    EXPECT_EQ(reading(Side::kB).dropped_source, 1U);
    EXPECT_EQ(reading(Side::kA).dropped, 2U);
    EXPECT_EQ(reading(Side::kA).packets_in, 1U);
}

TEST_F(MediaStage, B2BUA_G4_EventsTellTheFirstMediaAndTheLatch) {
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

TEST_F(MediaStage, B2BUA_G4_WrongTypeDoesNotLatchButPassesLater) {
    expect_drop(from_phone(rtp(18, 1, 2)), Drop::rtp_payload_type);
    from_phone(rtp(8, 1, 2));
    expect_out(from_phone(rtp(18, 2, 2)), ports.b.rtp, kTrunk);
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

TEST_F(MediaStage, NextHopIsRememberedOnlyWhereTheDestinationIsLocked) {
    RemoteMedia believed = phone;
    believed.send_before_latch = true;
    tell(Side::kA, believed);
    const auto hint_towards_phone = [this] {
        Packet packet = rig.load(kOutside, frame(kTrunk, ports.b.rtp, rtp(8, 1, 1)));
        Packet* burst[] = {&packet};
        const BurstContext context = rig.context();
        media_stage(rig.tables, context, burst);
        rte_pktmbuf_free(packet.mbuf);
        return packet.hint;
    };
    EXPECT_EQ(hint_towards_phone(), nullptr);
    from_phone(rtp(8, 1, 1));
    EXPECT_NE(hint_towards_phone(), nullptr);
}

TEST(AdjacencyHint, IsTrueOnlyForItsVersion) {
    AdjacencyHint hint;
    MacAddress mac{};
    EXPECT_FALSE(hint.recall(0, mac)) << "version 0 is the empty table";
    EXPECT_FALSE(hint.recall(5, mac));
    hint.keep(5, {2, 0, 0, 0, 0, 7});
    ASSERT_TRUE(hint.recall(5, mac));
    EXPECT_EQ(mac, (MacAddress{2, 0, 0, 0, 0, 7}));
    EXPECT_FALSE(hint.recall(6, mac));
    EXPECT_FALSE(hint.recall(5 + 65536, mac));
    hint.keep(5 + 65536, {2, 0, 0, 0, 0, 8});
    ASSERT_TRUE(hint.recall(5 + 65536, mac));
    EXPECT_EQ(mac[5], 8);
    hint.forget();
    EXPECT_FALSE(hint.recall(5 + 65536, mac));
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

TEST_F(MediaStage, B2BUA_G4_NothingIsHeardBeforeSignalling) {
    const RelayPorts fresh = rig.relays.create(kInside, kOutside).value();
    expect_drop(rig.send(kInside, kPhone, fresh.a.rtp, rtp(8, 1, 1)), Drop::rtp_not_ready);
    ASSERT_TRUE(rig.relays.set_remote(fresh.id, Side::kA, phone).ok());
    expect_drop(rig.send(kInside, kPhone, fresh.a.rtp, rtp(8, 1, 1)), Drop::rtp_no_remote);
    ASSERT_TRUE(rig.relays.set_remote(fresh.id, Side::kB, far).ok());
    expect_out(rig.send(kInside, kPhone, fresh.a.rtp, rtp(8, 1, 1)), fresh.b.rtp, kTrunk);
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

TEST_F(MediaStage, B2BUA_G6_RtcpMustComeFromTheIpOfItsRtp) {
    RemoteMedia any = phone;
    any.latch = LatchMode::kAny;
    tell(Side::kA, any);
    expect_drop(rig.send(kInside, kPhoneRtcp, ports.a.rtcp, rtcp(1)), Drop::rtp_wrong_source);
    from_phone(rtp(8, 1, 1));
    expect_drop(rig.send(kInside, endpoint("10.10.0.51", 61044), ports.a.rtcp, rtcp(1)),
                Drop::rtp_wrong_source);
    expect_out(rig.send(kInside, kPhoneRtcp, ports.a.rtcp, rtcp(1)), ports.b.rtcp, kTrunkRtcp);
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

TEST_F(MediaStage, B2BUA_E11_HeldSideGetsNoRtpButRtcp) {
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

TEST_F(MediaStage, B2BUA_E11_UnspecifiedAddressGetsNothing) {
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

TEST_F(MediaStage, B2BUA_G7_UnchangedSdpKeepsTheLatch) {
    from_phone(rtp(8, 1, 1));
    rig.events();
    tell(Side::kA, phone);
    phone.payload_types.set(18);
    tell(Side::kA, phone);  // other types, same address
    expect_drop(from_phone(rtp(8, 2, 1), endpoint("10.10.0.50", 61002)), Drop::rtp_wrong_source);
    expect_out(from_phone(rtp(8, 2, 1)), ports.b.rtp, kTrunk);
    EXPECT_TRUE(rig.events().empty());
}

TEST_F(MediaStage, B2BUA_G7_ChangedSdpOpensAWindowAndOldSourceGoesOnUntilTheNew) {
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

TEST_F(MediaStage, B2BUA_G7_TrunkMovesAndItsOldAddressIsHeardUntilTheNewSpeaks) {
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

TEST_F(MediaStage, B2BUA_G7_NatRebindingIsFollowed) {
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
