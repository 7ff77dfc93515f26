// SPDX-License-Identifier: Apache-2.0
// Session timers: the minimum, the watch, and refreshes for a side that does not know them
// (B2BUA-M3, K46; RFC 4028).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

const std::string kTimer = "Supported: timer\r\n";
const std::string kUpdates = "Allow: INVITE, ACK, BYE, CANCEL, UPDATE\r\n";

std::string every(int seconds, std::string_view refresher = {}) {
    std::string line = "Session-Expires: " + std::to_string(seconds);
    if (!refresher.empty()) {
        line.append(";refresher=").append(refresher);
    }
    return line + "\r\n";
}

class SessionTimerScenario : public Scenario {
protected:
    /// The call is up; bob's 200 carries these lines.
    void agree(std::string_view asked, const std::string& answered) {
        invite(asked);
        bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", answered, sdp("10.20.0.2", 6000)));
        turn();
        alice.learn_response(alice.got("SIP/2.0 200"));
        acknowledge();
        start = network.now();
    }
    /// alice does not know timers, bob makes her refresh.
    void agree_for_alice(int seconds, const std::string& lines = kUpdates) {
        agree({}, lines + "Require: timer\r\n" + every(seconds, "uac"));
    }
    void run_to(long seconds) { network.run_until(start + Millis{seconds * 1000}); }
    void expect_alive() {
        EXPECT_EQ(alice.count("BYE") + bob.count("BYE"), 0U)
            << (network.now() - start).count() << " ms";
    }
    void expect_expired() {
        for (const Party* party : {&alice, &bob}) {
            EXPECT_EQ(header(party->got("BYE"), "Reason"),
                      "SIP;cause=408;text=\"Session Expired\"");
        }
        EXPECT_EQ(gate.counters().sessions_expired.read(), 1U);
        EXPECT_NE(gate.journal().back().find("ended-by=session-timer"), std::string::npos);
    }
    void accept(const std::string& request, const std::string& lines, std::string_view body = {}) {
        bob.say(bob.response(request, "200 OK", {}, lines, body));
        turn();
    }
    Moment start{};
};

TEST_F(SessionTimerScenario, B2BUA_K46_interval_below_the_minimum) {
    alice.say(alice.request("INVITE", 1, kTimer + every(60), sdp("10.10.0.5", 4000)));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 422"), "Min-SE"), "90");
    EXPECT_EQ(bob.count("INVITE"), 0U);
    EXPECT_EQ(calls(), 0U);
    EXPECT_EQ(gate.counters().sessions_too_short.read(), 1U);
}

TEST_F(SessionTimerScenario, B2BUA_M3_interval_below_the_minimum_in_a_refresh) {
    establish();
    alice.say(alice.request("INVITE", 2, kTimer + every(89), sdp("10.10.0.5", 4000)));
    alice.say(alice.request("UPDATE", 3, kTimer + "x: 1;refresher=uac\r\n"));
    turn();
    ASSERT_EQ(alice.count("SIP/2.0 422"), 2U);
    EXPECT_EQ(header(alice.got("SIP/2.0 422"), "Min-SE"), "90");
    EXPECT_EQ(bob.count("INVITE") + bob.count("UPDATE"), 1U);
    hang_up();
}

TEST_F(SessionTimerScenario, RFC4028_s8_1_raised_for_a_sender_that_would_not_understand_422) {
    invite(every(60) + "Min-SE: 30\r\n");
    EXPECT_EQ(header_lines(bob.got("INVITE"), "Session-Expires"), "Session-Expires: 90\r\n");
    EXPECT_EQ(header_lines(bob.got("INVITE"), "Min-SE"), "Min-SE: 90\r\n");
    answer();
    acknowledge();
    alice.say(alice.request("UPDATE", 2, every(60, "uas")));
    turn();
    EXPECT_EQ(header(bob.got("UPDATE"), "Session-Expires"), "90;refresher=uas");
    EXPECT_EQ(header(bob.got("UPDATE"), "Min-SE"), "90");
    accept(bob.got("UPDATE"), {});
    hang_up();
}

TEST_F(SessionTimerScenario, B2BUA_M3_interval_that_cannot_be_read) {
    alice.say(
        alice.request("INVITE", 1, kTimer + "Session-Expires: soon\r\n", sdp("10.10.0.5", 4000)));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 400 Bad Session Interval"), 1U);
    EXPECT_EQ(bob.count("INVITE"), 0U);
}

TEST_F(SessionTimerScenario, B2BUA_K46_minimum_of_the_far_side) {
    invite(kTimer + every(90));
    const std::string first = bob.got("INVITE");
    EXPECT_EQ(header(first, "Session-Expires"), "90");
    bob.say(bob.response(first, "422 Session Interval Too Small", "b1", "Min-SE: 120\r\n"));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 422"), "Min-SE"), "120");
    alice.say(alice.companion("ACK", 1));
    alice.say(alice.request("INVITE", 2, kTimer + every(120) + "Min-SE: 120\r\n",
                            sdp("10.10.0.5", 4000)));
    turn();
    const std::string second = bob.got("INVITE");
    EXPECT_EQ(header(second, "Call-ID"), header(first, "Call-ID"));
    EXPECT_EQ(cseq_of(second), cseq_of(first) + 1);
    EXPECT_EQ(header(second, "Min-SE"), "120");
    bob.learn_invite(second, "b1");
    bob.say(bob.response(second, "200 OK", "b1", {}, sdp("10.20.0.2", 6000)));
    turn();
    alice.learn_response(alice.got("SIP/2.0 200"));
    acknowledge(2);
    hang_up();
}

TEST_F(SessionTimerScenario, B2BUA_K46_refresher_dies) {
    agree(kTimer + every(90), "Require: timer\r\n" + every(90, "uac"));
    EXPECT_EQ(header(alice.got("SIP/2.0 200"), "Session-Expires"), "90;refresher=uac");
    EXPECT_EQ(header(alice.got("SIP/2.0 200"), "Require"), "timer");
    run_to(59);
    expect_alive();
    run_to(61);
    expect_expired();
}

TEST_F(SessionTimerScenario, B2BUA_M3_margin_is_32_s_at_most) {
    agree(kTimer + every(200), "Require: timer\r\n" + every(200, "uac"));
    run_to(167);
    expect_alive();
    run_to(169);
    expect_expired();
}

TEST_F(SessionTimerScenario, B2BUA_M3_refreshes_of_either_side_go_on) {
    agree(kTimer + every(90), "Require: timer\r\n" + every(90, "uac"));
    run_to(45);
    alice.say(alice.request("UPDATE", 2, kTimer + every(90, "uac")));
    turn();
    accept(bob.got("UPDATE"), "Require: timer\r\n" + every(90, "uac"));
    run_to(90);
    expect_alive();
    bob.say(bob.request("INVITE", 1, kTimer + every(90, "uac"), sdp("10.20.0.2", 6000)));
    turn();
    alice.say(alice.response(alice.got("INVITE"), "200 OK", {},
                             "Require: timer\r\n" + every(90, "uac"), sdp("10.10.0.5", 4000)));
    turn();
    bob.say(bob.request("ACK", 1));
    run_to(149);
    expect_alive();
    run_to(151);
    expect_expired();
}

TEST_F(SessionTimerScenario, B2BUA_E8_refused_refresh_extends_nothing) {
    agree(kTimer + every(90), "Require: timer\r\n" + every(90, "uac"));
    run_to(45);
    alice.say(alice.request("UPDATE", 2, kTimer + every(90, "uac")));
    turn();
    bob.say(bob.response(bob.got("UPDATE"), "500 Server Internal Error", {}));
    run_to(59);
    expect_alive();
    run_to(61);
    expect_expired();
}

TEST_F(SessionTimerScenario, RFC4028_s7_2_answer_without_it_turns_it_off) {
    agree(kTimer + every(90), "Require: timer\r\n" + every(90, "uac"));
    run_to(45);
    alice.say(alice.request("UPDATE", 2, kTimer + every(90, "uac")));
    turn();
    accept(bob.got("UPDATE"), {});
    run_to(200);
    expect_alive();
    hang_up();
}

TEST_F(SessionTimerScenario, B2BUA_M3_no_timer_no_watch) {
    agree(kTimer + every(90), {});
    run_to(200);
    expect_alive();
    hang_up();
}

TEST_F(SessionTimerScenario, B2BUA_M3_caller_without_timer_is_spared) {
    agree_for_alice(90);
    const std::string ok = alice.got("SIP/2.0 200");
    EXPECT_EQ(header_lines(ok, "Session-Expires") + header_lines(ok, "Require"), "");
    for (const std::size_t nth : {1U, 2U}) {
        run_to(static_cast<long>(45 * nth));
        run(Millis{static_cast<long>(200 * nth)});
        ASSERT_EQ(bob.count("UPDATE"), nth);
        const std::string update = bob.got("UPDATE");
        EXPECT_EQ(header(update, "Supported"), "timer");
        EXPECT_EQ(header(update, "Session-Expires"), "90;refresher=uac");
        EXPECT_EQ(header(update, "Contact"), header(bob.got("INVITE"), "Contact"));
        EXPECT_EQ(body_of(update), "");
        accept(update, "Require: timer\r\n" + every(90, "uac"));
    }
    EXPECT_EQ(alice.count("UPDATE"), 0U);
    expect_alive();
    EXPECT_EQ(gate.counters().own_refreshes.read(), 2U);
    hang_up();
}

TEST_F(SessionTimerScenario, B2BUA_M3_refresh_by_reinvite_offers_the_same_again) {
    agree_for_alice(90, "Allow: INVITE, ACK, BYE, CANCEL\r\n");
    const std::string first = bob.got("INVITE");
    run_to(45);
    const std::string refresh = bob.got("INVITE");
    ASSERT_EQ(bob.count("INVITE"), 2U);
    EXPECT_EQ(body_of(refresh), body_of(first));  // o= and all
    EXPECT_EQ(cseq_of(refresh), cseq_of(first) + 1);
    EXPECT_EQ(header(refresh, "Session-Expires"), "90;refresher=uac");
    const std::string ok =
        bob.response(refresh, "200 OK", {}, "Require: timer\r\n" + every(90, "uac"),
                     sdp("10.20.0.2", 6400, "sendrecv", 2));
    bob.say(ok);
    turn();
    EXPECT_EQ(bob.count("ACK"), 2U);
    EXPECT_EQ(cseq_of(bob.got("ACK")), cseq_of(refresh));
    bob.say(ok);
    turn();
    EXPECT_EQ(bob.count("ACK"), 3U);  // E-R3
    EXPECT_EQ(bob.all("ACK")[1].text, bob.all("ACK")[2].text);
    const auto relay = gate.relays().ids().front();
    EXPECT_EQ(gate.relays().side(relay, Side::kB)->remote.rtp.port, Port{6400});
    EXPECT_EQ(alice.count("INVITE"), 0U);
    run_to(89);
    expect_alive();
    hang_up();
}

TEST_F(SessionTimerScenario, B2BUA_E9_own_refresh_meets_491) {
    agree_for_alice(90, "Allow: INVITE, ACK, BYE, CANCEL\r\n");
    run_to(45);
    bob.say(bob.response(bob.got("INVITE"), "491 Request Pending", {}));
    turn();
    EXPECT_EQ(bob.count("ACK"), 2U);
    const Moment refused = network.now();
    while (bob.count("INVITE") == 2U && network.now() - refused < Millis{5'000}) {
        turn();
    }
    const auto waited = bob.all("INVITE").back().at - refused;
    EXPECT_GE(waited.count(), 2'000);
    EXPECT_LE(waited.count(), 4'050);
    accept(bob.got("INVITE"), "Require: timer\r\n" + every(90, "uac"), sdp("10.20.0.2", 6000));
    run_to(90);
    expect_alive();
    hang_up();
}

TEST_F(SessionTimerScenario, B2BUA_E_R9_own_refresh_meets_481) {
    agree_for_alice(90);
    run_to(45);
    bob.say(bob.response(bob.got("UPDATE"), "481 Call/Transaction Does Not Exist", {}));
    turn();
    EXPECT_EQ(header(alice.got("BYE"), "Reason"), "SIP;cause=481");
    EXPECT_EQ(bob.count("BYE"), 0U);
}

TEST_F(SessionTimerScenario, B2BUA_E_R9_own_refresh_gets_no_answer) {
    agree_for_alice(180);
    run_to(91);
    EXPECT_EQ(bob.count("UPDATE"), 2U);
    run_to(124);
    EXPECT_EQ(header(alice.got("BYE"), "Reason"), "SIP;cause=408");
    EXPECT_EQ(header(bob.got("BYE"), "Reason"), "SIP;cause=408");
}

TEST_F(SessionTimerScenario, RFC4028_s10_any_other_refusal_leaves_it_to_expire) {
    agree_for_alice(90);
    run_to(45);
    bob.say(bob.response(bob.got("UPDATE"), "500 Server Internal Error", {}));
    run_to(59);
    expect_alive();
    run_to(61);
    expect_expired();
}

TEST_F(SessionTimerScenario, RFC4028_s7_3_own_refresh_with_the_interval_that_422_wants) {
    agree_for_alice(90);
    run_to(45);
    bob.say(
        bob.response(bob.got("UPDATE"), "422 Session Interval Too Small", {}, "Min-SE: 120\r\n"));
    turn();
    EXPECT_EQ(bob.count("UPDATE"), 2U);
    EXPECT_EQ(header(bob.got("UPDATE"), "Session-Expires"), "120;refresher=uac");
    EXPECT_EQ(header(bob.got("UPDATE"), "Min-SE"), "120");
    bob.say(
        bob.response(bob.got("UPDATE"), "422 Session Interval Too Small", {}, "Min-SE: 130\r\n"));
    run_to(59);
    EXPECT_EQ(bob.count("UPDATE"), 2U);  // once
    run_to(61);
    expect_expired();
}

TEST_F(SessionTimerScenario, B2BUA_M3_callee_without_timer_is_spared) {
    invite(kUpdates);
    answer();
    acknowledge();
    bob.say(bob.request("INVITE", 1, {}, sdp("10.20.0.2", 6000)));
    turn();
    alice.say(alice.response(alice.got("INVITE"), "200 OK", {},
                             "Require: timer\r\n" + every(90, "uac"), sdp("10.10.0.5", 4000)));
    turn();
    const std::string ok = bob.got("SIP/2.0 200");
    EXPECT_EQ(header_lines(ok, "Session-Expires") + header_lines(ok, "Require"), "");
    bob.say(bob.request("ACK", 1));
    start = network.now();
    run_to(45);
    EXPECT_EQ(header(alice.got("UPDATE"), "Session-Expires"), "90;refresher=uac");
    alice.say(alice.response(alice.got("UPDATE"), "491 Request Pending", {}));
    run(Millis{2'100});  // E9: she made the Call-ID, so we wait the shorter time
    EXPECT_GE(alice.count("UPDATE"), 2U);
    alice.say(alice.response(alice.got("UPDATE"), "200 OK", {}, every(90, "uas")));
    turn();
    const std::size_t before = alice.count("UPDATE");
    run_to(100);
    EXPECT_EQ(alice.count("UPDATE"), before);  // it is hers to refresh from now on
    expect_alive();
    hang_up();
}

TEST_F(SessionTimerScenario, B2BUA_E10_own_refresh_waits_for_a_reinvite) {
    agree_for_alice(90);
    run_to(44);
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4000, "sendonly", 2)));
    run_to(46);
    EXPECT_EQ(bob.count("UPDATE"), 0U);
    bob.say(bob.response(bob.got("INVITE"), "488 Not Acceptable Here", {}));
    turn();
    alice.say(alice.companion("ACK", 2));
    run_to(47);
    EXPECT_EQ(bob.count("UPDATE"), 1U);
    accept(bob.got("UPDATE"), "Require: timer\r\n" + every(90, "uac"));
    run_to(80);
    expect_alive();
    hang_up();
}

TEST_F(SessionTimerScenario, B2BUA_E9_requests_meet_our_own_reinvite) {
    agree_for_alice(90, {});
    run_to(45);
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4000, "sendonly", 2)));
    bob.say(bob.request("INVITE", 1, {}, sdp("10.20.0.2", 6000, "sendonly", 2)));
    turn();
    EXPECT_NE(header(alice.got("SIP/2.0 500"), "Retry-After"), "");
    EXPECT_EQ(bob.count("SIP/2.0 491"), 1U);
    accept(bob.got("INVITE"), "Require: timer\r\n" + every(90, "uac"), sdp("10.20.0.2", 6000));
    alice.say(alice.companion("ACK", 2));
    bob.say(bob.companion("ACK", 1));
    turn();
    hang_up();
}

TEST_F(SessionTimerScenario, B2BUA_E_R8_bye_during_our_own_reinvite) {
    agree_for_alice(90, {});
    run_to(45);
    const std::string refresh = bob.got("INVITE");
    hang_up();
    bob.say(bob.response(refresh, "200 OK", {}, every(90, "uac"), sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(cseq_of(bob.got("ACK")), cseq_of(refresh));
    EXPECT_EQ(calls(), 0U);
}

TEST_F(SessionTimerScenario, B2BUA_M3_far_side_refreshes_a_caller_without_timer) {
    agree({}, every(90, "uas"));
    EXPECT_EQ(header(alice.got("SIP/2.0 200"), "Session-Expires"), "90;refresher=uas");
    run_to(45);
    EXPECT_EQ(bob.count("UPDATE") + bob.count("INVITE"), 1U);
    bob.say(bob.request("UPDATE", 1, kTimer + every(90, "uac")));
    turn();
    alice.say(alice.response(alice.got("UPDATE"), "200 OK", {}));
    run_to(200);
    expect_alive();  // her answer turned it off
    hang_up();
}

}  // namespace
}  // namespace sallyport::call
