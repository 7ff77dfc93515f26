// SPDX-License-Identifier: Apache-2.0
// One caller, several targets one after the other (B2BUA-I6, I10, I11, E15, M1, C18; K9, K17, K31,
// K48; RFC 3261 s.16.7).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

Config two_carriers(Redirect redirect = Redirect::kPass) {
    Config config = sim::example_config();
    Peer second = config.peers[0];
    second.name = "second";
    second.uri = "sip:10.20.0.3";
    second.address = at("10.20.0.3");
    config.peers[0].redirect = redirect;
    config.peers.push_back(second);
    config.routes[0].to = ToPeers{{0, 1}};
    return config;
}

class TwoCarriers : public Scenario {
protected:
    TwoCarriers()
        : Scenario(two_carriers()), carol(network, at("10.20.0.3"), gate.outside(), "c") {}
    void answer_second() {
        carol.learn_invite(carol.got("INVITE"), "c1");
        carol.say(carol.response(carol.got("INVITE"), "200 OK", "c1", {}, sdp("10.20.0.3", 7000)));
        turn();
        alice.learn_response(alice.got("SIP/2.0 200"));
        acknowledge();
        EXPECT_EQ(carol.count("ACK"), 1U);
    }
    void hang_up_second() {
        alice.say(alice.request("BYE", 2));
        turn();
        EXPECT_EQ(carol.count("BYE"), 1U);
    }
    Party carol;
};

TEST_F(TwoCarriers, B2BUA_I6_503_goes_on_with_a_call_of_its_own) {
    invite();
    const std::string first = bob.got("INVITE");
    bob.say(bob.response(first, "503 Service Unavailable", "b1"));
    turn();
    EXPECT_EQ(bob.count("ACK"), 1U);
    const std::string second = carol.got("INVITE");
    EXPECT_NE(header(second, "Call-ID"), header(first, "Call-ID"));  // E15
    EXPECT_NE(tag_of(header(second, "From")), tag_of(header(first, "From")));
    EXPECT_NE(port_in(second), port_in(first));
    EXPECT_EQ(request_uri_of(second), "sip:bob@10.20.0.3");
    EXPECT_EQ(header(second, "Max-Forwards"), "69");
    EXPECT_EQ(alice.count("SIP/2.0 5"), 0U);
    answer_second();
    EXPECT_EQ(gate.relays().live(), 1U);
    EXPECT_EQ(gate.counters().failovers.read(), 1U);
    hang_up_second();
    EXPECT_EQ(bob.count("BYE"), 0U);
}

TEST_F(TwoCarriers, B2BUA_D11_retry_after_of_one_target_is_not_the_calls) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "503 Service Unavailable", "b1"));
    turn();
    const std::string busy = "Retry-After: 60\r\n";
    carol.say(carol.response(carol.got("INVITE"), "486 Busy Here", "c1", busy));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 486"), "Retry-After"), "");
    alice.say(alice.companion("ACK", 1));
    alice.dial("call-2", "sip:bob@10.10.0.1");
    alice.say(alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000)));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "486 Busy Here", "b2", busy));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 486"), "Retry-After"), "60") << "one target: as it is";
}

TEST_F(TwoCarriers,
       B2BUA_K9_silence_gives_way_after_five_seconds_and_late_answers_are_turned_away) {
    invite();
    run(Millis{4'800});
    EXPECT_EQ(carol.count("INVITE"), 0U);
    run(Millis{400});
    EXPECT_EQ(carol.count("INVITE"), 1U);
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1"));
    turn();
    EXPECT_EQ(bob.count("CANCEL"), 1U) << "I10: a late 1xx brings its CANCEL";
    EXPECT_EQ(alice.count("SIP/2.0 180"), 0U);
    bob.say(bob.response(bob.got("CANCEL"), "200 OK", "b1"));
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(bob.count("ACK"), 1U) << "E-R7";
    EXPECT_EQ(bob.count("BYE"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 200"), 0U);
    answer_second();
    EXPECT_EQ(bob.count("BYE"), 1U);
    hang_up_second();
}

TEST_F(TwoCarriers, B2BUA_I7_credentials_go_to_the_target_that_challenged) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "503 Service Unavailable", "b1"));
    turn();
    const std::string first = carol.got("INVITE");
    carol.say(carol.response(first, "407 Proxy Authentication Required", "c1",
                             "Proxy-Authenticate: Digest realm=\"x\", nonce=\"n\"\r\n"));
    turn();
    alice.say(alice.companion("ACK", 1));
    alice.say(alice.request("INVITE", 2, "Proxy-Authorization: Digest username=\"a\"\r\n",
                            sdp("10.10.0.5", 4000)));
    turn();
    EXPECT_EQ(bob.count("INVITE"), 1U);
    const std::string second = carol.got("INVITE");
    EXPECT_EQ(header(second, "Call-ID"), header(first, "Call-ID"));
    EXPECT_EQ(cseq_of(second), cseq_of(first) + 1);
    carol.say(carol.response(second, "503 Service Unavailable", "c2"));
    turn();
    EXPECT_EQ(bob.count("INVITE"), 2U) << "the others are still there when it fails";
}

TEST_F(TwoCarriers, B2BUA_E3_a_late_offer_is_refused_stream_by_stream) {
    alice.say(alice.request("INVITE", 1));
    turn();
    run(Millis{5'100});
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, sdp("10.20.0.2", 6000)));
    turn();
    const std::string ack = bob.got("ACK");
    EXPECT_EQ(port_in(ack), 0) << ack;
    EXPECT_EQ(ack.find("10.20.0.2 "), std::string::npos);
    EXPECT_EQ(bob.count("BYE"), 1U);
    carol.say(carol.response(carol.got("INVITE"), "486 Busy Here", "c1"));
    turn();
}

TEST_F(TwoCarriers, B2BUA_M1_no_target_answers) {
    invite();
    run(Millis{5'100});
    EXPECT_EQ(carol.count("INVITE"), 1U);
    run(Millis{32'000});
    EXPECT_EQ(alice.count("SIP/2.0 408"), 1U);
    EXPECT_EQ(calls(), 0U);
}

struct FinalRow {
    const char* name;
    const char* first;
    const char* second;  // nullptr: must not be asked
    const char* seen;
};

class FinalChoice : public TwoCarriers, public ::testing::WithParamInterface<FinalRow> {};

TEST_P(FinalChoice, B2BUA_K48_final_choice) {
    const FinalRow& row = GetParam();
    invite();
    bob.say(bob.response(bob.got("INVITE"), row.first, "b1"));
    turn();
    ASSERT_EQ(carol.count("INVITE"), row.second == nullptr ? 0U : 1U);
    if (row.second != nullptr) {
        carol.say(carol.response(carol.got("INVITE"), row.second, "c1"));
        turn();
    }
    EXPECT_EQ(alice.count(std::string("SIP/2.0 ") + row.seen), 1U);
    EXPECT_EQ(calls(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Rows, FinalChoice,
                         ::testing::Values(FinalRow{"only_503", "503 Down", "503 Down", "500"},
                                           FinalRow{"404_beats_503", "503 Down", "404 No", "404"},
                                           FinalRow{"486_stops", "486 Busy", nullptr, "486"},
                                           FinalRow{"603_stops", "603 Decline", nullptr, "603"},
                                           FinalRow{"407_stops", "407 Who", nullptr, "407"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(TwoCarriers, B2BUA_K31_one_origin_over_all_targets) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "183 Session Progress", "b1", {},
                         sdp("10.20.0.2", 6000, "sendrecv", 7)));
    turn();
    const std::string early = alice.got("SIP/2.0 183");
    bob.say(bob.response(bob.got("INVITE"), "503 Service Unavailable", "b1"));
    turn();
    answer_second();
    const std::string final = alice.got("SIP/2.0 200");
    EXPECT_NE(tag_of(header(early, "To")), tag_of(header(final, "To"))) << "I13";
    const auto origin = [](const std::string& message) {
        const auto at = message.find("\no=");
        return message.substr(at + 1, message.find("\r\n", at + 1) - at - 1);
    };
    const std::string before = origin(early);
    const std::string after = origin(final);
    EXPECT_EQ(before, "o=- 7 7 IN IP4 10.10.0.1");
    EXPECT_EQ(after, "o=- 7 8 IN IP4 10.10.0.1");
    hang_up_second();
}

class Redirected : public Scenario {
protected:
    Redirected()
        : Scenario(two_carriers(Redirect::kRecurse)),
          carol(network, at("10.20.0.7"), gate.outside(), "carol"),
          dave(network, at("10.20.0.8", 5070), gate.outside(), "dave") {}
    void redirect(std::string_view contacts) {
        bob.say(bob.response(bob.got("INVITE"), "302 Moved Temporarily", "b1", contacts));
        turn();
    }
    Party carol, dave;
};

TEST_F(Redirected, B2BUA_K17_contacts_in_the_order_of_q) {
    invite();
    redirect(
        "Contact: <sip:d@10.20.0.8:5070>;q=0.5, <sip:bob@10.20.0.1>;q=1, <sip:x@name.example>\r\n"
        "Contact: <sip:c@10.20.0.7;x=1?Subject=a>;q=0.9\r\n");
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 302"), 0U);
    ASSERT_EQ(carol.count("INVITE"), 1U);
    EXPECT_EQ(request_uri_of(carol.got("INVITE")), "sip:c@10.20.0.7;x=1");
    EXPECT_EQ(tag_of(header(carol.got("INVITE"), "To")), "");
    carol.say(carol.response(carol.got("INVITE"), "404 Not Found", "c1"));
    turn();
    ASSERT_EQ(dave.count("INVITE"), 1U);
    dave.say(dave.response(dave.got("INVITE"), "486 Busy Here", "d1"));
    turn();
    // The second carrier of the route is what is left.
    EXPECT_EQ(alice.count("SIP/2.0 4"), 0U);
    run(Millis{32'100});
    EXPECT_EQ(alice.count("SIP/2.0 404"), 1U);
}

TEST_F(Redirected, B2BUA_I11_no_target_twice_and_challenges_together) {
    invite();
    redirect("Contact: <sip:c@10.20.0.7>, <sip:d@10.20.0.8:5070>\r\n");
    carol.say(carol.response(carol.got("INVITE"), "401 Unauthorized", "c1",
                             "WWW-Authenticate: Digest realm=\"c\", nonce=\"1\"\r\n"));
    turn();
    dave.say(dave.response(dave.got("INVITE"), "407 Proxy Authentication Required", "d1",
                           "Proxy-Authenticate: Digest realm=\"d\", nonce=\"2\"\r\n"));
    run(Millis{40'000});  // the second carrier says nothing
    const std::string final = alice.got("SIP/2.0 401");
    EXPECT_EQ(header(final, "WWW-Authenticate"), "Digest realm=\"c\", nonce=\"1\"");
    EXPECT_EQ(header(final, "Proxy-Authenticate"), "Digest realm=\"d\", nonce=\"2\"");
}

TEST_F(Redirected, B2BUA_I11_a_circle_of_redirects_ends) {
    invite();
    redirect("Contact: <sip:c@10.20.0.7>\r\n");
    carol.say(carol.response(carol.got("INVITE"), "302 Moved", "c1",
                             "Contact: <sip:bob@10.20.0.2>, <sip:c@10.20.0.7>\r\n"));
    turn();
    EXPECT_EQ(bob.count("INVITE"), 2U);  // another URI than the first time
    bob.say(bob.response(bob.got("INVITE"), "302 Moved", "b2", "Contact: <sip:c@10.20.0.7>\r\n"));
    turn();
    EXPECT_EQ(carol.count("INVITE"), 1U);
    run(Millis{32'100});
    EXPECT_EQ(alice.count("SIP/2.0 408"), 1U);
}

TEST_F(Scenario, B2BUA_M1_expires_is_enforced_when_the_callee_does_not) {
    invite("Expires: 10\r\n");
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1"));
    run(Millis{14'800});
    EXPECT_EQ(alice.count("SIP/2.0 487"), 0U);
    run(Millis{400});
    EXPECT_EQ(alice.count("SIP/2.0 487"), 1U);
    EXPECT_EQ(bob.count("CANCEL"), 1U);
}

}  // namespace
}  // namespace sallyport::call
