// SPDX-License-Identifier: Apache-2.0
// Targets sealed into the user part of our URIs (B2BUA-I11, B2BUA-D19).
#include "b2bua/routing/sealed_target.h"

#include "tests/unit/b2bua/two_realms.h"

#include <gtest/gtest.h>

#include <array>

namespace sallyport::routing {
namespace {

constexpr std::array<std::uint8_t, 32> kSecret{1, 2, 3};
constexpr Moment kNow{Millis{5'000}};

Target bob() {
    return {{kOutside, Transport::kUdp, endpoint("10.20.0.1", 5062), endpoint("10.20.0.7", 5070)},
            "sip:bob@10.20.0.7:5070;x=1"};
}

TEST(SealedTarget, B2BUA_I11_opens_to_what_was_sealed) {
    const SealedTargets sealed(kSecret);
    const std::string token = sealed.seal(bob(), kNow);
    const auto opened = SealedTargets(kSecret).open(two_realms(), token, kNow);
    ASSERT_TRUE(opened && opened->ok());
    EXPECT_EQ((*opened)->request_uri, bob().request_uri);
    EXPECT_EQ((*opened)->flow, bob().flow);
    EXPECT_EQ((*opened)->redirect, Redirect::kPass);
}

TEST(SealedTarget, B2BUA_I11_is_good_for_300_seconds) {
    const SealedTargets sealed(kSecret);
    const std::string token = sealed.seal(bob(), kNow);
    EXPECT_TRUE(sealed.open(two_realms(), token, kNow + Millis{299'999})->ok());
    const auto late = sealed.open(two_realms(), token, kNow + Millis{300'000});
    ASSERT_TRUE(late && !late->ok());
    EXPECT_EQ(late->error().status, 404);
}

TEST(SealedTarget, IPv6_and_the_longest_uri) {
    Config config = two_realms();
    config.realms[1].address = Prefix::parse("2001:db8::1/64").value();
    const SealedTargets sealed(kSecret);
    Target target{
        {kOutside, Transport::kUdp, endpoint("2001:db8::1", 5060), endpoint("2001:db8::7", 5060)},
        "sip:" + std::string(345, 'u') + "@[2001:db8::7]"};
    const std::string token = sealed.seal(target, kNow);
    ASSERT_FALSE(token.empty());
    EXPECT_LT(token.size(), 1000U);  // B2BUA-A19: a Request-URI has at most 1,024 octets
    const auto opened = sealed.open(config, token, kNow);
    ASSERT_TRUE(opened && opened->ok());
    EXPECT_EQ((*opened)->flow, target.flow);
    target.request_uri.append(100, 'u');
    EXPECT_EQ(sealed.seal(target, kNow), "");
}

TEST(SealedTarget, B2BUA_D19_shows_nothing_and_cannot_be_forged) {
    const SealedTargets sealed(kSecret);
    const std::string token = sealed.seal(bob(), kNow);
    EXPECT_EQ(token.find("bob"), std::string::npos);
    EXPECT_EQ(token.find("0a140007"), std::string::npos);  // 10.20.0.7
    for (std::size_t i = 3; i < token.size(); ++i) {
        std::string other = token;
        other[i] = other[i] == '0' ? '1' : '0';
        const auto opened = sealed.open(two_realms(), other, kNow);
        ASSERT_TRUE(opened && !opened->ok()) << i;
        EXPECT_EQ(opened->error().status, 404);
    }
    constexpr std::array<std::uint8_t, 32> kOther{9};
    EXPECT_FALSE(SealedTargets(kOther).open(two_realms(), token, kNow)->ok());
    Config fewer = two_realms();
    fewer.realms.pop_back();
    EXPECT_FALSE(sealed.open(fewer, token, kNow)->ok());
}

TEST(SealedTarget, Other_user_parts_are_no_tokens) {
    const SealedTargets sealed(kSecret);
    const std::string token = sealed.seal(bob(), kNow);
    for (const std::string& user :
         {std::string("to-bob"), std::string("bob"), std::string("to-"), std::string(),
          token.substr(3), token.substr(0, token.size() - 1), std::string("TO-") + token.substr(3),
          token.substr(0, 60), "to-" + std::string(900, 'a'), "to-" + std::string(120, 'g')}) {
        EXPECT_FALSE(sealed.open(two_realms(), user, kNow).has_value()) << user;
    }
}

}  // namespace
}  // namespace sallyport::routing
