// SPDX-License-Identifier: Apache-2.0
// Values of groups and routes that look odd and are right, and what they come to (B2BUA-I1, I4,
// I6).
#include "config/condition_values.h"
#include "config/target_values.h"
#include "tests/unit/config/loading.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::config {
namespace {

constexpr OptionText kRow{"key", "", {false, "1"}, {1, 255}, "a row for tests"};

template <class Type, class Value>
bool reads(std::string_view text, Value& out, const Config& config = {}) {
    return !Type::read(Context{kRow, config}, text, out);
}

Config three_peers() {
    Config config;
    config.peers.resize(3);
    config.peers[0].name = "registered";
    config.peers[1].name = "next";
    config.peers[2].name = "last";
    return config;
}

TEST(RouteValues, TargetsFollowTheConfig) {
    const Config config = three_peers();
    Target::Value target;
    EXPECT_TRUE(reads<Target>("peer.registered", target, config)) << "a peer may have that name";
    EXPECT_TRUE(std::holds_alternative<ToPeers>(target));
    EXPECT_EQ(Target::write(config, target), "peer.registered");
    EXPECT_TRUE(reads<Target>("peer.next,peer.registered", target, config));
    EXPECT_EQ(Target::write(config, target), "peer.next, peer.registered");
    EXPECT_FALSE(reads<Target>("peer.next, peer.next", target, config)) << "each once";
    EXPECT_FALSE(reads<Target>("peer.next,", target, config));
    EXPECT_TRUE(reads<Target>("registered", target, config));
    EXPECT_EQ(Target::write(config, target), "registered");
}

TEST(RouteValues, B2BUA_I4_a_group_stands_for_its_members) {
    Config config = three_peers();
    config.groups = {{"g", {{2, 1, 1}, {0, 1, 3}}}};
    Target::Value target;
    EXPECT_TRUE(reads<Target>("peer.next, group.g", target, config));
    const auto& to = std::get<ToPeers>(target);
    EXPECT_EQ(to.peers, (std::vector<std::uint16_t>{1, 2, 0}));
    ASSERT_EQ(to.groups.size(), 1U);
    EXPECT_EQ(to.groups[0].first, 1U);
    EXPECT_EQ(Target::write(config, target), "peer.next, group.g");
    EXPECT_TRUE(reads<Target>("group.g,peer.next", target, config));
    EXPECT_EQ(Target::write(config, target), "group.g, peer.next");
    EXPECT_FALSE(reads<Target>("group.g, peer.last", target, config)) << "in the group already";
    EXPECT_FALSE(reads<Target>("group.g, group.g", target, config));
}

TEST(RouteValues, B2BUA_I4_members_stand_by_priority) {
    const Config config = three_peers();
    std::vector<GroupMember> members;
    EXPECT_TRUE(reads<Members>("peer.last priority=7  weight=0,peer.next weight=65535 priority=0",
                               members, config));
    EXPECT_EQ(Members::write(config, members),
              "peer.next priority=0 weight=65535, peer.last priority=7 weight=0");
    EXPECT_TRUE(reads<Members>("peer.last,peer.next", members, config));
    EXPECT_EQ(Members::write(config, members),
              "peer.last priority=1 weight=1, peer.next priority=1 weight=1");
    for (const char* wrong :
         {"", "peer.last,", "peer.last priority", "peer.last weight=", "peer.last weight=-1",
          "peer.last weight = 3", "peer.last 3", "priority=1 peer.last", "peer.last, peer.last"}) {
        EXPECT_FALSE(reads<Members>(wrong, members, config)) << wrong;
    }
    EXPECT_EQ(members.size(), 2U) << "as it was";
}

TEST(RouteValues, B2BUA_A14_users_are_compared_without_their_escapes) {
    struct Row {
        const char* text;
        const char* means;
        const char* written;
    };
    std::string user = "before";
    for (const Row& row :
         {Row{"any", "", "any"}, Row{"%61ny", "any", "%61ny"}, Row{"%2331%23", "#31#", "%2331%23"},
          Row{"*21", "*21", "*21"}, Row{"+49", "+49", "+49"}, Row{"%41lice", "Alice", "Alice"},
          Row{"a;b=c", "a;b=c", "a;b=c"}}) {
        EXPECT_TRUE(reads<UserPart>(row.text, user)) << row.text;
        EXPECT_EQ(user, row.means);
        EXPECT_EQ(UserPart::write({}, user), row.written);
    }
    for (const char* wrong : {"", "%", "%2", "%2g", "a b", "a@b", "a:b", "\"a\""}) {
        EXPECT_FALSE(reads<UserPart>(wrong, user)) << wrong;
    }
    EXPECT_EQ(user, "a;b=c");
}

TEST(RouteValues, ExpressionsMatchAsAWhole) {
    Pattern pattern;
    EXPECT_FALSE(pattern.matches("")) << "none is none";
    EXPECT_TRUE(reads<UserPattern>("0[1-9]\\d{3,}", pattern));
    EXPECT_EQ(UserPattern::write({}, pattern), "0[1-9]\\d{3,}");
    EXPECT_TRUE(pattern.matches("030123"));
    EXPECT_FALSE(pattern.matches("030123x"));
    EXPECT_FALSE(pattern.matches("9030123"));
    EXPECT_TRUE(reads<UserPattern>(".", pattern));
    EXPECT_TRUE(pattern.matches("\xff")) << "octets, not characters";
    for (const char* wrong : {"", "(", "[", "*", "a{1001}", "(?=a)", "((a{100}){100}){100}"}) {
        EXPECT_FALSE(reads<UserPattern>(wrong, pattern)) << wrong;
    }
    EXPECT_FALSE(reads<UserPattern>(std::string(257, 'a'), pattern));
    EXPECT_EQ(pattern.text(), ".") << "as it was";
    EXPECT_TRUE(reads<UserPattern>("any", pattern));
    EXPECT_TRUE(pattern.empty());
}

TEST(RouteValues, ExpressionsTakeNoLongerForWhatStrangersWrite) {
    // Catastrophic for an engine that goes back; it must be over before anybody notices.
    Pattern pattern;
    EXPECT_TRUE(reads<UserPattern>("(a*)*b", pattern));
    EXPECT_FALSE(pattern.matches(std::string(8192, 'a')));
}

TEST(RouteValues, DomainsAreHostsWithoutPorts) {
    std::string domain;
    for (const auto& [text, read] :
         {std::pair{"Example.COM", "example.com"}, std::pair{"*.example.com", "*.example.com"},
          std::pair{"pbx", "pbx"}, std::pair{"10.10.0.1", "10.10.0.1"},
          std::pair{"[2001:DB8::1]", "[2001:db8::1]"}, std::pair{"any", ""}}) {
        EXPECT_TRUE(reads<HostPattern>(text, domain)) << text;
        EXPECT_EQ(domain, read);
    }
    for (const char* wrong :
         {"", "*", "*.", "a..b", ".a", "a.", "example.com:5060", "2001:db8::1", "*.10.0.0.1",
          "[10.10.0.1]", "exa mple", "*.*.example.com", "sip:example.com", "10.10.0"}) {
        EXPECT_FALSE(reads<HostPattern>(wrong, domain)) << wrong;
    }
}

TEST(RouteValues, HeadersAreThereOrHaveAValue) {
    HeaderCondition header;
    EXPECT_TRUE(reads<HeaderTest>("X-Line", header));
    EXPECT_EQ(header, (HeaderCondition{"X-Line", std::nullopt}));
    EXPECT_TRUE(reads<HeaderTest>("X-Line :  gold: 1", header));
    EXPECT_EQ(header, (HeaderCondition{"X-Line", "gold: 1"}));
    EXPECT_EQ(HeaderTest::write({}, header), "X-Line: gold: 1");
    for (const char* wrong : {"", ":", ": gold", "X-Line:", "X Line", "X-Line gold"}) {
        EXPECT_FALSE(reads<HeaderTest>(wrong, header)) << wrong;
    }
    EXPECT_TRUE(reads<HeaderTest>("any", header));
    EXPECT_EQ(header, HeaderCondition{});
}

TEST(RouteValues, MethodsThatBeginSomething) {
    std::string method;
    for (const char* good : {"INVITE", "MESSAGE", "X-OWN", "FooBar"}) {
        EXPECT_TRUE(reads<MethodName>(good, method)) << good;
        EXPECT_EQ(method, good);
    }
    for (const char* wrong : {"", "invite", "REGISTER", "BYE", "ACK", "IN VITE", "INVITE,BYE"}) {
        EXPECT_FALSE(reads<MethodName>(wrong, method)) << wrong;
    }
}

TEST(RouteValues, PrefixesAreNumbers) {
    std::string prefix;
    for (const char* good : {"+49", "0", "*21*", "+"}) {
        EXPECT_TRUE(reads<DialPrefix>(good, prefix)) << good;
        EXPECT_EQ(DialPrefix::write({}, prefix), good);
    }
    for (const char* wrong : {"", "49+", "a", "123456789012345678901234567890123", "0 0"}) {
        EXPECT_FALSE(reads<DialPrefix>(wrong, prefix)) << wrong;
    }
}

TEST(RouteValues, B2BUA_I6_no_challenge_is_kept_from_the_caller) {
    std::vector<std::uint16_t> codes;
    EXPECT_TRUE(reads<FailoverCodes>("500, 408", codes));
    EXPECT_EQ(FailoverCodes::write({}, codes), "500,408");
    for (const char* wrong : {"", "200", "302", "399", "401", "407", "487", "600", "603", "5xx",
                              "500,", "500 502", "none,500"}) {
        EXPECT_FALSE(reads<FailoverCodes>(wrong, codes)) << wrong;
    }
    EXPECT_TRUE(reads<FailoverCodes>("none", codes));
    EXPECT_TRUE(codes.empty());
}

TEST(RouteValues, B2BUA_I1_routes_that_are_never_taken_are_warned_of) {
    const auto loaded = load_text(std::string(kGood) +
                                  "[route.late]\nfrom = inside\nto = peer.carrier\n"
                                  "user-prefix = 0\npriority = 200\n"
                                  "[route.early]\nfrom = inside\nto = peer.carrier\nuser = 1\n");
    ASSERT_TRUE(loaded) << all(loaded.error());
    EXPECT_EQ(all(loaded->warnings),
              "FILE:35: route.late.priority: found 200, behind [route.out], which takes every "
              "request, expected at most 100, do change one of the two; this route is never "
              "taken\n");
}

}  // namespace
}  // namespace sallyport::config
