// SPDX-License-Identifier: Apache-2.0
// What --explain says about a handful of messages: where they come in, what decided, who gets them,
// what changed and why, and whether they pass.
#include "b2bua/explain/explain.h"

#include "b2bua/explain/comparison.h"
#include "tests/unit/b2bua/explain/asking.h"

#include <gtest/gtest.h>

#include <vector>

namespace sallyport::explain {
namespace {

Config two_carriers() {
    Config config = sim::example_config();
    config.peers.push_back(
        {"second", sim::kOutside, "sip:10.20.0.3:5060", {IpAddr::v4(0x0a140003), Port{5060}}});
    config.routes[0].to = ToPeers{{0, 1}};
    return config;
}

Config without_route() {
    Config config = sim::example_config();
    config.routes.clear();
    return config;
}

constexpr const char* kSdp =
    "v=0\no=- 1 1 IN IP4 10.10.0.5\ns=-\nc=IN IP4 10.10.0.5\nt=0 0\nm=audio 4000 RTP/AVP 0\n"
    "a=candidate:1 1 UDP 1 10.10.0.5 4000 typ host\na=sendrecv\n";

struct Row {
    const char* name;
    Config config;
    std::string octets;
    Claim claim;
    bool passes;
    std::vector<const char*> says;
    std::vector<const char*> does_not_say{};
};

std::vector<Row> calls() {
    return {
        {"invite_to_the_carrier",
         two_carriers(),
         request("INVITE", "sip:bob@10.10.0.1", "X-Own: 1\nContent-Type: application/sdp\n",
                 "10.10.0.5", kSdp),
         {},
         true,
         {"comes in by  [realm.inside] at 10.10.0.1:5060, from 10.10.0.5:5060",
          "10.10.0.5 is in its network 10.10.0.1/24",
          "[route.out] from = inside, to = peer.carrier, peer.second",
          "1. peer.carrier 10.20.0.2:5060 in [realm.outside], as sip:bob@10.20.0.2:5060",
          "2. peer.second 10.20.0.3:5060", "says nothing for 5 s", "verdict      passes",
          "  - INVITE sip:bob@10.10.0.1 SIP/2.0", "  + INVITE sip:bob@10.20.0.2:5060 SIP/2.0",
          "RFC 3261 s.8.1.1.7", "    X-Own: 1", "  - c=IN IP4 10.10.0.5", "  + c=IN IP4 10.20.0.1",
          "    a=sendrecv", "a=candidate taken out", "also sends   100 Trying"},
         {"2. peer.carrier"}},
        {"register",
         sim::example_config(),
         request("REGISTER", "sip:example.com", "Expires: 600\n"),
         {},
         true,
         {"Contact: the registrar is told a token", "Contact: the phone is told its own Contact",
          "its first peer is the registrar of [realm.inside]", "peer.carrier 10.20.0.2:5060",
          "message 1 of 1, answered: 200 OK to REGISTER", "made up: what a registrar would say",
          "expires="}},
    };
}

std::vector<Row> header_rules() {
    const Config strict = with_option([](Config& c) {
        c.realms[1].ua_hide = true;
        c.realms[1].strip_headers = {"X-Own"};
    });
    return {
        {"table",
         sim::example_config(),
         request("INVITE", "sip:bob@10.10.0.1",
                 "P-Asserted-Identity: <sip:x@y>\nTimestamp: 1\nUser-Agent: phone\n"),
         {},
         true,
         {"P-Asserted-Identity taken out: believed only from trusted realms", "RFC 3325 s.5, s.7",
          "Timestamp taken out: ends at the gateway (RFC 3261 s.8.2.6.1)", "    User-Agent: phone",
          "[realm.inside], nat = true, is not trusted; [realm.outside], nat = false, is trusted"}},
        {"options",
         strict,
         request("MESSAGE", "sip:bob@10.10.0.1", "X-Own: 1\nUser-Agent: phone\n"),
         {},
         true,
         {"X-Own taken out: strip-headers of [realm.outside] names it",
          "User-Agent taken out: taken out by ua-hide"}},
        {"no_control_octets",
         sim::example_config(),
         request("OPTIONS", "sip:bob@10.10.0.1", "Subject: \x1b[2J\n"),
         {},
         true,
         {"\\x1b[2J"},
         {"\x1b"}},
    };
}

std::vector<Row> refusals() {
    const Config example = sim::example_config();
    return {
        {"nobody_bound",
         example,
         request("INVITE", "sip:alice@10.20.0.1", {}, "10.20.0.2"),
         {},
         false,
         {"[realm.outside] at 10.20.0.1:5060, from peer.carrier 10.20.0.2:5060",
          "that of peer.carrier", "[route.in] from = outside, to = registered",
          "nobody: 404 Not Found", "verdict      refused: 404 Not Found",
          "counted      no_route: ", "    SIP/2.0 404 Not Found"}},
        {"no_route",
         without_route(),
         request("INVITE", "sip:bob@example.com"),
         {},
         false,
         {"no [route.NAME] has from = inside", "refused: 403 Forbidden"}},
        {"no_registrar",
         without_route(),
         request("REGISTER", "sip:example.com"),
         {},
         false,
         {"refused: 403 No Registrar Behind This Realm"}},
        {"no_hops_left",
         example,
         replaced(request("INVITE", "sip:bob@10.10.0.1"), "Forwards: 70", "Forwards: 0"),
         {},
         false,
         {"refused: 483", "counted      policy_refused"}},
    };
}

std::vector<Row> unreadable() {
    const Config example = sim::example_config();
    return {
        {"malformed",
         example,
         replaced(request("INVITE", "sip:bob@10.10.0.1"), "CSeq: 1", "CSeq: x"),
         {},
         false,
         {"unreadable   Bad CSeq, line 7, octet ", "CSeq: x INVITE", "refused: 400 Bad CSeq"}},
        {"not_sip", example, "hello\n\n", {}, false, {"unreadable", "dropped without an answer"}},
        {"wrong_length",
         example,
         replaced(request("OPTIONS", "sip:10.10.0.1"), "Length: 0", "Length: 7"),
         {},
         true,
         {"note         Content-Length says 7, the body has 0 octets: read with 0"}},
    };
}

std::vector<Row> answers() {
    const Config registrar = with_option([](Config& c) {
        c.routes.clear();
        c.realms[0].registration = RegistrationMode::kLocal;
    });
    return {
        {"options_for_us",
         sim::example_config(),
         request("OPTIONS", "sip:10.10.0.1"),
         {},
         true,
         {"verdict      answered by the gateway itself: 200 OK", "    Allow: "}},
        {"asked_for_credentials",
         registrar,
         request("INVITE", "sip:bob@10.10.0.1"),
         {},
         true,
         {"answered by the gateway itself: it asks for credentials: 407"}},
    };
}

std::vector<Row> origins() {
    const Config example = sim::example_config();
    return {
        {"nobody_knows_it",
         example,
         request("INVITE", "sip:bob@10.10.0.1", {}, "192.0.2.7"),
         {},
         true,
         {"[realm.inside] at 10.10.0.1:5060, from 192.0.2.7:5060",
          "the first realm, for no realm's network has the topmost Via's address 192.0.2.7"}},
        {"a_name",
         example,
         request("INVITE", "sip:bob@10.10.0.1", {}, "pc.example.com"),
         {},
         true,
         {"is no address", "the source address is made up"}},
        {"claimed",
         example,
         request("OPTIONS", "sip:10.20.0.1"),
         {sim::kOutside, at("10.20.0.9", 5099)},
         true,
         {"[realm.outside] at 10.20.0.1:5060, from 10.20.0.9:5099: --explain-realm names it"}},
        {"claimed_source",
         example,
         request("OPTIONS", "sip:10.20.0.1"),
         {{}, at("10.20.0.9")},
         true,
         {"[realm.outside] at 10.20.0.1:5060", "the address 10.20.0.9 is in its network"}},
    };
}

std::vector<Row> all_rows() {
    std::vector<Row> all;
    for (const auto& group :
         {calls(), header_rules(), refusals(), unreadable(), answers(), origins()}) {
        all.insert(all.end(), group.begin(), group.end());
    }
    return all;
}

TEST(Explain, says_what_would_happen) {
    for (const Row& row : all_rows()) {
        SCOPED_TRACE(row.name);
        const auto made = ask(row.config, row.octets, row.claim);
        ASSERT_TRUE(made.ok()) << made.error();
        EXPECT_EQ(made->passes, row.passes) << made->text;
        for (const char* words : row.says) {
            EXPECT_NE(made->text.find(words), std::string::npos) << words << "\n" << made->text;
        }
        for (const char* words : row.does_not_say) {
            EXPECT_EQ(made->text.find(words), std::string::npos) << words << "\n" << made->text;
        }
    }
}

TEST(Explain, says_the_same_every_time) {
    const Config config = sim::example_config();
    const std::string invite = request("INVITE", "sip:bob@10.10.0.1");
    EXPECT_EQ(ask(config, invite)->text, ask(config, invite)->text);
}

TEST(Explain, sets_them_side_by_side_where_there_is_room) {
    const auto made =
        ask(sim::example_config(), request("INVITE", "sip:bob@10.10.0.1"), {}, kSideBySide);
    EXPECT_NE(made->text.find("in, [realm.inside]: 10.10.0.5:5060 -> 10.10.0.1:5060"),
              std::string::npos);
    EXPECT_EQ(made->text.find("\n  + "), std::string::npos);
}

TEST(Explain, refuses_what_is_neither_a_message_nor_a_capture) {
    const std::string no_sip = pcap(kRaw, {ip(at("10.10.0.5"), at("10.10.0.1"), "x", 6)});
    for (const std::string& octets :
         {std::string(), std::string("\r\n \r\n"), std::string("a\0b", 3), no_sip,
          std::string("\xd4\xc3\xb2\xa1"), std::string(70'000, 'x')}) {
        const auto made = ask(sim::example_config(), octets);
        ASSERT_FALSE(made.ok());
        EXPECT_NE(made.error().find("found "), std::string::npos);
        EXPECT_NE(made.error().find(", expected "), std::string::npos);
        EXPECT_NE(made.error().find(", do "), std::string::npos);
    }
}

}  // namespace
}  // namespace sallyport::explain
