// SPDX-License-Identifier: Apache-2.0
// What an operator decides about messages that are large or odd (B2BUA-A2, A19), and how many
// answers the unreadable ones get (A20, J3), at a whole gate.
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

Config tight() {
    Config config = sim::example_config();
    config.limits.body_parts = 2;
    config.limits.media_lines = 2;
    config.limits.headers = 50;
    config.limits.tolerate_bare_lf = true;
    return config;
}

class MessageLimits : public Scenario {
protected:
    MessageLimits() : Scenario(tight()) {}

    void refused(const std::string& request, std::string_view status) {
        alice.say(request);
        turn();
        EXPECT_EQ(alice.count(status), 1U) << request;
        EXPECT_EQ(bob.count("INVITE"), 0U);
        alice.say(alice.companion("ACK", 1));
        turn();
        alice.forget();
        alice.dial("good", "sip:bob@10.10.0.1");
        establish();
        hang_up();
    }
};

TEST_F(MessageLimits, B2BUA_A19_one_more_media_line_than_configured) {
    const std::string lines = "m=audio 4102 RTP/AVP 0\r\nm=audio 4104 RTP/AVP 0\r\n";
    refused(alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000) + lines), "SIP/2.0 488");
}

TEST_F(MessageLimits, B2BUA_A19_one_more_body_part_than_configured) {
    const std::string body = "--b\r\n\r\nx\r\n--b\r\n\r\nx\r\n--b\r\n\r\nx\r\n--b--";
    refused(alice.request("INVITE", 1, "Content-Type: multipart/mixed;boundary=b\r\n", body),
            "SIP/2.0 400");
}

TEST_F(MessageLimits, B2BUA_A19_more_headers_than_configured) {
    std::string lines;
    for (int i = 0; i < 50; ++i) {
        lines += "Q: 1\r\n";
    }
    refused(alice.request("INVITE", 1, lines, sdp("10.10.0.5", 4000)), "SIP/2.0 400");
}

/// What is stored of such a request is read back when the call goes on.
TEST_F(MessageLimits, B2BUA_A2_a_bare_LF_is_taken_and_sent_on_as_CRLF) {
    invite("X-One: 1\nX-Two: 2\n");
    const std::string crossed = bob.got("INVITE");
    EXPECT_NE(crossed.find("X-One: 1\r\nX-Two: 2\r\n"), std::string::npos) << crossed;
    bob.say(bob.response(crossed, "180 Ringing", "b1", "X-Three: 3\n"));
    turn();
    EXPECT_NE(alice.got("SIP/2.0 180").find("X-Three: 3\r\n"), std::string::npos);
    answer();
    acknowledge();
    hang_up();
}

using ErrorReplies = Scenario;

TEST_F(ErrorReplies, B2BUA_A20_five_in_a_second_and_no_more) {
    for (int i = 0; i < 20; ++i) {
        alice.say(alice.request("INVITE", 1, "Q: a\n", sdp("10.10.0.5", 4000)));
    }
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 400"), 5U);
    EXPECT_EQ(gate.counters().error_replies_withheld.read(), 15U);
    run(Millis{1000});
    alice.forget();
    alice.say(alice.request("INVITE", 1, "Q: a\n", sdp("10.10.0.5", 4000)));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 400"), 1U);
    alice.dial("good", "sip:bob@10.10.0.1");
    establish();
    hang_up();
}

}  // namespace
}  // namespace sallyport::call
