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
    EXPECT_EQ(bob.count("OPTIONS"), 0U);
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

}  // namespace
}  // namespace sallyport::call
