// SPDX-License-Identifier: Apache-2.0
// BYE and what it may meet (B2BUA-M5, E-R5, R6, R8, R14, R15; RFC 3261 s.15, RFC 5407 s.3).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

using ByeScenario = Scenario;

TEST_F(ByeScenario, B2BUA_M5_reason_and_body_cross) {
    establish();
    alice.say(alice.request("BYE", 2, "Reason: Q.850;cause=16\r\nContent-Type: text/plain\r\n",
                            "bye\r\n"));
    turn();
    const std::string bye = bob.got("BYE");
    EXPECT_EQ(header(bye, "Reason"), "Q.850;cause=16");
    EXPECT_EQ(body_of(bye), "bye\r\n");
    EXPECT_EQ(request_uri_of(bye), bob.contact);
    EXPECT_EQ(gate.relays().live(), 0U);
    EXPECT_EQ(calls(), 0U);
}

TEST_F(ByeScenario, B2BUA_M5_no_answer_within_two_seconds) {
    establish();
    bob.answers_bye = false;
    const Moment said = network.now();
    alice.forget();
    alice.say(alice.request("BYE", 2));
    run(Millis{5'000});
    ASSERT_EQ(alice.count("SIP/2.0 200"), 1U);
    EXPECT_NEAR(static_cast<double>((alice.all("SIP/2.0 200").front().at - said).count()), 2'000,
                30);
    EXPECT_EQ(gate.relays().live(), 0U);
    run(Millis{40'000});
    EXPECT_EQ(bob.count("BYE"), 11U);  // timers E and F on the far leg
    EXPECT_EQ(calls(), 0U);
}

TEST_F(ByeScenario, B2BUA_M5_challenge_is_relayed_and_the_retry_passes) {
    establish();
    bob.answers_bye = false;
    alice.forget();
    alice.say(alice.request("BYE", 2));
    turn();
    const std::string first = bob.got("BYE");
    bob.say(bob.response(first, "401 Unauthorized", {},
                         "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\"\r\n"));
    turn();
    const std::string challenge = alice.got("SIP/2.0 401");
    EXPECT_EQ(header(challenge, "WWW-Authenticate"), "Digest realm=\"x\", nonce=\"n\"");
    const std::string credentials =
        "Authorization: Digest username=\"a\", uri=\"" + alice.target + "\", response=\"0\"\r\n";
    bob.answers_bye = true;
    alice.say(alice.request("BYE", 3, credentials));
    turn();
    const std::string second = bob.got("BYE");
    EXPECT_EQ(cseq_of(second), cseq_of(first) + 1);
    EXPECT_EQ(header_lines(second, "Authorization"), credentials);
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(calls(), 0U);
}

TEST_F(ByeScenario, B2BUA_M5_a_challenge_that_nobody_answers) {
    establish();
    bob.answers_bye = false;
    alice.say(alice.request("BYE", 2));
    turn();
    bob.say(bob.response(bob.got("BYE"), "407 Proxy Authentication Required", {}));
    run(Millis{9'000});
    EXPECT_EQ(calls(), 1U);
    run(Millis{2'000});
    EXPECT_EQ(calls(), 0U);
}

TEST_F(ByeScenario, B2BUA_M5_other_refusals_are_200_to_the_sender) {
    establish();
    bob.answers_bye = false;
    alice.forget();
    alice.say(alice.request("BYE", 2));
    turn();
    bob.say(bob.response(bob.got("BYE"), "481 Call/Transaction Does Not Exist", {}));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 481"), 0U);
}

TEST_F(ByeScenario, B2BUA_M5_early_bye_of_the_caller_acts_as_cancel) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1"));
    turn();
    alice.learn_response(alice.got("SIP/2.0 180"));
    alice.say(alice.request("BYE", 2));
    turn();
    EXPECT_NE(alice.got("SIP/2.0 200").find("CSeq: 2 BYE"), std::string::npos);
    EXPECT_EQ(alice.count("SIP/2.0 487"), 1U);
    EXPECT_EQ(bob.count("CANCEL"), 1U);
}

TEST_F(ByeScenario, B2BUA_M5_early_bye_of_the_callee_is_refused) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1"));
    turn();
    bob.say(bob.request("BYE", 1));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 481"), 1U);
    answer();
    acknowledge();
    hang_up();
}

TEST_F(ByeScenario, B2BUA_M5_E_R9_a_lost_far_side_and_no_ack_yet) {
    invite();
    answer();
    alice.say(alice.request("UPDATE", 2));
    turn();
    bob.say(bob.response(bob.got("UPDATE"), "481 Call/Transaction Does Not Exist", {}));
    run(Millis{3'000});
    EXPECT_EQ(alice.count("SIP/2.0 481"), 1U);
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(bob.count("BYE"), 0U);
    EXPECT_EQ(alice.count("BYE"), 0U) << "RFC 3261 s.15: not before its ACK";
    EXPECT_EQ(alice.count("SIP/2.0 200"), 3U) << "which is still asked for: 0, .5, 1.5 s";
    EXPECT_EQ(gate.relays().live(), 0U);
    acknowledge();
    EXPECT_EQ(header(alice.got("BYE"), "Reason"), "SIP;cause=481");
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(calls(), 0U);
}

TEST_F(ByeScenario, B2BUA_E_R5_bye_of_the_caller_before_its_ack) {
    invite();
    answer();
    alice.forget();
    alice.say(alice.request("BYE", 2));
    run(Millis{10'000});
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(bob.count("BYE"), 1U);
    EXPECT_LT(bob.all("ACK").front().at, bob.all("BYE").front().at + Millis{1});
    ASSERT_EQ(alice.count("SIP/2.0 200"), 1U);  // to the BYE: the 2xx is no longer repeated
    EXPECT_NE(alice.got("SIP/2.0 200").find("CSeq: 2 BYE"), std::string::npos);
}

TEST_F(ByeScenario, B2BUA_M5_bye_of_the_callee_waits_for_the_callers_ack) {
    invite();
    answer();
    bob.say(bob.request("BYE", 1, "Reason: Q.850;cause=16\r\n"));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(bob.count("ACK"), 1U);  // what was owed is still sent
    EXPECT_EQ(gate.relays().live(), 0U);
    EXPECT_EQ(alice.count("BYE"), 0U) << "she may not have the 2xx yet";
    run(Millis{600});
    EXPECT_EQ(alice.count("SIP/2.0 200"), 2U) << "which is still repeated";
    alice.say(alice.request("INFO", 2));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 481"), 1U);
    acknowledge();
    EXPECT_EQ(alice.count("BYE"), 1U);
    EXPECT_EQ(header(alice.got("BYE"), "Reason"), "Q.850;cause=16");
    EXPECT_EQ(bob.count("ACK"), 1U);
}

TEST_F(ByeScenario, B2BUA_M5_bye_of_the_callee_and_no_ack_at_all) {
    invite();
    answer();
    bob.say(bob.request("BYE", 1));
    run(Millis{31'000});
    EXPECT_EQ(alice.count("BYE"), 0U);
    run(Millis{2'000});
    EXPECT_EQ(alice.count("BYE"), 1U);
    EXPECT_EQ(bob.count("BYE"), 0U);
}

TEST_F(ByeScenario, B2BUA_E_R6_byes_cross_before_the_ack) {
    invite();
    answer();
    bob.say(bob.request("BYE", 1));
    turn();
    alice.forget();
    alice.say(alice.request("BYE", 2));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(alice.count("BYE"), 0U);
    EXPECT_EQ(bob.count("BYE"), 0U);
}

TEST_F(ByeScenario, B2BUA_M5_early_bye_ends_one_of_two_early_dialogs) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "t1"));
    turn();
    alice.learn_response(alice.got("SIP/2.0 180"));
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "t2"));
    turn();
    const std::string second = alice.got("SIP/2.0 180");
    alice.say(alice.request("BYE", 2));
    turn();
    EXPECT_EQ(tag_of(header(bob.got("BYE"), "To")), "t1");
    EXPECT_EQ(bob.count("CANCEL"), 0U);
    EXPECT_EQ(alice.count("SIP/2.0 487"), 0U);
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "t2", {}, sdp("10.20.0.2", 6000)));
    turn();
    alice.learn_response(alice.got("SIP/2.0 200 OK"));
    EXPECT_EQ(tag_of(alice.remote), tag_of(header(second, "To")));
    acknowledge();
    bob.forget();
    alice.say(alice.request("BYE", 3));
    turn();
    EXPECT_EQ(bob.count("BYE"), 1U);
}

TEST_F(ByeScenario, B2BUA_E_R6_simultaneous_bye) {
    establish();
    alice.answers_bye = bob.answers_bye = false;
    alice.forget();
    bob.forget();
    alice.say(alice.request("BYE", 2));
    bob.say(bob.request("BYE", 1));
    run(Millis{6});
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(alice.count("BYE"), 0U);
    ASSERT_EQ(bob.count("BYE"), 1U);
    bob.say(bob.response(bob.got("BYE"), "481 Call/Transaction Does Not Exist", {}));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(calls(), 0U);
}

/// RFC 5407 s.3.2.1: a BYE that was lost once comes again when its dialog has ended by ours.
TEST_F(ByeScenario, B2BUA_E_R6_a_bye_that_crossed_and_was_lost) {
    establish();
    const std::string late = bob.request("BYE", 1);
    alice.say(alice.request("BYE", 2));
    turn();
    turn();
    ASSERT_EQ(calls(), 0U);
    bob.forget();
    bob.say(late);
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 200"), 1U);
    bob.say(bob.request("BYE", 2));  // not that one again
    alice.forget();
    alice.say(alice.request("BYE", 3));  // alice has said hers
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 481"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 481"), 1U);
}

struct ByeDuringReinvite {
    const char* name;
    bool from_caller;   // who sends the BYE
    const char* final;  // bob's answer to the re-INVITE, behind the BYE
};

class ByeDuringReinviteScenario : public Scenario,
                                  public ::testing::WithParamInterface<ByeDuringReinvite> {};

TEST_P(ByeDuringReinviteScenario, B2BUA_E_R8_bye_wins) {
    establish();
    bob.forget();
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4000, "sendonly", 2)));
    turn();
    const std::string pending = bob.got("INVITE");
    bob.say(bob.response(pending, "100 Trying", {}));
    Party& sender = GetParam().from_caller ? alice : bob;
    Party& other = GetParam().from_caller ? bob : alice;
    sender.say(sender.request("BYE", 3));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 487"), 1U);
    EXPECT_EQ(other.count("BYE"), 1U);
    EXPECT_NE(sender.got("SIP/2.0 200").find("CSeq: 3 BYE"), std::string::npos);
    bob.say(bob.response(pending, GetParam().final, {}));
    turn();
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(gate.relays().live(), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ByeDuringReinviteScenario,
    ::testing::Values(ByeDuringReinvite{"caller_487", true, "487 Request Terminated"},
                      ByeDuringReinvite{"caller_200", true, "200 OK"},
                      ByeDuringReinvite{"callee_487", false, "487 Request Terminated"},
                      ByeDuringReinvite{"callee_200", false, "200 OK"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(ByeScenario, B2BUA_E_R8_reinvite_behind_the_bye) {
    establish();
    bob.answers_bye = false;
    alice.say(alice.request("BYE", 2));
    turn();
    bob.say(bob.request("INVITE", 1, {}, sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 481"), 1U);
    EXPECT_EQ(alice.count("INVITE"), 0U);
}

TEST_F(ByeScenario, B2BUA_E_R14_info_to_an_ending_dialog) {
    establish();
    bob.answers_bye = false;
    alice.say(alice.request("BYE", 2));
    turn();
    bob.say(bob.request("INFO", 1));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 481"), 1U);
}

TEST_F(ByeScenario, B2BUA_C9_repeated_bye_gets_the_cached_200) {
    establish();
    alice.forget();
    alice.say(alice.request("BYE", 2));
    turn();
    alice.say(alice.request("BYE", 2));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 2U);
    EXPECT_EQ(bob.count("BYE"), 1U);
    alice.say(alice.request("BYE", 3));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 481"), 1U);  // C13: the dialog is gone
}

}  // namespace
}  // namespace sallyport::call
