// SPDX-License-Identifier: Apache-2.0
// Which of several peers gets a request, and when the next one does (B2BUA-I1, I4, I6, I8, D4).
#include "tests/unit/b2bua/call/scenario.h"

#include <functional>

namespace sallyport::call {
namespace {

/// bob and carol are two carriers; how they stand in the table the test says.
Config table(const std::function<void(Config&)>& change) {
    Config config = sim::example_config();
    Peer second = config.peers[0];
    second.name = "second";
    second.uri = "sip:10.20.0.3";
    second.address = at("10.20.0.3");
    config.peers.push_back(second);
    config.routes[0].to = ToPeers{{0, 1}};
    change(config);
    return config;
}

class Trunks : public Scenario {
protected:
    explicit Trunks(const std::function<void(Config&)>& change = [](Config&) {})
        : Scenario(table(change)), carol(network, at("10.20.0.3"), gate.outside(), "c") {}
    /// alice tries again, in a call of its own.
    void dial_again(const std::string& id, std::string_view uri = "sip:bob@10.10.0.1") {
        alice.dial(id, uri);
        alice.say(alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000)));
        turn();
    }
    /// The newest INVITE of that party is refused, and alice hears of it when she shall.
    void refuse(Party& by, std::string_view status, std::string_view lines = {}) {
        by.say(by.response(by.got("INVITE"), status, "t", lines));
        turn();
    }
    Party carol;
};

class Codes : public Trunks {
protected:
    Codes() : Trunks([](Config& c) { c.peers[0].failover_codes = {500, 408}; }) {}
};

TEST_F(Codes, B2BUA_I6_an_answer_of_the_operators_list_leads_on) {
    invite();
    refuse(bob, "500 Server Internal Error");
    EXPECT_EQ(carol.count("INVITE"), 1U);
    refuse(carol, "500 Server Internal Error");
    EXPECT_EQ(alice.count("SIP/2.0 500"), 1U) << "her list is empty, and nobody is left";
}

TEST_F(Codes, B2BUA_I6_another_answer_does_not) {
    invite();
    refuse(bob, "502 Bad Gateway");
    EXPECT_EQ(carol.count("INVITE"), 0U);
    EXPECT_EQ(alice.count("SIP/2.0 502"), 1U);
}

TEST_F(Codes, B2BUA_I6_408_leads_on_before_it_rang) {
    invite();
    refuse(bob, "408 Request Timeout");
    EXPECT_EQ(carol.count("INVITE"), 1U);
    refuse(carol, "486 Busy Here");
}

TEST_F(Codes, B2BUA_I6_408_of_a_callee_who_does_not_answer_stops) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "t"));
    turn();
    refuse(bob, "408 Request Timeout");
    EXPECT_EQ(carol.count("INVITE"), 0U);
    EXPECT_EQ(alice.count("SIP/2.0 408"), 1U);
}

TEST_F(Trunks, B2BUA_I8_retry_after_of_a_503_rests_the_peer) {
    invite();
    refuse(bob, "503 Service Unavailable", "Retry-After: 60 (busy);duration=5\r\n");
    refuse(carol, "486 Busy Here");
    alice.say(alice.companion("ACK", 1));
    dial_again("call-2");
    EXPECT_EQ(bob.count("INVITE"), 1U) << "not asked again";
    EXPECT_EQ(carol.count("INVITE"), 2U);
    refuse(carol, "486 Busy Here");
    alice.say(alice.companion("ACK", 1));
    run(Millis{60'000});
    dial_again("call-3");
    EXPECT_EQ(bob.count("INVITE"), 2U) << "its time is over";
    refuse(bob, "486 Busy Here");
}

TEST_F(Trunks, B2BUA_I4_all_peers_rest) {
    invite();
    refuse(bob, "503 Service Unavailable", "Retry-After: 60\r\n");
    refuse(carol, "503 Service Unavailable", "Retry-After: 30\r\n");
    alice.say(alice.companion("ACK", 1));
    alice.forget();
    dial_again("call-2");
    EXPECT_EQ(header(alice.got("SIP/2.0 503"), "Retry-After"), "30");
    EXPECT_EQ(bob.count("INVITE") + carol.count("INVITE"), 2U);
}

TEST_F(Trunks, B2BUA_I8_without_retry_after_this_request_alone) {
    invite();
    refuse(bob, "503 Service Unavailable");
    refuse(carol, "486 Busy Here", "Retry-After: 60\r\n");
    alice.say(alice.companion("ACK", 1));
    dial_again("call-2");
    EXPECT_EQ(bob.count("INVITE"), 2U);
    refuse(bob, "480 Temporarily Unavailable", "Retry-After: 60\r\n");
    alice.say(alice.companion("ACK", 1));
    dial_again("call-3");
    EXPECT_EQ(bob.count("INVITE"), 3U) << "of a 480 it is passed, not acted on";
    refuse(bob, "486 Busy Here");
}

class Standalone : public Trunks {
protected:
    explicit Standalone(const std::function<void(Config&)>& change = [](Config&) {})
        : Trunks(change) {}
    void message(const std::string& id, std::uint32_t cseq, std::string_view lines = {}) {
        alice.dial(id, "sip:bob@10.10.0.1");
        repeat(cseq, lines);
    }
    void repeat(std::uint32_t cseq, std::string_view lines = {}) {
        alice.say(alice.request("MESSAGE", cseq,
                                std::string(lines) + "Content-Type: text/plain\r\n", "hello"));
        turn();
    }
};

TEST_F(Standalone, B2BUA_I8_rests_the_peer_for_messages_too) {
    message("m-1", 1);
    bob.say(
        bob.response(bob.got("MESSAGE"), "503 Service Unavailable", "t", "Retry-After: 60\r\n"));
    turn();
    message("m-2", 1);
    EXPECT_EQ(bob.count("MESSAGE"), 1U);
    carol.say(carol.response(carol.got("MESSAGE"), "200 OK", "t"));
    turn();
}

class Shared : public Standalone {
protected:
    Shared()
        : Standalone([](Config& c) {
              c.groups = {{"both", {{0, 1, 1}, {1, 1, 1}}}};
              c.routes[0].to = ToPeers{{0, 1}, {{0, 0}}};
          }) {}
};

TEST_F(Shared, B2BUA_D4_credentials_go_to_the_member_that_asked_for_them) {
    std::size_t at_bob = 0;
    for (int n = 1; n <= 12; ++n) {
        const std::string id = "m-" + std::to_string(n);
        bob.forget();
        carol.forget();
        message(id, 1);
        Party& asked = bob.count("MESSAGE") == 1 ? bob : carol;
        Party& other = &asked == &bob ? carol : bob;
        at_bob += &asked == &bob ? 1U : 0U;
        EXPECT_EQ(other.count("MESSAGE"), 0U);
        asked.say(asked.response(asked.got("MESSAGE"), "401 Unauthorized", "t"));
        turn();
        repeat(2, "Authorization: Digest username=\"a\"\r\n");
        EXPECT_EQ(asked.count("MESSAGE"), 2U) << id;
        asked.say(asked.response(asked.got("MESSAGE"), "200 OK", "t"));
        turn();
    }
    EXPECT_GT(at_bob, 0U);
    EXPECT_LT(at_bob, 12U) << "both have a share";
}

TEST_F(Shared, B2BUA_D4_credentials_of_a_subscription_too) {
    const std::string lines =
        "Contact: <" + alice.contact + ">\r\nEvent: presence\r\nExpires: 60\r\n";
    for (int n = 1; n <= 6; ++n) {
        bob.forget();
        carol.forget();
        alice.dial("s-" + std::to_string(n), "sip:bob@10.10.0.1");
        alice.say(alice.request("SUBSCRIBE", 1, lines));
        turn();
        Party& asked = bob.count("SUBSCRIBE") == 1 ? bob : carol;
        asked.say(asked.response(asked.got("SUBSCRIBE"), "401 Unauthorized", "t"));
        turn();
        alice.say(alice.request("SUBSCRIBE", 2, lines));
        turn();
        EXPECT_EQ(asked.count("SUBSCRIBE"), 2U);
        asked.say(asked.response(asked.got("SUBSCRIBE"), "403 Forbidden", "t"));
        turn();
    }
}

TEST_F(Shared, B2BUA_I4_the_other_member_is_next) {
    dial_again("call-1");
    Party& asked = bob.count("INVITE") == 1 ? bob : carol;
    Party& other = &asked == &bob ? carol : bob;
    refuse(asked, "503 Service Unavailable");
    EXPECT_EQ(other.count("INVITE"), 1U);
    refuse(other, "486 Busy Here");
}

class Conditional : public Standalone {
protected:
    Conditional()
        : Standalone([](Config& c) {
              c.routes[0].to = ToPeers{{0}};
              Route gold{"gold", sim::kInside, ToPeers{{1}}};
              gold.conditions.header = {"X-Line", "gold"};
              Route national{"national", sim::kInside, ToPeers{{1}}};
              national.conditions.user_prefix = "0";
              national.number = {1, "+49"};
              c.routes.push_back(gold);
              c.routes.push_back(national);
          }) {}
};

TEST_F(Conditional, B2BUA_I1_header_decides) {
    message("m-1", 1, "X-Line: gold\r\n");
    EXPECT_EQ(bob.count("MESSAGE"), 0U);
    EXPECT_EQ(header(carol.got("MESSAGE"), "X-Line"), "gold") << "it passes as it is";
    message("m-2", 1, "X-Line: silver\r\n");
    EXPECT_EQ(bob.count("MESSAGE"), 1U);
    for (Party* party : {&bob, &carol}) {
        party->say(party->response(party->got("MESSAGE"), "200 OK", "t"));
    }
    turn();
}

TEST_F(Conditional, B2BUA_I1_number_changes_in_the_request_uri_alone) {
    dial_again("call-1", "sip:030123@10.10.0.1");
    EXPECT_EQ(bob.count("INVITE"), 0U);
    const std::string crossed = carol.got("INVITE");
    EXPECT_EQ(request_uri_of(crossed), "sip:+4930123@10.20.0.3");
    EXPECT_NE(header(crossed, "To").find("sip:030123@"), std::string::npos)
        << "D12: To says whom the caller asked for; " << header(crossed, "To");
    refuse(carol, "486 Busy Here");
}

TEST_F(Conditional, B2BUA_I1_number_too_short_is_incomplete) {
    dial_again("call-1", "sip:0@10.10.0.1");
    EXPECT_EQ(alice.count("SIP/2.0 484"), 1U);
    EXPECT_EQ(carol.count("INVITE"), 0U);
}

}  // namespace
}  // namespace sallyport::call
