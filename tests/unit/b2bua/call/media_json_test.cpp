// SPDX-License-Identifier: Apache-2.0
// The JSON of a media report is what another parser reads back (RFC 8259).
#include "b2bua/call/media_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

namespace sallyport::call {
namespace {

Endpoint at(std::string_view ip, std::uint16_t port) {
    return {IpAddr::parse(ip).value(), Port{port}};
}

MediaReport sample() {
    MediaReport report;
    report.a_call_id = "one@\"a\"";
    report.b_call_id = "two";
    report.answered = true;
    report.age = Millis{12'345};
    MediaLine& line = report.lines.emplace_back();
    line.index = 1;
    line.kind = "audio";
    line.relayed = true;
    line.verdict = "m-line 1 audio: flows both ways";
    MediaSide& a = line.of(Side::kA);
    a.realm = "inside";
    a.said = "192.168.1.5:4000";
    a.direction = sdp::Direction::kSendOnly;
    a.signalling = at("192.0.2.10", 5060).ip;
    a.nat = true;
    a.latch = dataplane::LatchMode::kSignalling;
    a.ours = {at("10.10.0.1", 20014), at("10.10.0.1", 20015)};
    a.rtp.packets_in = 600;
    a.rtp.last_seen_ago = Millis{20};
    a.rtp.latched = at("192.0.2.10", 4002);
    a.rtp.latch = {dataplane::LatchCause::kRebinding,
                   false,
                   Millis{7'000},
                   at("192.0.2.10", 4000),
                   12,
                   Millis{2'300}};
    a.rtp.drops.set(dataplane::Drop::rtp_wrong_source, 512);
    a.rtp.last_refused = {at("198.51.100.9", 4000), dataplane::Drop::rtp_wrong_source, 8,
                          Millis{30}};
    return report;
}

TEST(MediaJson, B2BUA_J12_says_all_of_a_report) {
    const std::string text = to_json(sample());
    EXPECT_EQ(text.find('\n'), std::string::npos);
    const auto json = nlohmann::json::parse(text);
    EXPECT_EQ(json["a-call-id"], "one@\"a\"");
    EXPECT_EQ(json["b-call-id"], "two");
    EXPECT_EQ(json["answered"], true);
    EXPECT_EQ(json["age-ms"], 12'345);
    const auto& line = json["lines"][0];
    EXPECT_EQ(line["m-line"], 1);
    EXPECT_EQ(line["verdict"], "m-line 1 audio: flows both ways");
    const auto& a = line["a"];
    EXPECT_EQ(a["realm"], "inside");
    EXPECT_EQ(a["sdp"], "192.168.1.5:4000");
    EXPECT_EQ(a["direction"], "sendonly");
    EXPECT_EQ(a["signalling"], "192.0.2.10");
    EXPECT_EQ(a["nat"], true);
    EXPECT_EQ(a["seen-through-nat"], false);
    EXPECT_EQ(a["heard-from"], "signalling-address");
    const auto& rtp = a["rtp"];
    EXPECT_EQ(rtp["ours"], "10.10.0.1:20014");
    EXPECT_EQ(rtp["latched"], "192.0.2.10:4002");
    EXPECT_EQ(rtp["packets-in"], 600);
    EXPECT_EQ(rtp["last-seen-ago-ms"], 20);
    EXPECT_EQ(rtp["latch"]["cause"], "nat-rebinding");
    EXPECT_EQ(rtp["latch"]["sequence-step"], 12);
    EXPECT_EQ(rtp["latch"]["silence-ms"], 2'300);
    EXPECT_EQ(rtp["latch"]["before"], "192.0.2.10:4000");
    EXPECT_EQ(rtp["dropped"], nlohmann::json({{"rtp_wrong_source", 512}}));
    EXPECT_EQ(rtp["last-refused"]["source"], "198.51.100.9:4000");
    EXPECT_EQ(rtp["last-refused"]["reason"], "rtp_wrong_source");
    EXPECT_EQ(a["rtcp"]["latch"]["cause"], "none");
    EXPECT_FALSE(a["rtcp"].contains("last-refused"));
    EXPECT_FALSE(a["rtcp"].contains("last-seen-ago-ms"));
}

TEST(MediaJson, every_latch_cause_has_a_name_of_its_own) {
    MediaReport report = sample();
    std::set<std::string> names;
    for (int cause = 0; cause <= static_cast<int>(dataplane::LatchCause::kMobility); ++cause) {
        report.lines[0].of(Side::kA).rtp.latch.cause = static_cast<dataplane::LatchCause>(cause);
        const auto json = nlohmann::json::parse(to_json(report));
        names.insert(json["lines"][0]["a"]["rtp"]["latch"]["cause"].get<std::string>());
    }
    EXPECT_EQ(names.size(), 9U);
}

TEST(MediaJson, octets_that_are_no_utf8_do_no_harm) {
    MediaReport report = sample();
    report.a_call_id = "\xff\xfe\r\n";
    report.lines[0].of(Side::kA).said = "host\x80.example:4000";
    const auto json = nlohmann::json::parse(to_json(report));
    EXPECT_EQ(json["a-call-id"], "\xef\xbf\xbd\xef\xbf\xbd\r\n");
}

}  // namespace
}  // namespace sallyport::call
