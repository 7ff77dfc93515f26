// SPDX-License-Identifier: Apache-2.0
// A re-INVITE that overtakes the end of the exchange before it (B2BUA-E10, E-R13, E-R8; RFC 5407
// s.3.1.4, s.3.1.5).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

class HeldScenario : public Scenario {
protected:
    /// Both INVITEs of alice are under way, the first answered and not acknowledged.
    void overtake() {
        invite();
        answer();
        alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4002, "sendrecv", 2)));
        turn();
        EXPECT_EQ(bob.count("INVITE"), 1U) << "never two on a leg";
        EXPECT_EQ(alice.count("SIP/2.0 4"), 0U);
    }
    void finish_second() {
        bob.learn_invite(bob.got("INVITE"), "b1");
        bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, sdp("10.20.0.2", 6002)));
        turn();
        acknowledge(2);
        hang_up();
    }
};

TEST_F(HeldScenario, B2BUA_E_R13_goes_on_after_the_ack) {
    overtake();
    acknowledge(1);
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(bob.count("INVITE"), 2U);
    finish_second();
}

TEST_F(HeldScenario, B2BUA_E_R13_goes_on_without_the_ack_when_that_owes_nothing) {
    overtake();
    run(Millis{400});
    EXPECT_EQ(bob.count("INVITE"), 1U);
    run(Millis{150});
    EXPECT_EQ(bob.count("ACK"), 1U) << "the far leg gets its ACK first";
    EXPECT_EQ(bob.count("INVITE"), 2U);
    finish_second();
}

TEST_F(HeldScenario, B2BUA_E_R13_491_when_the_missing_ack_owes_the_answer) {
    alice.say(alice.request("INVITE", 1));
    turn();
    bob.learn_invite(bob.got("INVITE"), "b1");
    answer();
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4002)));
    run(Millis{450});
    EXPECT_EQ(alice.count("SIP/2.0 491"), 0U);
    run(Millis{150});
    EXPECT_EQ(alice.count("SIP/2.0 491"), 1U);
    EXPECT_EQ(bob.count("INVITE"), 1U);
    alice.say(alice.companion("ACK", 2));
    alice.say(alice.request("ACK", 1, {}, sdp("10.10.0.5", 4000)));
    turn();
    EXPECT_EQ(bob.count("ACK"), 1U) << "the first exchange goes on";
    hang_up();
}

TEST_F(HeldScenario, B2BUA_E_R13_491_to_a_callee_whose_caller_has_not_acknowledged) {
    invite();
    answer();
    bob.say(bob.request("INVITE", 1, {}, sdp("10.20.0.2", 6002, "sendrecv", 2)));
    run(Millis{600});
    EXPECT_EQ(bob.count("SIP/2.0 491"), 1U);
    EXPECT_EQ(alice.count("INVITE"), 0U);
    bob.say(bob.companion("ACK", 1));
    acknowledge(1);
    hang_up();
}

TEST_F(HeldScenario, B2BUA_E10_next_one_after_the_end_of_a_cancelled_one) {
    establish();
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4002)));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "100 Trying", {}));
    turn();
    alice.say(alice.companion("CANCEL", 2));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 487"), 0U) << "bob's INVITE has no final response yet";
    const std::string cancelled = bob.got("INVITE");
    bob.say(bob.response(bob.got("CANCEL"), "200 OK", {}));
    bob.say(bob.response(cancelled, "487 Request Terminated", {}));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 487"), 1U);
    alice.say(alice.companion("ACK", 2));
    alice.say(alice.request("INVITE", 3, {}, sdp("10.10.0.5", 4004)));
    turn();
    EXPECT_EQ(bob.count("INVITE"), 3U);
    bob.say(bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.2", 6000)));
    turn();
    acknowledge(3);
    hang_up();
}

TEST_F(HeldScenario, B2BUA_C15_a_waiting_one_can_be_cancelled) {
    overtake();
    alice.say(alice.companion("CANCEL", 2));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 487"), 1U);
    alice.say(alice.companion("ACK", 2));
    acknowledge(1);
    EXPECT_EQ(bob.count("INVITE"), 1U);
    hang_up();
}

TEST_F(HeldScenario, B2BUA_E_R8_bye_wins_over_a_waiting_one) {
    overtake();
    alice.say(alice.request("BYE", 3));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 487"), 1U);
    EXPECT_EQ(bob.count("INVITE"), 1U);
    EXPECT_EQ(bob.count("BYE"), 1U);
    alice.say(alice.companion("ACK", 2));
}

TEST_F(HeldScenario, B2BUA_E_R8_and_so_does_a_bye_of_the_other_side_that_waits_for_the_ack) {
    establish();
    bob.say(bob.request("INVITE", 1, {}, sdp("10.20.0.2", 6000, "sendonly", 2)));
    turn();
    alice.say(alice.response(alice.got("INVITE"), "200 OK", {}, {},
                             sdp("10.10.0.5", 4000, "recvonly", 2)));
    turn();
    bob.say(bob.request("INVITE", 2, {}, sdp("10.20.0.2", 6000, "sendrecv", 3)));
    turn();
    alice.say(alice.request("BYE", 2));
    turn();
    EXPECT_EQ(alice.count("INVITE"), 1U) << "nothing follows her BYE";
    EXPECT_EQ(bob.count("SIP/2.0 487"), 1U);
    bob.say(bob.companion("ACK", 2));
    bob.say(bob.request("ACK", 1));
    turn();
    EXPECT_EQ(bob.count("BYE"), 1U);
}

TEST_F(HeldScenario, B2BUA_E9_a_third_one_gets_500) {
    overtake();
    alice.say(alice.request("INVITE", 3, {}, sdp("10.10.0.5", 4004, "sendrecv", 3)));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 500"), "CSeq"), "3 INVITE");
    EXPECT_NE(header(alice.got("SIP/2.0 500"), "Retry-After"), "");
    alice.say(alice.companion("ACK", 3));
    acknowledge(1);
    finish_second();
}

/// Its offer has come, although bob does not know of it yet (RFC 3264 s.4, RFC 3311 s.5.2).
TEST_F(HeldScenario, B2BUA_E9_no_offer_in_an_update_beside_a_waiting_one) {
    overtake();
    alice.say(alice.request("UPDATE", 3, {}, sdp("10.10.0.5", 4004, "sendrecv", 3)));
    bob.say(bob.request("UPDATE", 1, {}, sdp("10.20.0.2", 6004, "sendrecv", 2)));
    turn();
    EXPECT_NE(header(alice.got("SIP/2.0 500"), "Retry-After"), "");
    EXPECT_EQ(bob.count("SIP/2.0 491"), 1U);
    EXPECT_EQ(bob.count("UPDATE") + alice.count("UPDATE"), 0U);
    acknowledge(1);
    finish_second();
}

}  // namespace
}  // namespace sallyport::call
