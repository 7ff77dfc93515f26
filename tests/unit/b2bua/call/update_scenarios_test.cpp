// SPDX-License-Identifier: Apache-2.0
// UPDATE in early and confirmed dialogs (B2BUA-M7, E1, E8, E9, K26; RFC 3311).
#include "tests/unit/b2bua/call/prack_scenario.h"

namespace sallyport::call {
namespace {

class UpdateScenario : public PrackScenario {
protected:
    /// A reliable 183 has completed the INVITE's offer/answer.
    void answer_early() {
        invite(kKnown);
        ring(1, sdp("10.20.0.2", 6000));
        prack(alice.got("SIP/2.0 183"), 2);
        accept_prack();
        bob.learn_invite(bob.got("INVITE"), "b1");
        alice.forget();
    }
    void finish_early() {
        bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1"));
        turn();
        acknowledge();
        hang_up();
    }
    static int retry_after(const std::string& response) {
        const std::string value = header(response, "Retry-After");
        return value.empty() ? -1 : std::stoi(value);
    }
    void expect_later(const std::string& response) {
        EXPECT_GE(retry_after(response), 0) << response;
        EXPECT_LE(retry_after(response), 10) << response;
    }
};

TEST_F(UpdateScenario, B2BUA_K26_early_update_goes_to_its_early_dialog) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1"));
    turn();
    const std::string first = alice.got("SIP/2.0 180");
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b2"));
    turn();
    const std::string second = alice.got("SIP/2.0 180");
    alice.learn_response(first);
    alice.say(alice.request("UPDATE", 2));
    turn();
    EXPECT_EQ(tag_of(header(bob.got("UPDATE"), "To")), "b1");
    EXPECT_EQ(body_of(bob.got("UPDATE")), "");
    bob.say(bob.response(bob.got("UPDATE"), "200 OK", {}));
    alice.learn_response(second);
    alice.say(alice.request("UPDATE", 3));
    turn();
    EXPECT_EQ(tag_of(header(bob.got("UPDATE"), "To")), "b2");
    bob.say(bob.response(bob.got("UPDATE"), "200 OK", {}));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 2U);
    // And the other way.
    bob.learn_invite(bob.got("INVITE"), "b1");
    bob.say(bob.request("UPDATE", 1));
    turn();
    EXPECT_EQ(header(alice.got("UPDATE"), "From"), header(first, "To"));
    EXPECT_EQ(request_uri_of(alice.got("UPDATE")), alice.contact);
    alice.say(alice.response(alice.got("UPDATE"), "200 OK", {}));
    turn();
    EXPECT_EQ(header(bob.got("SIP/2.0 200"), "CSeq"), "1 UPDATE");
    answer("b1");
    acknowledge();
    hang_up();
}

TEST_F(UpdateScenario, B2BUA_E9_no_offer_beside_an_unanswered_one) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "183 Session Progress", "b1", {},
                         sdp("10.20.0.2", 6000)));  // a preview is no answer
    turn();
    alice.learn_response(alice.got("SIP/2.0 183"));
    alice.say(alice.request("UPDATE", 2, {}, sdp("10.10.0.5", 4200)));
    bob.say(bob.request("UPDATE", 1, {}, sdp("10.20.0.2", 6200)));
    turn();
    expect_later(alice.got("SIP/2.0 500"));
    EXPECT_EQ(bob.count("SIP/2.0 491"), 1U);
    EXPECT_EQ(bob.count("UPDATE") + alice.count("UPDATE"), 0U);
    answer();
    acknowledge();
    hang_up();
}

TEST_F(UpdateScenario, B2BUA_E9_no_offer_beside_one_that_is_still_to_come) {
    alice.say(alice.request("INVITE", 1));
    turn();
    bob.learn_invite(bob.got("INVITE"), "b1");
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1"));
    turn();
    alice.learn_response(alice.got("SIP/2.0 180"));
    alice.say(alice.request("UPDATE", 2, {}, sdp("10.10.0.5", 4200)));
    bob.say(bob.request("UPDATE", 1, {}, sdp("10.20.0.2", 6200)));
    turn();
    expect_later(alice.got("SIP/2.0 500"));
    EXPECT_EQ(bob.count("SIP/2.0 491"), 1U);
    answer();
    alice.say(alice.request("ACK", 1, {}, sdp("10.10.0.5", 4000)));
    turn();
    hang_up();
}

TEST_F(UpdateScenario, B2BUA_M7_early_offers_behind_a_reliable_answer) {
    answer_early();
    alice.say(alice.request("UPDATE", 3, {}, sdp("10.10.0.5", 4200, "sendrecv", 2)));
    turn();
    bob.say(
        bob.response(bob.got("UPDATE"), "200 OK", {}, {}, sdp("10.20.0.2", 6200, "sendrecv", 2)));
    turn();
    EXPECT_NE(body_of(alice.got("SIP/2.0 200")).find("c=IN IP4 10.10.0.1\r\n"), std::string::npos);
    EXPECT_EQ(remote(Side::kA), Port{4200});
    EXPECT_EQ(towards_bob(), Port{6200});
    bob.say(bob.request("UPDATE", 1, {}, sdp("10.20.0.2", 6300, "sendrecv", 3)));
    turn();
    alice.say(
        alice.response(alice.got("UPDATE"), "200 OK", {}, "Content-Type: application/sdp\r\n", {}));
    turn();
    EXPECT_EQ(towards_bob(), Port{6200});  // an offer without an answer came to nothing
    bob.say(bob.request("UPDATE", 2, {}, sdp("10.20.0.2", 6300, "sendrecv", 3)));
    turn();
    EXPECT_EQ(alice.count("UPDATE"), 2U);
    alice.say(alice.response(alice.got("UPDATE"), "200 OK", {}, {},
                             sdp("10.10.0.5", 4200, "sendrecv", 3)));
    turn();
    EXPECT_EQ(towards_bob(), Port{6300});
    finish_early();
}

TEST_F(UpdateScenario, B2BUA_K26_second_update_before_the_answer) {
    establish();
    alice.say(alice.request("UPDATE", 2));
    turn();
    alice.say(alice.request("UPDATE", 3));
    turn();
    expect_later(alice.got("SIP/2.0 500"));
    EXPECT_EQ(bob.count("UPDATE"), 1U);
    bob.say(bob.response(bob.got("UPDATE"), "200 OK", {}));
    turn();
    alice.say(alice.request("UPDATE", 4));
    turn();
    EXPECT_EQ(bob.count("UPDATE"), 2U);
    bob.say(bob.response(bob.got("UPDATE"), "200 OK", {}));
    turn();
    hang_up();
}

TEST_F(UpdateScenario, B2BUA_E9_offers_cross_in_updates) {
    establish();
    alice.say(alice.request("UPDATE", 2, {}, sdp("10.10.0.5", 4200, "sendrecv", 2)));
    turn();
    bob.say(bob.request("UPDATE", 1, {}, sdp("10.20.0.2", 6200, "sendrecv", 2)));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 491"), 1U);
    EXPECT_EQ(alice.count("UPDATE"), 0U);
    bob.say(bob.request("UPDATE", 2));  // without an offer nothing is in the way
    turn();
    EXPECT_EQ(alice.count("UPDATE"), 1U);
    alice.say(alice.response(alice.got("UPDATE"), "200 OK", {}));
    bob.say(bob.response(bob.got("UPDATE"), "491 Request Pending", {}));  // as alice will too
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 491"), 1U);
    EXPECT_EQ(remote(Side::kA), Port{4000});
    alice.say(alice.request("UPDATE", 3, {}, sdp("10.10.0.5", 4200, "sendrecv", 2)));
    turn();
    bob.say(bob.response(bob.got("UPDATE"), "200 OK", {}, {}, sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(remote(Side::kA), Port{4200});
    hang_up();
}

TEST_F(UpdateScenario, B2BUA_E_R13_update_crosses_a_reinvite) {
    establish();
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4200, "sendrecv", 2)));
    turn();
    bob.say(bob.request("UPDATE", 1, {}, sdp("10.20.0.2", 6200, "sendrecv", 2)));
    alice.say(alice.request("UPDATE", 3, {}, sdp("10.10.0.5", 4300, "sendrecv", 3)));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 491"), 1U);
    expect_later(alice.got("SIP/2.0 500"));
    EXPECT_EQ(alice.count("UPDATE") + bob.count("UPDATE"), 0U);
    bob.say(bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.2", 6000)));
    turn();
    acknowledge(2);
    EXPECT_EQ(remote(Side::kA), Port{4200});
    bob.say(bob.request("UPDATE", 2, {}, sdp("10.20.0.2", 6200, "sendrecv", 2)));
    turn();
    alice.forget();
    bob.forget();
    alice.say(alice.request("INVITE", 4, {}, sdp("10.10.0.5", 4300, "sendrecv", 3)));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 491"), 1U);
    EXPECT_EQ(bob.count("INVITE"), 0U);
    alice.say(alice.companion("ACK", 4));
    hang_up();
}

TEST_F(UpdateScenario, B2BUA_E_R14_update_to_an_ending_dialog) {
    establish();
    bob.answers_bye = false;
    alice.say(alice.request("BYE", 2));
    turn();
    bob.say(bob.request("UPDATE", 1));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 481"), 1U);
    EXPECT_EQ(alice.count("UPDATE"), 0U);
    bob.say(bob.response(bob.got("BYE"), "200 OK", {}));
    turn();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(UpdateScenario, B2BUA_M7_peer_that_does_not_allow_it) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1",
                         "Allow: INVITE, ACK, BYE\r\nAllow: CANCEL\r\n", sdp("10.20.0.2", 6000)));
    turn();
    alice.learn_response(alice.got("SIP/2.0 200"));
    acknowledge();
    alice.say(alice.request("UPDATE", 2));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 405"), "Allow"), "INVITE, ACK, BYE, CANCEL");
    EXPECT_EQ(bob.count("UPDATE"), 0U);
    EXPECT_EQ(gate.counters().updates_not_allowed.read(), 1U);
    bob.say(bob.request("INFO", 1, "Allow: INVITE, ACK, BYE, CANCEL, UPDATE\r\n"));
    turn();
    alice.say(alice.response(alice.got("INFO"), "200 OK", {}));
    alice.say(alice.request("UPDATE", 3));
    turn();
    EXPECT_EQ(bob.count("UPDATE"), 1U);
    bob.say(bob.response(bob.got("UPDATE"), "200 OK", {}));
    turn();
    hang_up();
}

TEST_F(UpdateScenario, B2BUA_M7_caller_that_does_not_allow_it) {
    invite("Allow: INVITE, ACK, BYE, CANCEL, update\r\n");  // methods have a case (A1)
    answer();
    acknowledge();
    bob.say(bob.request("UPDATE", 1));
    turn();
    EXPECT_EQ(header(bob.got("SIP/2.0 405"), "Allow"), "INVITE, ACK, BYE, CANCEL, update");
    EXPECT_EQ(alice.count("UPDATE"), 0U);
    hang_up();
}

TEST_F(UpdateScenario, B2BUA_E8_what_update_completed_outlives_the_failed_reinvite) {
    establish();
    alice.say(alice.request("INVITE", 2, kKnown, sdp("10.10.0.5", 4100, "sendrecv", 2)));
    turn();
    alice.forget();
    ring(9, sdp("10.20.0.2", 6100, "sendrecv", 2), {});
    const std::string progress = alice.got("SIP/2.0 183");
    alice.say(alice.request("PRACK", 3, rack(progress)));
    turn();
    EXPECT_EQ(header(bob.got("PRACK"), "RAck"), far_rack(9));
    accept_prack();
    EXPECT_EQ(towards_bob(), Port{6100});
    alice.say(alice.request("UPDATE", 4, {}, sdp("10.10.0.5", 4200, "sendrecv", 3)));
    turn();
    bob.say(
        bob.response(bob.got("UPDATE"), "200 OK", {}, {}, sdp("10.20.0.2", 6200, "sendrecv", 3)));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "488 Not Acceptable Here", {}));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 488"), 1U);
    alice.say(alice.companion("ACK", 2));
    EXPECT_EQ(remote(Side::kA), Port{4200});
    EXPECT_EQ(towards_bob(), Port{6200});
    EXPECT_EQ(bob.count("BYE"), 0U);
    hang_up();
}

TEST_F(UpdateScenario, B2BUA_E8_offer_of_an_update_under_way_outlives_the_failed_reinvite) {
    establish();
    alice.say(alice.request("INVITE", 2, kKnown, sdp("10.10.0.5", 4100, "sendrecv", 2)));
    turn();
    alice.forget();
    ring(9, sdp("10.20.0.2", 6100, "sendrecv", 2), {});
    alice.say(alice.request("PRACK", 3, rack(alice.got("SIP/2.0 183"))));
    turn();
    accept_prack();
    alice.say(alice.request("UPDATE", 4, {}, sdp("10.10.0.5", 4200, "sendrecv", 3)));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "488 Not Acceptable Here", {}));
    turn();
    bob.say(
        bob.response(bob.got("UPDATE"), "200 OK", {}, {}, sdp("10.20.0.2", 6200, "sendrecv", 3)));
    turn();
    alice.say(alice.companion("ACK", 2));
    EXPECT_EQ(remote(Side::kA), Port{4200});
    EXPECT_EQ(towards_bob(), Port{6200});
    hang_up();
}

TEST_F(UpdateScenario, B2BUA_M7_504_passes_and_changes_nothing) {
    establish();
    alice.say(alice.request("UPDATE", 2, {}, sdp("10.10.0.5", 4200, "sendrecv", 2)));
    turn();
    bob.say(bob.response(bob.got("UPDATE"), "504 Server Time-out", {}));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 504"), 1U);
    EXPECT_EQ(remote(Side::kA), Port{4000});
    EXPECT_EQ(alice.count("BYE"), 0U);
    hang_up();
}

}  // namespace
}  // namespace sallyport::call
