// SPDX-License-Identifier: Apache-2.0
// The table alone: look-ups, capacity, expiry (H6, H14, H20).
#include "b2bua/registration/bindings.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

using routing::Reach;

constexpr auto kOwn = routing::kOwnRegistrar;

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
    EXPECT_EQ(table.by_aor("bob@x", kOwn, at(5)).contact_uri, "sip:c");
    table.erase("c", at(9));
    EXPECT_EQ(table.by_aor("bob@x", kOwn, at(5)).contact_uri, "sip:b");
    table.erase("b", at(9));
    EXPECT_EQ(table.by_aor("bob@x", kOwn, at(5)).contact_uri, "sip:a");
    table.erase("a", at(9));
    table.erase("a", at(9));
    EXPECT_EQ(table.by_aor("bob@x", kOwn, at(5)).reach, Reach::kUnknown);
    EXPECT_EQ(table.by_user("bob", std::nullopt, at(5)).reach, Reach::kUnknown);
}

TEST(Bindings, UserPartAloneWhenItIsUnique) {
    Bindings table(10);
    EXPECT_TRUE(table.put(binding("a", "bob@x")) && table.put(binding("b", "bob@y", 30)));
    EXPECT_EQ(table.by_user("bob", std::nullopt, at(5)).reach, Reach::kAmbiguous);
    EXPECT_EQ(table.by_user("bob", std::nullopt, at(40)).contact_uri,
              "sip:a");  // the other one is away
    EXPECT_EQ(table.by_user("bob", std::nullopt, at(70)).reach, Reach::kExpired);
    EXPECT_EQ(table.by_user("al", std::nullopt, at(5)).reach, Reach::kUnknown);
}

TEST(Bindings, B2BUA_H20_LapseAndForget) {
    Bindings table(2);
    EXPECT_TRUE(table.put(binding("a", "bob@x")));
    EXPECT_EQ(table.advance(at(91)), 0U);
    EXPECT_EQ(table.advance(at(92)), 1U);
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(table.find("a"), nullptr);
    EXPECT_TRUE(table.tokens_of(kOwn, "bob@x").empty());
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
    table.erase("b", at(9));  // the lapsed one
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
    EXPECT_EQ(table.tokens_of(kOwn, "bob@x").size(), 1U);
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
    table.erase("a", at(9));
    EXPECT_FALSE(has(40001, "sip:bob@x"));
}

TEST(Bindings, B2BUA_H2_registrars_do_not_speak_for_each_other) {
    Bindings table(10);
    const routing::RegistrarId other{0};
    Binding theirs = binding("t", "bob@x");
    theirs.registrar = other;
    theirs.accepted = at(4);
    EXPECT_TRUE(table.put(binding("a", "bob@x")) && table.put(theirs));
    EXPECT_EQ(table.by_aor("bob@x", kOwn, at(5)).contact_uri, "sip:a");
    EXPECT_EQ(table.by_aor("bob@x", other, at(5)).contact_uri, "sip:t");
    EXPECT_EQ(table.by_user("bob", other, at(5)).contact_uri, "sip:t");
    EXPECT_EQ(table.by_aor("bob@x", std::nullopt, at(5)).reach, Reach::kAmbiguous);
    EXPECT_EQ(table.tokens_of(other, "bob@x"), std::vector<std::string>{"t"});
    EXPECT_TRUE(table.erase("t", at(5)));
    EXPECT_EQ(table.by_aor("bob@x", std::nullopt, at(5)).contact_uri, "sip:a");
    EXPECT_EQ(table.by_aor("bob@x", other, at(5)).reach, Reach::kUnknown);
}

TEST(Bindings, B2BUA_H13_the_later_register_wins_whichever_is_answered_first) {
    Bindings table(2);
    Binding earlier = binding("a", "bob@x");
    earlier.asked = at(1);
    Binding later = earlier;
    later.asked = at(2);
    later.contact_uri = "sip:later";
    EXPECT_TRUE(table.put(later) && table.put(earlier));
    EXPECT_EQ(table.find("a")->contact_uri, "sip:later");
    EXPECT_FALSE(table.erase("a", at(1)));
    EXPECT_TRUE(table.erase("a", at(2)));
    EXPECT_FALSE(table.erase("a", at(2)));
}

TEST(Bindings, B2BUA_J10_lapsed_ones_give_way) {
    Bindings table(10, 3);
    EXPECT_TRUE(table.put(binding("a", "bob@x", 20)) && table.put(binding("b", "bob@x", 10)) &&
                table.put(binding("c", "bob@x", 900)));
    EXPECT_EQ(table.advance(at(60)), 2U);
    EXPECT_EQ(table.by_token("b", at(61)).reach, Reach::kExpired);
    EXPECT_TRUE(table.put(binding("d", "bob@x", 900)));
    EXPECT_EQ(table.by_token("b", at(61)).reach, Reach::kUnknown) << "the oldest";
    EXPECT_EQ(table.by_token("a", at(61)).reach, Reach::kExpired);
    EXPECT_TRUE(table.put(binding("e", "bob@x", 900)) && table.put(binding("f", "bob@x", 900)));
    EXPECT_EQ(table.size(), 4U) << "none that is in use";
}

}  // namespace
}  // namespace sallyport::registration
