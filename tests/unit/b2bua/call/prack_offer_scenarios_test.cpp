// SPDX-License-Identifier: Apache-2.0
// Offers and answers in reliable provisional responses and PRACK, and previews (B2BUA-M6, E1, E2,
// K25; RFC 3262 s.5).
#include "tests/unit/b2bua/call/prack_scenario.h"

namespace sallyport::call {
namespace {

TEST_F(PrackScenario, B2BUA_K25_prack_with_a_new_offer) {
    invite(kKnown);
    ring(1, sdp("10.20.0.2", 6000));
    prack(alice.got("SIP/2.0 183"), 2, sdp("10.10.0.5", 4200, "sendrecv", 2));
    EXPECT_NE(body_of(bob.got("PRACK")).find("c=IN IP4 10.20.0.1\r\n"), std::string::npos);
    EXPECT_EQ(remote(Side::kA), Port{4000});  // not before its answer
    accept_prack(sdp("10.20.0.2", 6200, "sendrecv", 2));
    EXPECT_NE(body_of(alice.got("SIP/2.0 200")).find("c=IN IP4 10.10.0.1\r\n"), std::string::npos);
    EXPECT_EQ(remote(Side::kA), Port{4200});
    EXPECT_EQ(towards_bob(), Port{6200});
    // E1: an SDP behind a reliable answer says nothing any more.
    answer();
    EXPECT_EQ(port_in(alice.got("SIP/2.0 200")),
              gate.relays().side(gate.relays().ids().front(), Side::kA)->ports.rtp.port.value);
    EXPECT_EQ(towards_bob(), Port{6200});
    acknowledge();
    hang_up();
}

TEST_F(PrackScenario, B2BUA_E1_offer_in_a_reliable_1xx_and_its_answer_in_prack) {
    alice.say(alice.request("INVITE", 1, kKnown));
    turn();
    bob.learn_invite(bob.got("INVITE"), "b1");
    ring(5, sdp("10.20.0.2", 6000));
    const std::string offer = alice.got("SIP/2.0 183");
    EXPECT_NE(body_of(offer).find("c=IN IP4 10.10.0.1\r\n"), std::string::npos);
    prack(offer, 2, sdp("10.10.0.5", 4000));
    EXPECT_NE(body_of(bob.got("PRACK")).find("c=IN IP4 10.20.0.1\r\n"), std::string::npos);
    EXPECT_EQ(remote(Side::kA), Port{4000});
    EXPECT_EQ(towards_bob(), Port{6000});
    accept_prack();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1"));
    turn();
    EXPECT_EQ(body_of(alice.got("SIP/2.0 200")), "");
    acknowledge();
    EXPECT_EQ(bob.count("BYE"), 0U);
    hang_up();
}

TEST_F(PrackScenario, B2BUA_E1_offer_in_a_reliable_1xx_is_not_made_again_by_the_2xx) {
    alice.say(alice.request("INVITE", 1, kKnown));
    turn();
    bob.learn_invite(bob.got("INVITE"), "b1");
    ring(5, sdp("10.20.0.2", 6000));
    prack(alice.got("SIP/2.0 183"), 2, sdp("10.10.0.5", 4000));
    accept_prack();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, sdp("10.20.0.2", 6666)));
    turn();
    acknowledge();  // without a body: there is no offer to answer
    EXPECT_EQ(bob.count("BYE"), 0U);
    EXPECT_EQ(towards_bob(), Port{6000});
    alice.forget();
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

TEST_F(PrackScenario, B2BUA_E1_prack_that_leaves_the_offer_unanswered) {
    alice.say(alice.request("INVITE", 1, kKnown));
    turn();
    bob.learn_invite(bob.got("INVITE"), "b1");
    ring(5, sdp("10.20.0.2", 6000));
    prack(alice.got("SIP/2.0 183"), 2);
    EXPECT_EQ(gate.relays().live(), 0U);
    bob.say(bob.response(bob.got("PRACK"), "488 Not Acceptable Here", {}));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 488"), 1U);
    bob.say(bob.response(bob.got("INVITE"), "488 Not Acceptable Here", "b1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 488"), 2U);
}

TEST_F(PrackScenario, B2BUA_D6_a_ringing_without_record_route_leaves_the_early_route_set) {
    Party proxy(network, at("10.20.0.2", 5062), gate.outside(), "proxy");
    invite(kKnown);
    bob.say(bob.response(bob.got("INVITE"), "183 Session Progress", "b1",
                         "Require: 100rel\r\nRSeq: 7\r\n"
                         "Record-Route: <sip:10.20.0.2:5062;lr>\r\n",
                         sdp("10.20.0.2", 6000)));
    turn();
    const std::string reliable = alice.got("SIP/2.0 183");
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1"));
    turn();
    prack(reliable, 2);
    EXPECT_EQ(header(proxy.got("PRACK"), "Route"), "<sip:10.20.0.2:5062;lr>");
    EXPECT_EQ(bob.count("PRACK"), 0U);
    proxy.say(proxy.response(proxy.got("PRACK"), "200 OK", {}));
    bob.say(bob.response(bob.got("INVITE"), "486 Busy Here", "b1"));
    turn();
    alice.say(alice.companion("ACK", 1));
}

TEST_F(PrackScenario, B2BUA_D7_reliable_1xx_of_a_reinvite_moves_the_target) {
    establish();
    bob.contact = "sip:bob@10.20.0.2:5070";
    Party moved(network, at("10.20.0.2", 5070), gate.outside(), "moved");
    alice.say(alice.request("INVITE", 2, kKnown, sdp("10.10.0.5", 4000, "sendrecv", 2)));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", {}));
    turn();
    alice.say(alice.request("INFO", 3));
    turn();
    EXPECT_EQ(bob.count("INFO"), 1U) << "an unreliable one moves nothing (RFC 6141 s.4.7)";
    bob.say(bob.response(bob.got("INFO"), "200 OK", {}));
    ring(1, {}, {});
    alice.say(alice.request("PRACK", 4, rack(alice.got("SIP/2.0 183"))));
    turn();
    EXPECT_EQ(request_uri_of(moved.got("PRACK")), bob.contact);
    EXPECT_EQ(bob.count("PRACK"), 0U);
    moved.say(moved.response(moved.got("PRACK"), "200 OK", {}));
    bob.say(bob.response(bob.got("INVITE"), "488 Not Acceptable Here", {}));
    turn();
    alice.say(alice.companion("ACK", 2));
    alice.say(alice.request("BYE", 9));
    turn();
    EXPECT_EQ(moved.count("BYE"), 1U);
}

TEST_F(PrackScenario, B2BUA_M6_caller_without_100rel_is_spared) {
    invite();
    ring(5, sdp("10.20.0.2", 6000), "b1", "180 Ringing");
    const std::string ringing = alice.got("SIP/2.0 180");
    EXPECT_EQ(header_lines(ringing, "RSeq"), "");
    EXPECT_EQ(header_lines(ringing, "Require"), "");
    const std::string prack = bob.got("PRACK");
    EXPECT_EQ(header(prack, "RAck"), far_rack(5));
    EXPECT_EQ(request_uri_of(prack), bob.contact);
    EXPECT_EQ(tag_of(header(prack, "To")), "b1");
    EXPECT_EQ(body_of(prack), "");
    accept_prack();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 0U);
    run(Millis{40'000});
    EXPECT_EQ(alice.count("SIP/2.0 180"), 1U);
    EXPECT_EQ(gate.counters().own_pracks.read(), 1U);
    // His answer was complete; hers comes with the 2xx (E2).
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1"));
    turn();
    const std::string ok = alice.got("SIP/2.0 200");
    EXPECT_EQ(body_of(ok), body_of(ringing));
    EXPECT_EQ(header(ok, "Content-Type"), "application/sdp");
    alice.learn_response(ok);
    acknowledge();
    EXPECT_EQ(towards_bob(), Port{6000});
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4000, "sendonly", 2)));
    turn();
    EXPECT_EQ(bob.count("INVITE"), 2U);  // nothing is pending
    bob.say(bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.2", 6000, "recvonly")));
    turn();
    acknowledge(2);
    hang_up();
}

TEST_F(PrackScenario, B2BUA_E1_2xx_behind_an_answer_acknowledged_here_changes_nothing) {
    invite();
    ring(5, sdp("10.20.0.2", 6000));
    accept_prack();
    answer();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, sdp("10.20.0.2", 6666)));
    turn();
    EXPECT_EQ(body_of(alice.got("SIP/2.0 200")), body_of(alice.got("SIP/2.0 183")));
    EXPECT_EQ(towards_bob(), Port{6000});
    acknowledge();
    hang_up();
}

TEST_F(PrackScenario, B2BUA_M6_offer_to_a_caller_without_100rel) {
    alice.say(alice.request("INVITE", 1));
    const std::string ack = alice.companion("ACK", 1);
    turn();
    ring(5, sdp("10.20.0.2", 6000));
    EXPECT_EQ(alice.count("SIP/2.0 183"), 0U);
    EXPECT_EQ(alice.count("SIP/2.0 488"), 1U);
    alice.say(ack);
    EXPECT_EQ(bob.count("CANCEL"), 1U);
    EXPECT_EQ(bob.count("PRACK"), 0U);
    EXPECT_EQ(gate.relays().live(), 0U);
    bob.say(bob.response(bob.got("CANCEL"), "200 OK", {}));
    bob.say(bob.response(bob.got("INVITE"), "487 Request Terminated", "b1"));
    turn();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(PrackScenario, RFC3262_s4_require_without_a_number_is_not_reliable) {
    invite(kKnown);
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1", "Require: 100rel, foo\r\n"));
    bob.say(bob.response(bob.got("INVITE"), "183 Session Progress", "b1", "RSeq: 7\r\n"));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 180"), "Require"), "foo");
    EXPECT_EQ(header(alice.got("SIP/2.0 183"), "RSeq"), "");
    EXPECT_EQ(bob.count("PRACK"), 0U);
    answer();
    acknowledge();
    hang_up();
}

TEST_F(PrackScenario, B2BUA_E2_2xx_without_sdp_gets_that_of_the_preview) {
    invite();
    bob.say(
        bob.response(bob.got("INVITE"), "183 Session Progress", "b1", {}, sdp("10.20.0.2", 6100)));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1"));
    turn();
    const std::string ok = alice.got("SIP/2.0 200");
    EXPECT_EQ(body_of(ok), body_of(alice.got("SIP/2.0 183")));
    EXPECT_EQ(header(ok, "Content-Type"), "application/sdp");
    EXPECT_EQ(header(ok, "Content-Length"), std::to_string(body_of(ok).size()));
    alice.learn_response(ok);
    acknowledge();
    hang_up();
}

}  // namespace
}  // namespace sallyport::call
