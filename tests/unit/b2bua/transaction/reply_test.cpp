// SPDX-License-Identifier: Apache-2.0
// The way back of responses (B5, B6), what they echo, and stateless replies (A20, C17). RFC 3261
// s.8.2.6, s.8.2.7, s.18.2, RFC 3581 s.4.
#include "tests/unit/b2bua/transaction/bench.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::transaction {
namespace {

Endpoint endpoint(std::string_view ip, std::uint16_t port) {
    return {*IpAddr::parse(ip), Port{port}};
}

struct PathCase {
    const char* name;
    bool force;
    const char* via;  // as received, after "Via: "
    Endpoint source;
    const char* echoed;  // header lines
    Endpoint answered;
};

const Endpoint kNat = endpoint("203.0.113.7", 40001);

const PathCase kPathCases[] = {
    {"equal source, nothing asked", false, "SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKa",
     endpoint("192.0.2.10", 9999), "Via: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKa\r\n",
     endpoint("192.0.2.10", 5062)},
    {"no port means 5060", false, "SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKa",
     endpoint("192.0.2.10", 9999), "Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKa\r\n",
     endpoint("192.0.2.10", 5060)},
    {"another source", false, "SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKa", kNat,
     "Via: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKa;received=203.0.113.7\r\n",
     endpoint("203.0.113.7", 5062)},
    {"a name", false, "SIP/2.0/UDP phone.example.com;branch=z9hG4bKa", kNat,
     "Via: SIP/2.0/UDP phone.example.com;branch=z9hG4bKa;received=203.0.113.7\r\n",
     endpoint("203.0.113.7", 5060)},
    {"rport asked", false, "SIP/2.0/UDP 192.0.2.10:5062;rport;branch=z9hG4bKa", kNat,
     "Via: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKa;received=203.0.113.7;rport=40001\r\n", kNat},
    {"rport asked, equal source", false, "SIP/2.0/UDP 203.0.113.7:40001;branch=z9hG4bKa;rport",
     kNat,
     "Via: SIP/2.0/UDP 203.0.113.7:40001;branch=z9hG4bKa;received=203.0.113.7;rport=40001\r\n",
     kNat},
    {"forced", true, "SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKa", kNat,
     "Via: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKa;received=203.0.113.7;rport=40001\r\n", kNat},
    {"the peer's own values do not count", false,
     "SIP/2.0/UDP 192.0.2.10:5062;received=198.51.100.1;rport=1;branch=z9hG4bKa;x=\";rport\"", kNat,
     "Via: SIP/2.0/UDP "
     "192.0.2.10:5062;branch=z9hG4bKa;x=\";rport\";received=203.0.113.7;rport=40001\r\n",
     kNat},
    {"odd spacing stays", false, "SIP / 2.0 / UDP 192.0.2.10 : 5062 ; branch = z9hG4bKa ; Lone",
     kNat,
     "Via: SIP / 2.0 / UDP 192.0.2.10 : 5062 ; branch = z9hG4bKa ; "
     "Lone;received=203.0.113.7\r\n",
     endpoint("203.0.113.7", 5062)},
    {"keepalives offered (B19, RFC 6223 s.4.4)", false,
     "SIP/2.0/UDP 192.0.2.10:5062;Keep;branch=z9hG4bKa", kNat,
     "Via: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKa;keep=25;received=203.0.113.7\r\n",
     endpoint("203.0.113.7", 5062)},
    {"keepalives agreed on before", false, "SIP/2.0/UDP 192.0.2.10:5062;keep=9;branch=z9hG4bKa",
     kNat, "Via: SIP/2.0/UDP 192.0.2.10:5062;keep=9;branch=z9hG4bKa;received=203.0.113.7\r\n",
     endpoint("203.0.113.7", 5062)},
    {"several values in one line", false,
     "SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKa , SIP/2.0/TCP p.example.com;branch=z9hG4bKb",
     kNat,
     "Via: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKa;received=203.0.113.7 , SIP/2.0/TCP "
     "p.example.com;branch=z9hG4bKb\r\n",
     endpoint("203.0.113.7", 5062)},
    {"several lines, compact and folded", false,
     "SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKa\r\nv: SIP/2.0/UDP p.example.com\r\n "
     ";branch=z9hG4bKb"
     "\r\nVIA:SIP/2.0/UDP q.example.com;received=1.2.3.4",
     kNat,
     "Via: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKa;received=203.0.113.7\r\n"
     "Via: SIP/2.0/UDP p.example.com ;branch=z9hG4bKb\r\n"
     "Via: SIP/2.0/UDP q.example.com;received=1.2.3.4\r\n",
     endpoint("203.0.113.7", 5062)},
    {"IPv6, equal in value", false, "SIP/2.0/UDP [2001:db8:0::9]:5062;branch=z9hG4bKa",
     endpoint("2001:db8::9", 7000), "Via: SIP/2.0/UDP [2001:db8:0::9]:5062;branch=z9hG4bKa\r\n",
     endpoint("2001:db8::9", 5062)},
    {"IPv6, received without brackets (A15)", false,
     "SIP/2.0/UDP [2001:db8::9];rport;branch=z9hG4bKa", endpoint("2001:db8::77", 7000),
     "Via: SIP/2.0/UDP [2001:db8::9];branch=z9hG4bKa;received=2001:db8::77;rport=7000\r\n",
     endpoint("2001:db8::77", 7000)},
};

TEST(ReplyPath, B2BUA_B5_B6_received_rport_and_destination) {
    for (const PathCase& one : kPathCases) {
        SCOPED_TRACE(one.name);
        Settings settings = small_settings();
        settings.force_rport = one.force ? 0b1 : 0b10;  // the other bit is another realm
        Bench bench(settings);
        RequestText request;
        request.via = one.via;
        Flow flow = phone_flow();
        flow.remote = one.source;
        const ServerHandle server = bench.open(request.text(), flow);
        ASSERT_TRUE(server);
        EXPECT_EQ(bench.layer.vias_of(server), one.echoed);
        ASSERT_EQ(bench.wire.sent.size(), 1U);
        EXPECT_NE(bench.wire.sent[0].octets.find(one.echoed), std::string::npos);
        EXPECT_EQ(bench.wire.sent[0].flow.remote, one.answered);
        EXPECT_EQ(bench.wire.sent[0].flow.local, flow.local)
            << "from where the request arrived (B6)";
    }
}

TEST(ReplyPath, B2BUA_A20_addresses_that_are_never_answered) {
    const auto opened = [](const std::string& via, const Endpoint& source) {
        Bench bench;
        RequestText request;
        request.via = via;
        Flow flow = phone_flow();
        flow.remote = source;
        bench.receive(request.text(), flow);
        EXPECT_TRUE(bench.wire.sent.empty());
        EXPECT_EQ(bench.layer.counters().bad_reply_address.read(), 1U);
        return !bench.user.log.empty();
    };
    const std::string plain = "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKa";
    EXPECT_FALSE(opened(plain, endpoint("255.255.255.255", 5060)));
    EXPECT_FALSE(opened(plain, endpoint("224.0.1.75", 5060)));
    EXPECT_FALSE(opened(plain, endpoint("0.0.0.0", 5060)));
    EXPECT_FALSE(opened(plain, endpoint("ff02::1", 5060)));
    EXPECT_FALSE(
        opened("SIP/2.0/UDP 192.0.2.10:5060;rport;branch=z9hG4bKa", endpoint("192.0.2.10", 0)));
}

TEST(Reply, RFC3261_s8_2_6_2_what_a_response_echoes) {
    Bench bench;
    RequestText invite;
    invite.extra =
        "Record-Route: <sip:p2.example.com;lr>\r\nRecord-Route: "
        "<sip:p1.example.com;lr>\r\nTimestamp: 1\r\n"
        "Subject: not echoed\r\n";
    const ServerHandle server = bench.open(invite.text());
    Reply answer;
    answer.status = 200;
    answer.to_tag = "gate1";
    answer.lines = "Contact: <sip:gate@192.0.2.1>\r\nAllow: INVITE, ACK, BYE, CANCEL\r\n";
    answer.content_type = "application/sdp";
    answer.body = "v=0\r\n";
    answer.record_route = true;
    ASSERT_TRUE(reply(bench.layer, server, answer, bench.now));
    EXPECT_EQ(bench.wire.sent.back().octets,
              "SIP/2.0 200 OK\r\n"
              "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKa1\r\n"
              "Record-Route: <sip:p2.example.com;lr>\r\n"
              "Record-Route: <sip:p1.example.com;lr>\r\n"
              "From: <sip:alice@example.com>;tag=alice1\r\n"
              "To: <sip:bob@example.com>;tag=gate1\r\n"
              "Call-ID: call-1\r\n"
              "CSeq: 1 INVITE\r\n"
              "Contact: <sip:gate@192.0.2.1>\r\n"
              "Allow: INVITE, ACK, BYE, CANCEL\r\n"
              "Content-Type: application/sdp\r\n"
              "Content-Length: 5\r\n\r\n"
              "v=0\r\n");
}

TEST(Reply, a_to_tag_is_neither_added_twice_nor_forgotten) {
    Bench bench;
    RequestText in_dialog;
    in_dialog.method = "BYE";
    in_dialog.to = "Bob <sip:bob@example.com>;tag=bob1";
    ASSERT_TRUE(bench.answer(bench.open(in_dialog.text()), 200, "ignored"));
    EXPECT_NE(bench.wire.sent.back().octets.find("\r\nTo: Bob <sip:bob@example.com>;tag=bob1\r\n"),
              std::string::npos);

    RequestText plain;
    plain.method = "OPTIONS";
    plain.to = "sip:bob@example.com";
    plain.via += "2";
    const ServerHandle server = bench.open(plain.text());
    ASSERT_TRUE(bench.answer(server, 404, {}));
    const std::string tag(bench.layer.to_tag_of(server));
    EXPECT_EQ(tag.size(), 16U) << "the keyed tag of C17";
    EXPECT_NE(bench.wire.sent.back().octets.find("\r\nTo: sip:bob@example.com;tag=" + tag + "\r\n"),
              std::string::npos);
}

TEST(Reply, a_reason_of_ones_own) {
    Bench bench;
    Reply answer;
    answer.status = 480;
    answer.reason = "Nobody Home";
    ASSERT_TRUE(reply(bench.layer, bench.open(RequestText{}.text()), answer, bench.now));
    EXPECT_EQ(bench.wire.sent.back().octets.substr(0, 24), "SIP/2.0 480 Nobody Home\r");
}

TEST(Reply, too_large_a_body_is_refused) {
    Bench bench;
    const std::string body(65000, 'x');
    Reply answer;
    answer.status = 200;
    answer.body = body;
    answer.content_type = "text/plain";
    const std::string lines = "X: " + std::string(600, 'y') + "\r\n";
    answer.lines = lines;
    EXPECT_FALSE(reply(bench.layer, bench.open(RequestText{}.text()), answer, bench.now));
}

TEST(StatelessReply, B2BUA_C17_the_same_tag_each_time_and_its_ack_is_absorbed) {
    Bench bench;
    sip::Message invite;
    const std::string text = RequestText{}.text();
    ASSERT_TRUE(invite.parse(text).ok());
    Reply refusal;
    refusal.status = 503;
    refusal.lines = "Retry-After: 7\r\n";
    bench.layer.reply_stateless(invite, phone_flow(), refusal);
    bench.layer.reply_stateless(invite, phone_flow(), refusal);
    ASSERT_EQ(bench.wire.sent.size(), 2U);
    EXPECT_EQ(bench.wire.sent[0].octets, bench.wire.sent[1].octets);
    EXPECT_NE(bench.wire.sent[0].octets.find("\r\nRetry-After: 7\r\n"), std::string::npos);
    bench.expect_empty();

    const std::string& sent = bench.wire.sent[0].octets;
    const std::string tag = sent.substr(sent.find(";tag=", sent.find("\r\nTo:")) + 5, 16);
    RequestText ack;
    ack.method = "ACK";
    ack.to += ";tag=" + tag;
    bench.receive(ack.text());
    EXPECT_EQ(bench.user.log, Log{});
    EXPECT_EQ(bench.layer.counters().stateless_acks.read(), 1U);
    ack.via += "other";
    bench.receive(ack.text());
    EXPECT_EQ(bench.user.log, Log{"ack without transaction"}) << "tag of another branch";
}

TEST(StatelessReply, B2BUA_C17_the_tag_depends_on_the_secret) {
    Settings other = small_settings();
    other.secret = {9, 9};
    Bench one;
    Bench two(other);
    sip::Message invite;
    const std::string text = RequestText{}.text();
    ASSERT_TRUE(invite.parse(text).ok());
    Reply refusal;
    refusal.status = 400;
    one.layer.reply_stateless(invite, phone_flow(), refusal);
    two.layer.reply_stateless(invite, phone_flow(), refusal);
    EXPECT_NE(one.wire.sent[0].octets, two.wire.sent[0].octets);
}

TEST(StatelessReply, B2BUA_A20_to_what_could_not_be_parsed_but_can_be_echoed) {
    Bench bench;
    RequestText bad;
    bad.method = "OPTIONS";
    bad.extra = "Max-Forwards: 70\r\n";  // twice: 400 (A6)
    bad.via = "SIP/2.0/UDP 10.0.0.5;branch=z9hG4bKa;rport";
    const std::string text = bad.text();
    sip::Message message;
    const auto parsed = message.parse(text);
    ASSERT_FALSE(parsed.ok());
    ASSERT_TRUE(message.echoable());
    Reply refusal;
    refusal.status = sip::status_for(parsed.error().fault);
    refusal.reason = sip::reason_for(parsed.error().fault);
    bench.layer.reply_stateless(message, phone_flow(), refusal);
    ASSERT_EQ(bench.wire.sent.size(), 1U);
    EXPECT_EQ(bench.wire.sent[0].octets.substr(0, 11), "SIP/2.0 400");
    EXPECT_NE(bench.wire.sent[0].octets.find(
                  "Via: SIP/2.0/UDP 10.0.0.5;branch=z9hG4bKa;received=192.0.2.10;rport=5060"),
              std::string::npos);
}

TEST(StatelessReply, B2BUA_A7_what_is_missing_is_not_made_up) {
    Bench bench;
    std::string text = RequestText{}.text();
    text.erase(text.find("To:"), text.find("Call-ID") - text.find("To:"));
    sip::Message message;
    ASSERT_FALSE(message.parse(text).ok());
    Reply refusal;
    refusal.status = 400;
    refusal.reason = "Missing To";
    bench.layer.reply_stateless(message, phone_flow(), refusal);
    ASSERT_EQ(bench.wire.sent.size(), 1U);
    EXPECT_EQ(bench.wire.sent[0].octets,
              "SIP/2.0 400 Missing To\r\n"
              "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKa1\r\n"
              "From: <sip:alice@example.com>;tag=alice1\r\n"
              "Call-ID: call-1\r\n"
              "CSeq: 1 INVITE\r\n"
              "Content-Length: 0\r\n\r\n");
}

TEST(StatelessReply, B2BUA_A20_never_to_ack_responses_or_what_cannot_be_echoed) {
    Bench bench;
    RequestText ack;
    ack.method = "ACK";
    Reply refusal;
    refusal.status = 400;
    const std::string response = response_text(RequestText{}.text(), 200);
    std::string no_via = RequestText{}.text();
    no_via.replace(no_via.find("Via"), 3, "Xia");
    for (const std::string& text : {ack.text(), response, no_via, std::string("\r\n\r\n")}) {
        sip::Message message;
        (void)message.parse(text).ok();
        bench.layer.reply_stateless(message, phone_flow(), refusal);
        EXPECT_TRUE(bench.wire.sent.empty()) << text;
    }
}

}  // namespace
}  // namespace sallyport::transaction
