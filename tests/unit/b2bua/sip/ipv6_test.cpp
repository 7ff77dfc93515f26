// SPDX-License-Identifier: Apache-2.0
// The cases of RFC 5118 s.4 (SIP torture messages for IPv6) that concern the message grammar, each
// in a whole message (A21, B21). SDP cases (s.4.6-4.8) are sdp-rewrite's.
#include "b2bua/sip/message.h"
#include "b2bua/sip/uri.h"
#include "tests/unit/b2bua/sip/sip_text.h"

#include <gtest/gtest.h>

namespace sallyport::sip {
namespace {

struct Row {
    const char* section;
    const char* request_uri;
    const char* via;
    const char* contact;
    const char* fault;  // "none": accepted
};

constexpr Row kRows[] = {
    {"4.1 valid with an IPv6 reference", "sip:[2001:db8::10]",
     "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", "\"Caller\" <sip:caller@[2001:db8::1]>",
     "none"},
    {"4.2 brackets missing", "sip:2001:db8::10",
     "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", "<sip:caller@[2001:db8::1]>",
     "bad_request_uri"},
    {"4.3 port is part of the address", "sip:[2001:db8::10:5070]",
     "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", "<sip:caller@[2001:db8::1]>", "none"},
    {"4.4 port behind the address", "sip:[2001:db8::10]:5070",
     "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", "<sip:caller@[2001:db8::1]>", "none"},
    {"4.5 received with brackets", "sip:[2001:db8::10]",
     "SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3",
     "<sip:caller@[2001:db8::1]>", "none"},
    {"4.5 received without brackets", "sip:[2001:db8::10]",
     "SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3",
     "<sip:caller@[2001:db8::1]>", "none"},
    {"4.9 mapped addresses", "sip:user@example.com",
     "SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19", "<sip:caller@[::ffff:192.0.2.2]>",
     "none"},
    {"4.10 three colons in a Request-URI (RFC 5954)", "sip:user@[2001:db8:::192.0.2.1]",
     "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", "<sip:caller@[2001:db8::1]>",
     "bad_request_uri"},
    {"4.10 two colons before a quad", "sip:user@[2001:db8::192.0.2.1]",
     "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", "<sip:caller@[2001:db8::1]>", "none"},
    {"B21 scope id in a URI", "sip:user@[fe80::1%25eth0]",
     "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", "<sip:caller@[2001:db8::1]>",
     "bad_request_uri"},
    {"B21 scope id in a Contact", "sip:user@example.com",
     "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", "<sip:caller@[fe80::1%eth0]>",
     "bad_host"},
    {"B21 scope id in a Via", "sip:user@example.com",
     "SIP/2.0/UDP [fe80::1%eth0];branch=z9hG4bKas3-111", "<sip:caller@[2001:db8::1]>", "bad_via"},
};

TEST(Ipv6, B2BUA_A21_Rfc5118) {
    for (const Row& row : kRows) {
        const std::string text = test::crlf(
            "INVITE " + std::string(row.request_uri) + " SIP/2.0\nVia: " + row.via +
            "\nTo: sip:user@example.com\nFrom: <sip:caller@[2001:db8::1]>;tag=81x2\nContact: " +
            row.contact +
            "\nCall-ID: SSG9559905523997077@hlau_4100\nCSeq: 7 INVITE\n"
            "Max-Forwards: 70\nContent-Length: 0\n\n");
        Message m;
        const auto outcome = m.parse(text);
        EXPECT_EQ(outcome ? "none" : label_for(outcome.error().fault), row.fault) << row.section;
        if (outcome && m.top_via().received.size() > 0) {
            EXPECT_EQ(m.top_via().received, "2001:db8::9:255") << row.section;
        }
    }
    EXPECT_FALSE(Uri::parse("sip:[2001:db8::10:5070]")->port);
    EXPECT_EQ(Uri::parse("sip:[2001:db8::10]:5070")->port, Port{5070});
    EXPECT_EQ(Uri::parse("sip:[2001:db8::10]:5070")->ip(), IpAddr::parse("2001:db8::10"));
}

}  // namespace
}  // namespace sallyport::sip
