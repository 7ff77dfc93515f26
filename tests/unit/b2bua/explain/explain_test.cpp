// SPDX-License-Identifier: Apache-2.0
// What --explain says about a handful of messages: where they come in, what decided, who gets them,
// what changed and why, and whether they pass.
#include "b2bua/explain/explain.h"

#include "b2bua/explain/comparison.h"
#include "b2bua/explain/pasted_message.h"
#include "dataplane/memory_relays.h"
#include "tests/sim/gate.h"
#include "tests/unit/b2bua/explain/frames.h"

#include <gtest/gtest.h>

#include <functional>

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

Config with_option(const std::function<void(Config&)>& set) {
    Config config = sim::example_config();
    set(config);
    return config;
}

Result<Explanation, std::string> ask(const Config& config, std::string_view octets,
                                     const Claim& claim = {}, std::size_t width = 80) {
    return explain(config, {octets, claim, width}, [&config](std::function<Moment()> now) {
        return std::make_unique<dataplane::MemoryRelays>(config.realms, 1, std::move(now));
    });
}

/// A request from 10.10.0.5 or 10.20.0.2; lines: more headers, each with its LF.
std::string request(const std::string& method, const std::string& uri,
                    const std::string& lines = {}, const std::string& host = "10.10.0.5",
                    const std::string& body = {}) {
    return method + " " + uri + " SIP/2.0\nVia: SIP/2.0/UDP " + host +
           ";branch=z9hG4bK1\nMax-Forwards: 70\nFrom: <sip:alice@" + host + ">;tag=a1\nTo: <" +
           (method == "REGISTER" ? "sip:alice@example.com" : uri) + ">\nCall-ID: c1\nCSeq: 1 " +
           method + "\nContact: <sip:alice@" + host + ">\n" + lines +
           "Content-Length: " + std::to_string(body.size()) + "\n\n" + body;
}

constexpr const char* kSdp =
    "v=0\no=- 1 1 IN IP4 10.10.0.5\ns=-\nc=IN IP4 10.10.0.5\nt=0 0\nm=audio 4000 RTP/AVP 0\n"
    "a=candidate:1 1 UDP 1 10.10.0.5 4000 typ host\na=sendrecv\n";

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    return text.replace(text.find(what), what.size(), by);
}

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
          "then: 200 OK to REGISTER", "made up: what a registrar would say", "expires="}},
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

/// A SIP message in a frame that goes from here to there.
std::string framed(const char* from, const char* to, const std::string& text) {
    const std::string octets = read_pasted(text).octets;
    return frame(kEthernet, ip(at(from), at(to), udp(at(from), at(to), octets)));
}

/// The value of a header in the text of a report, from that place on.
std::string after(const std::string& report, std::string_view what, std::size_t from = 0) {
    const std::size_t begin = report.find(what, from) + what.size();
    return report.substr(begin, report.find_first_of(" \n;>", begin) - begin);
}

std::string ok_to(const std::string& branch, const std::string& call_id, const std::string& cseq) {
    return "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 10.20.0.1:5060;branch=" + branch +
           "\nFrom: <sip:alice@10.20.0.1>;tag=x\nTo: <sip:bob@10.20.0.2>;tag=b1\nCall-ID: " +
           call_id + "\nCSeq: " + cseq +
           " INVITE\nContact: <sip:bob@10.20.0.2>\nContent-Length: 0\n\n";
}

TEST(Explain, plays_a_capture_in_order) {
    const Config config = sim::example_config();
    const std::string invite =
        framed("10.10.0.5", "10.10.0.1", request("INVITE", "sip:bob@10.10.0.1"));
    const std::string sent = ask(config, pcap(kEthernet, {invite}))->text;
    // The numbers of a run are the same every time, so an answer to it can be in the capture.
    const std::string answer =
        framed("10.20.0.2", "10.20.0.1",
               ok_to(after(sent, "10.20.0.1:5060;branch="), after(sent, "  + Call-ID: "),
                     after(sent, "  + CSeq: ")));
    const std::string stray = framed("10.20.0.2", "10.20.0.1", ok_to("z9hG4bKother", "c", "1"));
    const std::string own = framed("10.10.0.1", "10.10.0.5", ok_to("z9hG4bK1", "c1", "1"));
    const std::string others =
        framed("10.10.0.5", "10.10.0.77", request("OPTIONS", "sip:10.10.0.77"));
    const auto made = ask(config, pcap(kEthernet, {invite, stray, answer, own, others}));
    ASSERT_TRUE(made.ok()) << made.error();
    EXPECT_TRUE(made->passes);
    for (const char* words :
         {"message 1 of 5, frame 1: INVITE", "it was sent to the address of that realm",
          "message 2 of 5, frame 2: 200 OK to INVITE 1", "belongs to no transaction of this run",
          "message 3 of 5, frame 3: 200 OK", "decided by   the transaction that it answers",
          "sent to      10.10.0.5:5060 in [realm.inside]", "  + Contact: <sip:bob@10.10.0.1:5060>",
          "not played   sent by the gateway of the capture",
          "not played   sent to 10.10.0.77:5060, which is not the gateway: [realm.inside] "
          "listens"}) {
        EXPECT_NE(made->text.find(words), std::string::npos) << words << "\n" << made->text;
    }
}

TEST(Explain, says_which_message_does_not_pass) {
    const std::string good = framed("10.10.0.5", "10.10.0.1", request("OPTIONS", "sip:10.10.0.1"));
    const std::string bad =
        framed("10.20.0.2", "10.20.0.1", request("MESSAGE", "sip:nobody@10.20.0.1"));
    const std::string of_another_run =
        framed("10.10.0.5", "10.10.0.1",
               replaced(request("BYE", "sip:bob@10.10.0.1"), "To: <sip:bob@10.10.0.1>",
                        "To: <sip:bob@10.10.0.1>;tag=real"));
    const auto with_bad = ask(sim::example_config(), pcap(kEthernet, {good, bad}));
    EXPECT_FALSE(with_bad->passes);
    EXPECT_NE(with_bad->text.find("does not pass: message 2 of 2, frame 2\n"), std::string::npos);
    const auto with_bye = ask(sim::example_config(), pcap(kEthernet, {good, of_another_run}));
    EXPECT_TRUE(with_bye->passes);
    EXPECT_NE(with_bye->text.find("belongs to no dialog of this run"), std::string::npos);
    EXPECT_FALSE(ask(sim::example_config(), pcap(kEthernet, {of_another_run}))->passes);
}

TEST(Explain, does_not_pass_where_nothing_came_in) {
    const std::string others =
        framed("10.10.0.5", "10.10.0.77", request("OPTIONS", "sip:10.10.0.77"));
    const auto made = ask(sim::example_config(), pcap(kEthernet, {others}));
    ASSERT_TRUE(made.ok());
    EXPECT_FALSE(made->passes);
    const auto claimed =
        ask(sim::example_config(), pcap(kEthernet, {others}), {sim::kInside, std::nullopt});
    EXPECT_NE(claimed->text.find("though it was sent to 10.10.0.77:5060"), std::string::npos);
}

/// H14: the Contact that the registrar is told is what others call.
TEST(Explain, finds_a_phone_whose_register_came_before) {
    const Config config = sim::example_config();
    const std::string registers =
        framed("10.10.0.5", "10.10.0.1", request("REGISTER", "sip:example.com"));
    const std::string told = ask(config, pcap(kEthernet, {registers}))->text;
    const std::string token = after(told, "  + Contact: <");
    ASSERT_TRUE(token.starts_with("sip:")) << told;
    const std::string call =
        framed("10.20.0.2", "10.20.0.1", request("INVITE", token, {}, "10.20.0.2"));
    const auto made = ask(config, pcap(kEthernet, {registers, call}));
    EXPECT_TRUE(made->passes);
    for (const char* words :
         {"the Request-URI, the token of a phone's binding",
          "goes to      10.10.0.5:5060 in [realm.inside], as sip:alice@10.10.0.5"}) {
        EXPECT_NE(made->text.find(words), std::string::npos) << words << "\n" << made->text;
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
