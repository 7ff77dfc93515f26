// SPDX-License-Identifier: Apache-2.0
// INVITE and UPDATE inside a dialog: failure, glare, target refresh (B2BUA-E7 .. E10, E-R9, D7, J9;
// RFC 3261 s.12.2, s.14, RFC 3311).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

class ReinviteScenario : public Scenario {
protected:
    std::string media_of(Side side) {
        return gate.relays().side(gate.relays().ids().front(), side)->remote.rtp.to_string();
    }
    void reinvite(std::uint32_t cseq, const std::string& offer) {
        bob.forget();
        alice.forget();
        alice.say(alice.request("INVITE", cseq, {}, offer));
        turn();
    }
};

struct Failing {
    const char* status;
    bool ends_call;
};

class FailedReinviteScenario : public ReinviteScenario,
                               public ::testing::WithParamInterface<Failing> {};

TEST_P(FailedReinviteScenario, B2BUA_E8_and_E_R9) {
    establish();
    const int shown = port_in(bob.got("INVITE"));
    const std::string before = media_of(Side::kA);
    reinvite(2, sdp("10.10.0.5", 4444, "sendrecv", 2));
    EXPECT_EQ(port_in(bob.got("INVITE")), shown);  // E7
    EXPECT_EQ(media_of(Side::kA), before);         // nothing moves before the answer
    bob.say(bob.response(bob.got("INVITE"), GetParam().status, {}));
    turn();
    const std::string code = std::string(GetParam().status).substr(0, 3);
    EXPECT_EQ(alice.count("SIP/2.0 " + code), 1U);
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(alice.count("BYE"), GetParam().ends_call ? 1U : 0U);
    if (GetParam().ends_call) {
        EXPECT_EQ(header(alice.got("BYE"), "Reason"), "SIP;cause=" + code);
        EXPECT_EQ(bob.count("BYE"), code == "481" ? 0U : 1U) << "481: bob has no dialog to end";
        EXPECT_EQ(gate.relays().live(), 0U);
        return;
    }
    EXPECT_EQ(media_of(Side::kA), before);
    reinvite(3, sdp("10.10.0.5", 4446, "sendrecv", 3));  // and the next one is welcome
    bob.say(bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.2", 6000)));
    turn();
    acknowledge(3);
    EXPECT_EQ(media_of(Side::kA), "10.10.0.5:4446");
    hang_up();
}

INSTANTIATE_TEST_SUITE_P(Table, FailedReinviteScenario,
                         ::testing::Values(Failing{"488 Not Acceptable Here", false},
                                           Failing{"491 Request Pending", false},
                                           Failing{"401 Unauthorized", false},
                                           Failing{"500 Server Internal Error", false},
                                           Failing{"481 Call/Transaction Does Not Exist", true},
                                           Failing{"408 Request Timeout", true}),
                         [](const auto& row) {
                             return "status_" + std::string(row.param.status).substr(0, 3);
                         });

TEST_F(ReinviteScenario, B2BUA_E_R9_reinvite_without_any_answer) {
    establish();
    reinvite(2, sdp("10.10.0.5", 4000, "sendonly", 2));
    run(Millis{33'000});
    EXPECT_GE(alice.count("SIP/2.0 408"), 1U);
    EXPECT_EQ(alice.count("BYE"), 1U);
    EXPECT_EQ(bob.count("BYE"), 1U);
}

TEST_F(ReinviteScenario, B2BUA_E_R9_the_end_of_the_call_answers_the_reinvite_under_way) {
    establish();
    alice.forget();
    bob.forget();
    bob.say(bob.request("INVITE", 5, {}, sdp("10.20.0.2", 6000, "sendonly", 2)));
    turn();
    alice.say(alice.request("UPDATE", 4));
    turn();
    bob.say(bob.response(bob.got("UPDATE"), "481 Call/Transaction Does Not Exist", {}));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 487"), 1U);
    EXPECT_EQ(bob.count("BYE"), 0U);  // it has no such dialog
    bob.say(bob.companion("ACK", 5));
    alice.say(alice.response(alice.got("INVITE"), "200 OK", {}, {}, sdp("10.10.0.5", 4000)));
    alice.say(alice.response(alice.got("BYE"), "200 OK", {}));
    turn();
    EXPECT_EQ(alice.count("ACK"), 1U);
    EXPECT_EQ(alice.count("BYE"), 1U);
    EXPECT_EQ(calls(), 0U);
}

TEST_F(ReinviteScenario, B2BUA_E_R9_481_to_info_is_the_phones_business) {
    establish();
    alice.say(alice.request("INFO", 2));
    turn();
    bob.say(bob.response(bob.got("INFO"), "481 Call/Transaction Does Not Exist", {}));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 481"), 1U);
    EXPECT_EQ(alice.count("BYE"), 0U);
    hang_up();
}

TEST_F(ReinviteScenario, B2BUA_E8_cancelled_reinvite_keeps_the_media) {
    establish();
    const std::string before = media_of(Side::kA);
    reinvite(2, sdp("10.10.0.5", 4444, "sendrecv", 2));
    bob.say(bob.response(bob.got("INVITE"), "100 Trying", {}));
    turn();
    alice.say(alice.companion("CANCEL", 2));
    turn();
    ASSERT_EQ(bob.count("CANCEL"), 1U);
    bob.say(bob.response(bob.got("INVITE"), "487 Request Terminated", {}));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 487"), 1U);
    EXPECT_EQ(media_of(Side::kA), before);
    hang_up();
}

TEST_F(ReinviteScenario, B2BUA_E_R1_cancel_that_comes_too_late_changes_the_session_on_both_sides) {
    establish();
    reinvite(2, sdp("10.10.0.5", 4444, "sendrecv", 2));
    bob.say(bob.response(bob.got("INVITE"), "100 Trying", {}));
    turn();
    alice.say(alice.companion("CANCEL", 2));
    bob.say(
        bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.2", 6666, "sendrecv", 2)));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 487"), 0U);
    EXPECT_EQ(alice.count("SIP/2.0 200"), 2U);  // to CANCEL and to INVITE
    acknowledge(2);
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(bob.count("BYE"), 0U);
    hang_up();
}

TEST_F(ReinviteScenario, B2BUA_E8_added_stream_that_is_refused_gives_its_port_back) {
    establish();
    const std::string video = "m=video 4100 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";
    reinvite(2, sdp("10.10.0.5", 4000, "sendrecv", 2) + video);
    EXPECT_EQ(gate.relays().live(), 2U);
    EXPECT_GT(port_in(bob.got("INVITE"), 1), 0);
    bob.say(bob.response(bob.got("INVITE"), "488 Not Acceptable Here", {}));
    turn();
    EXPECT_EQ(gate.relays().live(), 1U);
    hang_up();
}

TEST_F(ReinviteScenario, B2BUA_E5_added_stream_with_port_0_in_the_answer) {
    establish();
    const std::string video = "m=video 4100 RTP/AVP 96\r\n";
    reinvite(2, sdp("10.10.0.5", 4000, "sendrecv", 2) + video);
    bob.say(bob.response(bob.got("INVITE"), "200 OK", {}, {},
                         sdp("10.20.0.2", 6000, "sendrecv", 2) + "m=video 0 RTP/AVP 96\r\n"));
    turn();
    EXPECT_EQ(port_in(alice.got("SIP/2.0 200"), 1), 0);
    EXPECT_EQ(gate.relays().live(), 1U);
    acknowledge(2);
    hang_up();
}

TEST_F(ReinviteScenario, B2BUA_E4_answer_with_too_many_streams_ends_the_call) {
    establish();
    reinvite(2, sdp("10.10.0.5", 4000, "sendonly", 2));
    bob.say(bob.response(bob.got("INVITE"), "200 OK", {}, {},
                         sdp("10.20.0.2", 6000, "recvonly", 2) + "m=video 6100 RTP/AVP 96\r\n"));
    turn();
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(header(bob.got("BYE"), "Reason"), "SIP;cause=488");
    EXPECT_EQ(header(alice.got("BYE"), "Reason"), "SIP;cause=488");
}

TEST_F(ReinviteScenario, B2BUA_E1_answer_without_sdp_leaves_no_offer_pending) {
    establish();
    const std::string before = media_of(Side::kA);
    reinvite(2, sdp("10.10.0.5", 4444, "sendrecv", 2));
    bob.say(bob.response(bob.got("INVITE"), "200 OK", {}));
    turn();
    acknowledge(2);
    EXPECT_EQ(media_of(Side::kA), before);
    reinvite(3, sdp("10.10.0.5", 4446, "sendrecv", 3));
    EXPECT_EQ(alice.count("SIP/2.0 491"), 0U);
    bob.say(bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.2", 6000)));
    turn();
    acknowledge(3);
    hang_up();
}

TEST_F(ReinviteScenario, B2BUA_E8_refused_sdp_leaves_no_offer_pending) {
    establish();
    std::string multicast = sdp("10.10.0.5", 4000, "sendrecv", 2);
    multicast.replace(multicast.find("c=IN IP4 10.10.0.5"), 18, "c=IN IP4 233.252.0.1/127");
    reinvite(2, multicast);
    EXPECT_EQ(alice.count("SIP/2.0 488"), 1U);
    EXPECT_EQ(bob.count("INVITE"), 0U);
    reinvite(3, sdp("10.10.0.5", 4446, "sendrecv", 3));
    ASSERT_EQ(bob.count("INVITE"), 1U);
    bob.say(bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.2", 6000)));
    turn();
    acknowledge(3);
    hang_up();
}

TEST_F(ReinviteScenario, B2BUA_E9_both_sides_at_once) {
    establish();
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4000, "sendonly", 2)));
    bob.say(bob.request("INVITE", 1, {}, sdp("10.20.0.2", 6000, "sendonly", 2)));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 491"), 1U);  // ours towards bob is under way
    EXPECT_EQ(alice.count("INVITE"), 0U);
    bob.say(bob.companion("ACK", 1));
    bob.say(bob.response(bob.got("INVITE"), "491 Request Pending", {}));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 491"), 1U);
    EXPECT_EQ(gate.counters().glare.read(), 1U);
    alice.say(alice.companion("ACK", 2));
    bob.say(bob.request("INVITE", 2, {}, sdp("10.20.0.2", 6000, "sendonly", 2)));
    turn();
    EXPECT_EQ(alice.count("INVITE"), 1U);
    alice.say(alice.response(alice.got("INVITE"), "200 OK", {}, {},
                             sdp("10.10.0.5", 4000, "recvonly", 2)));
    turn();
    bob.say(bob.request("ACK", 2));
    turn();
    EXPECT_EQ(alice.count("ACK"), 1U);
    hang_up();
}

TEST_F(ReinviteScenario, B2BUA_E9_second_invite_from_the_same_side) {
    establish();
    reinvite(2, sdp("10.10.0.5", 4000, "sendonly", 2));
    alice.say(alice.request("INVITE", 3, {}, sdp("10.10.0.5", 4000, "sendrecv", 3)));
    turn();
    const std::string refusal = alice.got("SIP/2.0 500");
    EXPECT_NE(header(refusal, "Retry-After"), "");
    EXPECT_LE(std::stoi(header(refusal, "Retry-After")), 10);
    EXPECT_EQ(bob.count("INVITE"), 1U);
    bob.say(
        bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.2", 6000, "recvonly", 2)));
    turn();
    acknowledge(2);
    hang_up();
}

TEST_F(ReinviteScenario, B2BUA_E9_update_with_an_offer_against_a_pending_one) {
    establish();
    reinvite(2, sdp("10.10.0.5", 4000, "sendonly", 2));
    bob.say(bob.request("UPDATE", 1, {}, sdp("10.20.0.2", 6000, "sendonly", 2)));
    alice.say(alice.request("UPDATE", 3, {}, sdp("10.10.0.5", 4000, "inactive", 3)));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 491"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 500"), 1U);
    bob.say(
        bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.2", 6000, "recvonly", 2)));
    turn();
    acknowledge(2);
    hang_up();
}

TEST_F(ReinviteScenario, B2BUA_M7_update_moves_the_media) {
    establish();
    alice.say(alice.request("UPDATE", 2, {}, sdp("10.10.0.5", 4500, "sendrecv", 2)));
    turn();
    const std::string update = bob.got("UPDATE");
    EXPECT_EQ(body_of(update).find("10.10."), std::string::npos);
    bob.say(bob.response(update, "200 OK", {}, "Contact: <" + bob.contact + ">\r\n",
                         sdp("10.20.0.2", 6500, "sendrecv", 2)));
    turn();
    EXPECT_EQ(media_of(Side::kA), "10.10.0.5:4500");
    EXPECT_EQ(media_of(Side::kB), "10.20.0.2:6500");
    EXPECT_EQ(body_of(alice.got("SIP/2.0 200")).find("10.20."), std::string::npos);
    hang_up();
}

TEST_F(ReinviteScenario, B2BUA_D7_target_refresh_stays_on_its_leg) {
    establish();
    const std::string shown = header(bob.got("INVITE"), "Contact");
    Party moved(network, at("10.10.0.9", 5070), gate.inside(), "alice");
    moved.call_id = alice.call_id;
    moved.local = alice.local;
    moved.remote = alice.remote;
    moved.target = alice.target;
    bob.forget();
    moved.say(moved.request("INVITE", 2, {}, sdp("10.10.0.9", 4000, "sendrecv", 2)));
    turn();
    EXPECT_EQ(header(bob.got("INVITE"), "Contact"), shown);
    bob.say(bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(moved.count("SIP/2.0 200"), 1U);
    moved.say(moved.request("ACK", 2));
    turn();
    EXPECT_EQ(gate.counters().source_changes.read(), 1U);
    bob.say(bob.request("BYE", 1));
    turn();
    EXPECT_EQ(alice.count("BYE"), 0U);  // J9: the flow moved with the refresh
    EXPECT_EQ(request_uri_of(moved.got("BYE")), moved.contact);
}

TEST_F(ReinviteScenario, B2BUA_J9_refused_refresh_moves_nothing) {
    establish();
    Party moved(network, at("10.10.0.9", 5070), gate.inside(), "alice");
    moved.call_id = alice.call_id;
    moved.local = alice.local;
    moved.remote = alice.remote;
    moved.target = alice.target;
    moved.say(moved.request("INVITE", 2, {}, sdp("10.10.0.9", 4000, "sendrecv", 2)));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "488 Not Acceptable Here", {}));
    turn();
    bob.say(bob.request("BYE", 1));
    turn();
    EXPECT_EQ(request_uri_of(alice.got("BYE")), alice.contact);
    EXPECT_EQ(moved.count("BYE"), 0U);
}

}  // namespace
}  // namespace sallyport::call
