// SPDX-License-Identifier: Apache-2.0
// Option early-ack: the callee has its ACK at its 2xx, the caller's ends here (B2BUA-M2, C11,
// E-R2 .. R5, R7, R13; RFC 3261 s.13.2.2.4).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

Config acknowledging_early() {
    Config config = sim::example_config();
    config.realms[1].early_ack = Toggle::kOn;
    return config;
}

class EarlyAck : public Scenario {
protected:
    EarlyAck() : Scenario(acknowledging_early()) {}
};

TEST_F(EarlyAck, B2BUA_M2_the_callers_ack_ends_here) {
    invite("Proxy-Authorization: Digest username=\"a\", uri=\"sip:x.example\"\r\n");
    answer();
    const std::string ack = bob.got("ACK");
    EXPECT_EQ(cseq_of(ack), cseq_of(bob.got("INVITE")));
    EXPECT_EQ(tag_of(header(ack, "To")), "b1");
    EXPECT_EQ(header(ack, "Proxy-Authorization"),
              header(bob.got("INVITE"), "Proxy-Authorization"));  // C11
    EXPECT_EQ(body_of(ack), "");
    acknowledge();
    EXPECT_EQ(bob.count("ACK"), 1U);
    run(Millis{40'000});
    EXPECT_EQ(bob.count("BYE"), 0U);
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    hang_up();
}

TEST_F(EarlyAck, B2BUA_E3_an_ack_that_owes_the_answer_is_waited_for) {
    alice.say(alice.request("INVITE", 1));
    turn();
    answer();
    EXPECT_EQ(bob.count("ACK"), 0U);
    alice.say(alice.request("ACK", 1, {}, sdp("10.10.0.5", 4000)));
    turn();
    EXPECT_GT(port_in(bob.got("ACK")), 0);
    hang_up();
}

TEST_F(EarlyAck, B2BUA_E_R2_the_2xx_is_repeated_until_the_callers_own_ack) {
    invite();
    answer();
    run(Millis{1'600});
    EXPECT_EQ(alice.count("SIP/2.0 200"), 3U);
    acknowledge();
    run(Millis{8'000});
    EXPECT_EQ(alice.count("SIP/2.0 200"), 3U);
    EXPECT_EQ(bob.count("ACK"), 1U);
    hang_up();
}

TEST_F(EarlyAck, B2BUA_E_R3_a_repeated_2xx_gets_the_same_ack) {
    invite();
    answer();
    const std::string ack = bob.got("ACK");
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, sdp("10.20.0.2", 6000)));
    turn();
    ASSERT_EQ(bob.count("ACK"), 2U);
    EXPECT_EQ(bob.got("ACK"), ack);
    acknowledge();
    hang_up();
}

TEST_F(EarlyAck, B2BUA_E_R4_without_the_callers_ack_both_get_a_bye) {
    invite();
    answer();
    run(Millis{32'200});
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(bob.count("BYE"), 1U);
    EXPECT_EQ(alice.count("BYE"), 1U);
    EXPECT_EQ(header(bob.got("BYE"), "Reason"), "SIP;cause=408");
    EXPECT_EQ(gate.counters().ack_timeouts.read(), 1U);
}

TEST_F(EarlyAck, B2BUA_E_R5_bye_of_the_caller_before_its_ack) {
    invite();
    answer();
    alice.say(alice.request("BYE", 2));
    turn();
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(bob.count("BYE"), 1U);
    alice.forget();
    alice.say(alice.request("ACK", 1));  // it was under way
    run(Millis{5'000});
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 200"), 0U) << "the 2xx is not repeated any more";
}

TEST_F(EarlyAck, B2BUA_M5_bye_of_the_callee_waits_for_the_callers_ack) {
    invite();
    answer();
    bob.say(bob.request("BYE", 2));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(alice.count("BYE"), 0U) << "RFC 3261 s.15: not before the ACK";
    acknowledge();
    EXPECT_EQ(alice.count("BYE"), 1U);
    EXPECT_EQ(bob.count("ACK"), 1U);
}

TEST_F(EarlyAck, B2BUA_E_R7_a_late_fork_is_turned_away) {
    invite();
    answer("b1");
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b2", {}, sdp("10.20.0.3", 6100)));
    turn();
    EXPECT_EQ(bob.count("ACK"), 2U);
    EXPECT_EQ(tag_of(header(bob.got("BYE"), "To")), "b2");
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    acknowledge();
    EXPECT_EQ(bob.count("ACK"), 2U);
    hang_up();
}

TEST_F(EarlyAck, B2BUA_E_R13_the_callees_reinvite_waits_for_the_callers_ack) {
    invite();
    answer();
    bob.say(bob.request("INVITE", 2, {}, sdp("10.20.0.2", 6000, "sendonly", 2)));
    turn();
    EXPECT_EQ(alice.count("INVITE"), 0U);
    acknowledge();
    EXPECT_EQ(alice.count("INVITE"), 1U);
    alice.say(alice.response(alice.got("INVITE"), "200 OK", {}, {},
                             sdp("10.10.0.5", 4000, "recvonly", 2)));
    turn();
    EXPECT_EQ(alice.count("ACK"), 0U) << "her realm does not have the option";
    bob.say(bob.request("ACK", 2));
    turn();
    EXPECT_EQ(alice.count("ACK"), 1U);
    hang_up();
}

TEST_F(EarlyAck, B2BUA_E_R13_the_callers_reinvite_without_its_ack) {
    invite();
    answer();
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4000, "sendonly", 2)));
    run(Millis{600});
    EXPECT_EQ(bob.count("INVITE"), 2U);
    EXPECT_EQ(bob.count("ACK"), 1U) << "it had it before";
    bob.say(
        bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.2", 6000, "recvonly", 2)));
    turn();
    EXPECT_EQ(bob.count("ACK"), 2U);
    EXPECT_EQ(cseq_of(bob.got("ACK")), cseq_of(bob.got("INVITE")));
    acknowledge(2);
    hang_up();
}

}  // namespace
}  // namespace sallyport::call
