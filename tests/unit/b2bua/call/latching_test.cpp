// SPDX-License-Identifier: Apache-2.0
// The latch options of a realm (B2BUA-G3, G4, G5, G7): what the relay is told, and what an operator
// is told when they keep media out.
#include "b2bua/call/latching.h"

#include "b2bua/call/media_verdict.h"
#include "b2bua/call/media_words.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace sallyport::call {
namespace {

using dataplane::Drop;
using dataplane::LatchMode;

IpAddr ip(std::string_view text) {
    return IpAddr::parse(text).value();
}

struct Row {
    const char* name;
    bool nat;
    Latch latch;
    LatchIp from;
    const char* sdp;  // its signalling comes from 192.0.2.10
    bool through_nat;
    LatchMode mode;
    bool sent_before;

    friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};

class LatchOptions : public testing::TestWithParam<Row> {};

TEST_P(LatchOptions, B2BUA_G3_and_G4) {
    const Row& row = GetParam();
    Realm realm;
    realm.nat = row.nat;
    realm.latch = row.latch;
    realm.latch_ip = row.from;
    dataplane::RemoteMedia remote;
    remote.rtp = {ip(row.sdp), Port{4000}};
    remote.signalling_source = ip("192.0.2.10");
    set_latch(remote, realm, row.through_nat);
    EXPECT_EQ(remote.latch, row.mode);
    EXPECT_EQ(remote.send_before_latch, row.sent_before);
    EXPECT_EQ(remote.latch_packets, 1);
    EXPECT_FALSE(remote.mobility);
}

constexpr auto kSource = LatchIp::kSignalling;
const char* const kSame = "192.0.2.10";
const char* const kOther = "192.0.2.11";

INSTANTIATE_TEST_SUITE_P(
    Table, LatchOptions,
    testing::Values(
        Row{"auto_trusted", false, Latch::kAuto, kSource, kOther, true, LatchMode::kOff, true},
        Row{"auto_nat", true, Latch::kAuto, kSource, kSame, false, LatchMode::kSignalling, true},
        Row{"auto_nat_elsewhere", true, Latch::kAuto, kSource, kOther, false,
            LatchMode::kSignalling, false},
        Row{"auto_nat_seen", true, Latch::kAuto, kSource, kSame, true, LatchMode::kSignalling,
            false},
        Row{"auto_nat_subnet", true, Latch::kAuto, LatchIp::kSubnet, kSame, false,
            LatchMode::kSubnet, true},
        Row{"on_trusted", false, Latch::kOn, kSource, kOther, false, LatchMode::kSignalling, true},
        Row{"on_trusted_nat_seen", false, Latch::kOn, kSource, kSame, true, LatchMode::kSignalling,
            false},
        Row{"on_any", false, Latch::kOn, LatchIp::kAny, kOther, false, LatchMode::kAny, true},
        Row{"off_nat", true, Latch::kOff, LatchIp::kAny, kOther, true, LatchMode::kOff, true},
        Row{"port_trusted", false, Latch::kPort, LatchIp::kAny, kOther, false, LatchMode::kPort,
            true},
        Row{"port_nat_seen", true, Latch::kPort, kSource, kSame, true, LatchMode::kPort, false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(LatchOptions, B2BUA_G5_and_G7_packets_and_mobility_of_a_learning_realm) {
    Realm realm;
    realm.latch_packets = LatchPackets::k3;
    realm.mobility = true;
    for (const Latch latch : {Latch::kAuto, Latch::kOn, Latch::kOff, Latch::kPort}) {
        realm.latch = latch;
        dataplane::RemoteMedia remote;
        set_latch(remote, realm, false);
        EXPECT_EQ(remote.latch_packets, 3);
        EXPECT_EQ(remote.mobility, latch == Latch::kOn);
    }
}

/// A party from which nothing was accepted.
MediaLine hushed(LatchMode mode, Drop why) {
    MediaLine line;
    line.relayed = true;
    for (MediaSide& side : line.sides) {
        side.realm = "inside";
        side.told = side.nat = true;
        side.said = "192.168.1.5:4000";
        side.signalling = ip("192.0.2.10");
        side.latch = mode;
    }
    line.of(Side::kA).rtp.drops.set(why, 9);
    return line;
}

std::string refused(LatchMode mode) {
    const std::string text = verdict_of(hushed(mode, Drop::rtp_wrong_source), Side::kA).text;
    return text.substr(text.find(" but ") + 5);
}

TEST(LatchVerdict, B2BUA_G3_and_G4_wrong_source_names_the_option) {
    const std::string count = ": 9 packets refused (wrong source); ";
    EXPECT_EQ(refused(LatchMode::kOff),
              "its SDP said 192.168.1.5:4000" + count + "realm inside has latch = off");
    EXPECT_EQ(refused(LatchMode::kPort),
              "its SDP said 192.168.1.5:4000" + count +
                  "realm inside has latch = port: any port, but of that address");
    EXPECT_EQ(refused(LatchMode::kSubnet), "its signalling comes from 192.0.2.10" + count +
                                               "realm inside has latch-ip = subnet");
}

TEST(LatchVerdict, B2BUA_G5_too_few_in_sequence) {
    const MediaVerdict verdict =
        verdict_of(hushed(LatchMode::kSignalling, Drop::rtp_latch_pending), Side::kA);
    EXPECT_EQ(verdict.cause, MediaCause::kNoSequence);
    EXPECT_EQ(
        verdict.text,
        "too few packets in sequence arrive from A (inside): 9 packets refused; latch-packets "
        "of one SSRC are needed before it is heard");
}

TEST(LatchVerdict, no_way_out) {
    MediaLine line = hushed(LatchMode::kSignalling, Drop::no_route);
    line.of(Side::kA).rtp.packets_in = 9;
    EXPECT_EQ(verdict_of(line, Side::kA).cause, MediaCause::kNoWayOut);
    EXPECT_EQ(verdict_of(line, Side::kA).text,
              "9 packets of A (inside) came, none could leave towards B (inside) (no_route); look "
              "at our routes to 192.168.1.5:4000");
}

TEST(LatchVerdict, B2BUA_G3_seen_through_nat_and_silent) {
    MediaLine line = hushed(LatchMode::kSignalling, Drop::rtp_not_latched);
    line.of(Side::kA).rtp.packets_in = 9;
    line.of(Side::kB).said = "192.0.2.10:4000";
    line.of(Side::kB).through_nat = true;
    EXPECT_EQ(verdict_of(line, Side::kA).text,
              "9 packets of A (inside) came, none could be sent on: B (inside) said "
              "192.0.2.10:4000 behind a NAT, signals from 192.0.2.10, and has sent nothing "
              "from which its address could be learned");
}

}  // namespace
}  // namespace sallyport::call
