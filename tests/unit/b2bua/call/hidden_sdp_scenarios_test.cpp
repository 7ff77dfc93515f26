// SPDX-License-Identifier: Apache-2.0
// Session descriptions that negotiate nothing, and what strip mode takes from signalling
// (B2BUA-F13, F15, F16; RFC 3264 s.9, RFC 4568 s.8.3, RFC 8840 s.10).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

class HiddenSdpScenario : public Scenario {
protected:
    explicit HiddenSdpScenario(const Config& config = sim::example_config()) : Scenario(config) {}
    /// Ports as they were, no address of the other realm, no relay taken.
    void expect_hidden(const std::string& message, int port, std::size_t relays) {
        EXPECT_EQ(port_in(body_of(message)), port);
        EXPECT_EQ(body_of(message).find("10.10.0.5"), std::string::npos) << message;
        EXPECT_EQ(body_of(message).find("10.20.0.2"), std::string::npos) << message;
        EXPECT_EQ(header(message, "Content-Length"), std::to_string(body_of(message).size()));
        EXPECT_EQ(gate.relays().live(), relays);
    }
};

TEST_F(HiddenSdpScenario, B2BUA_F16_capabilities_in_options) {
    alice.say(alice.request("OPTIONS", 1, {}, sdp("10.10.0.5", 9)));
    turn();
    const std::string asked = bob.got("OPTIONS");
    expect_hidden(asked, 9, 0);
    EXPECT_NE(asked.find("c=IN IP4 10.20.0.1\r\n"), std::string::npos);
    bob.say(bob.response(asked, "200 OK", "b1", {}, sdp("10.20.0.2", 0)));
    turn();
    const std::string told = alice.got("SIP/2.0 200");
    expect_hidden(told, 0, 0);
    EXPECT_NE(told.find("c=IN IP4 10.10.0.1\r\n"), std::string::npos);
    EXPECT_EQ(told.find("10.20."), std::string::npos);
}

TEST_F(HiddenSdpScenario, B2BUA_F16_requests_of_a_call_that_negotiate_nothing) {
    establish();
    const auto before = gate.relays().side(gate.relays().ids().front(), Side::kA)->remote;
    std::uint32_t cseq = 2;
    for (const std::string method : {"INFO", "OPTIONS", "MESSAGE"}) {
        alice.say(alice.request(method, cseq++, {}, sdp("10.10.0.5", 5004)));
        turn();
        expect_hidden(bob.got(method), 5004, 1);
        bob.say(bob.response(bob.got(method), "200 OK", {}, {}, sdp("10.20.0.2", 6004)));
        turn();
        expect_hidden(alice.all("SIP/2.0 200").back().text, 6004, 1);
    }
    EXPECT_EQ(gate.relays().side(gate.relays().ids().front(), Side::kA)->remote, before);
    hang_up(cseq);
}

TEST_F(HiddenSdpScenario, B2BUA_F16_refusal_that_says_what_would_be_accepted) {
    invite();
    bob.say(
        bob.response(bob.got("INVITE"), "488 Not Acceptable Here", "b1", {}, sdp("10.20.0.2", 0)));
    turn();
    const std::string refusal = alice.got("SIP/2.0 488");
    EXPECT_EQ(port_in(body_of(refusal)), 0);
    EXPECT_NE(refusal.find("c=IN IP4 10.10.0.1\r\n"), std::string::npos);
    EXPECT_EQ(refusal.find("10.20."), std::string::npos);
    alice.say(alice.companion("ACK", 1));
    turn();
}

TEST_F(HiddenSdpScenario, B2BUA_F16_description_that_cannot_be_read_does_not_cross) {
    alice.say(alice.request("OPTIONS", 1, {}, "v=0\r\nc=IN IP4 10.10.0.5\r\njunk"));
    turn();
    EXPECT_EQ(body_of(bob.got("OPTIONS")), "");
    EXPECT_EQ(header(bob.got("OPTIONS"), "Content-Length"), "0");
    bob.say(bob.response(bob.got("OPTIONS"), "200 OK", "b1"));
    turn();
}

TEST_F(HiddenSdpScenario, B2BUA_F13_trickled_candidates_do_not_cross) {
    establish();
    alice.say(alice.request("INFO", 2,
                            "Info-Package: trickle-ice\r\nContent-Disposition: Info-Package\r\n"
                            "Content-Type: application/trickle-ice-sdpfrag\r\n",
                            "a=candidate:1 1 UDP 1 10.10.0.5 4000 typ host\r\n"));
    turn();
    EXPECT_EQ(bob.count("INFO"), 0U);
    EXPECT_EQ(alice.count("SIP/2.0 469 Bad Info Package"), 1U);
    EXPECT_NE(alice.got("SIP/2.0 469").find("\r\nRecv-Info:"), std::string::npos);
    hang_up(3);
}

Config only_over_tls() {
    Config config = sim::example_config();
    config.srtp_over_tls_only = true;
    return config;
}

class KeysScenario : public HiddenSdpScenario {
protected:
    KeysScenario() : HiddenSdpScenario(only_over_tls()) {}
    const std::string keys =
        sdp("10.10.0.5", 4000) + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19z\r\n";
};

TEST_F(KeysScenario, B2BUA_F15_offer_with_keys_is_refused_with_a_warning) {
    alice.say(alice.request("INVITE", 1, {}, keys));
    turn();
    const std::string refusal = alice.got("SIP/2.0 488");
    EXPECT_NE(header(refusal, "Warning").find("399 "), std::string::npos);
    EXPECT_NE(header(refusal, "Warning").find("a=crypto"), std::string::npos);
    EXPECT_EQ(bob.count("INVITE"), 0U);
    alice.say(alice.companion("ACK", 1));
    turn();
}

TEST_F(KeysScenario, B2BUA_F15_reoffer_with_keys_leaves_the_call) {
    establish();
    alice.say(alice.request("INVITE", 2, {}, keys));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 488"), 1U);
    EXPECT_EQ(bob.count("INVITE"), 1U);
    alice.say(alice.companion("ACK", 2));
    alice.say(alice.request("OPTIONS", 3, {}, keys));
    turn();
    EXPECT_EQ(bob.got("OPTIONS").find("inline:"), std::string::npos);
    bob.say(bob.response(bob.got("OPTIONS"), "200 OK", {}));
    turn();
    hang_up(4);
}

TEST_F(KeysScenario, B2BUA_E3_offer_of_a_2xx_that_does_not_cross_is_rejected_in_the_ack) {
    alice.say(alice.request("INVITE", 1));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, keys));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 500"), 1U);
    EXPECT_EQ(port_in(bob.got("ACK")), 0);
    EXPECT_EQ(bob.count("BYE"), 1U);
    alice.say(alice.companion("ACK", 1));
    turn();
}

}  // namespace
}  // namespace sallyport::call
