// SPDX-License-Identifier: Apache-2.0
// REFER carried out by the gate (option refer = local: B2BUA-M9, docs/decisions/0019; RFC 3515
// s.2.4, RFC 5589 s.6.1, s.7.3, RFC 3725 s.4.1, RFC 4488).
#include "tests/unit/b2bua/call/local_transfer_scenario.h"

namespace sallyport::call {
namespace {

TEST_F(LocalTransferScenario, B2BUA_M9_transferor_is_answered_and_told) {
    establish();
    refer("Referred-By: <sip:bob@10.20.0.2>\r\n");
    EXPECT_EQ(alice.count("REFER"), 0U);
    EXPECT_FALSE(header(bob.got("SIP/2.0 202"), "Contact").empty());  // RFC 3515 s.2.4.2
    const std::string trying = told(bob);
    EXPECT_EQ(header(trying, "Event"), "refer;id=1");
    EXPECT_EQ(state(trying), "active;expires=240");
    EXPECT_EQ(header(trying, "Content-Type"), "message/sipfrag;version=2.0");
    EXPECT_EQ(body_of(trying), "SIP/2.0 100 Trying\r\n");

    const std::string invite = bob.got("INVITE");
    EXPECT_EQ(request_uri_of(invite), "sip:carol@10.20.0.9");
    EXPECT_NE(header(invite, "From").find("alice@"), std::string::npos);
    EXPECT_EQ(header(invite, "Referred-By"), "<sip:bob@10.20.0.2>");
    EXPECT_EQ(header(invite, "Content-Length"), "0");  // carol makes the offer
    EXPECT_EQ(invite.find("10.10."), std::string::npos);

    carol_says("180 Ringing");
    EXPECT_EQ(alice.count("SIP/2.0"), 0U);
    carol_answers();
    EXPECT_EQ(carol.count("ACK"), 0U);  // alice has not answered
    alice_answers();
    EXPECT_EQ(alice.count("ACK"), 1U);
    EXPECT_EQ(carol.count("ACK"), 1U);
    const std::string joined = told(bob);
    EXPECT_EQ(state(joined), "terminated;reason=noresource");
    EXPECT_EQ(body_of(joined), "SIP/2.0 200 OK\r\n");
    EXPECT_EQ(bob.count("NOTIFY"), 2U);
    EXPECT_EQ(bob.count("BYE"), 1U);
    EXPECT_EQ(calls(), 1U);
    EXPECT_EQ(gate.counters().local_transfers.read(), 1U);
    EXPECT_EQ(gate.counters().local_transfers_failed.read(), 0U);
    carol_hangs_up();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(LocalTransferScenario, RFC3725_s4_1_one_complete_exchange_on_both_legs) {
    establish();
    const std::string before = header(alice.got("SIP/2.0 200"), "Call-ID");
    const std::string shown = body_of(alice.got("SIP/2.0 200"));
    refer();
    carol_answers();
    EXPECT_EQ(gate.relays().live(), 2U);  // alice and bob still hear each other
    const std::string offer = alice.got("INVITE");
    EXPECT_EQ(header(offer, "Call-ID"), before);
    EXPECT_EQ(header(offer, "Contact"), "<" + alice.target + ">");  // D10
    const std::string identity = shown.substr(shown.find("o="), shown.find(' ') - shown.find("o="));
    EXPECT_NE(body_of(offer).find(identity), std::string::npos);  // E6
    EXPECT_EQ(body_of(offer).find("10.20."), std::string::npos);  // D19
    const int near = port_in(offer);
    EXPECT_GE(near, 20000);
    EXPECT_LE(near, 29999);
    EXPECT_NE(near, port_in(shown));  // E7 as docs/decisions/0019 has it
    alice_answers();
    const int far = port_in(carol.got("ACK"));
    EXPECT_GE(far, 30000);
    EXPECT_EQ(gate.relays().live(), 1U);
    const auto id = gate.relays().ids().front();
    EXPECT_EQ(gate.relays().side(id, Side::kA)->ports.rtp.port.value, near);
    EXPECT_EQ(gate.relays().side(id, Side::kB)->ports.rtp.port.value, far);
    EXPECT_EQ(gate.relays().side(id, Side::kB)->remote.rtp, at("10.20.0.9", 7000));
    told(bob);
    carol_hangs_up();
}

TEST_F(LocalTransferScenario, B2BUA_M9_caller_transfers_the_callee) {
    establish();
    bob.forget();
    alice.say(alice.request("REFER", 2, lines_for(alice, "sip:carol@10.10.0.1")));
    turn();
    const std::string invite = bob.got("INVITE");  // by alice's routes: outside knows no carol
    EXPECT_EQ(request_uri_of(invite), "sip:carol@10.20.0.2:5060");
    EXPECT_NE(header(invite, "From").find("bob@"), std::string::npos);
    carol.learn_invite(invite, "c1");
    carol_answers();
    const std::string offer = bob.got("INVITE");
    EXPECT_EQ(header(offer, "Call-ID"), bob.call_id);
    bob.say(bob.response(offer, "200 OK", {}, {}, sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(carol.count("ACK"), 1U);
    EXPECT_EQ(alice.count("BYE"), 1U);
    EXPECT_EQ(body_of(told(alice)), "SIP/2.0 200 OK\r\n");
    bob.forget();
    bob.say(bob.request("INFO", 2));  // the leg goes on as it was, with another far end
    turn();
    EXPECT_EQ(carol.count("INFO"), 1U);
    carol.say(carol.response(carol.got("INFO"), "200 OK", {}));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 200"), 1U);
    bob.say(bob.request("BYE", 3));
    turn();
    EXPECT_EQ(carol.count("BYE"), 1U);
    EXPECT_EQ(calls(), 0U);
}

TEST_F(LocalTransferScenario, B2BUA_M9_target_refuses_and_the_call_stays) {
    establish();
    refer();
    carol_says("486 Busy Here");
    EXPECT_EQ(bob.count("NOTIFY"), 2U);
    const std::string end = told(bob);
    EXPECT_EQ(body_of(end), "SIP/2.0 486 Busy Here\r\n");
    EXPECT_EQ(state(end), "terminated;reason=noresource");
    EXPECT_EQ(alice.count("INVITE"), 0U);
    EXPECT_EQ(bob.count("BYE"), 0U);
    EXPECT_EQ(gate.counters().local_transfers_failed.read(), 1U);
    EXPECT_EQ(calls(), 1U);
    hang_up();
}

TEST_F(LocalTransferScenario, RFC3892_s2_2_token_of_the_referrer_goes_along) {
    establish();
    bob.forget();
    bob.say(bob.request("REFER", 1,
                        lines_for(bob, "sip:carol@10.20.0.9") +
                            "Referred-By: <sip:bob@10.20.0.2>;cid=\"t1@bob\"\r\n"
                            "Content-Type: message/sipfrag\r\nContent-ID: <t1@bob>\r\n",
                        "Date: Thu, 21 Feb 2002 13:02:03 GMT\r\n"));
    turn();
    const std::string invite = bob.got("INVITE");
    EXPECT_EQ(header(invite, "Referred-By"), "<sip:bob@10.20.0.2>;cid=\"t1@bob\"");
    EXPECT_EQ(header(invite, "Content-Type"), "message/sipfrag");
    EXPECT_EQ(header(invite, "Content-ID"), "<t1@bob>");
    EXPECT_EQ(body_of(invite), "Date: Thu, 21 Feb 2002 13:02:03 GMT\r\n");
    carol.learn_invite(invite, "c1");
    carol_says("486 Busy Here");
    told(bob);
    hang_up();
}

TEST_F(LocalTransferScenario, B2BUA_M1_target_rings_for_ever) {
    establish();
    refer();
    told(bob);
    carol_says("180 Ringing");
    run(Millis{186'000});
    EXPECT_GE(bob.count("CANCEL"), 1U);
    carol.say(carol.response(bob.got("INVITE"), "487 Request Terminated", "c1"));
    turn();
    EXPECT_EQ(body_of(told(bob)), "SIP/2.0 487 Request Terminated\r\n");
    hang_up();
}

TEST_F(LocalTransferScenario, RFC3515_s2_4_5_no_way_to_the_target) {
    establish();
    bob.forget();
    bob.say(bob.request("REFER", 1, lines_for(bob, "sips:carol@10.20.0.9")));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 202"), 1U);
    EXPECT_EQ(bob.count("INVITE"), 0U);
    EXPECT_EQ(body_of(told(bob)), "SIP/2.0 480 Temporarily Unavailable\r\n");
    hang_up();
}

TEST_F(LocalTransferScenario, RFC4488_s4_transferor_wants_no_subscription) {
    establish();
    refer("Refer-Sub: false\r\n");
    EXPECT_EQ(header(bob.got("SIP/2.0 202"), "Refer-Sub"), "false");
    carol_answers();
    alice_answers();
    EXPECT_EQ(bob.count("NOTIFY"), 0U);
    EXPECT_EQ(bob.count("BYE"), 1U);
    carol_hangs_up();
}

TEST_F(LocalTransferScenario, RFC3515_s2_4_4_transferor_ends_its_subscription) {
    establish();
    refer();
    bob.say(bob.request("SUBSCRIBE", 2,
                        "Contact: <" + bob.contact + ">\r\nEvent: refer;id=1\r\nExpires: 0\r\n"));
    turn();
    EXPECT_EQ(alice.count("SUBSCRIBE"), 0U);
    EXPECT_EQ(header(bob.got("SIP/2.0 200"), "Expires"), "0");
    EXPECT_EQ(state(told(bob)), "terminated;reason=timeout");
    carol_answers();
    alice_answers();
    EXPECT_EQ(bob.count("NOTIFY"), 2U);
    carol_hangs_up();
}

TEST_F(LocalTransferScenario, RFC3515_s2_4_2_exactly_one_target) {
    establish();
    bob.say(bob.request(
        "REFER", 1, lines_for(bob, "sip:carol@10.20.0.9") + "Refer-To: <sip:dan@10.20.0.9>\r\n"));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 400"), 1U);
    hang_up();
}

TEST_F(LocalTransferScenario, B2BUA_M9_other_methods_pass) {
    establish();
    bob.say(bob.request("REFER", 1, lines_for(bob, "sip:carol@10.20.0.9;method=MESSAGE")));
    turn();
    EXPECT_EQ(alice.count("REFER"), 1U);
    alice.say(alice.response(alice.got("REFER"), "603 Decline", {}));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 603"), 1U);
    hang_up();
}

TEST_F(LocalTransferScenario, RFC3261_s19_1_1_an_escaped_line_break_begins_no_header) {
    establish();
    alice.forget();
    bob.forget();
    const std::string smuggled = "?Replaces=a%0d%0aRoute%3a%20%3csip%3a10.20.0.66%3blr%3e";
    bob.say(bob.request("REFER", 1, lines_for(bob, "sip:carol@10.20.0.9" + smuggled)));
    turn();
    EXPECT_EQ(bob.count("INVITE"), 0U);
    EXPECT_EQ(alice.count("REFER"), 1U);  // what is no target of ours passes as it came
    EXPECT_EQ(alice.got("REFER").find("\r\nRoute"), std::string::npos);
    hang_up();
}

TEST_F(LocalTransferScenario, B2BUA_M9_one_transfer_at_a_time) {
    establish();
    refer("", "sip:carol@10.20.0.9;method=INVITE");
    EXPECT_EQ(request_uri_of(bob.got("INVITE")), "sip:carol@10.20.0.9");
    bob.say(bob.request("REFER", 2, lines_for(bob, "sip:dan@10.20.0.9")));
    alice.say(alice.request("REFER", 2, lines_for(alice, "sip:dan@10.10.0.1")));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 491"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 491"), 1U);
    EXPECT_EQ(bob.count("INVITE"), 1U);
    carol_says("603 Decline");
    told(bob);
    hang_up();
}

TEST_F(LocalTransferScenario, RFC3264_s8_lines_that_the_target_does_not_know) {
    const std::string video = "m=video 4002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";
    alice.say(alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000) + video));
    turn();
    bob.learn_invite(bob.got("INVITE"), "b1");
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {},
                         sdp("10.20.0.2", 6000) + "m=video 6002 RTP/AVP 96\r\n"));
    turn();
    alice.learn_response(alice.got("SIP/2.0 200"));
    acknowledge();
    refer();
    carol_answers();
    EXPECT_GT(port_in(alice.got("INVITE"), 0), 0);
    EXPECT_EQ(port_in(alice.got("INVITE"), 1), 0);
    alice.say(alice.response(alice.got("INVITE"), "200 OK", {}, {},
                             sdp("10.10.0.5", 4000) + "m=video 0 RTP/AVP 96\r\n"));
    turn();
    EXPECT_GT(port_in(carol.got("ACK"), 0), 0);
    EXPECT_EQ(port_in(carol.got("ACK"), 1), -1);
    told(bob);
    alice.forget();
    carol.say(carol.request("INVITE", 2, {}, sdp("10.20.0.9", 7000, "sendonly", 2)));
    turn();
    EXPECT_EQ(port_in(alice.got("INVITE"), 1), 0);  // of this one, too
    alice.say(alice.response(alice.got("INVITE"), "200 OK", {}, {},
                             sdp("10.10.0.5", 4000, "recvonly", 2) + "m=video 0 RTP/AVP 96\r\n"));
    turn();
    EXPECT_EQ(port_in(carol.got("SIP/2.0 200"), 1), -1);
    carol.say(carol.request("ACK", 2));
    turn();
    carol.forget();
    carol_hangs_up();
}

/// bob has a call with alice and one with amy, and makes one of the two.
class AttendedLocalTransfer : public LocalTransferScenario {
protected:
    Party amy{network, at("10.10.0.6"), gate.inside(), "amy"};
    Party bobby{network, at("10.20.0.2", 5070), gate.outside(), "bobby"};

    void call_amy() {
        amy.dial("call-3", "sip:bob@10.10.0.1");
        amy.say(amy.request("INVITE", 1, {}, sdp("10.10.0.6", 4006)));
        turn();
        bobby.learn_invite(bob.got("INVITE"), "b3");
        bobby.say(bobby.response(bob.got("INVITE"), "200 OK", "b3", {}, sdp("10.20.0.2", 6006)));
        turn();
        amy.learn_response(amy.got("SIP/2.0 200"));
        amy.say(amy.request("ACK", 1));
        turn();
    }
    void amy_joins_alice() {
        const std::string invite = amy.got("INVITE");
        amy.say(amy.response(invite, "200 OK", "y9", {}, sdp("10.10.0.6", 4008)));
        turn();
        alice_answers();
        EXPECT_EQ(amy.count("ACK"), 1U);
        EXPECT_EQ(bob.count("BYE"), 1U);
        EXPECT_EQ(body_of(told(bob)), "SIP/2.0 200 OK\r\n");
        EXPECT_EQ(gate.relays().live(), 2U);
    }
    void end_alice() {
        amy.forget();
        alice.say(alice.request("BYE", 2));
        turn();
        EXPECT_EQ(amy.count("BYE"), 1U);
    }
};

TEST_F(AttendedLocalTransfer, B2BUA_D14_replaced_dialog_in_the_targets_words) {
    establish();
    call_amy();
    bob.forget();
    amy.forget();
    bob.say(bob.request(
        "REFER", 1,
        lines_for(bob, bobby.target + "?Replaces=" + bobby.call_id + "%3Bto-tag%3D" +
                           tag_of(bobby.remote) + "%3Bfrom-tag%3Db3&Require=replaces")));
    turn();
    const std::string invite = amy.got("INVITE");
    EXPECT_EQ(header(invite, "Replaces"), "call-3;to-tag=amy1;from-tag=" + tag_of(amy.remote));
    EXPECT_EQ(header(invite, "Require"), "replaces");
    EXPECT_EQ(request_uri_of(invite), amy.contact);
    amy_joins_alice();
    amy.say(amy.request("BYE", 2));  // amy's of the replaced dialog (RFC 3891 s.3)
    turn();
    EXPECT_EQ(bobby.count("BYE") + bob.count("BYE"), 2U);
    EXPECT_EQ(calls(), 1U);
    end_alice();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(AttendedLocalTransfer, B2BUA_D11_contact_of_ours_without_replaces) {
    establish();
    call_amy();
    bob.forget();
    amy.forget();
    bob.say(bob.request("REFER", 1, lines_for(bob, bobby.target)));
    turn();
    EXPECT_EQ(request_uri_of(amy.got("INVITE")), amy.contact);
    amy_joins_alice();
    end_alice();
    amy.say(amy.request("BYE", 2));
    turn();
    EXPECT_EQ(calls(), 0U);
}

}  // namespace
}  // namespace sallyport::call
