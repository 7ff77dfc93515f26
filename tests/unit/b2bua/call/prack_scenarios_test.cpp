// SPDX-License-Identifier: Apache-2.0
// Reliable provisional responses and their PRACKs through both legs (B2BUA-M6, K25; RFC 3262 s.3,
// s.4).
#include "tests/unit/b2bua/call/prack_scenario.h"

namespace sallyport::call {
namespace {

TEST_F(PrackScenario, B2BUA_K25_numbers_are_each_legs_own) {
    invite(kKnown);
    ring(70, sdp("10.20.0.2", 6000));
    const std::string progress = alice.got("SIP/2.0 183");
    const auto number = std::stoul(header(progress, "RSeq"));
    EXPECT_EQ(header(progress, "Require"), "100rel");
    EXPECT_GE(number, 1U);
    EXPECT_LT(number, 1UL << 31);
    EXPECT_NE(number, 70U);
    prack(progress, 2);
    EXPECT_EQ(header(bob.got("PRACK"), "RAck"), far_rack(70));
    EXPECT_EQ(cseq_of(bob.got("PRACK")), cseq_of(bob.got("INVITE")) + 1);
    EXPECT_EQ(header(bob.got("PRACK"), "Contact"), "");
    EXPECT_EQ(alice.count("SIP/2.0 200"), 0U);  // not before bob has it
    accept_prack();
    EXPECT_EQ(header(alice.got("SIP/2.0 200"), "CSeq"), "2 PRACK");
    ring(71, {}, "b1", "180 Ringing");
    const std::string ringing = alice.got("SIP/2.0 180");
    EXPECT_EQ(header(ringing, "RSeq"), std::to_string(number + 1));
    prack(ringing, 3);
    EXPECT_EQ(header(bob.got("PRACK"), "RAck"), far_rack(71));
    accept_prack();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1"));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 200"), "CSeq"), "1 INVITE");
    EXPECT_EQ(body_of(alice.got("SIP/2.0 200")), "");
    acknowledge();
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(towards_bob(), Port{6000});
    hang_up();
}

TEST_F(PrackScenario, B2BUA_M6_repeated_until_the_prack_without_the_ceiling_of_t2) {
    invite(kKnown);
    ring(5);
    const Moment first = alice.all("SIP/2.0 183").front().at;
    run(Millis{31'800});
    std::vector<long> at;
    for (const Heard& heard : alice.all("SIP/2.0 183")) {
        EXPECT_EQ(heard.text, alice.got("SIP/2.0 183"));
        at.push_back((heard.at - first).count() / 100 * 100);
    }
    EXPECT_EQ(at, (std::vector<long>{0, 500, 1500, 3500, 7500, 15500, 31500}));
    prack(alice.got("SIP/2.0 183"), 2);
    accept_prack();
    run(Millis{5'000});
    EXPECT_EQ(alice.count("SIP/2.0 183"), 7U);
    EXPECT_EQ(alice.count("SIP/2.0 504"), 0U);
    answer();
    acknowledge();
    hang_up();
}

TEST_F(PrackScenario, B2BUA_K25_no_prack_at_all) {
    invite(kKnown);
    const std::string ack = alice.companion("ACK", 1);
    ring(5, sdp("10.20.0.2", 6000));
    run(Millis{32'100});
    EXPECT_EQ(alice.count("SIP/2.0 504"), 1U);
    alice.say(ack);
    EXPECT_EQ(bob.count("CANCEL"), 1U);
    EXPECT_EQ(gate.counters().prack_timeouts.read(), 1U);
    EXPECT_EQ(gate.relays().live(), 0U);
    bob.say(bob.response(bob.got("CANCEL"), "200 OK", {}));
    bob.say(bob.response(bob.got("INVITE"), "487 Request Terminated", "b1"));
    turn();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(PrackScenario, B2BUA_E_R7_D5_the_bye_of_a_late_fork_has_its_dialogs_next_number) {
    invite(kKnown);
    ring(1);
    prack(alice.got("SIP/2.0 183"), 2);
    accept_prack();
    bob.say(bob.response(bob.got("INVITE"), "486 Busy Here", "b2"));
    turn();
    alice.dial("call-1", "sip:bob@10.10.0.1");
    alice.say(alice.companion("ACK", 1));
    turn();
    EXPECT_EQ(calls(), 0U);
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(cseq_of(bob.got("ACK")), cseq_of(bob.got("INVITE")));
    EXPECT_EQ(tag_of(header(bob.got("BYE"), "To")), "b1");
    EXPECT_EQ(cseq_of(bob.got("BYE")), cseq_of(bob.got("PRACK")) + 1);
}

TEST_F(PrackScenario, B2BUA_E_R7_D5_and_so_while_another_invite_is_under_way) {
    invite(kKnown);
    ring(1);
    prack(alice.got("SIP/2.0 183"), 2);
    accept_prack();
    const std::string first = bob.got("INVITE");
    answer("b2");
    acknowledge();
    alice.say(alice.request("INVITE", 3, {}, sdp("10.10.0.5", 4000, "sendonly", 2)));
    turn();
    bob.say(bob.response(first, "200 OK", "b1", {}, sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(tag_of(header(bob.got("BYE"), "To")), "b1");
    EXPECT_EQ(cseq_of(bob.got("BYE")), cseq_of(bob.got("PRACK")) + 1);
    bob.say(bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.2", 6000)));
    turn();
    acknowledge(3);
    hang_up();
}

TEST_F(PrackScenario, RFC_3262_s_3_a_lost_forks_prack_has_its_200) {
    invite(kKnown);
    ring(1);
    const std::string early = alice.got("SIP/2.0 183");
    answer("b2");
    acknowledge();
    const std::string won = alice.got("SIP/2.0 200");
    alice.forget();
    prack(early, 2, sdp("10.10.0.5", 4000));
    EXPECT_EQ(alice.count("SIP/2.0 488"), 1U) << "an offer, and nobody left to answer it";
    prack(early, 3);
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    prack(early, 4);
    EXPECT_EQ(alice.count("SIP/2.0 481"), 1U) << "it is acknowledged";
    EXPECT_EQ(bob.count("PRACK"), 0U);
    alice.learn_response(won);
    hang_up();
}

TEST_F(PrackScenario, B2BUA_E14_a_fork_that_is_over_is_not_waited_for) {
    invite(kKnown);
    ring(1);
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b2"));
    bob.say(bob.response(bob.got("INVITE"), "199 Early Dialog Terminated", "b1"));
    run(Millis{40'000});
    EXPECT_EQ(alice.count("SIP/2.0 183"), 1U) << "not repeated";
    EXPECT_EQ(alice.count("SIP/2.0 504"), 0U) << "nor missed";
    answer("b2");
    acknowledge();
    hang_up();
}

TEST_F(PrackScenario, B2BUA_M6_lost_prack_answer) {
    invite(kKnown);
    ring(5);
    const std::string progress = alice.got("SIP/2.0 183");
    prack(progress, 2);
    alice.say(alice.request("PRACK", 2, rack(progress)));  // her own repetition
    turn();
    EXPECT_EQ(bob.count("PRACK"), 1U);
    run(Millis{500});
    EXPECT_EQ(bob.count("PRACK"), 2U);  // ours
    EXPECT_EQ(bob.all("PRACK")[0].text, bob.all("PRACK")[1].text);
    accept_prack();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    alice.say(alice.request("PRACK", 2, rack(progress)));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 2U);
    EXPECT_EQ(bob.count("PRACK"), 2U);
    answer();
    acknowledge();
    hang_up();
}

TEST_F(PrackScenario, B2BUA_M6_repetitions_and_gaps_of_the_far_leg_stop_here) {
    invite(kKnown);
    ring(5);
    ring(5);  // a repetition
    ring(6);  // too early: the first has no PRACK yet
    EXPECT_EQ(alice.count("SIP/2.0 183"), 1U);
    prack(alice.got("SIP/2.0 183"), 2);
    accept_prack();
    alice.forget();
    ring(5);
    ring(7);  // 6 is missing
    EXPECT_EQ(alice.count("SIP/2.0 183"), 0U);
    EXPECT_EQ(gate.counters().reliable_ignored.read(), 4U);
    ring(6);
    EXPECT_EQ(alice.count("SIP/2.0 183"), 1U);
    prack(alice.got("SIP/2.0 183"), 3);
    accept_prack();
    answer();
    acknowledge();
    hang_up();
}

struct Rack {
    const char* name;
    const char* rack;  // %R: the right RSeq
    int status;
};

class RackScenario : public PrackScenario, public ::testing::WithParamInterface<Rack> {};

TEST_P(RackScenario, B2BUA_M6_acknowledges_nothing) {
    invite(kKnown);
    ring(5);
    const std::string progress = alice.got("SIP/2.0 183");
    std::string line = GetParam().rack;
    if (const auto at = line.find("%R"); at != std::string::npos) {
        line.replace(at, 2, header(progress, "RSeq"));
    }
    alice.learn_response(progress);
    alice.say(alice.request("PRACK", 2, line));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 " + std::to_string(GetParam().status)), 1U);
    EXPECT_EQ(bob.count("PRACK"), 0U);
    EXPECT_EQ(gate.counters().prack_unmatched.read(), GetParam().status == 481 ? 1U : 0U);
    run(Millis{500});
    EXPECT_EQ(alice.count("SIP/2.0 183"), 2U);  // goes on being repeated
    prack(progress, 3);
    accept_prack();
    answer();
    acknowledge();
    hang_up();
}

INSTANTIATE_TEST_SUITE_P(Table, RackScenario,
                         ::testing::Values(Rack{"far_number", "RAck: 5 1 INVITE\r\n", 481},
                                           Rack{"other_cseq", "RAck: %R 2 INVITE\r\n", 481},
                                           Rack{"other_method", "RAck: %R 1 invite\r\n", 481},
                                           Rack{"missing", "", 400},
                                           Rack{"not_a_number", "RAck: x 1 INVITE\r\n", 400},
                                           Rack{"half", "RAck: %R\r\n", 400}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(PrackScenario, B2BUA_M6_second_prack_for_the_same_response) {
    invite(kKnown);
    ring(5);
    const std::string progress = alice.got("SIP/2.0 183");
    prack(progress, 2);
    prack(progress, 3);  // while the first is under way
    EXPECT_EQ(alice.count("SIP/2.0 481"), 1U);
    accept_prack();
    prack(progress, 4);  // and after it succeeded
    EXPECT_EQ(alice.count("SIP/2.0 481"), 2U);
    EXPECT_EQ(bob.count("PRACK"), 1U);
    answer();
    acknowledge();
    hang_up();
}

TEST_F(PrackScenario, B2BUA_M6_challenged_prack_is_tried_again) {
    invite(kKnown);
    ring(5);
    const std::string progress = alice.got("SIP/2.0 183");
    prack(progress, 2);
    bob.say(bob.response(bob.got("PRACK"), "401 Unauthorized", {},
                         "WWW-Authenticate: Digest realm=\"b\", nonce=\"1\"\r\n"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 401"), 1U);
    prack(progress, 3);
    EXPECT_EQ(bob.count("PRACK"), 2U);
    EXPECT_EQ(header(bob.got("PRACK"), "RAck"), far_rack(5));
    accept_prack();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 183"), 1U);
    answer();
    acknowledge();
    hang_up();
}

TEST_F(PrackScenario, B2BUA_M6_2xx_waits_for_the_prack_of_a_session_description) {
    invite(kKnown);
    ring(5, sdp("10.20.0.2", 6000));
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1"));  // bob must not; he does
    run(Millis{1'000});
    EXPECT_EQ(alice.count("SIP/2.0 200"), 0U);
    EXPECT_EQ(bob.count("ACK"), 0U);
    prack(alice.got("SIP/2.0 183"), 2);
    EXPECT_EQ(bob.count("PRACK"), 1U);
    EXPECT_EQ(header(alice.got("SIP/2.0 200"), "CSeq"), "1 INVITE");
    accept_prack();
    EXPECT_EQ(header(alice.got("SIP/2.0 200"), "CSeq"), "2 PRACK");
    acknowledge();
    EXPECT_EQ(bob.count("ACK"), 1U);
    hang_up();
}

TEST_F(PrackScenario, B2BUA_M6_withheld_2xx_and_no_prack) {
    invite(kKnown);
    const std::string ack = alice.companion("ACK", 1);
    ring(5, sdp("10.20.0.2", 6000));
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1"));
    run(Millis{32'100});
    EXPECT_EQ(alice.count("SIP/2.0 504"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 200"), 0U);
    alice.say(ack);
    turn();
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(bob.count("BYE"), 1U);
}

TEST_F(PrackScenario, B2BUA_M6_cancel_while_the_2xx_is_withheld) {
    invite(kKnown);
    const std::string cancel = alice.companion("CANCEL", 1);
    const std::string ack = alice.companion("ACK", 1);
    ring(5, sdp("10.20.0.2", 6000));
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1"));
    turn();
    alice.say(cancel);
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 487"), 1U);
    alice.say(ack);
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(bob.count("BYE"), 1U);
    run(Millis{1'000});
    EXPECT_EQ(alice.count("SIP/2.0 183"), 1U);  // not repeated behind the final response
}

TEST_F(PrackScenario, B2BUA_M6_2xx_does_not_wait_without_a_session_description) {
    invite(kKnown);
    ring(5);
    answer();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    acknowledge();
    run(Millis{2'000});
    EXPECT_EQ(alice.count("SIP/2.0 183"), 1U);
    prack(alice.got("SIP/2.0 183"), 2);  // it is still owed an answer
    accept_prack();
    EXPECT_EQ(header(alice.got("SIP/2.0 200"), "CSeq"), "2 PRACK");
    hang_up();
}

TEST_F(PrackScenario, RFC3262_s3_prack_crosses_the_refusal) {
    invite(kKnown);
    const std::string ack = alice.companion("ACK", 1);
    ring(5);
    bob.say(bob.response(bob.got("INVITE"), "486 Busy Here", "b1"));
    turn();
    alice.say(ack);
    const std::string progress = alice.got("SIP/2.0 183");
    prack(progress, 2);
    EXPECT_EQ(header(alice.got("SIP/2.0 200"), "CSeq"), "2 PRACK");
    EXPECT_EQ(bob.count("PRACK"), 0U);
    EXPECT_EQ(alice.count("SIP/2.0 183"), 1U);
    EXPECT_EQ(calls(), 0U);  // nothing is owed any more
}

TEST_F(PrackScenario, RFC6228_reliable_199_is_acknowledged_here) {
    invite("Supported: 100rel, 199\r\n");
    ring(5, {}, "b1");
    prack(alice.got("SIP/2.0 183"), 2);
    accept_prack();
    ring(6, {}, "b1", "199 Early Dialog Terminated");
    EXPECT_EQ(header_lines(alice.got("SIP/2.0 199"), "RSeq"), "");
    EXPECT_EQ(header(bob.got("PRACK"), "RAck"), far_rack(6));
    bob.say(bob.response(bob.got("PRACK"), "200 OK", {}));
    run(Millis{2'000});
    EXPECT_EQ(alice.count("SIP/2.0 199"), 1U);
    answer("b2");
    acknowledge();
    hang_up();
}

TEST_F(PrackScenario, RFC6228_reliable_199_for_a_caller_that_does_not_know_it) {
    invite(kKnown);
    ring(5, {}, "b1", "199 Early Dialog Terminated");
    EXPECT_EQ(alice.count("SIP/2.0 199"), 0U);
    EXPECT_EQ(header(bob.got("PRACK"), "RAck"), far_rack(5));
    bob.say(bob.response(bob.got("PRACK"), "200 OK", {}));
    answer("b2");
    acknowledge();
    hang_up();
}

TEST_F(PrackScenario, B2BUA_M6_each_early_dialog_has_its_own_numbers) {
    invite(kKnown);
    ring(5, {}, "b1");
    ring(5, {}, "b2");
    ASSERT_EQ(alice.count("SIP/2.0 183"), 2U);
    const std::string first = alice.all("SIP/2.0 183")[0].text;
    const std::string second = alice.all("SIP/2.0 183")[1].text;
    EXPECT_NE(header(first, "To"), header(second, "To"));
    EXPECT_NE(header(first, "RSeq"), header(second, "RSeq"));
    alice.learn_response(second);
    alice.say(alice.request("PRACK", 2, rack(first)));  // the number of the other dialog
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 481"), 1U);
    prack(second, 3);
    EXPECT_EQ(tag_of(header(bob.got("PRACK"), "To")), "b2");
    accept_prack();
    prack(first, 4);
    EXPECT_EQ(tag_of(header(bob.got("PRACK"), "To")), "b1");
    accept_prack();
    answer("b1");
    acknowledge();
    hang_up();
}

}  // namespace
}  // namespace sallyport::call
