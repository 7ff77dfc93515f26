// SPDX-License-Identifier: Apache-2.0
// What crosses or fails while the gate carries out a REFER (option refer = local: B2BUA-M9, E-R;
// docs/decisions/0019).
#include "tests/unit/b2bua/call/local_transfer_scenario.h"

namespace sallyport::call {
namespace {

using LocalTransferRaces = LocalTransferScenario;

TEST_F(LocalTransferRaces, RFC5589_s6_1_transferor_does_not_wait) {
    establish();
    refer();
    bob.say(bob.request("BYE", 2));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(alice.count("BYE"), 0U);
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4010)));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 491"), 1U);
    alice.say(alice.companion("ACK", 2));
    carol_answers();
    alice_answers();
    EXPECT_EQ(carol.count("ACK"), 1U);
    EXPECT_EQ(bob.count("BYE"), 0U);
    EXPECT_EQ(body_of(told(bob)), "SIP/2.0 200 OK\r\n");
    carol_hangs_up();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(LocalTransferRaces, RFC5589_s6_1_nobody_is_left) {
    establish();
    refer();
    bob.say(bob.request("BYE", 2));
    turn();
    carol_says("404 Not Found");
    EXPECT_EQ(body_of(told(bob)), "SIP/2.0 404 Not Found\r\n");
    EXPECT_EQ(alice.count("BYE"), 1U);
    EXPECT_EQ(calls(), 0U);
}

TEST_F(LocalTransferRaces, B2BUA_M4_transferee_hangs_up_while_it_rings) {
    establish();
    refer();
    carol_says("180 Ringing");
    alice.say(alice.request("BYE", 2));
    turn();
    EXPECT_EQ(bob.count("CANCEL"), 1U);
    EXPECT_EQ(body_of(told(bob)), "SIP/2.0 487 Request Terminated\r\n");
    EXPECT_EQ(bob.count("BYE"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    carol_says("487 Request Terminated");
    EXPECT_EQ(calls(), 0U);
}

TEST_F(LocalTransferRaces, B2BUA_E_R1_target_answers_after_all) {
    establish();
    refer();
    bob.say(bob.request("BYE", 2));
    turn();
    carol_says("180 Ringing");
    alice.say(alice.request("BYE", 2));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(bob.count("BYE"), 0U);
    carol_answers();
    EXPECT_EQ(port_in(carol.got("ACK")), 0);  // E3
    EXPECT_EQ(carol.count("BYE"), 1U);
    told(bob);
    EXPECT_EQ(calls(), 0U);
}

TEST_F(LocalTransferRaces, B2BUA_E_R8_transferee_hangs_up_instead_of_answering) {
    establish();
    refer();
    carol_answers();
    alice.say(alice.request("BYE", 2));
    turn();
    EXPECT_EQ(port_in(carol.got("ACK")), 0);
    EXPECT_EQ(carol.count("BYE"), 1U);
    EXPECT_EQ(bob.count("BYE"), 1U);
    EXPECT_EQ(body_of(told(bob)), "SIP/2.0 487 Request Terminated\r\n");
    alice.say(alice.response(alice.got("INVITE"), "487 Request Terminated", {}));
    turn();
    EXPECT_EQ(alice.count("ACK"), 1U);
    EXPECT_EQ(calls(), 0U);
}

TEST_F(LocalTransferRaces, B2BUA_E8_transferee_refuses_the_session) {
    establish();
    refer();
    carol_answers();
    alice.say(alice.response(alice.got("INVITE"), "488 Not Acceptable Here", {}));
    turn();
    EXPECT_EQ(port_in(carol.got("ACK")), 0);
    EXPECT_EQ(carol.count("BYE"), 1U);
    EXPECT_EQ(body_of(told(bob)), "SIP/2.0 488 Not Acceptable Here\r\n");
    EXPECT_EQ(gate.relays().live(), 1U);
    EXPECT_EQ(calls(), 1U);
    hang_up();
}

TEST_F(LocalTransferRaces, B2BUA_E_R9_transferee_has_forgotten_the_call) {
    establish();
    refer();
    carol_answers();
    alice.say(alice.response(alice.got("INVITE"), "481 Call Does Not Exist", {}));
    turn();
    EXPECT_EQ(carol.count("BYE"), 1U);
    EXPECT_EQ(bob.count("BYE"), 1U);
    EXPECT_EQ(alice.count("BYE"), 0U);
    EXPECT_EQ(body_of(told(bob)), "SIP/2.0 481 Call/Transaction Does Not Exist\r\n");
    EXPECT_EQ(calls(), 0U);
}

TEST_F(LocalTransferRaces, B2BUA_E_R9_transferee_does_not_answer) {
    establish();
    refer();
    told(bob);
    carol_answers();
    run(Millis{33'000});
    EXPECT_EQ(port_in(carol.got("ACK")), 0);
    EXPECT_EQ(body_of(told(bob)), "SIP/2.0 408 Request Timeout\r\n");
    EXPECT_EQ(alice.count("BYE"), 1U);
    EXPECT_EQ(bob.count("BYE"), 1U);
}

TEST_F(LocalTransferRaces, B2BUA_E9_transferee_is_asked_again_after_glare) {
    establish();
    refer();
    carol_answers();
    alice.say(alice.response(alice.got("INVITE"), "491 Request Pending", {}));
    turn();
    EXPECT_EQ(carol.count("ACK"), 0U);
    run(Millis{4'100});
    EXPECT_EQ(alice.all("INVITE").back().text.find("CSeq: 1 "), std::string::npos);
    alice_answers();
    EXPECT_EQ(carol.count("ACK"), 1U);
    EXPECT_GT(port_in(carol.got("ACK")), 0);
    told(bob);
    carol_hangs_up();
}

TEST_F(LocalTransferRaces, B2BUA_E9_parties_do_not_renegotiate_meanwhile) {
    establish();
    refer();
    carol_answers();
    bob.say(bob.request("INVITE", 2, {}, sdp("10.20.0.2", 6010)));
    alice.say(alice.request("UPDATE", 2, {}, sdp("10.10.0.5", 4010)));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 491"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 491"), 1U);
    bob.say(bob.companion("ACK", 2));
    alice_answers();
    told(bob);
    carol_hangs_up();
}

TEST_F(LocalTransferRaces, B2BUA_E10_offer_waits_for_the_exchange_under_way) {
    establish();
    refer();
    bob.say(bob.request("INVITE", 2, {}, sdp("10.20.0.2", 6000, "sendonly", 2)));  // hold
    turn();
    const std::string hold = alice.got("INVITE");
    carol_answers();
    EXPECT_EQ(alice.count("INVITE"), 1U);
    alice.say(alice.response(hold, "200 OK", {}, {}, sdp("10.10.0.5", 4000, "recvonly", 2)));
    turn();
    bob.say(bob.request("ACK", 2));
    run(Millis{500});
    EXPECT_EQ(alice.count("INVITE"), 2U);
    EXPECT_EQ(body_of(alice.got("INVITE")).find("sendonly"), std::string::npos);  // not carol's
    alice_answers();
    EXPECT_EQ(body_of(carol.got("ACK")).find("recvonly"), std::string::npos);
    EXPECT_GT(port_in(carol.got("ACK")), 0);
    told(bob);
    carol_hangs_up();
}

TEST_F(LocalTransferRaces, B2BUA_E_R5_target_hangs_up_at_once) {
    establish();
    refer();
    carol_answers();
    carol.say(carol.request("OPTIONS", 1));
    carol.say(carol.request("BYE", 2));
    turn();
    EXPECT_EQ(carol.count("SIP/2.0 500"), 1U);
    EXPECT_EQ(carol.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(alice.count("BYE"), 0U);  // her answer is due first
    alice_answers();
    EXPECT_EQ(carol.count("ACK"), 1U);
    EXPECT_EQ(carol.count("BYE"), 0U);
    EXPECT_EQ(alice.count("BYE"), 1U);
    EXPECT_EQ(body_of(told(bob)), "SIP/2.0 200 OK\r\n");
    EXPECT_EQ(calls(), 0U);
}

TEST_F(LocalTransferRaces, B2BUA_E_R3_target_repeats_its_answer) {
    establish();
    refer();
    carol_answers();
    carol_answers();  // again: alice has not answered
    EXPECT_EQ(alice.count("INVITE"), 1U);
    EXPECT_EQ(carol.count("ACK"), 0U);
    alice_answers();
    carol_answers();
    alice_answers();
    ASSERT_EQ(carol.count("ACK"), 2U);
    EXPECT_EQ(carol.all("ACK")[0].text, carol.all("ACK")[1].text);
    EXPECT_EQ(alice.count("ACK"), 2U);
    EXPECT_EQ(alice.all("ACK")[0].text, alice.all("ACK")[1].text);
    told(bob);
    carol_hangs_up();
}

TEST_F(LocalTransferRaces, B2BUA_E_R7_two_targets_answer) {
    Party dan(network, at("10.20.0.8"), gate.outside(), "dan");
    establish();
    refer();
    carol_answers();
    dan.say(dan.response(bob.got("INVITE"), "200 OK", "d1", {}, sdp("10.20.0.8", 7100)));
    turn();
    EXPECT_EQ(port_in(dan.got("ACK")), 0);
    EXPECT_EQ(dan.count("BYE"), 1U);
    alice_answers();
    EXPECT_GT(port_in(carol.got("ACK")), 0);
    told(bob);
    carol_hangs_up();
}

TEST_F(LocalTransferRaces, B2BUA_E_R14_requests_of_the_transferor_that_has_gone) {
    establish();
    refer();
    bob.say(bob.request("BYE", 2));
    turn();
    bob.say(bob.request("INFO", 3));
    alice.say(alice.request("INFO", 2));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 481"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 500"), 1U);
    carol_answers();
    alice_answers();
    told(bob);
    carol_hangs_up();
}

TEST_F(LocalTransferRaces, B2BUA_J7_no_relay_port_for_the_new_call) {
    establish();
    refer();
    gate.relays().refuse_creations(1, dataplane::RelayFault::kNoPorts);
    carol_answers();
    EXPECT_EQ(alice.count("INVITE"), 0U);
    EXPECT_EQ(port_in(carol.got("ACK")), 0);
    EXPECT_EQ(carol.count("BYE"), 1U);
    EXPECT_EQ(body_of(told(bob)), "SIP/2.0 503 Service Unavailable\r\n");
    hang_up();
}

}  // namespace
}  // namespace sallyport::call
