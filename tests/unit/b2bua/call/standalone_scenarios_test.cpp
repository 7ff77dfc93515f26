// SPDX-License-Identifier: Apache-2.0
// Requests outside dialogs (B2BUA-M8, M12, M13, M14, C5, D4; RFC 3261 s.11.2, RFC 3428, RFC 4320).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

class StandaloneScenario : public Scenario {
protected:
    std::string message(std::uint32_t cseq, std::string_view lines = {}) {
        return alice.request("MESSAGE", cseq, std::string(lines) + "Content-Type: text/plain\r\n",
                             "hello");
    }
};

TEST_F(StandaloneScenario, B2BUA_M12_message) {
    alice.say(message(1));
    turn();
    const std::string crossed = bob.got("MESSAGE");
    EXPECT_EQ(body_of(crossed), "hello");
    EXPECT_EQ(header(crossed, "Contact"), "");
    EXPECT_EQ(header(crossed, "Max-Forwards"), "69");
    EXPECT_EQ(crossed.find("10.10."), std::string::npos);
    bob.say(bob.response(crossed, "202 Accepted", "b1", "X-Where: here\r\n"));
    turn();
    const std::string answer = alice.got("SIP/2.0 202");
    EXPECT_EQ(header(answer, "X-Where"), "here");
    EXPECT_NE(tag_of(header(answer, "To")), "");
    EXPECT_NE(tag_of(header(answer, "To")), "b1");
    EXPECT_EQ(header(answer, "Call-ID"), "call-1");
}

TEST_F(StandaloneScenario, B2BUA_C5_silence_stays_silence) {
    alice.say(message(1));
    run(Millis{40'000});
    EXPECT_EQ(bob.count("MESSAGE"), 11U);
    EXPECT_EQ(alice.count("SIP/2.0 408"), 0U);
    for (const Heard& heard : alice.all("SIP/2.0")) {
        EXPECT_EQ(heard.text.rfind("SIP/2.0 100", 0), 0U);
    }
}

TEST_F(StandaloneScenario, B2BUA_C5_a_408_of_the_far_side_is_silence) {
    alice.say(message(1));
    turn();
    bob.say(bob.response(bob.got("MESSAGE"), "408 Request Timeout", "b1"));
    run(Millis{40'000});
    EXPECT_EQ(alice.count("SIP/2.0"), 0U);
    alice.dial("call-2", "sip:bob@10.10.0.1");
    alice.say(message(1));
    turn();
    bob.say(bob.response(bob.got("MESSAGE"), "480 Temporarily Unavailable", "b1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 480"), 1U) << "other failures pass";
}

TEST_F(StandaloneScenario, B2BUA_D15_challenge_with_auth_int_only_passes_and_is_counted) {
    const std::string challenge =
        "Digest realm=\"x\", nonce=\"n\", qop=\"auth-int\", algorithm=MD5";
    alice.say(message(1));
    turn();
    bob.say(bob.response(bob.got("MESSAGE"), "401 Unauthorized", "b1",
                         "WWW-Authenticate: " + challenge + "\r\n"));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 401"), "WWW-Authenticate"), challenge);
    EXPECT_EQ(gate.counters().auth_int_unsupported.read(), 1U);
}

TEST_F(StandaloneScenario, B2BUA_D4_another_method_is_no_second_try) {
    alice.say(message(1));
    turn();
    const std::string first = bob.got("MESSAGE");
    bob.say(bob.response(first, "401 Unauthorized", "b1"));
    turn();
    alice.say(alice.request("PUBLISH", 2, "Event: presence\r\n"));
    turn();
    EXPECT_NE(header(bob.got("PUBLISH"), "Call-ID"), header(first, "Call-ID"));
    alice.say(message(3));
    turn();
    EXPECT_EQ(header(bob.got("MESSAGE"), "Call-ID"), header(first, "Call-ID"));
    EXPECT_EQ(cseq_of(bob.got("MESSAGE")), cseq_of(first) + 1);
}

TEST_F(StandaloneScenario, B2BUA_K45_slow_answers_are_waited_for_and_silence_is_not_answered) {
    alice.say(alice.request("OPTIONS", 1));
    run(Millis{10'000});
    const auto trying = alice.all("SIP/2.0");
    ASSERT_EQ(trying.size(), 1U);
    EXPECT_EQ(trying[0].text.rfind("SIP/2.0 100", 0), 0U);
    EXPECT_GE(trying[0].at, Moment{Millis{3'500}});
    bob.say(bob.response(bob.got("OPTIONS"), "200 OK", "b1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    alice.forget();
    alice.dial("call-2", "sip:bob@10.10.0.1");
    alice.say(message(1));
    run(Millis{70'000});
    EXPECT_EQ(alice.count("SIP/2.0 100"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0"), 1U) << "no 408 and no other final";
}

TEST_F(StandaloneScenario, B2BUA_K45_bye_to_a_dead_leg_is_answered_after_two_seconds) {
    establish();
    bob.answers_bye = false;
    alice.forget();
    alice.say(alice.request("BYE", 2));
    run(Millis{1'900});
    EXPECT_EQ(alice.count("SIP/2.0 200"), 0U);
    run(Millis{200});
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
}

TEST_F(StandaloneScenario, B2BUA_D4_challenged_message) {
    alice.say(message(1));
    turn();
    const std::string first = bob.got("MESSAGE");
    bob.say(bob.response(first, "401 Unauthorized", "b1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 401"), 1U);
    alice.say(message(2, "Authorization: Digest username=\"a\"\r\n"));
    turn();
    const std::string second = bob.got("MESSAGE");
    EXPECT_EQ(header(second, "Call-ID"), header(first, "Call-ID"));
    EXPECT_EQ(cseq_of(second), cseq_of(first) + 1);
    EXPECT_EQ(header(second, "From"), header(first, "From"));
    bob.say(bob.response(second, "200 OK", "b1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
}

TEST_F(StandaloneScenario, B2BUA_M13_options_to_the_gate) {
    alice.dial("call-2", "sip:10.10.0.1");
    alice.say(alice.request("OPTIONS", 1));
    turn();
    const std::string answer = alice.got("SIP/2.0 200");
    EXPECT_NE(header(answer, "Allow").find("INVITE"), std::string::npos);
    EXPECT_EQ(header(answer, "Accept"), "application/sdp");
    EXPECT_NE(header(answer, "Supported").find("100rel"), std::string::npos);
    EXPECT_EQ(body_of(answer), "");
    EXPECT_EQ(bob.count("OPTIONS"), 0U);
}

TEST_F(StandaloneScenario, B2BUA_M13_options_to_nobody_at_our_address) {
    bob.dial("probe", "sip:nobody@10.20.0.1");
    bob.say(bob.request("OPTIONS", 1));
    turn();
    EXPECT_NE(header(bob.got("SIP/2.0 200"), "Allow"), "");
    bob.dial("probe-2", "sip:nobody@10.20.0.1");
    bob.say(bob.request("MESSAGE", 1));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 404"), 1U) << "OPTIONS alone asks about us";
}

TEST_F(StandaloneScenario, B2BUA_M13_options_without_hops) {
    std::string options = alice.request("OPTIONS", 1);
    options.replace(options.find("Max-Forwards: 70"), 16, "Max-Forwards: 0");
    alice.say(options);
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(bob.count("OPTIONS"), 0U);
}

TEST_F(StandaloneScenario, B2BUA_M13_options_to_somebody_else) {
    alice.say(alice.request("OPTIONS", 1));
    turn();
    bob.say(bob.response(bob.got("OPTIONS"), "200 OK", "b1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
}

TEST_F(StandaloneScenario, B2BUA_M14_unknown_method) {
    alice.say(alice.request("FOO", 1));
    turn();
    bob.say(bob.response(bob.got("FOO"), "501 Not Implemented", "b1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 501"), 1U);
}

TEST_F(StandaloneScenario, B2BUA_M8_in_dialog_methods_outside_a_dialog) {
    for (const std::string method : {"BYE", "INFO", "UPDATE", "PRACK"}) {
        alice.dial("call-" + method, "sip:bob@10.10.0.1");
        alice.forget();
        alice.say(alice.request(method, 1, method == "PRACK" ? "RAck: 1 1 INVITE\r\n" : ""));
        turn();
        EXPECT_EQ(alice.count("SIP/2.0 481"), 1U) << method;
    }
}

TEST_F(StandaloneScenario, B2BUA_D1_proxy_require) {
    alice.say(message(1, "Proxy-Require: foo\r\n"));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 420"), "Unsupported"), "foo");
    EXPECT_EQ(bob.count("MESSAGE"), 0U);
}

TEST_F(StandaloneScenario, B2BUA_M12_message_too_long_for_udp) {
    const auto of = [this](std::uint32_t cseq, std::size_t octets) {
        alice.dial("call-" + std::to_string(cseq), "sip:bob@10.10.0.1");
        return alice.request("MESSAGE", cseq, "Content-Type: text/plain\r\n",
                             std::string(octets, 'x'));
    };
    alice.say(of(1, 700));
    turn();
    const std::size_t overhead = bob.got("MESSAGE").size() - 700;
    bob.say(bob.response(bob.got("MESSAGE"), "200 OK", "b1"));
    alice.say(of(2, 1300 - overhead - 3));  // the numbers in it may be longer by a digit or two
    turn();
    EXPECT_EQ(bob.count("MESSAGE"), 2U);
    bob.say(bob.response(bob.got("MESSAGE"), "200 OK", "b1"));
    alice.say(of(3, 1300 - overhead + 10));
    turn();
    EXPECT_EQ(bob.count("MESSAGE"), 2U);
    EXPECT_EQ(alice.count("SIP/2.0 513"), 1U);
    EXPECT_EQ(gate.counters().too_large.read(), 1U);
}

TEST_F(StandaloneScenario, B2BUA_M12_publish_and_its_entity_tag) {
    alice.say(alice.request("PUBLISH", 1,
                            "Event: presence\r\nExpires: 60\r\nSIP-If-Match: dx200xyz\r\n"));
    turn();
    const std::string crossed = bob.got("PUBLISH");
    EXPECT_EQ(header(crossed, "SIP-If-Match"), "dx200xyz");
    EXPECT_EQ(header(crossed, "Contact"), "");
    bob.say(bob.response(crossed, "412 Conditional Request Failed", "b1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 412"), 1U);
    alice.dial("call-2", "sip:bob@10.10.0.1");
    alice.say(alice.request("PUBLISH", 1, "Event: presence\r\nExpires: 60\r\n"));
    turn();
    bob.say(
        bob.response(bob.got("PUBLISH"), "200 OK", "b1", "SIP-ETag: dx200abc\r\nExpires: 30\r\n"));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 200"), "SIP-ETag"), "dx200abc");
    EXPECT_EQ(header(alice.got("SIP/2.0 200"), "Expires"), "30");
}

Config strict_methods() {
    Config config = sim::example_config();
    config.refer = Transfers::kReject;
    config.unknown_methods = Passage::kReject;
    return config;
}

class StrictMethods : public Scenario {
protected:
    StrictMethods() : Scenario(strict_methods()) {}
    void refuse_both(std::uint32_t cseq) {
        alice.forget();
        alice.say(alice.request("FOO", cseq));
        turn();
        EXPECT_NE(header(alice.got("SIP/2.0 501"), "Allow").find("SUBSCRIBE"), std::string::npos);
        EXPECT_EQ(header(alice.got("SIP/2.0 501"), "Allow").find("REFER"), std::string::npos);
        alice.say(alice.request(
            "REFER", cseq + 1,
            "Contact: <" + alice.contact + ">\r\nRefer-To: <sip:carol@10.20.0.9>\r\n"));
        turn();
        EXPECT_EQ(alice.count("SIP/2.0 603"), 1U);
        EXPECT_EQ(bob.count("FOO") + bob.count("REFER"), 0U);
    }
};

TEST_F(StrictMethods, B2BUA_M9_M14_rejected_outside_a_call) {
    refuse_both(1);
}

TEST_F(StrictMethods, B2BUA_M9_M14_rejected_inside_a_call_which_goes_on) {
    establish();
    refuse_both(2);
    EXPECT_EQ(calls(), 1U);
    hang_up();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(StandaloneScenario, B2BUA_M8_info_passes_with_its_body_and_its_refusals) {
    alice.dial("call-1", "sip:bob@10.10.0.1");
    establish();
    std::uint32_t cseq = 2;
    for (const std::string status : {"200 OK", "469 Bad Info Package", "415 Unsupported Media"}) {
        alice.forget();
        alice.say(alice.request("INFO", cseq++,
                                "Info-Package: dtmf\r\nContent-Type: application/dtmf-relay\r\n",
                                "Signal=5\r\nDuration=160\r\n"));
        turn();
        EXPECT_EQ(body_of(bob.got("INFO")), "Signal=5\r\nDuration=160\r\n");
        EXPECT_EQ(header(bob.got("INFO"), "Info-Package"), "dtmf");
        bob.say(bob.response(bob.got("INFO"), status, {}, "Recv-Info: nil\r\n"));
        turn();
        EXPECT_EQ(header(alice.got("SIP/2.0 " + status.substr(0, 3)), "Recv-Info"), "nil");
    }
    EXPECT_EQ(calls(), 1U);
    hang_up(cseq);
}

}  // namespace
}  // namespace sallyport::call
