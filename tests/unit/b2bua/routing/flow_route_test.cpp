// SPDX-License-Identifier: Apache-2.0
// Requests that bring a Path URI of ours (B2BUA-H15; RFC 5626 s.5.2, s.5.3), by table.
#include "b2bua/routing/flow_route.h"

#include "tests/unit/b2bua/two_realms.h"

#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <string>

namespace sallyport::routing {
namespace {

constexpr std::array<std::uint8_t, 32> kSecret{1, 2, 3};
const Flow kPhone{kInside, Transport::kUdp, endpoint("10.10.0.1", 5060),
                  endpoint("192.0.2.10", 40000)};
const Flow kGone{kInside, Transport::kUdp, endpoint("10.10.0.1", 5060),
                 endpoint("192.0.2.11", 40000)};
const Flow kRegistrar{kOutside, Transport::kUdp, endpoint("10.20.0.1", 5060),
                      endpoint("10.20.0.2", 5060)};

class OneFlow final : public RegisteredLookup {
public:
    Registered by_token(std::string_view, Moment) const override { return {}; }
    Registered by_aor(std::string_view, std::string_view, std::optional<RegistrarId>,
                      Moment) const override {
        return {};
    }
    Registered by_user(std::string_view, std::optional<RegistrarId>, Moment) const override {
        return {};
    }
    bool has_identity(const Flow&, std::string_view, Moment) const override { return false; }
    bool has_flow(const Flow& flow, Moment) const override { return flow == kPhone; }
    std::string service_route(const Flow&, std::string_view, Moment) const override { return {}; }
};

/// "PHONE" and "GONE" in a text stand for their flow tokens, "FORGED" for one with an octet
/// changed.
std::string with_tokens(std::string text) {
    const FlowTokens tokens(kSecret);
    std::string forged = tokens.seal(kPhone);
    forged.back() = forged.back() == '0' ? '1' : '0';
    const std::pair<std::string_view, std::string> names[] = {
        {"PHONE", tokens.seal(kPhone)}, {"GONE", tokens.seal(kGone)}, {"FORGED", forged}};
    for (const auto& [name, token] : names) {
        if (const auto at = text.find(name); at != std::string::npos) {
            text.replace(at, name.size(), token);
        }
    }
    return text;
}

struct Row {
    const char* name;
    const char* uri;
    const char* route;  // value of Route, or empty
    int status;         // 0: goes to the phone, -1: goes its usual way
    const char* uri_left;
    const char* route_left;  // values, a blank between them
    const Flow* from{&kRegistrar};

    friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};

constexpr const char* kBob = "sip:bob@10.0.0.5:5060;ob";

class FlowRoute : public testing::TestWithParam<Row> {};

TEST_P(FlowRoute, B2BUA_H15_rule) {
    const Row& row = GetParam();
    std::string text = with_tokens(std::string("OPTIONS ") + row.uri) +
                       " SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
                       "From: <sip:a@b>;tag=1\r\nTo: <sip:b@c>\r\nCall-ID: 1\r\n"
                       "CSeq: 1 OPTIONS\r\n";
    text += *row.route == '\0' ? "" : "Route: " + with_tokens(row.route) + "\r\n";
    text += "Content-Length: 0\r\n\r\n";
    sip::Message request;
    ASSERT_TRUE(request.parse(text).ok());
    Config config = two_realms();
    config.realms[1].preloaded_route = PreloadedRoute::kIgnore;  // says nothing about paths
    const IncomingRoute route = incoming_route(config, request, row.from->realm);
    std::string rest;
    for (const std::string_view value : route.rest) {
        rest.append(rest.empty() ? "" : " ").append(value);
    }
    EXPECT_EQ(rest, row.route_left);
    const FlowTokens tokens(kSecret);
    const OneFlow phones;
    const auto chosen = choose_by_flow({config, tokens, phones, Moment{}}, *row.from, route);
    if (row.status != 0) {
        EXPECT_EQ(chosen ? chosen->error().status : -1, row.status);
        return;
    }
    ASSERT_TRUE(chosen && chosen->ok());
    EXPECT_EQ((*chosen)->front().request_uri, row.uri_left);
    EXPECT_EQ((*chosen)->front().flow, kPhone);
}

const Row kRows[] = {
    {"no_route", kBob, "", -1, "", ""},
    {"no_token", kBob, "<sip:10.20.0.1;lr>", -1, "", ""},
    {"token_at_another_host", kBob, "<sip:PHONE@10.20.0.9;lr>", -1, "", ""},
    {"to_the_phone", kBob, "<sip:PHONE@10.20.0.1:5060;lr;ob>", 0, kBob, ""},
    {"without_ob", kBob, "<sip:PHONE@10.20.0.1;lr>", 0, kBob, ""},
    {"behind_another_own_value", kBob, "<sip:10.20.0.1;lr>, <sip:PHONE@10.20.0.1;lr>", 0, kBob, ""},
    {"own_path_of_the_phone", kBob, "<sip:PHONE@10.20.0.1;lr>, <sip:10.10.0.7;lr>", 0, kBob,
     "<sip:10.10.0.7;lr>"},
    {"strict_sender", "sip:PHONE@10.20.0.1;lr", "<sip:bob@10.0.0.5:5060;ob>", 0, kBob, ""},
    {"number_of_a_pbx", "tel:+15550100", "<sip:PHONE@10.20.0.1;lr>", 0, "tel:+15550100", ""},
    {"tampered", kBob, "<sip:FORGED@10.20.0.1;lr>", 403, "", ""},
    {"flow_gone", kBob, "<sip:GONE@10.20.0.1;lr>", 430, "", ""},
    {"B16_sips", "sips:bob@10.0.0.5", "<sip:PHONE@10.20.0.1;lr>", 480, "", ""},
    {"RFC5626_s5_3_2_the_phones_own", "sip:al@x", "<sip:PHONE@10.10.0.1;lr>, <sip:p;lr>", -1, "",
     "<sip:p;lr>", &kPhone},
};

INSTANTIATE_TEST_SUITE_P(Rows, FlowRoute, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(FlowToken, B2BUA_H15_names_one_flow) {
    const FlowTokens tokens(kSecret);
    const std::string token = tokens.seal(kPhone);
    EXPECT_EQ(token, tokens.seal(kPhone));
    EXPECT_EQ(token.find("c000020a"), std::string::npos) << "192.0.2.10 can be read";
    const auto opened = tokens.open(two_realms(), token);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(*opened, kPhone);
    Flow other = kPhone;
    other.remote.port = Port{40001};
    EXPECT_NE(tokens.seal(other), token);
    other = kPhone;
    other.local.port = Port{5062};
    EXPECT_NE(tokens.seal(other), token);
    EXPECT_EQ(*tokens.open(two_realms(), tokens.seal(other)), other);
}

TEST(FlowToken, B2BUA_H15_cannot_be_forged) {
    const FlowTokens tokens(kSecret);
    const std::string token = tokens.seal(kPhone);
    for (std::size_t i = token.find('-') + 1; i < token.size(); ++i) {
        std::string other = token;
        other[i] = other[i] == '0' ? '1' : '0';
        ASSERT_TRUE(FlowTokens::has_form(other));
        const auto opened = tokens.open(two_realms(), other);
        ASSERT_FALSE(opened.ok()) << i;
        EXPECT_EQ(opened.error().status, 403);
    }
    constexpr std::array<std::uint8_t, 32> kOther{9};
    EXPECT_FALSE(FlowTokens(kOther).open(two_realms(), token).ok());
    Config fewer = two_realms();
    fewer.realms.clear();
    EXPECT_FALSE(tokens.open(fewer, token).ok());
}

TEST(FlowToken, B2BUA_H15_other_user_parts_are_none) {
    const std::string token = FlowTokens(kSecret).seal(kPhone);
    for (const std::string& user :
         {std::string(), std::string("bob"), std::string("flow-"), token.substr(1),
          token.substr(0, token.size() - 1), token + "00", "flow-" + std::string(78, 'g')}) {
        EXPECT_FALSE(FlowTokens::has_form(user)) << user;
    }
}

}  // namespace
}  // namespace sallyport::routing
