// SPDX-License-Identifier: Apache-2.0
// Where a session description is an offer or an answer, and where it is neither: then it crosses,
// with the addresses of the other side taken out, and moves no media (B2BUA-E1; RFC 3264 s.4,
// RFC 3262 s.5, RFC 3311 s.5, RFC 6337 s.2).
#include "tests/unit/b2bua/call/prack_scenario.h"

namespace sallyport::call {
namespace {

const std::string kStray = sdp("10.20.0.2", 6666, "sendrecv", 7);
const std::string kStrayOfAlice = sdp("10.10.0.5", 4444, "sendrecv", 7);

class PositionScenario : public PrackScenario {
protected:
    /// The INVITE's offer has its answer in a reliable 183.
    void answer_early() {
        invite(kKnown);
        ring(1, sdp("10.20.0.2", 6000));
        prack(alice.got("SIP/2.0 183"), 2);
        accept_prack();
        alice.forget();
    }
    void finish_early() {
        bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1"));
        turn();
        acknowledge();
        hang_up();
    }
    /// It crossed: there is an SDP, and it names nobody of the other side.
    static void expect_crossed(const std::string& message) {
        EXPECT_NE(body_of(message).find("m=audio"), std::string::npos) << message;
        EXPECT_EQ(body_of(message).find("10.10.0.5"), std::string::npos) << message;
        EXPECT_EQ(body_of(message).find("10.20.0.2"), std::string::npos) << message;
    }
    void expect_unmoved() {
        ASSERT_EQ(gate.relays().live(), 1U);
        EXPECT_EQ(remote(Side::kA), Port{4000});
        EXPECT_EQ(towards_bob(), Port{6000});
    }
};

TEST_F(PositionScenario, B2BUA_E1_second_description_in_an_unreliable_1xx) {
    answer_early();
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1", {}, kStray));
    turn();
    expect_crossed(alice.got("SIP/2.0 180"));
    expect_unmoved();
    finish_early();
}

TEST_F(PositionScenario, B2BUA_E1_second_description_in_a_reliable_1xx) {
    answer_early();
    ring(2, kStray, "b1", "180 Ringing");
    expect_crossed(alice.got("SIP/2.0 180"));
    expect_unmoved();
    // No offer was made, so the PRACK may make one (RFC 3262 s.5).
    prack(alice.got("SIP/2.0 180"), 3, sdp("10.10.0.5", 4200, "sendrecv", 2));
    accept_prack(sdp("10.20.0.2", 6000));
    EXPECT_EQ(remote(Side::kA), Port{4200});
    finish_early();
}

TEST_F(PositionScenario, B2BUA_E1_description_in_the_2xx_behind_a_reliable_answer) {
    answer_early();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, kStray));
    turn();
    expect_crossed(alice.got("SIP/2.0 200"));
    expect_unmoved();
    acknowledge();
    EXPECT_EQ(bob.count("BYE"), 0U);
    hang_up();
}

TEST_F(PositionScenario, B2BUA_E1_unreliable_1xx_makes_no_offer) {
    alice.say(alice.request("INVITE", 1));
    turn();
    bob.learn_invite(bob.got("INVITE"), "b1");
    bob.say(bob.response(bob.got("INVITE"), "183 Session Progress", "b1", {}, kStray));
    turn();
    expect_crossed(alice.got("SIP/2.0 183"));
    EXPECT_EQ(gate.relays().live(), 0U);
    answer();
    alice.say(alice.request("ACK", 1, {}, sdp("10.10.0.5", 4000)));
    turn();
    expect_unmoved();
    hang_up();
}

TEST_F(PositionScenario, B2BUA_E1_ack_without_an_offer_to_answer) {
    invite();
    answer();
    alice.say(alice.request("ACK", 1, {}, kStrayOfAlice));
    turn();
    expect_crossed(bob.got("ACK"));
    expect_unmoved();
    hang_up();
}

TEST_F(PositionScenario, B2BUA_E1_2xx_to_a_prack_without_an_offer) {
    invite(kKnown);
    ring(1, sdp("10.20.0.2", 6000));
    prack(alice.got("SIP/2.0 183"), 2);
    accept_prack(kStray);
    expect_crossed(alice.got("SIP/2.0 200"));
    expect_unmoved();
    finish_early();
}

TEST_F(PositionScenario, B2BUA_E1_prack_while_the_offer_has_no_answer) {
    invite(kKnown);
    ring(1);
    prack(alice.got("SIP/2.0 183"), 2, kStrayOfAlice);
    expect_crossed(bob.got("PRACK"));
    accept_prack(kStray);  // no answer to the INVITE's offer either
    expect_crossed(alice.got("SIP/2.0 200"));
    EXPECT_EQ(remote(Side::kA), Port{0}) << "G4: not before the answer";
    answer();
    expect_unmoved();
    acknowledge();
    hang_up();
}

TEST_F(PositionScenario, B2BUA_E1_2xx_to_an_update_without_an_offer) {
    establish();
    alice.say(alice.request("UPDATE", 2));
    turn();
    bob.say(bob.response(bob.got("UPDATE"), "200 OK", {}, {}, kStray));
    turn();
    expect_crossed(alice.got("SIP/2.0 200"));
    expect_unmoved();
    bob.say(bob.request("INVITE", 1, {}, sdp("10.20.0.2", 6000, "sendonly", 2)));
    turn();
    EXPECT_EQ(alice.count("INVITE"), 1U);  // nothing is pending
    alice.say(alice.response(alice.got("INVITE"), "200 OK", {}, {},
                             sdp("10.10.0.5", 4000, "recvonly", 2)));
    turn();
    bob.say(bob.request("ACK", 1));
    turn();
    hang_up();
}

class OtherMethod : public PositionScenario, public ::testing::WithParamInterface<const char*> {};

TEST_P(OtherMethod, B2BUA_E1_methods_that_negotiate_nothing) {
    establish();
    alice.say(alice.request(GetParam(), 2, {}, kStrayOfAlice));
    turn();
    expect_crossed(bob.got(GetParam()));
    bob.say(bob.response(bob.got(GetParam()), "200 OK", {}, {}, kStray));
    turn();
    expect_crossed(alice.got("SIP/2.0 200"));
    expect_unmoved();
    hang_up();
}

INSTANTIATE_TEST_SUITE_P(Table, OtherMethod,
                         ::testing::Values("INFO", "MESSAGE", "OPTIONS", "NEWMETHOD"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace sallyport::call
