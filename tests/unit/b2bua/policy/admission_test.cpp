// SPDX-License-Identifier: Apache-2.0
// B2BUA-C20 and the Require rows of D11: which requests may not cross, and what they are told.
#include "b2bua/policy/header_policy.h"
#include "tests/unit/b2bua/policy/crossing_message.h"

#include <gtest/gtest.h>

#include <ostream>

namespace sallyport::policy {
namespace {

struct Row {
    const char* name;
    const char* method;
    const char* lines;
    int status;  // 0: admitted
    const char* header_line;

    friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};

class Admission : public testing::TestWithParam<Row> {};

TEST_P(Admission, B2BUA_C20_D11_admits) {
    const Row& row = GetParam();
    const CrossingMessage given(CrossingMessage::request(row.method, row.lines));
    const auto rejection = admit(given.message);
    EXPECT_EQ(rejection ? rejection->status : 0, row.status);
    EXPECT_EQ(rejection ? rejection->header_line : "", row.header_line);
    if (rejection) {
        EXPECT_FALSE(rejection->reason.empty());
    }
}

constexpr Row kRows[] = {
    {"plain", "INVITE", "", 0, ""},
    {"one_hop_left", "INVITE", "Max-Forwards: 1\r\n", 0, ""},
    {"C20_no_hops_invite", "INVITE", "Max-Forwards: 0\r\n", 483, ""},
    {"C20_no_hops_register", "REGISTER", "Max-Forwards: 0\r\n", 483, ""},
    {"C20_no_hops_bye", "BYE", "Max-Forwards: 0\r\n", 483, ""},
    {"M13_no_hops_options", "OPTIONS", "Max-Forwards: 0\r\n", 0, ""},
    {"C20_no_hops_ack", "ACK", "Max-Forwards: 0\r\n", 0, ""},
    {"C20_no_hops_cancel", "CANCEL", "Max-Forwards: 0\r\n", 0, ""},
    {"C20_no_breadth", "MESSAGE", "Max-Breadth: 0\r\n", 440, ""},
    {"C20_breadth", "MESSAGE", "Max-Breadth: 60\r\n", 0, ""},
    {"proxy_require", "MESSAGE", "Proxy-Require: foo\r\n", 420, "Unsupported: foo\r\n"},
    {"proxy_require_two", "MESSAGE", "Proxy-Require: foo, bar\r\nProxy-Require: privacy\r\n", 420,
     "Unsupported: foo, bar\r\n"},
    {"proxy_require_privacy", "MESSAGE", "Proxy-Require: privacy\r\n", 0, ""},
    {"proxy_require_ack", "ACK", "Proxy-Require: foo\r\n", 0, ""},
    {"proxy_require_cancel", "CANCEL", "Proxy-Require: foo\r\nRequire: sec-agree\r\n", 0, ""},
    {"require_unknown", "MESSAGE", "Require: foo\r\n", 0, ""},
    {"require_end_to_end", "INVITE", "Require: 100rel, replaces, timer\r\n", 0, ""},
    {"require_sec_agree", "REGISTER", "Require: Sec-Agree\r\n", 420, "Unsupported: Sec-Agree\r\n"},
    {"require_path_invite", "INVITE", "Require: path, 100rel\r\n", 420, "Unsupported: path\r\n"},
    {"require_outbound_register", "REGISTER", "Require: outbound, path\r\n", 0, ""},
    {"require_and_proxy_require", "INVITE", "Require: outbound\r\nProxy-Require: x\r\n", 420,
     "Unsupported: x, outbound\r\n"},
};

INSTANTIATE_TEST_SUITE_P(Rows, Admission, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Admission, B2BUA_M6_100rel_demanded_where_it_is_forbidden) {
    Crossing open;
    Crossing closed;
    closed.carries_100rel = false;
    const CrossingMessage demands(
        CrossingMessage::request("INVITE", "Require: timer\r\nRequire: 100REL\r\n"));
    EXPECT_FALSE(refuse_reliable(demands.message, open));
    const auto refusal = refuse_reliable(demands.message, closed);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->status, 420);
    EXPECT_EQ(refusal->header_line, "Unsupported: 100rel\r\n");
    const CrossingMessage offers(CrossingMessage::request("INVITE", "Supported: 100rel\r\n"));
    EXPECT_FALSE(refuse_reliable(offers.message, closed));
    const CrossingMessage other(CrossingMessage::request("MESSAGE", "Require: 100rel\r\n"));
    EXPECT_FALSE(refuse_reliable(other.message, closed)) << "RFC 3262 is about INVITEs";
}

}  // namespace
}  // namespace sallyport::policy
