// SPDX-License-Identifier: Apache-2.0
// The latch table under the options of a realm (G3, G4, G5, G7): any port of the SDP's address, a
// subnet, three packets in sequence, another address.
#include "tests/unit/dataplane/media/latch_scene.h"

#include <gtest/gtest.h>

#include <string_view>

namespace sallyport::dataplane {
namespace {

using namespace test;

class LatchOptions : public testing::TestWithParam<Row> {};

TEST_P(LatchOptions, Decides) {
    expect_verdict(GetParam());
}

IpAddr ip(std::string_view text) {
    return IpAddr::parse(text).value();
}

/// A trunk that may send from any port of the address that its SDP names.
Scene any_port() {
    Scene s = window();
    s.rules.mode = LatchMode::kPort;
    s.packet.source = {kSdp.ip, Port{7777}};
    return s;
}

/// A signals from 203.0.113.5, what comes is from its /24.
Scene subnet() {
    Scene s = window();
    s.rules.mode = LatchMode::kSubnet;
    s.packet.source = {ip("203.0.113.200"), Port{7777}};
    return s;
}

Scene subnet_rtcp() {
    Scene s = subnet();
    s.rules.component = Component::kRtcp;
    s.packet.kind = MediaKind::kRtcp;
    return s;
}

Scene subnet_v6(const char* source) {
    Scene s = subnet();
    s.rules.signalling_source = ip("2001:db8:0:aa01::1");
    s.packet.source.ip = ip(source);
    return s;
}

/// The third packet of a source that has to send three; the one before had sequence 99.
Scene third() {
    Scene s = window();
    s.rules.latch_packets = 3;
    s.candidate = {0xabcd, 99, 2};
    return s;
}

/// Silent for two seconds, then the same sender comes from another address.
Scene roamed() {
    Scene s = moved();
    s.rules.mobility = true;
    s.packet.source = kStranger;
    return s;
}

Scene roamed_rtcp() {
    Scene s = roamed();
    s.rules.component = Component::kRtcp;
    s.packet.kind = MediaKind::kRtcp;
    s.packet.facts = {0xabcd, 0, 0};
    s.rtp_ip = kStranger.ip;
    return s;
}

INSTANTIATE_TEST_SUITE_P(
    Port, LatchOptions,
    testing::Values(Row{"B2BUA_G3_AnyPortOfTheSdpAddress", any_port, Act::kLatch},
                    Row{"B2BUA_G3_SignallingSourceIsNoSdpAddress",
                        with(any_port, [](Scene& s) { s.packet.source = kNat; }), Act::kDrop},
                    Row{"B2BUA_G3_RtcpFromItsOwnSdpAddress",
                        with(any_port,
                             [](Scene& s) {
                                 s.rules.component = Component::kRtcp;
                                 s.packet.kind = MediaKind::kRtcp;
                                 s.rtp_ip = kOld.ip;
                             }),
                        Act::kLatch},
                    Row{"B2BUA_G3_NoAddressNobody",
                        with(any_port, [](Scene& s) { s.rules.sdp.ip = IpAddr::v4(0); }),
                        Act::kDrop}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Subnet, LatchOptions,
    testing::Values(
        Row{"B2BUA_G4_Neighbour", subnet, Act::kLatch},
        Row{"B2BUA_G4_NeighbourAtAnyTime", with(subnet, [](Scene& s) { s.rules.opened_ms = 0; }),
            Act::kLatch},
        Row{"B2BUA_G4_NextSubnet",
            with(subnet, [](Scene& s) { s.packet.source.ip = ip("203.0.114.5"); }), Act::kDrop},
        Row{"B2BUA_G4_Ipv6Neighbour", [] { return subnet_v6("2001:db8:0:aaff::9"); }, Act::kLatch},
        Row{"B2BUA_G4_Ipv6NextSubnet", [] { return subnet_v6("2001:db8:0:ab01::1"); }, Act::kDrop},
        Row{"B2BUA_G6_RtcpBeforeRtp", subnet_rtcp, Act::kDrop},
        Row{"B2BUA_G6_RtcpFromTheIpOfRtp",
            with(subnet_rtcp, [](Scene& s) { s.rtp_ip = s.packet.source.ip; }), Act::kLatch},
        Row{"B2BUA_G6_RtcpFromAnotherNeighbour",
            with(subnet_rtcp, [](Scene& s) { s.rtp_ip = ip("203.0.113.201"); }), Act::kDrop}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Packets, LatchOptions,
    testing::Values(
        Row{"B2BUA_G5_Third", third, Act::kLatch},
        Row{"B2BUA_G5_First", with(third, [](Scene& s) { s.candidate = {}; }), Act::kCount,
            Drop::rtp_latch_pending},
        Row{"B2BUA_G5_Second", with(third, [](Scene& s) { s.candidate.packets = 1; }), Act::kCount,
            Drop::rtp_latch_pending},
        Row{"B2BUA_G5_OtherSsrcBeginsAnew", with(third, [](Scene& s) { s.candidate.ssrc = 1; }),
            Act::kCount, Drop::rtp_latch_pending},
        Row{"B2BUA_G5_EightAhead", with(third, [](Scene& s) { s.candidate.sequence = 92; }),
            Act::kLatch},
        Row{"B2BUA_G5_NineAhead", with(third, [](Scene& s) { s.candidate.sequence = 91; }),
            Act::kCount, Drop::rtp_latch_pending},
        Row{"B2BUA_G5_TheSameAgain", with(third, [](Scene& s) { s.candidate.sequence = 100; }),
            Act::kCount, Drop::rtp_latch_pending},
        Row{"B2BUA_G5_AcrossZero",
            with(third,
                 [](Scene& s) {
                     s.candidate.sequence = 65535;
                     s.packet.facts.sequence = 3;
                 }),
            Act::kLatch},
        Row{"B2BUA_G5_StrangersAreNotCounted",
            with(third, [](Scene& s) { s.packet.source = kStranger; }), Act::kDrop},
        Row{"B2BUA_G5_RtcpOfItsOwnPortHasNoSequence",
            with(rtcp_window, [](Scene& s) { s.rules.latch_packets = 3; }), Act::kLatch},
        Row{"B2BUA_G5_MultiplexedRtcpFollowsRtp",
            with(third, [](Scene& s) { s.packet.kind = MediaKind::kRtcp; }), Act::kDrop,
            Drop::rtp_latch_pending},
        Row{"B2BUA_G5_OpaqueHasNoSequence",
            with(third,
                 [](Scene& s) {
                     s.rules.payload = Payload::kOpaque;
                     s.packet.kind = MediaKind::kOpaque;
                     s.packet.facts = {};
                     s.candidate = {};
                 }),
            Act::kLatch}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Mobility, LatchOptions,
    testing::Values(Row{"B2BUA_G7_OtherIp", roamed, Act::kMove, Drop::rtp_latch_pending},
                    Row{"B2BUA_G7_OtherPortIsARebinding",
                        with(roamed, [](Scene& s) { s.packet.source = kNatMoved; }), Act::kRebind},
                    Row{"B2BUA_G7_TooSoon",
                        with(roamed, [](Scene& s) { s.last_seen_ms = kNow - 1999; }), Act::kDrop},
                    Row{"B2BUA_G7_OtherSsrc",
                        with(roamed, [](Scene& s) { s.packet.facts.ssrc = 1; }), Act::kDrop},
                    Row{"B2BUA_G7_3001Ahead",
                        with(roamed, [](Scene& s) { s.packet.facts.sequence = 3100; }), Act::kDrop},
                    Row{"B2BUA_G6_RtcpGoesWhereRtpHasGone", roamed_rtcp, Act::kMove,
                        Drop::rtp_latch_pending},
                    Row{"B2BUA_G6_RtcpGoesNowhereElse",
                        with(roamed_rtcp, [](Scene& s) { s.rtp_ip = kNat.ip; }), Act::kDrop}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sallyport::dataplane
