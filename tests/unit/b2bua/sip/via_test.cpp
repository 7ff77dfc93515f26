// SPDX-License-Identifier: Apache-2.0
// Via values (RFC 3261 s.20.42, RFC 3581, RFC 5118 s.4.5; A13, A15).
#include "b2bua/sip/via.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::sip {
namespace {

struct Legal {
    const char* text;
    const char* transport;
    const char* host;
    int port;  // -1: absent
    const char* branch;
    const char* received;
    const char* rport;  // nullptr: absent
    bool rfc3261;
};

TEST(Via, B2BUA_A15_legal) {
    constexpr Legal kRows[] = {
        {"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK7", "UDP", "192.0.2.1", 5060, "z9hG4bK7", "",
         nullptr, true},
        {"SIP/2.0/UDP pc33.atlanta.example.com", "UDP", "pc33.atlanta.example.com", -1, "", "",
         nullptr, false},
        {"sip / 2.0\r\n / udp\t a.b : 5070 ; branch = z9hG4bKx ; rport", "udp", "a.b", 5070,
         "z9hG4bKx", "", "", true},
        {"SIP/2.0/TLS-SCTP h;rport=1024;received=192.0.2.9;branch=Z9HG4BKq", "TLS-SCTP", "h", -1,
         "Z9HG4BKq", "192.0.2.9", "1024", true},
        {"SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3", "UDP",
         "[2001:db8::9:1]", -1, "z9hG4bKas3", "2001:db8::9:255", nullptr, true},
        {"SIP/2.0/UDP [2001:db8::9:1]:6050;received=2001:db8::9:255", "UDP", "[2001:db8::9:1]",
         6050, "", "2001:db8::9:255", nullptr, false},
        {"SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19", "UDP", "[::ffff:192.0.2.10]",
         19823, "z9hG4bKbh19", "", nullptr, true},
        {"SIP/2.0/UDP h;branch=z9hG4bK", "UDP", "h", -1, "z9hG4bK", "", nullptr, false},
        {"SIP/2.0/UDP h;branch=1", "UDP", "h", -1, "1", "", nullptr, false},
        {"SIP/7.0/UDP h;branch=z9hG4bK1", "UDP", "h", -1, "z9hG4bK1", "", nullptr, true},
        {"SIP/2.0/UDP gw_1.local;x=\"a,b;c\";alias", "UDP", "gw_1.local", -1, "", "", nullptr,
         false},
        {"SIP/2.0/UDP h:0", "UDP", "h", 0, "", "", nullptr, false},
        {"SIP/2.0/UDP h:65535", "UDP", "h", 65535, "", "", nullptr, false},
    };
    for (const Legal& row : kRows) {
        const auto via = Via::parse(row.text);
        ASSERT_TRUE(via.ok()) << row.text;
        EXPECT_EQ(via->text, row.text);
        EXPECT_EQ(via->transport, row.transport) << row.text;
        EXPECT_EQ(via->host, row.host) << row.text;
        EXPECT_EQ(via->port ? via->port->value : -1, row.port) << row.text;
        EXPECT_EQ(via->branch, row.branch) << row.text;
        EXPECT_EQ(via->received, row.received) << row.text;
        EXPECT_EQ(via->rport.has_value(), row.rport != nullptr) << row.text;
        if (row.rport != nullptr) {
            EXPECT_EQ(*via->rport, row.rport) << row.text;
        }
        EXPECT_EQ(via->rfc3261_branch, row.rfc3261) << row.text;
    }
}

TEST(Via, B2BUA_A7_unusable) {
    for (const char* text : {"",
                             " ",
                             "SIP",
                             "SIP/",
                             "SIP/2.0",
                             "SIP/2.0/",
                             "SIP/2.0/UDP",
                             "SIP/2.0/UDP ",
                             "SIP/2.0/UDP192.0.2.1",
                             "SIP/2.0 UDP h",
                             "/2.0/UDP h",
                             "SIP//UDP h",
                             "SIP/2.0/U@P h",
                             "SIP/2.0/UDP ;branch=z9hG4bK1",
                             "SIP/2.0/UDP h x",
                             "SIP/2.0/UDP h:",
                             "SIP/2.0/UDP h:x",
                             "SIP/2.0/UDP h:65536",
                             "SIP/2.0/UDP h:99999999999999999999",
                             "SIP/2.0/UDP h:-1",
                             "SIP/2.0/UDP h,",
                             "SIP/2.0/UDP [",
                             "SIP/2.0/UDP []",
                             "SIP/2.0/UDP [::1",
                             "SIP/2.0/UDP [1.2.3.4]",
                             "SIP/2.0/UDP [fe80::1%eth0]",
                             "SIP/2.0/UDP [2001:db8:::192.0.2.1]",
                             "SIP/2.0/UDP ::1",
                             "SIP/2.0/UDP h@i",
                             "SIP/2.0/UDP \"h\""}) {
        Via via;
        const auto outcome = via.assign(text);
        ASSERT_FALSE(outcome.ok()) << text;
        EXPECT_EQ(outcome.error().fault, ParseFault::kBadVia) << text;
        EXPECT_TRUE(via.host.empty()) << text;
    }
}

TEST(Via, B2BUA_A13_bad_parameters_leave_an_address_to_answer_to) {
    constexpr std::pair<const char*, ParseFault> kRows[] = {
        {"SIP/2.0/UDP h;", ParseFault::kEmptyParameter},
        {"SIP/2.0/UDP h;;branch=z9hG4bK1", ParseFault::kEmptyParameter},
        {"SIP/2.0/UDP h;branch", ParseFault::kBadParameter},
        {"SIP/2.0/UDP h;branch=", ParseFault::kBadParameter},
        {"SIP/2.0/UDP h;received", ParseFault::kBadParameter},
        {"SIP/2.0/UDP h;branch=z9hG4bK1;branch=z9hG4bK2", ParseFault::kDuplicateParameter},
        {"SIP/2.0/UDP h;rport;rport=1", ParseFault::kDuplicateParameter},
        {"SIP/2.0/UDP h;received=1.2.3.4;received=1.2.3.5", ParseFault::kDuplicateParameter},
        {"SIP/2.0/UDP h;rport=65536", ParseFault::kBadPort},
        {"SIP/2.0/UDP h;rport=x", ParseFault::kBadPort},
        {"SIP/2.0/UDP h;x=\"y", ParseFault::kUnterminatedQuote},
        {"SIP/2.0/UDP h;branch=z9hG4bK 1", ParseFault::kBadParameter},
    };
    for (const auto& [text, fault] : kRows) {
        Via via;
        const auto outcome = via.assign(text);
        ASSERT_FALSE(outcome.ok()) << text;
        EXPECT_EQ(outcome.error().fault, fault) << text;
        EXPECT_EQ(via.host, "h") << text;
    }
}

}  // namespace
}  // namespace sallyport::sip
