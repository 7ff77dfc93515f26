// SPDX-License-Identifier: Apache-2.0
// B2BUA-I1: which route takes a request, by table.
#include "b2bua/routing/route_table.h"

#include "b2bua/routing/own_address.h"
#include "tests/unit/b2bua/routing/asking.h"
#include "tests/unit/b2bua/two_realms.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace sallyport::routing {
namespace {

Route route(const char* name, Conditions conditions, std::uint16_t priority = 100) {
    Route out{name, kInside, ToPeers{{0}}};
    out.conditions = std::move(conditions);
    out.priority = priority;
    return out;
}

/// In the order of the file, which is not the order of preference.
Config table() {
    Config config = two_realms();
    config.routes = {
        route("all", {}),
        route("short", {.user_prefix = "0"}),
        route("long", {.user_prefix = "0049"}),
        route("alice", {.user = "0049alice"}),
        route("message", {.method = "MESSAGE"}),
        route("domain", {.domain = "example.com"}),
        route("below", {.domain = "*.example.com"}),
        route("address", {.domain = "192.0.2.1"}),
        route("address6", {.domain = "[2001:db8::1]"}),
        route("gold", {.header = {"X-Line", "gold"}}),
        route("urgent", {.header = {"Priority", std::nullopt}}, 1),
        route("both", {.method = "MESSAGE", .domain = "example.org"}, 50),
        route("subject", {.header = {"Subject", "s"}}, 60),
    };
    Conditions regex;
    regex.user_regex = Pattern::compile("7\\d{2}").value();
    config.routes.push_back(route("regex", regex));
    Route outside = route("outside", {.user_prefix = "0049"}, 0);
    outside.from = kOutside;
    config.routes.push_back(outside);
    Route survive = route("survive", {.user_prefix = "00"}, 0);
    survive.when = RouteUse::kSurvive;
    config.routes.push_back(survive);
    return config;
}

struct Row {
    const char* name;
    const char* uri;
    const char* taken;
    const char* method{"INVITE"};
    const char* lines{""};

    friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};

class Table : public testing::TestWithParam<Row> {};

TEST_P(Table, B2BUA_I1_RouteThatTakesIt) {
    const Row& row = GetParam();
    const Config config = table();
    const Asking asking(row.uri, row.method, row.lines);
    const auto uri = sip::Uri::parse(row.uri);
    ASSERT_TRUE(uri.ok());
    const Route* taken = route_for(config, asking.from(kInside), *uri);
    ASSERT_NE(taken, nullptr);
    EXPECT_EQ(taken->name, row.taken);
}

const Row kRows[] = {
    {"without_conditions_last", "sip:bob@example.net", "all"},
    {"prefix", "sip:0bob@example.net", "short"},
    {"longest_prefix", "sip:0049bob@example.net", "long"},
    {"whole_user_before_prefixes", "sip:0049alice@example.net", "alice"},
    {"whole_user_is_whole", "sip:0049alice1@example.net", "long"},
    {"users_have_case", "sip:0049Alice@example.net", "long"},
    {"escapes_are_undone", "sip:00%349alice@example.net", "alice"},
    {"number_of_a_tel_uri", "tel:00-49-30", "long"},
    {"expression", "sip:7%312@example.net", "regex"},
    {"expression_as_a_whole", "sip:7123@example.net", "all"},
    {"method", "sip:bob@example.net", "message", "MESSAGE"},
    {"methods_have_case", "sip:bob@example.net", "all", "Message"},
    {"prefix_before_method", "sip:0bob@example.net", "short", "MESSAGE"},
    {"domain", "sip:bob@Example.COM:5070", "domain"},
    {"domain_with_a_dot", "sip:bob@example.com.", "domain"},
    {"below_the_domain", "sip:bob@a.b.EXAMPLE.com", "below"},
    {"not_the_domain_itself_nor_beside_it", "sip:bob@badexample.com", "all"},
    {"address", "sip:bob@192.0.2.1", "address"},
    {"address_in_another_form", "sip:bob@[2001:DB8:0::1]", "address6"},
    {"first_in_the_file", "sip:bob@example.com", "message", "MESSAGE"},
    {"header", "sip:bob@example.net", "gold", "INVITE", "x-line: gold\r\n"},
    {"header_with_another_value", "sip:bob@example.net", "all", "INVITE", "X-Line: goldx\r\n"},
    {"any_of_the_lines", "sip:b@example.net", "gold", "INVITE", "X-Line: 1\r\nX-Line: gold\r\n"},
    {"header_is_there", "sip:0049alice@example.net", "urgent", "INVITE", "Priority: normal\r\n"},
    {"compact_form", "sip:bob@example.net", "subject", "INVITE", "s: s\r\n"},
    {"all_conditions", "sip:bob@example.org", "both", "MESSAGE"},
    {"not_one_of_them_alone", "sip:bob@example.org", "all"},
    {"lower_priority_before_prefix", "sip:0049bob@example.org", "both", "MESSAGE"},
    {"tel_has_no_domain", "tel:+1", "all"},
    {"urn_has_no_user", "urn:service:sos", "all"},
};

INSTANTIATE_TEST_SUITE_P(Rows, Table, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RouteTable, B2BUA_I1_each_realm_and_each_time_has_its_own) {
    const Config config = table();
    const Asking asking("sip:0049bob@example.net");
    const auto uri = sip::Uri::parse("sip:0049bob@example.net");
    EXPECT_EQ(route_for(config, asking.from(kOutside), *uri)->name, "outside");
    EXPECT_EQ(route_for(config, asking.from(kInside), *uri, RouteUse::kSurvive)->name, "survive");
    EXPECT_EQ(route_for(config, asking.from(kOutside), *uri, RouteUse::kSurvive), nullptr);
}

TEST(RouteTable, B2BUA_I1_the_registrar_stands_behind_the_route_without_conditions) {
    Config config = table();
    config.peers.push_back(config.peers[0]);
    EXPECT_EQ(route_of_all(config, kInside), &config.routes[0]);
    EXPECT_EQ(route_of_all(config, kOutside), nullptr) << "its only route has a condition";
    EXPECT_EQ(peer_behind(config, kOutside), nullptr);
    Route first = route("first", {}, 99);
    first.to = ToPeers{{1, 0}};
    config.routes.push_back(first);
    EXPECT_EQ(peer_behind(config, kInside), &config.peers[1]);
}

}  // namespace
}  // namespace sallyport::routing
