// SPDX-License-Identifier: Apache-2.0
// B2BUA-D9 by table: Request-URI and Route as they arrive -> what is left of them.
#include "b2bua/routing/incoming_route.h"

#include "tests/unit/b2bua/two_realms.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace sallyport::routing {
namespace {

struct Row {
    const char* name;
    const char* uri;
    const char* route;  // value of Route, or empty
    const char* uri_left;
    const char* route_left;  // values, a blank between them

    friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};

std::string request_text(const Row& row) {
    std::string text = std::string("OPTIONS ") + row.uri +
                       " SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
                       "From: <sip:a@b>;tag=1\r\nTo: <sip:b@c>\r\nCall-ID: 1\r\n"
                       "CSeq: 1 OPTIONS\r\n";
    if (*row.route != '\0') {
        text += std::string("Route: ") + row.route + "\r\n";
    }
    return text + "Content-Length: 0\r\n\r\n";
}

std::string joined(const std::vector<std::string_view>& values) {
    std::string text;
    for (const std::string_view value : values) {
        text.append(text.empty() ? "" : " ").append(value);
    }
    return text;
}

class IncomingRouteTest : public testing::TestWithParam<Row> {};

TEST_P(IncomingRouteTest, B2BUA_D9_rule) {
    const Row& row = GetParam();
    const std::string text = request_text(row);
    sip::Message request;
    ASSERT_TRUE(request.parse(text).ok());
    const Config config = two_realms();
    const IncomingRoute route = incoming_route(config, request, kInside);
    EXPECT_EQ(route.request_uri, row.uri_left);
    EXPECT_EQ(joined(route.rest), row.route_left);
}

const Row kRows[] = {
    {"no_route", "sip:bob@x", "", "sip:bob@x", ""},
    {"own_alone", "sip:bob@x", "<sip:10.10.0.1;lr>", "sip:bob@x", ""},
    {"all_leading_own", "sip:bob@x", "<sip:10.10.0.1;lr>, <sip:10.20.0.1;lr>, <sip:p;lr>",
     "sip:bob@x", "<sip:p;lr>"},
    {"K10_own_then_foreign", "sip:bob@10.10.0.1", "<sip:10.10.0.1;lr>, <sip:p;lr>",
     "sip:bob@10.10.0.1", "<sip:p;lr>"},
    {"own_behind_foreign_is_a_spiral", "sip:bob@x", "<sip:p;lr>, <sip:10.10.0.1;lr>", "sip:bob@x",
     "<sip:p;lr> <sip:10.10.0.1;lr>"},
    {"D19_near_literal", "sip:bob@x", "<sip:10.10.0.9;lr>, <sip:p;lr>", "sip:bob@x", "<sip:p;lr>"},
    {"loopback_leads_nowhere", "sip:bob@x", "<sip:127.0.0.1:5080>, <sip:p;lr>", "sip:bob@x",
     "<sip:p;lr>"},
    {"group_leads_nowhere", "sip:bob@x", "<sip:224.0.1.75;lr>", "sip:bob@x", ""},
    {"strict_sender", "sip:10.10.0.1", "<sip:bob@x;a=1>", "sip:bob@x;a=1", ""},
    {"strict_sender_with_lr_in_the_uri", "sip:10.10.0.1:5060;lr", "<sip:p;lr>, <sip:bob@x>",
     "sip:bob@x", "<sip:p;lr>"},
    {"strict_sender_and_own_route", "sip:10.10.0.1", "<sip:10.10.0.1;lr>, <sip:bob@x>", "sip:bob@x",
     ""},
    {"own_last_is_not_strict", "sip:10.10.0.1", "<sip:p;lr>, <sip:bob@10.10.0.1>", "sip:10.10.0.1",
     "<sip:p;lr> <sip:bob@10.10.0.1>"},
    {"foreign_uri_is_not_strict", "sip:10.20.0.2", "<sip:bob@x>", "sip:10.20.0.2", "<sip:bob@x>"},
    {"user_at_our_address_is_a_call", "sip:bob@10.10.0.1", "<sip:p>", "sip:bob@10.10.0.1",
     "<sip:p>"},
    {"unreadable_is_kept", "sip:10.10.0.1", "<foo bar>", "sip:10.10.0.1", "<foo bar>"},
};

INSTANTIATE_TEST_SUITE_P(Rows, IncomingRouteTest, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(PreloadedRoute, B2BUA_D9_ignored_where_the_realm_says_so) {
    const std::string text =
        request_text({"", "sip:10.10.0.1", "<sip:10.10.0.1;lr>, <sip:p;lr>, <sip:bob@x>", "", ""});
    sip::Message request;
    ASSERT_TRUE(request.parse(text).ok());
    Config config = two_realms();
    config.realms[0].preloaded_route = PreloadedRoute::kIgnore;
    const IncomingRoute here = incoming_route(config, request, kInside);
    EXPECT_EQ(here.request_uri, "sip:bob@x") << "the strict router is undone all the same";
    EXPECT_TRUE(here.rest.empty());
    EXPECT_EQ(incoming_route(config, request, kOutside).rest.size(), 1U);
}

}  // namespace
}  // namespace sallyport::routing
