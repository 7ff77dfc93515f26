// SPDX-License-Identifier: Apache-2.0
// "Why is there no audio?": one row for each cause that the data can tell apart (B2BUA-G3 to G9,
// E5, E11, E13, F6), with the words that an operator gets.
#include "b2bua/call/media_verdict.h"

#include <gtest/gtest.h>

#include <functional>
#include <ostream>

namespace sallyport::call {
namespace {

using dataplane::Drop;
using dataplane::LatchCause;
using dataplane::LatchMode;
using sdp::Direction;

Endpoint at(std::string_view ip, std::uint16_t port) {
    return {IpAddr::parse(ip).value(), Port{port}};
}

/// A phone behind a NAT talks to a trunk; both are heard.
MediaLine talking() {
    MediaLine line;
    line.index = 1;
    line.kind = "audio";
    line.relayed = true;
    line.age = Millis{12'300};
    MediaSide& a = line.of(Side::kA);
    a.realm = "inside";
    a.told = a.nat = true;
    a.latch = LatchMode::kSignalling;
    a.said = "192.168.1.5:4000";
    a.signalling = at("192.0.2.10", 5060).ip;
    a.ours = {at("10.10.0.1", 20014), at("10.10.0.1", 20015)};
    a.payload_types.set(0).set(8).set(101);
    a.rtp.packets_in = 600;
    a.rtp.packets_out = 590;
    a.rtp.last_seen_ago = Millis{20};
    a.rtp.latched = at("192.0.2.10", 4000);
    MediaSide& b = line.of(Side::kB);
    b = a;
    b.realm = "outside";
    b.nat = false;
    b.latch = LatchMode::kOff;
    b.said = "203.0.113.20:16000";
    b.signalling = at("203.0.113.20", 5060).ip;
    b.ours = {at("198.51.100.1", 30008), at("198.51.100.1", 30009)};
    b.rtp.latched = {};
    b.rtp.packets_in = 590;
    b.rtp.packets_out = 600;
    return line;
}

/// Nothing of this side was accepted.
void hush(MediaLine& line, Side side) {
    auto& flow = line.of(side).rtp;
    flow.packets_in = 0;
    flow.last_seen_ago = Millis{-1};
    flow.latched = {};
    line.of(dataplane::other(side)).rtp.packets_out = 0;
}

void refuse(dataplane::FlowReading& flow, Drop why, std::uint64_t count, std::uint8_t type = 0) {
    flow.drops.set(why, count);
    flow.dropped = flow.drops.refused();
    flow.last_refused = {at("198.51.100.9", 4000), why, type, Millis{30}};
}

void hush_and_refuse(MediaLine& line, Side side, Drop why, std::uint64_t count,
                     std::uint8_t type = 0) {
    hush(line, side);
    refuse(line.of(side).rtp, why, count, type);
}

struct Row {
    const char* name;
    Side from;
    std::function<void(MediaLine&)> set;
    MediaCause cause;
    const char* text;
};
void PrintTo(const Row& row, std::ostream* out) {
    *out << row.name;
}

const Row kRows[] = {
    {"flows", Side::kA, [](MediaLine&) {}, MediaCause::kFlows,
     "flows, 600 packets from A (inside)"},
    {"E5 refused", Side::kA, [](MediaLine& l) { l.of(Side::kB).refused = true; },
     MediaCause::kLineRefused, "refused by B (outside) (port 0 in its SDP)"},
    {"F6 not relayed", Side::kA, [](MediaLine& l) { l.relayed = false; }, MediaCause::kNotRelayed,
     "not relayed: the two ends send to each other"},
    {"no answer yet", Side::kA, [](MediaLine& l) { l.of(Side::kB).told = false; },
     MediaCause::kNoSdp, "no SDP of B (outside) has named this line yet"},
    {"E11 held", Side::kA,
     [](MediaLine& l) {
         l.of(Side::kB).direction = Direction::kSendOnly;
         l.of(Side::kA).rtp.drops.set(Drop::rtp_held, 300);
     },
     MediaCause::kHeld, "held by B (outside) (a=sendonly): 300 packets not sent on"},
    {"E11 held by both", Side::kB,
     [](MediaLine& l) { l.of(Side::kA).direction = Direction::kInactive; }, MediaCause::kHeld,
     "held by A (inside) (a=inactive)"},
    {"E11 held by 0.0.0.0", Side::kA,
     [](MediaLine& l) {
         l.of(Side::kB).names_none = true;
         l.of(Side::kB).said = "0.0.0.0:16000";
         l.of(Side::kA).rtp.drops.set(Drop::rtp_no_remote, 1);
     },
     MediaCause::kHeld, "held by B (outside) (its SDP says 0.0.0.0:16000): 1 packet not sent on"},
    {"E11 does not send", Side::kB,
     [](MediaLine& l) { l.of(Side::kB).direction = Direction::kRecvOnly; },
     MediaCause::kDoesNotSend, "B (outside) said that it does not send (a=recvonly)"},
    {"E13 early", Side::kB,
     [](MediaLine& l) {
         l.early_closed = true;
         l.of(Side::kB).rtp.drops.set(Drop::rtp_held, 40);
     },
     MediaCause::kEarlyClosed,
     "early media of B (outside) is not heard before its 2xx: no 1xx with SDP opened it: 40 "
     "packets not sent on"},
    {"E13 early, the other way", Side::kA, [](MediaLine& l) { l.early_closed = true; },
     MediaCause::kFlows, "flows, 600 packets from A (inside)"},
    {"nothing", Side::kA, [](MediaLine& l) { hush(l, Side::kA); }, MediaCause::kNothing,
     "A (inside) sends nothing: its SDP said 192.168.1.5:4000, nothing arrived at 20014 for 12 s; "
     "look at it and at the firewalls between"},
    {"only RTCP", Side::kA,
     [](MediaLine& l) {
         hush(l, Side::kA);
         l.of(Side::kA).rtcp.packets_in = 3;
     },
     MediaCause::kOnlyRtcp,
     "A (inside) sends RTCP but no media: its SDP said 192.168.1.5:4000, nothing arrived at 20014 "
     "for 12 s; it is muted, or takes the call for held"},
    {"G5 another source than the latch", Side::kA,
     [](MediaLine& l) {
         hush_and_refuse(l, Side::kA, Drop::rtp_wrong_source, 512);
         l.of(Side::kA).rtp.latched = at("192.0.2.10", 4000);
     },
     MediaCause::kWrongSource,
     "nothing of A (inside) is accepted: media arrives at 20014 from 198.51.100.9:4000 but the "
     "latch holds 192.0.2.10:4000: 512 packets refused (wrong source)"},
    {"G4 another address than the signalling", Side::kA,
     [](MediaLine& l) { hush_and_refuse(l, Side::kA, Drop::rtp_wrong_source, 512); },
     MediaCause::kWrongSource,
     "nothing of A (inside) is accepted: media arrives at 20014 from 198.51.100.9:4000 but its "
     "signalling comes from 192.0.2.10: 512 packets refused (wrong source); a NAT must use one "
     "address for both"},
    {"G3 another address than the SDP", Side::kB,
     [](MediaLine& l) { hush_and_refuse(l, Side::kB, Drop::rtp_wrong_source, 1); },
     MediaCause::kWrongSource,
     "nothing of B (outside) is accepted: media arrives at 30008 from 198.51.100.9:4000 but its "
     "SDP said 203.0.113.20:16000: 1 packet refused (wrong source); behind a NAT, realm outside "
     "needs nat = true"},
    {"G4 payload type", Side::kA,
     [](MediaLine& l) { hush_and_refuse(l, Side::kA, Drop::rtp_payload_type, 300, 96); },
     MediaCause::kPayloadType,
     "payload type 96 of A (inside) was not negotiated (negotiated: 0 8 101): 300 packets "
     "refused; compare a=rtpmap of both SDPs"},
    {"G4 payload type, a stranger was refused last", Side::kA,
     [](MediaLine& l) {
         hush_and_refuse(l, Side::kA, Drop::rtp_payload_type, 300, 96);
         refuse(l.of(Side::kA).rtp, Drop::rtp_wrong_source, 7);
     },
     MediaCause::kPayloadType,
     "a payload type of A (inside) was not negotiated (negotiated: 0 8 101): 300 packets refused; "
     "compare a=rtpmap of both SDPs"},
    {"F11 to the wrong port", Side::kA,
     [](MediaLine& l) {
         hush(l, Side::kA);
         refuse(l.of(Side::kA).rtcp, Drop::rtp_on_rtcp_port, 250);
     },
     MediaCause::kAtRtcpPort,
     "A (inside) sends RTP to our RTCP port 20015 in place of 20014: 250 packets refused"},
    {"G10 DTLS", Side::kA, [](MediaLine& l) { hush_and_refuse(l, Side::kA, Drop::media_dtls, 4); },
     MediaCause::kDtls,
     "only DTLS arrives from A (inside) from 198.51.100.9:4000: 4 packets refused; it wants "
     "DTLS-SRTP, its SDP was taken for plain RTP"},
    {"G10 STUN", Side::kA, [](MediaLine& l) { hush_and_refuse(l, Side::kA, Drop::media_stun, 4); },
     MediaCause::kIce,
     "only STUN arrives from A (inside) from 198.51.100.9:4000: 4 packets refused; it checks ICE "
     "candidates, and ICE was not negotiated"},
    {"G10 ZRTP", Side::kA, [](MediaLine& l) { hush_and_refuse(l, Side::kA, Drop::media_zrtp, 4); },
     MediaCause::kZrtp,
     "only ZRTP arrives from A (inside) from 198.51.100.9:4000: 4 packets refused; it sends no RTP "
     "that could latch"},
    {"G10 TURN", Side::kA, [](MediaLine& l) { hush_and_refuse(l, Side::kA, Drop::media_turn, 4); },
     MediaCause::kTurn,
     "only TURN channel data arrives from A (inside) from 198.51.100.9:4000: 4 packets refused; it "
     "takes our port for its TURN server"},
    {"G4 late", Side::kA,
     [](MediaLine& l) { hush_and_refuse(l, Side::kA, Drop::rtp_latch_late, 9); }, MediaCause::kLate,
     "the first media came too late from A (inside) from 198.51.100.9:4000: 9 packets refused; "
     "more than 30 s after the SDP"},
    {"G9 former call", Side::kA,
     [](MediaLine& l) { hush_and_refuse(l, Side::kA, Drop::rtp_former_source, 9); },
     MediaCause::kFormerCall,
     "what arrives is of the call that had the port before, not of A (inside) from "
     "198.51.100.9:4000: 9 packets refused; that party may have missed the end of its call"},
    {"G8 other dialog", Side::kB,
     [](MediaLine& l) { hush_and_refuse(l, Side::kB, Drop::rtp_other_branch, 9); },
     MediaCause::kOtherDialog,
     "what arrives is of another early dialog than that of B (outside) from 198.51.100.9:4000: 9 "
     "packets refused; a forked call is heard from one callee at a time"},
    {"no RTP", Side::kA, [](MediaLine& l) { hush_and_refuse(l, Side::kA, Drop::rtp_malformed, 9); },
     MediaCause::kNoRtp,
     "what arrives is no RTP, from A (inside) from 198.51.100.9:4000: 9 packets refused; something "
     "else sends there, or the media is encrypted"},
    {"damaged", Side::kA,
     [](MediaLine& l) { hush_and_refuse(l, Side::kA, Drop::bad_udp_checksum, 9); },
     MediaCause::kDamaged,
     "only packets with wrong UDP checksums arrive from A (inside) from 198.51.100.9:4000: 9 "
     "packets refused; look at checksum offload on the way"},
    {"G6 RTCP alone at the RTP port", Side::kA,
     [](MediaLine& l) { hush_and_refuse(l, Side::kA, Drop::rtcp_on_rtp_port, 2); },
     MediaCause::kUnmuxedRtcp,
     "only RTCP arrives at the RTP port from A (inside) from 198.51.100.9:4000: 2 packets refused; "
     "rtcp-mux was not agreed on"},
    {"G4 before the SDP", Side::kB,
     [](MediaLine& l) { hush_and_refuse(l, Side::kB, Drop::rtp_not_ready, 2); },
     MediaCause::kBeforeSdp,
     "media came before the SDP and not since, from B (outside) from 198.51.100.9:4000: 2 packets "
     "refused; it has stopped sending"},
    {"silent", Side::kA, [](MediaLine& l) { l.of(Side::kA).rtp.last_seen_ago = Millis{40'900}; },
     MediaCause::kSilent,
     "A (inside) has been silent for 40 s after 600 packets from 192.0.2.10:4000"},
    {"silent, as long as a pause of speech", Side::kA,
     [](MediaLine& l) { l.of(Side::kA).rtp.last_seen_ago = Millis{4'999}; }, MediaCause::kFlows,
     "flows, 600 packets from A (inside)"},
    {"silent at a trunk", Side::kB,
     [](MediaLine& l) { l.of(Side::kB).rtp.last_seen_ago = Millis{5'000}; }, MediaCause::kSilent,
     "B (outside) has been silent for 5 s after 590 packets from 203.0.113.20:16000"},
    {"G7 moved without SDP", Side::kA,
     [](MediaLine& l) {
         l.of(Side::kA).rtp.last_seen_ago = Millis{40'000};
         refuse(l.of(Side::kA).rtp, Drop::rtp_wrong_source, 1990);
     },
     MediaCause::kMoved,
     "A (inside) has been silent for 40 s after 600 packets from 192.0.2.10:4000; since then media "
     "arrives from 198.51.100.9:4000: 1990 packets refused (wrong source); it moved without a new "
     "SDP"},
    {"a stranger came before it fell silent", Side::kA,
     [](MediaLine& l) {
         refuse(l.of(Side::kA).rtp, Drop::rtp_wrong_source, 3);
         l.of(Side::kA).rtp.last_seen_ago = Millis{40'000};
         l.of(Side::kA).rtp.last_refused.ago = Millis{50'000};
     },
     MediaCause::kSilent,
     "A (inside) has been silent for 40 s after 600 packets from 192.0.2.10:4000"},
    {"G3 nowhere to send yet", Side::kB,
     [](MediaLine& l) {
         hush(l, Side::kA);
         l.of(Side::kA).rtp.packets_out = 0;
         l.of(Side::kB).rtp.drops.set(Drop::rtp_not_latched, 590);
     },
     MediaCause::kNotLatched,
     "590 packets of B (outside) came, none could be sent on: A (inside) said 192.168.1.5:4000 but "
     "signals from 192.0.2.10, and has sent nothing from which its address could be learned"},
    {"E11 no address", Side::kA,
     [](MediaLine& l) {
         l.of(Side::kB).rtp.packets_out = 0;
         l.of(Side::kB).said = "[2001:db8::1]:16000";
         l.of(Side::kA).rtp.drops.set(Drop::rtp_no_remote, 600);
     },
     MediaCause::kNoAddress,
     "600 packets of A (inside) came, none could be sent on: the SDP of B (outside) names no "
     "address that we can send to ([2001:db8::1]:16000)"},
    {"E11 on hold until now", Side::kA,
     [](MediaLine& l) {
         l.of(Side::kB).rtp.packets_out = 0;
         l.of(Side::kA).rtp.drops.set(Drop::rtp_held, 600);
     },
     MediaCause::kHeld,
     "600 packets of A (inside) came, none was sent on: B (outside) was on hold all the time"},
    {"no room", Side::kA,
     [](MediaLine& l) {
         l.of(Side::kB).rtp.packets_out = 0;
         l.of(Side::kA).rtp.drops.set(Drop::media_no_headroom, 600);
     },
     MediaCause::kNoRoom, "600 packets of A (inside) came, none had room for the new headers"},
};

class MediaVerdicts : public testing::TestWithParam<Row> {};

TEST_P(MediaVerdicts, B2BUA_G5_B2BUA_G7_cause_and_words) {
    MediaLine line = talking();
    GetParam().set(line);
    const MediaVerdict verdict = verdict_of(line, GetParam().from);
    EXPECT_EQ(verdict.cause, GetParam().cause);
    EXPECT_EQ(verdict.text, GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(Causes, MediaVerdicts, testing::ValuesIn(kRows));

TEST(MediaVerdictLine, BothWays) {
    MediaLine line = talking();
    EXPECT_EQ(verdict_line(line),
              "m-line 1 audio: flows both ways (600 packets from A (inside), 590 packets from B "
              "(outside))");
    refuse(line.of(Side::kA).rtp, Drop::rtp_wrong_source, 512);
    EXPECT_EQ(verdict_line(line),
              "m-line 1 audio: flows both ways (600 packets from A (inside), 590 packets from B "
              "(outside)); on the side of A (inside) 512 packets refused (last 198.51.100.9:4000, "
              "rtp_wrong_source)");
}

TEST(MediaVerdictLine, OneWay) {
    MediaLine line = talking();
    line.index = 2;
    hush(line, Side::kA);
    EXPECT_EQ(verdict_line(line),
              "m-line 2 audio: A to B: A (inside) sends nothing: its SDP said 192.168.1.5:4000, "
              "nothing arrived at 20014 for 12 s; look at it and at the firewalls between; B to A: "
              "flows, 590 packets from B (outside)");
}

TEST(MediaVerdictLine, WhatConcernsBothWaysIsSaidOnce) {
    MediaLine line = talking();
    line.kind = "video";
    line.of(Side::kB).refused = true;
    EXPECT_EQ(verdict_line(line), "m-line 1 video: refused by B (outside) (port 0 in its SDP)");
}

struct RemoteRow {
    LatchCause cause;
    bool after_change;
    const char* text;
};

TEST(ExplainRemote, B2BUA_G7_EveryCauseHasWords) {
    const RemoteRow rows[] = {
        {LatchCause::kSdp, false, "named by the SDP of a side that is believed, 7 s ago"},
        {LatchCause::kSdp, true, "named by a new SDP of a side that is believed, 7 s ago"},
        {LatchCause::kSignalling, false, "first valid packet from the signalling address, 7 s ago"},
        {LatchCause::kSignalling, true,
         "first valid packet from the signalling address after a new SDP, 7 s ago"},
        {LatchCause::kSdpAddress, false,
         "first valid packet, from the address of the SDP, 7 s ago"},
        {LatchCause::kWindow, false, "first valid packet, any source was allowed, 7 s ago"},
        {LatchCause::kRtpAddress, false,
         "first valid RTCP packet from the address of RTP, 7 s ago"},
        {LatchCause::kRebinding, false,
         "NAT rebinding: same SSRC, sequence +12 after 2300 ms of silence, 7 s ago"},
        {LatchCause::kSubnet, true,
         "first valid packet from the subnet of the signalling address after a new SDP, 7 s ago"},
        {LatchCause::kMobility, false,
         "moved to another address: same SSRC, sequence near the last, after 2300 ms of silence, "
         "7 s ago"},
    };
    for (const RemoteRow& row : rows) {
        dataplane::FlowReading flow;
        flow.latched = at("192.0.2.10", 4000);
        flow.latch = {row.cause, row.after_change, Millis{7'100}, {}, 12, Millis{2'300}};
        EXPECT_EQ(explain_remote(flow), std::string("192.0.2.10:4000, ") + row.text);
    }
}

TEST(ExplainRemote, B2BUA_G3_NothingLatched) {
    dataplane::FlowReading flow;
    EXPECT_EQ(explain_remote(flow), "nothing has latched");
    flow.sending_to = at("192.0.2.10", 4000);
    EXPECT_EQ(explain_remote(flow), "nothing has latched, sending to 192.0.2.10:4000");
}

TEST(ExplainRemote, B2BUA_G7_SaysWhereItWasBefore) {
    dataplane::FlowReading flow;
    flow.latched = at("192.0.2.10", 4002);
    flow.latch = {LatchCause::kRebinding, false, Millis{0},
                  at("192.0.2.10", 4000), -3,    Millis{2'000}};
    EXPECT_EQ(
        explain_remote(flow),
        "192.0.2.10:4002, NAT rebinding: same SSRC, sequence -3 after 2000 ms of silence, 0 s "
        "ago (before: 192.0.2.10:4000)");
}

}  // namespace
}  // namespace sallyport::call
