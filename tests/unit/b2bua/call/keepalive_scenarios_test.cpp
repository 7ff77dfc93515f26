// SPDX-License-Identifier: Apache-2.0
// What comes to a SIP port and is no SIP (B18, B20), the offer of keepalives in Via (B19), and
// keepalives to a phone through a whole shard (H19).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

using namespace std::string_literals;

class KeepaliveScenario : public Scenario {
protected:
    /// alice registers for a minute; Contact is that of a phone behind NAT.
    void enroll(std::string_view via = {}) {
        alice.dial("reg-1", "sip:example.com");
        alice.remote = "<sip:alice@example.com>";
        std::string text = alice.request("REGISTER", ++registers_,
                                         "Contact: <sip:alice@192.168.7.7:5060>;expires=60\r\n");
        text.insert(text.find(";branch="), via);
        alice.say(text);
        turn();
        const std::string asked = bob.got("REGISTER");
        bob.say(
            bob.response(asked, "200 OK", "r1", "Contact: " + header(asked, "Contact") + "\r\n"));
        turn();
    }
    std::string stun() const { return "\x00\x01\x00\x00\x21\x12\xa4\x42"s + "abcdefghijkl"; }

private:
    std::uint32_t registers_{0};
};

TEST_F(KeepaliveScenario, B2BUA_B18_a_binding_request_is_answered) {
    alice.say(stun());
    turn();
    const std::string answer = alice.got("\x01\x01"s);
    EXPECT_EQ(answer.size(), 32U);
    EXPECT_EQ(answer.substr(4, 16), stun().substr(4));
    EXPECT_EQ(gate.counters().stun_answered.read(), 1U);
}

TEST_F(KeepaliveScenario, B2BUA_B18_no_more_than_a_hundred_a_second) {
    for (int i = 0; i < 500; ++i) {
        alice.say(stun());
    }
    turn();
    EXPECT_EQ(gate.counters().stun_answered.read() + gate.counters().stun_withheld.read(), 500U);
    EXPECT_LE(alice.count("\x01\x01"s), 110U);
    EXPECT_GE(alice.count("\x01\x01"s), 100U);
}

TEST_F(KeepaliveScenario, B2BUA_B18_whoever_sends_STUN_does_not_silence_our_keepalives) {
    enroll();
    alice.forget();
    for (int i = 0; i < 3; ++i) {
        run(Millis{10'000});
        alice.say(stun());
    }
    EXPECT_EQ(alice.count("OPTIONS"), 1U);
    EXPECT_EQ(gate.counters().stun_answered.read(), 2U);
}

TEST_F(KeepaliveScenario, B2BUA_B18_what_is_neither_is_dropped) {
    alice.say("\x00\x01\x00\x04\x21\x12\xa4\x42"s + "abcdefghijkl");  // shorter than it says
    alice.say("\x16\x03\x01\x02\x00\x01\x00"s);                       // DTLS or TLS
    alice.say("\x80\x00\x12\x34"s + std::string(168, 'x'));           // RTP
    turn();
    EXPECT_EQ(gate.counters().not_sip.read(), 3U);
    EXPECT_EQ(alice.count(""), 0U);
}

TEST_F(KeepaliveScenario, B2BUA_A2_line_ends_before_a_message_are_none_of_these) {
    alice.dial("options-1", "sip:10.10.0.1");
    alice.say("\r\n\r\n" + alice.request("OPTIONS", 1));
    turn();
    EXPECT_EQ(cseq_of(alice.got("SIP/2.0 200")), 1U);
    EXPECT_EQ(gate.counters().not_sip.read(), 0U);
}

TEST_F(KeepaliveScenario, B2BUA_B20_counted_from_whom_we_know_and_dropped_from_others) {
    alice.say("\r\n\r\n");
    turn();
    EXPECT_EQ(gate.counters().keepalives.read(), 0U);
    EXPECT_EQ(gate.counters().stray_keepalives.read(), 1U);
    bob.say(std::string(4, '\0'));  // a peer of the configuration
    turn();
    EXPECT_EQ(gate.counters().keepalives.read(), 1U);
    enroll();
    alice.say("\r\n\r\n");
    turn();
    EXPECT_EQ(gate.counters().keepalives.read(), 2U);
    EXPECT_EQ(gate.counters().stray_keepalives.read(), 1U);
}

TEST_F(KeepaliveScenario, B2BUA_B19_an_offer_of_keepalives_is_taken) {
    enroll(";keep");
    const std::string via = header(alice.got("SIP/2.0 200"), "Via");
    EXPECT_NE(via.find(";keep=25"), std::string::npos) << via;
    EXPECT_EQ(via.find(";keep;"), std::string::npos) << via;
    alice.forget();
    run(Millis{50'000});
    EXPECT_EQ(alice.count("OPTIONS"), 0U) << "it sends its own (H19)";
}

TEST_F(KeepaliveScenario, B2BUA_B19_a_value_is_no_offer) {
    enroll(";keep=7");
    const std::string via = header(alice.got("SIP/2.0 200"), "Via");
    EXPECT_NE(via.find(";keep=7;"), std::string::npos) << via;
    EXPECT_EQ(via.find("keep=25"), std::string::npos) << via;
    enroll();
    EXPECT_EQ(header(alice.got("SIP/2.0 200"), "Via").find("keep"), std::string::npos);
}

TEST_F(KeepaliveScenario, B2BUA_H19_OPTIONS_to_a_phone_and_none_after_its_time) {
    enroll();
    alice.forget();
    run(Millis{31'000});
    ASSERT_EQ(alice.count("OPTIONS"), 1U);
    const std::string asked = alice.got("OPTIONS");
    EXPECT_EQ(request_uri_of(asked), "sip:alice@192.168.7.7:5060");
    alice.say(alice.response(asked, "200 OK", "a1"));
    run(Millis{120'000});
    EXPECT_LE(alice.count("OPTIONS"), 3U);
    EXPECT_EQ(bob.count("OPTIONS"), 0U);
}

}  // namespace
}  // namespace sallyport::call
