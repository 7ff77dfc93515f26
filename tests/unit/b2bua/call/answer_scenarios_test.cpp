// SPDX-License-Identifier: Apache-2.0
// 2xx, ACK and CANCEL against each other (B2BUA-E-R1 .. R4, R7, R10 .. R12; RFC 3261 s.9.1,
// s.13.2.2.4, s.13.3.1.4, RFC 5407 s.3.1).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

using AnswerScenario = Scenario;

TEST_F(AnswerScenario, B2BUA_E_R1_cancel_crosses_200) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1"));
    turn();
    alice.say(alice.companion("CANCEL", 1));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 487"), 1U);
    EXPECT_EQ(bob.count("CANCEL"), 1U);
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(bob.count("BYE"), 1U);
    EXPECT_EQ(tag_of(header(bob.got("BYE"), "To")), "b1");
    for (const Heard& heard : alice.all("SIP/2.0 200")) {
        EXPECT_NE(heard.text.find("CSeq: 1 CANCEL"), std::string::npos);
    }
}

TEST_F(AnswerScenario, B2BUA_E_R1_two_forks_answer_a_cancelled_call) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1"));
    turn();
    alice.say(alice.companion("CANCEL", 1));
    turn();
    for (const std::string tag : {"b1", "b2"}) {
        bob.say(bob.response(bob.got("INVITE"), "200 OK", tag, {}, sdp("10.20.0.2", 6000)));
        turn();
        EXPECT_EQ(tag_of(header(bob.got("ACK"), "To")), tag);
        EXPECT_EQ(tag_of(header(bob.got("BYE"), "To")), tag);
    }
    EXPECT_EQ(bob.count("BYE"), 2U);
}

TEST_F(AnswerScenario, B2BUA_E_R1_delayed_offer_of_a_cancelled_call_is_refused) {
    alice.say(alice.request("INVITE", 1));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1"));
    turn();
    alice.say(alice.companion("CANCEL", 1));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(port_in(bob.got("ACK")), 0);  // E3: an answer, and it rejects
    EXPECT_EQ(bob.count("BYE"), 1U);
}

TEST_F(AnswerScenario, B2BUA_E_R2_cancel_after_200_changes_nothing) {
    invite();
    answer();
    alice.forget();
    alice.say(alice.companion("CANCEL", 1));
    turn();
    EXPECT_NE(alice.got("SIP/2.0 200").find("CSeq: 1 CANCEL"), std::string::npos);
    EXPECT_EQ(alice.count("SIP/2.0 487"), 0U);
    EXPECT_EQ(bob.count("CANCEL"), 0U);
    acknowledge();
    EXPECT_EQ(bob.count("ACK"), 1U);
    hang_up();
}

TEST_F(AnswerScenario, B2BUA_C15_cancel_with_a_foreign_branch) {
    invite();
    std::string cancel = alice.companion("CANCEL", 1);
    cancel.replace(cancel.find("z9hG4bK-"), 8, "z9hG4bK+");
    alice.say(cancel);
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 481"), 1U);
    EXPECT_EQ(bob.count("CANCEL"), 0U);
    answer();
    acknowledge();
    hang_up();
}

TEST_F(AnswerScenario, B2BUA_E_R3_repeated_200_before_ack_is_absorbed) {
    invite();
    answer();
    const std::size_t before = alice.count("SIP/2.0 200");
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), before);
    EXPECT_EQ(bob.count("ACK"), 0U);
    acknowledge();
    hang_up();
}

TEST_F(AnswerScenario, B2BUA_E_R3_repeated_200_after_ack_gets_the_identical_ack) {
    establish();
    const std::string ack = bob.got("ACK");
    alice.forget();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, sdp("10.20.0.2", 6000)));
    turn();
    ASSERT_EQ(bob.count("ACK"), 2U);
    EXPECT_EQ(bob.got("ACK"), ack);
    EXPECT_EQ(alice.count("SIP/2.0 200"), 0U);
    hang_up();
}

TEST_F(AnswerScenario, B2BUA_E_R3_and_while_a_reinvite_is_under_way) {
    establish();
    const std::string ack = bob.got("ACK");
    const std::string first = bob.got("INVITE");
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4000, "sendonly", 2)));
    turn();
    bob.say(bob.response(first, "200 OK", "b1", {}, sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(bob.got("ACK"), ack);
    bob.say(
        bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.2", 6000, "recvonly", 2)));
    turn();
    acknowledge(2);
    hang_up();
}

TEST_F(AnswerScenario, B2BUA_E_R4_no_ack) {
    invite();
    const Moment answered = network.now();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, sdp("10.20.0.2", 6000)));
    run(Millis{40'000});
    std::vector<std::int64_t> times;
    const auto sent = alice.all("SIP/2.0 200");
    for (const Heard& heard : sent) {
        times.push_back((heard.at - sent.front().at).count() / 100);
    }
    const std::vector<std::int64_t> expected{0, 5, 15, 35, 75, 115, 155, 195, 235, 275, 315};
    EXPECT_EQ(times, expected);  // T1 doubling to T2 (E-R2), nothing after 64*T1
    ASSERT_EQ(alice.count("BYE"), 1U);
    ASSERT_EQ(bob.count("BYE"), 1U);
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(header(alice.got("BYE"), "Reason"), "SIP;cause=408");
    EXPECT_EQ(header(bob.got("BYE"), "Reason"), "SIP;cause=408");
    EXPECT_NEAR(static_cast<double>((alice.all("BYE").front().at - answered).count()), 32'000, 50);
    EXPECT_EQ(gate.counters().ack_timeouts.read(), 1U);
}

TEST_F(AnswerScenario, B2BUA_E_R7_late_200_of_another_fork) {
    invite();
    bob.say(
        bob.response(bob.got("INVITE"), "183 Session Progress", "b1", {}, sdp("10.20.0.2", 6000)));
    bob.say(
        bob.response(bob.got("INVITE"), "183 Session Progress", "b2", {}, sdp("10.20.0.2", 6100)));
    turn();
    const auto early = alice.all("SIP/2.0 183");
    ASSERT_EQ(early.size(), 2U);
    EXPECT_NE(tag_of(header(early[0].text, "To")), tag_of(header(early[1].text, "To")));  // E12
    answer("b2");
    EXPECT_EQ(tag_of(header(alice.got("SIP/2.0 200"), "To")), tag_of(header(early[1].text, "To")));
    const std::string late =
        bob.response(bob.got("INVITE"), "200 OK", "b1", {}, sdp("10.20.0.2", 6000));
    alice.forget();
    bob.say(late);
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 0U);
    EXPECT_EQ(tag_of(header(bob.got("ACK"), "To")), "b1");
    const std::string bye = bob.got("BYE");
    EXPECT_EQ(tag_of(header(bye, "To")), "b1");
    EXPECT_EQ(header(bye, "Reason"), R"(SIP;cause=200;text="Call completed elsewhere")");
    bob.say(late);  // our ACK was lost: the same again, and no second BYE
    turn();
    EXPECT_EQ(bob.count("BYE"), 1U);
    EXPECT_EQ(bob.count("ACK"), 2U);
    EXPECT_EQ(bob.all("ACK")[0].text, bob.all("ACK")[1].text);
    acknowledge();  // and the winner's ACK is not forgotten over it
    EXPECT_EQ(tag_of(header(bob.got("ACK"), "To")), "b2");
    hang_up();
}

TEST_F(AnswerScenario, B2BUA_E_R7_late_200_after_ack_leaves_the_winners_ack_alone) {
    establish();
    const std::string ack = bob.got("ACK");
    const std::string first = bob.got("INVITE");
    bob.say(bob.response(first, "200 OK", "b2", {}, sdp("10.20.0.2", 6100)));
    turn();
    EXPECT_EQ(tag_of(header(bob.got("ACK"), "To")), "b2");
    bob.say(bob.response(first, "200 OK", "b1", {}, sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(bob.got("ACK"), ack);
    hang_up();
}

TEST_F(AnswerScenario, B2BUA_E_R7_bye_from_the_losing_fork_leaves_the_call_up) {
    establish();
    const std::string first = bob.got("INVITE");
    bob.answers_bye = false;
    bob.say(bob.response(first, "200 OK", "b2", {}, sdp("10.20.0.2", 6100)));
    turn();
    const std::string ours = bob.got("BYE");
    const std::string local = bob.local;
    bob.local = header(ours, "To");
    bob.say(bob.request("BYE", 1));  // its user hung up while our BYE was on its way
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(alice.count("BYE"), 0U);
    bob.say(bob.response(ours, "481 Call/Transaction Does Not Exist", {}));
    bob.local = local;
    bob.answers_bye = true;
    turn();
    EXPECT_EQ(gate.relays().live(), 1U);
    hang_up();
}

TEST_F(AnswerScenario, B2BUA_E_R7_late_200_when_the_call_is_gone) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "183 Session Progress", "b1"));
    answer("b2");
    acknowledge();
    const std::string first = bob.got("INVITE");
    hang_up();
    turn();
    EXPECT_EQ(calls(), 0U);
    bob.say(bob.response(first, "200 OK", "b1", {}, sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(tag_of(header(bob.got("ACK"), "To")), "b1");
    EXPECT_EQ(tag_of(header(bob.got("BYE"), "To")), "b1");
}

TEST_F(AnswerScenario, B2BUA_C12_E_R7_late_200_after_timer_b) {
    invite();
    run(Millis{32'100});
    EXPECT_EQ(alice.count("SIP/2.0 408"), 1U);
    alice.say(alice.companion("ACK", 1));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(bob.count("BYE"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 200"), 0U) << "never shown to the caller";
    EXPECT_EQ(gate.relays().live(), 0U);
}

TEST_F(AnswerScenario, B2BUA_E_R7_200_of_another_fork_behind_a_refusal) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "486 Busy Here", "b1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 486"), 1U);
    alice.say(alice.companion("ACK", 1));
    turn();
    EXPECT_EQ(calls(), 0U);
    const std::string asked = bob.got("INVITE");
    bob.forget();
    for (const std::string_view tag : {"b2", "b3", "b2", "b3"}) {
        bob.say(bob.response(asked, "200 OK", tag, {}, sdp("10.20.0.2", 6000)));
        turn();
        EXPECT_EQ(tag_of(header(bob.got("ACK"), "To")), tag);
    }
    const auto acks = bob.all("ACK");
    ASSERT_EQ(acks.size(), 4U);
    EXPECT_EQ(acks[0].text, acks[2].text) << "the same again (E-R3)";
    EXPECT_EQ(acks[1].text, acks[3].text);
    EXPECT_EQ(bob.count("BYE"), 2U) << "one for each To tag";
    EXPECT_EQ(alice.count("SIP/2.0 200"), 0U);
}

TEST_F(AnswerScenario, B2BUA_E_R7_E3_and_its_offer_is_refused) {
    alice.say(alice.request("INVITE", 1));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "603 Decline", "b1"));
    turn();
    alice.say(alice.companion("ACK", 1));
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b2", {}, sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(port_in(bob.got("ACK")), 0);
    EXPECT_EQ(bob.count("BYE"), 1U);
}

TEST_F(AnswerScenario, B2BUA_E_R3_a_2xx_of_the_caller_is_not_taken_for_the_losing_forks) {
    establish();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b2", {}, sdp("10.20.0.2", 6100)));
    turn();
    bob.say(bob.request("INVITE", 1, {}, sdp("10.20.0.2", 6000, "sendonly", 2)));
    turn();
    const std::string ok = alice.response(alice.got("INVITE"), "200 OK", {}, {},
                                          sdp("10.10.0.5", 4000, "recvonly", 2));
    alice.say(ok);
    turn();
    bob.say(bob.request("ACK", 1));
    turn();
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4000, "sendrecv", 3)));
    turn();
    const std::size_t acks = bob.count("ACK");
    alice.say(ok);
    turn();
    ASSERT_EQ(alice.count("ACK"), 2U);
    EXPECT_EQ(alice.all("ACK")[0].text, alice.all("ACK")[1].text);
    EXPECT_EQ(bob.count("ACK"), acks) << "no fork has repeated anything";
    bob.say(bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.2", 6000)));
    turn();
    acknowledge(2);
    hang_up();
}

TEST_F(AnswerScenario, B2BUA_E_R10_no_cancel_before_a_provisional) {
    invite();
    alice.say(alice.companion("CANCEL", 1));
    run(Millis{3'000});
    EXPECT_EQ(alice.count("SIP/2.0 487"), 3U);  // timer G: 0, .5, 1.5 s
    EXPECT_EQ(bob.count("CANCEL"), 0U);
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1"));
    turn();
    EXPECT_EQ(bob.count("CANCEL"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 180"), 0U);
    bob.say(bob.response(bob.got("CANCEL"), "200 OK", "b1"));
    bob.say(bob.response(bob.got("INVITE"), "487 Request Terminated", "b1"));
    turn();
    EXPECT_EQ(bob.count("ACK"), 1U);
}

TEST_F(AnswerScenario, B2BUA_E_R10_200_before_any_provisional_after_a_cancel) {
    invite();
    alice.say(alice.companion("CANCEL", 1));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, sdp("10.20.0.2", 6000)));
    run(Millis{2'000});
    EXPECT_EQ(bob.count("CANCEL"), 0U);
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(bob.count("BYE"), 1U);
}

TEST_F(AnswerScenario, B2BUA_E_R10_silence_after_a_cancel) {
    invite();
    alice.say(alice.companion("CANCEL", 1));
    run(Millis{60'000});
    EXPECT_EQ(bob.count("CANCEL"), 0U);
    EXPECT_EQ(bob.count("INVITE"), 7U);
    EXPECT_EQ(calls(), 0U);
}

TEST_F(AnswerScenario, B2BUA_E_R11_repeated_invite_and_ack_are_absorbed) {
    establish();
    alice.say(alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000)));
    alice.say(alice.request("ACK", 1));
    turn();
    EXPECT_EQ(bob.count("INVITE"), 1U);
    EXPECT_EQ(bob.count("ACK"), 1U);
    hang_up();
}

TEST_F(AnswerScenario, B2BUA_E_R12_provisional_behind_the_answer) {
    establish();
    bob.say(
        bob.response(bob.got("INVITE"), "183 Session Progress", "b2", {}, sdp("10.20.0.2", 6100)));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 183"), 0U);
    const auto relay = gate.relays().ids().front();
    EXPECT_EQ(gate.relays().side(relay, Side::kB)->remote.rtp.port, Port{6000});
    hang_up();
}

}  // namespace
}  // namespace sallyport::call
