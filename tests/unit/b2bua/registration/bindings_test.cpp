// SPDX-License-Identifier: Apache-2.0
// The table alone: look-ups, capacity, expiry (H6, H14, H20).
#include "b2bua/registration/bindings.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

using routing::Reach;

constexpr Moment at(std::int64_t seconds) {
    return Moment{Millis{seconds * 1000}};
}

Binding binding(std::string token, std::string aor, std::int64_t expires = 60) {
    Binding b;
    b.token = std::move(token);
    b.aor = std::move(aor);
    b.contact_uri = "sip:" + b.token;
    b.expires = at(expires);
    b.upstream_expires = at(3600);
    return b;
}

TEST(Bindings, HighestQThenNewest) {
    Bindings table(10);
    Binding a = binding("a", "bob@x");
    a.q = 500;
    a.accepted = at(3);
    Binding b = binding("b", "bob@x");
    b.accepted = at(1);
    Binding c = binding("c", "bob@x");
    c.accepted = at(2);
    EXPECT_TRUE(table.put(a) && table.put(b) && table.put(c));
    EXPECT_EQ(table.by_aor("bob@x", at(5)).contact_uri, "sip:c");
    table.erase("c");
    EXPECT_EQ(table.by_aor("bob@x", at(5)).contact_uri, "sip:b");
    table.erase("b");
    EXPECT_EQ(table.by_aor("bob@x", at(5)).contact_uri, "sip:a");
    table.erase("a");
    table.erase("a");
    EXPECT_EQ(table.by_aor("bob@x", at(5)).reach, Reach::kUnknown);
    EXPECT_EQ(table.by_user("bob", at(5)).reach, Reach::kUnknown);
}

TEST(Bindings, UserPartAloneWhenItIsUnique) {
    Bindings table(10);
    EXPECT_TRUE(table.put(binding("a", "bob@x")) && table.put(binding("b", "bob@y", 30)));
    EXPECT_EQ(table.by_user("bob", at(5)).reach, Reach::kAmbiguous);
    EXPECT_EQ(table.by_user("bob", at(40)).contact_uri, "sip:a");  // the other one is away
    EXPECT_EQ(table.by_user("bob", at(70)).reach, Reach::kExpired);
    EXPECT_EQ(table.by_user("al", at(5)).reach, Reach::kUnknown);
}

TEST(Bindings, B2BUA_H20_LapseAndForget) {
    Bindings table(2);
    EXPECT_TRUE(table.put(binding("a", "bob@x")));
    EXPECT_EQ(table.advance(at(91)), 0U);
    EXPECT_EQ(table.advance(at(92)), 1U);
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(table.find("a"), nullptr);
    EXPECT_TRUE(table.tokens_of("bob@x").empty());
    EXPECT_EQ(table.by_token("a", at(93)).reach, Reach::kExpired);
    EXPECT_EQ(table.advance(at(3600)), 0U);
    EXPECT_EQ(table.by_token("a", at(3601)).reach, Reach::kUnknown);
}

TEST(Bindings, B2BUA_H20_UpstreamShorterThanTheGrace) {
    Bindings table(2);
    Binding brief = binding("a", "bob@x", 10);
    brief.upstream_expires = at(12);
    EXPECT_TRUE(table.put(brief));
    EXPECT_EQ(table.advance(at(42)), 1U);
    EXPECT_EQ(table.by_token("a", at(42)).reach, Reach::kUnknown);
}

TEST(Bindings, B2BUA_J10_CapacityCountsTheLapsedToo) {
    Bindings table(2);
    EXPECT_TRUE(table.put(binding("a", "bob@x")) && table.put(binding("b", "al@x")));
    EXPECT_FALSE(table.put(binding("c", "eve@x")));
    EXPECT_TRUE(table.put(binding("a", "bob@x", 500)));  // a refresh
    EXPECT_EQ(table.advance(at(100)), 1U);
    EXPECT_FALSE(table.has_room());
    table.erase("b");  // the lapsed one
    EXPECT_TRUE(table.has_room());
    EXPECT_EQ(table.size(), 1U);
    EXPECT_TRUE(table.put(binding("c", "eve@x")));
    EXPECT_EQ(table.size(), 2U);
}

TEST(Bindings, RefreshRevivesTheLapsed) {
    Bindings table(2);
    EXPECT_TRUE(table.put(binding("a", "bob@x")));
    EXPECT_EQ(table.advance(at(100)), 1U);
    EXPECT_TRUE(table.put(binding("a", "bob@x", 160)));
    EXPECT_EQ(table.size(), 1U);
    EXPECT_EQ(table.tokens_of("bob@x").size(), 1U);
    EXPECT_EQ(table.by_token("a", at(101)).reach, Reach::kBound);
    EXPECT_EQ(table.advance(at(191)), 0U);
    EXPECT_EQ(table.advance(at(192)), 1U);
}

TEST(Bindings, RFC3325_s6_identities_of_the_phone_on_a_flow) {
    const auto flow = [](std::uint16_t port) {
        return Flow{RealmId{0},
                    Transport::kUdp,
                    {IpAddr::v4(0x0a0a0001), Port{5060}},
                    {IpAddr::v4(0xc000020a), Port{port}}};
    };
    Bindings table(3);
    Binding a = binding("a", "bob@x");
    a.flow = flow(40000);
    a.identities = "<sip:Bob@y>, <tel:+1-202-555-0100;ext=7>";
    Binding b = binding("b", "carol@x", 30);
    b.flow = flow(40000);  // a second line of the same phone
    EXPECT_TRUE(table.put(a) && table.put(b));
    const auto has = [&](std::uint16_t port, std::string_view uri, std::int64_t second = 5) {
        return table.has_identity(flow(port), uri, at(second));
    };
    EXPECT_TRUE(has(40000, "sip:bob@X"));
    EXPECT_TRUE(has(40000, "sip:carol@x"));
    EXPECT_FALSE(has(40000, "sip:carol@x", 30)) << "lapsed";
    EXPECT_TRUE(has(40000, "sip:Bob@Y"));
    EXPECT_FALSE(has(40000, "sip:bob@y")) << "RFC 3261 s.19.1.4: the user part is not folded";
    EXPECT_TRUE(has(40000, "tel:+12025550100;EXT=7"));
    EXPECT_FALSE(has(40000, "tel:+12025550100"));
    EXPECT_FALSE(has(40001, "sip:bob@x"));
    a.flow = flow(40001);  // the NAT has moved it
    EXPECT_TRUE(table.put(a));
    EXPECT_FALSE(has(40000, "sip:bob@x"));
    EXPECT_TRUE(has(40001, "sip:bob@x"));
    table.erase("a");
    EXPECT_FALSE(has(40001, "sip:bob@x"));
}

}  // namespace
}  // namespace sallyport::registration
