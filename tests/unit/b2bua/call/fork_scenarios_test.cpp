// SPDX-License-Identifier: Apache-2.0
// One INVITE, several early dialogs (B2BUA-E12, E13, E14, E-R7, E-R12, G8; K24; RFC 3261 s.12.1,
// s.13.2.2.4; RFC 6228).
#include "tests/unit/b2bua/call/scenario.h"

#include <algorithm>

namespace sallyport::call {
namespace {

class ForkScenario : public Scenario {
protected:
    void early(std::string_view tag, std::string_view ip, std::uint16_t port,
               std::string_view lines = {}) {
        alice.forget();
        bob.say(bob.response(bob.got("INVITE"), "183 Session Progress", tag, lines, sdp(ip, port)));
        turn();
    }
    /// A 2xx that had its ACK and BYE comes once more (E-R3).
    void repeats_the_same_ack(const std::string& late) {
        const std::string ack = bob.all("ACK").back().text;
        bob.say(late);
        turn();
        EXPECT_EQ(bob.all("ACK").back().text, ack);
        EXPECT_EQ(bob.count("BYE"), 1U);
    }
    /// What this callee sends goes on to alice.
    bool heard(const Endpoint& callee) {
        const auto& relays = gate.relays();
        const auto ids = relays.ids();
        return std::any_of(ids.begin(), ids.end(), [&](dataplane::RelayId id) {
            return relays.selected(id) && relays.side(id, Side::kB)->remote.rtp == callee &&
                   relays.side(id, Side::kA)->remote.send_media;
        });
    }
    void win(std::string_view tag, std::string_view ip, std::uint16_t port) {
        bob.say(bob.response(bob.got("INVITE"), "200 OK", tag, {}, sdp(ip, port)));
        turn();
    }
};

TEST_F(ForkScenario, B2BUA_K24_each_early_dialog_has_its_own_tag_and_ports) {
    invite();
    const int offered = port_in(bob.got("INVITE"));
    early("t1", "10.20.0.31", 6000);
    const std::string first = alice.got("SIP/2.0 183");
    early("t2", "10.20.0.32", 6100);
    const std::string second = alice.got("SIP/2.0 183");
    EXPECT_NE(tag_of(header(first, "To")), tag_of(header(second, "To")));
    EXPECT_NE(port_in(first), port_in(second)) << "E12: a port set for each";
    EXPECT_EQ(gate.relays().live(), 2U);
    win("t2", "10.20.0.32", 6100);
    const std::string answered = alice.got("SIP/2.0 200");
    EXPECT_EQ(tag_of(header(answered, "To")), tag_of(header(second, "To")));
    EXPECT_EQ(port_in(answered), port_in(second));
    EXPECT_EQ(gate.relays().live(), 1U) << "the media of t1 ended with the 2xx";
    alice.learn_response(answered);
    acknowledge();
    const std::string late =
        bob.response(bob.got("INVITE"), "200 OK", "t1", {}, sdp("10.20.0.31", 6000));
    bob.say(late);
    turn();
    EXPECT_EQ(bob.count("ACK"), 2U);
    EXPECT_EQ(bob.count("BYE"), 1U);
    EXPECT_NE(bob.got("BYE").find("Call completed elsewhere"), std::string::npos);
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    // The B-side port that was offered is the call's to the end (E7).
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4000, "sendrecv", 2)));
    turn();
    EXPECT_EQ(port_in(bob.got("INVITE")), offered);
    const std::string reinvite = bob.got("INVITE");
    repeats_the_same_ack(late);  // with another INVITE under way
    bob.say(bob.response(reinvite, "200 OK", "t2", {}, sdp("10.20.0.32", 6100)));
    turn();
    acknowledge(2);
    bob.forget();
    alice.say(alice.request("BYE", 3));
    turn();
    EXPECT_EQ(bob.count("BYE"), 1U);
}

TEST_F(ForkScenario, B2BUA_E13_one_early_dialog_is_heard_at_a_time) {
    invite();
    EXPECT_FALSE(heard(at("10.20.0.31", 6000))) << "no SDP in a 1xx yet";
    early("t1", "10.20.0.31", 6000);
    EXPECT_TRUE(heard(at("10.20.0.31", 6000)));
    early("t2", "10.20.0.32", 6100);
    EXPECT_FALSE(heard(at("10.20.0.31", 6000)));
    EXPECT_TRUE(heard(at("10.20.0.32", 6100)));
    early("t1", "10.20.0.31", 6000);
    EXPECT_TRUE(heard(at("10.20.0.31", 6000))) << "the last 18x with SDP";
    early("t2", "10.20.0.32", 6100, "P-Early-Media: inactive\r\n");
    EXPECT_FALSE(heard(at("10.20.0.32", 6100)));
    win("t2", "10.20.0.32", 6100);
    EXPECT_TRUE(heard(at("10.20.0.32", 6100)));
    alice.learn_response(alice.got("SIP/2.0 200"));
    acknowledge();
    alice.say(alice.request("BYE", 2));
    turn();
}

TEST_F(ForkScenario, B2BUA_E14_199_closes_one_early_dialog) {
    invite("Supported: 199\r\n");
    early("t1", "10.20.0.31", 6000);
    early("t2", "10.20.0.32", 6100);
    EXPECT_EQ(gate.relays().live(), 2U);
    bob.say(bob.response(bob.got("INVITE"), "199 Early Dialog Terminated", "t2"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 199"), 1U);
    EXPECT_EQ(gate.relays().live(), 1U);
    win("t1", "10.20.0.31", 6000);
    alice.learn_response(alice.got("SIP/2.0 200"));
    acknowledge();
    alice.say(alice.request("BYE", 2));
    turn();
    EXPECT_EQ(bob.count("BYE"), 1U);
}

TEST_F(ForkScenario, B2BUA_E14_199_stays_here_when_the_caller_does_not_know_it) {
    invite();
    early("t1", "10.20.0.31", 6000);
    bob.say(bob.response(bob.got("INVITE"), "199 Early Dialog Terminated", "t1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 199"), 0U);
    bob.say(bob.response(bob.got("INVITE"), "486 Busy Here", "t2"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 486"), 1U);
}

TEST_F(ForkScenario, B2BUA_E14_and_what_it_repeats_opens_no_other_one) {
    invite("Supported: 199\r\n");
    early("t1", "10.20.0.31", 6000);
    for (int i = 0; i < 2; ++i) {
        bob.say(bob.response(bob.got("INVITE"), "199 Early Dialog Terminated", "t1"));
        bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "t1"));
        turn();
    }
    EXPECT_EQ(alice.count("SIP/2.0 199"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 180"), 0U);
    bob.say(bob.response(bob.got("INVITE"), "486 Busy Here", "t1"));
    turn();
}

TEST_F(ForkScenario, B2BUA_E_R7_200_of_a_fork_that_the_caller_has_hung_up_on) {
    invite();
    early("t1", "10.20.0.31", 6000);
    alice.learn_response(alice.got("SIP/2.0 183"));
    early("t2", "10.20.0.32", 6100);
    alice.say(alice.request("BYE", 2));
    turn();
    EXPECT_EQ(tag_of(header(bob.got("BYE"), "To")), "t1");
    win("t1", "10.20.0.31", 6000);  // it crossed the BYE
    EXPECT_EQ(tag_of(header(bob.got("ACK"), "To")), "t1");
    EXPECT_EQ(bob.count("BYE"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U) << "of her BYE";
    EXPECT_EQ(alice.count("SIP/2.0 487"), 1U) << "nobody will answer any more";
    alice.say(alice.companion("ACK", 1));
    win("t2", "10.20.0.32", 6100);
    EXPECT_EQ(tag_of(header(bob.got("BYE"), "To")), "t2");
}

TEST_F(ForkScenario, B2BUA_E12_a_line_refused_by_one_callee_is_still_there_for_another) {
    alice.say(
        alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000) + "m=video 4002 RTP/AVP 97\r\n"));
    turn();
    bob.learn_invite(bob.got("INVITE"), "t1");
    const std::string refused = sdp("10.20.0.31", 6000) + "m=video 0 RTP/AVP 97\r\n";
    bob.say(bob.response(bob.got("INVITE"), "183 Session Progress", "t1",
                         "Require: 100rel\r\nRSeq: 1\r\n", refused));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "t2", {},
                         sdp("10.20.0.32", 6100) + "m=video 6102 RTP/AVP 97\r\n"));
    turn();
    const std::string answered = alice.got("SIP/2.0 200");
    EXPECT_GT(port_in(answered, 1), 0);
    EXPECT_EQ(gate.relays().live(), 2U);
    alice.learn_response(answered);
    acknowledge();
    alice.say(alice.request("BYE", 2));
    turn();
}

/// The offer that waits for its answer is the winner's (RFC 3261 s.13.2.2.4).
TEST_F(ForkScenario, B2BUA_E3_losing_fork_that_offers_nothing_gets_no_answer) {
    alice.say(alice.request("INVITE", 1));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "t2"));
    turn();
    win("t1", "10.20.0.31", 6000);
    alice.learn_response(alice.got("SIP/2.0 200"));
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "t2"));
    turn();
    EXPECT_EQ(tag_of(header(bob.got("ACK"), "To")), "t2");
    EXPECT_EQ(body_of(bob.got("ACK")), "");
    alice.say(alice.request("ACK", 1, {}, sdp("10.10.0.5", 4000)));
    turn();
    EXPECT_EQ(tag_of(header(bob.got("ACK"), "To")), "t1");
    EXPECT_GT(port_in(bob.got("ACK")), 0);
    hang_up();
}

TEST_F(ForkScenario, B2BUA_E3_nor_while_an_update_of_the_winner_waits) {
    invite();
    answer("t1");
    acknowledge();
    bob.learn_invite(bob.got("INVITE"), "t1");
    bob.say(bob.request("UPDATE", 1, {}, sdp("10.20.0.2", 6000, "sendonly", 2)));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "t2"));
    turn();
    EXPECT_EQ(tag_of(header(bob.got("ACK"), "To")), "t2");
    EXPECT_EQ(body_of(bob.got("ACK")), "");
    alice.say(alice.response(alice.got("UPDATE"), "200 OK", {}, {}, sdp("10.10.0.5", 4000)));
    turn();
    hang_up();
}

TEST_F(ForkScenario, B2BUA_E3_late_offer_is_rejected_while_a_reinvite_is_under_way) {
    alice.say(alice.request("INVITE", 1));
    turn();
    const std::string first = bob.got("INVITE");
    win("t1", "10.20.0.31", 6000);
    alice.learn_response(alice.got("SIP/2.0 200"));
    alice.say(alice.request("ACK", 1, {}, sdp("10.10.0.5", 4000)));
    turn();
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4000, "sendonly", 2)));
    turn();
    bob.say(bob.response(first, "200 OK", "t2", {}, sdp("10.20.0.32", 6100)));
    turn();
    EXPECT_EQ(tag_of(header(bob.got("ACK"), "To")), "t2");
    EXPECT_EQ(port_in(bob.got("ACK")), 0);
    EXPECT_EQ(bob.count("BYE"), 1U);
    bob.say(
        bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.31", 6000, "recvonly", 2)));
    turn();
    acknowledge(2);
    hang_up();
}

/// Its 2xx without Session-Expires would turn the timer of the call off (RFC 4028 s.7.2).
TEST_F(ForkScenario, B2BUA_E12_update_in_a_lost_fork_leaves_the_session_timer) {
    const std::string expires = "Session-Expires: 90;refresher=uac\r\n";
    invite("Supported: timer\r\n" + expires);
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1", "Allow: INVITE, UPDATE\r\n"));
    turn();
    alice.learn_response(alice.got("SIP/2.0 180"));
    alice.say(alice.request("UPDATE", 2, {}));
    turn();
    const std::string update = bob.got("UPDATE");
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b2", expires, sdp("10.20.0.2", 6000)));
    turn();
    alice.learn_response(alice.got("SIP/2.0 200"));
    acknowledge();
    bob.say(bob.response(update, "200 OK", {}));
    run(Millis{61'000});
    EXPECT_EQ(header(alice.got("BYE"), "Reason"), "SIP;cause=408;text=\"Session Expired\"");
    EXPECT_EQ(gate.counters().sessions_expired.read(), 1U);
}

}  // namespace
}  // namespace sallyport::call
