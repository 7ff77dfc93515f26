// SPDX-License-Identifier: Apache-2.0
// What the journal says of the media of a call that ended, and what a call in progress answers when
// asked (B2BUA-J12, G3 to G7).
#include "tests/unit/b2bua/call/scenario.h"

#include <algorithm>

namespace sallyport::call {
namespace {

class MediaReportScenario : public Scenario {
protected:
    /// The journal's lines about media.
    std::vector<std::string> media_lines() const {
        std::vector<std::string> found;
        for (const std::string& line : gate.journal()) {
            if (line.starts_with("call media ")) {
                found.push_back(line);
            }
        }
        return found;
    }
    dataplane::RelayId relay() { return gate.relays().ids().at(0); }
    /// A hears and is heard; B as well.
    void talk() {
        dataplane::RelayReading reading;
        for (auto& side : reading.flows) {
            side[0].packets_in = side[0].packets_out = 500;
            side[0].last_seen_ago = Millis{10};
        }
        gate.relays().set_reading(relay(), reading);
    }
    std::vector<MediaReport> ask(std::string_view call_id, std::size_t limit = 10) {
        return gate.shard().explain_media(call_id, limit);
    }
};

TEST_F(MediaReportScenario, B2BUA_J12_one_line_for_the_media_of_a_call_with_both_call_ids) {
    establish();
    talk();
    const std::string far = header(bob.got("INVITE"), "Call-ID");
    hang_up();
    const auto lines = media_lines();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0], "call media a-call-id=" + alice.call_id + " b-call-id=" + far +
                            " m-line 1 audio: flows both ways (500 packets from A (inside), 500 "
                            "packets from B (outside))");
}

TEST_F(MediaReportScenario, B2BUA_J12_silent_phone_is_named_with_what_its_sdp_said) {
    establish();
    run(Millis{12'000});
    const std::string port =
        std::to_string(gate.relays().side(relay(), Side::kA)->ports.rtp.port.value);
    hang_up();
    const auto lines = media_lines();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_NE(lines[0].find("A (inside) sends nothing: its SDP said 10.10.0.5:4000, nothing "
                            "arrived at " +
                            port + " for 12 s"),
              std::string::npos)
        << lines[0];
}

TEST_F(MediaReportScenario, B2BUA_J12_cancelled_before_any_sdp_of_the_callee_has_no_media_line) {
    invite();
    alice.say(alice.companion("CANCEL", 1));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "487 Request Terminated", "b1"));
    turn();
    EXPECT_TRUE(media_lines().empty());
}

TEST_F(MediaReportScenario, B2BUA_J12_call_that_ended_in_early_media_has_its_line) {
    invite();
    bob.say(
        bob.response(bob.got("INVITE"), "183 Session Progress", "b1", {}, sdp("10.20.0.2", 6000)));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "486 Busy Here", "b1"));
    turn();
    const auto lines = media_lines();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_NE(lines[0].find("m-line 1 audio: A to B: A (inside) sends nothing"), std::string::npos)
        << lines[0];
}

TEST_F(MediaReportScenario, calls_in_progress_answer_by_either_call_id) {
    establish();
    talk();
    const std::string far = header(bob.got("INVITE"), "Call-ID");
    for (const std::string& call_id : {alice.call_id, far, std::string()}) {
        const auto reports = ask(call_id);
        ASSERT_EQ(reports.size(), 1U) << call_id;
        EXPECT_EQ(reports[0].a_call_id, alice.call_id);
        EXPECT_EQ(reports[0].b_call_id, far);
        EXPECT_TRUE(reports[0].answered);
        ASSERT_EQ(reports[0].lines.size(), 1U);
        const MediaLine& line = reports[0].lines[0];
        EXPECT_EQ(line.kind, "audio");
        EXPECT_EQ(line.of(Side::kA).realm, "inside");
        EXPECT_EQ(line.of(Side::kA).said, "10.10.0.5:4000");
        EXPECT_TRUE(line.of(Side::kA).nat);
        EXPECT_FALSE(line.of(Side::kA).through_nat);
        EXPECT_EQ(line.of(Side::kA).latch, dataplane::LatchMode::kSignalling);
        EXPECT_EQ(line.of(Side::kA).signalling, at("10.10.0.5").ip);
        EXPECT_EQ(line.of(Side::kB).rtp.packets_in, 500U);
        EXPECT_FALSE(line.verdict.empty());
    }
    EXPECT_TRUE(ask("nobody").empty());
    EXPECT_TRUE(ask({}, 0).empty());
    hang_up();
}

TEST_F(MediaReportScenario, B2BUA_E11_hold_is_named_and_by_whom) {
    establish();
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4000, "sendonly", 2)));
    turn();
    bob.say(
        bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.2", 6000, "recvonly", 2)));
    turn();
    acknowledge(2);
    const auto reports = ask(alice.call_id);
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_NE(reports[0].lines.at(0).verdict.find("B to A: held by A (inside) (a=sendonly)"),
              std::string::npos)
        << reports[0].lines[0].verdict;
    hang_up();
}

TEST_F(MediaReportScenario, B2BUA_E12_early_dialogs_have_reports_of_their_own) {
    invite();
    for (const char* tag : {"b1", "b2"}) {
        bob.say(bob.response(bob.got("INVITE"), "183 Session Progress", tag, {},
                             sdp("10.20.0.2", 6000)));
        turn();
    }
    EXPECT_EQ(ask(alice.call_id).size(), 2U);
    EXPECT_EQ(ask(alice.call_id, 1).size(), 1U);
    bob.say(bob.response(bob.got("INVITE"), "486 Busy Here", "b1"));
    turn();
}

}  // namespace
}  // namespace sallyport::call
