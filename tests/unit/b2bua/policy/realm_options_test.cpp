// SPDX-License-Identifier: Apache-2.0
// What the options of realms change in headers that cross (B2BUA-D11, M6; RFC 3325 s.6, s.7), and
// the identity that was proved.
#include "b2bua/policy/header_policy.h"
#include "tests/unit/b2bua/policy/crossing_message.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace sallyport::policy {
namespace {

constexpr RealmId kInside{0};
constexpr RealmId kOutside{1};

Config two_realms() {
    Config config;
    config.realms.resize(2);
    config.realms[0].name = "inside";
    config.realms[1].name = "outside";
    return config;
}

/// All lines of that name in a MESSAGE with these lines that crossed as `change` says.
std::string crossed(std::string_view name, std::string_view lines, void (*change)(Crossing&)) {
    const CrossingMessage given(CrossingMessage::request("MESSAGE", lines));
    Crossing crossing;
    change(crossing);
    sip::Patch patch(given.message);
    apply(patch, given.message, crossing);
    std::array<char, 4096> out;
    const auto encoded = patch.encode(out);
    EXPECT_TRUE(encoded.ok());
    const CrossingMessage sent(encoded.ok() ? std::string(*encoded) : std::string{});
    std::string found;
    for (const sip::HeaderField& field : sent.message.headers()) {
        if (sent.message.name(field) == name) {
            found.append(sent.message.value(field)).append("\n");
        }
    }
    return found;
}

TEST(RealmOptions, B2BUA_D11_allow_without_the_methods_that_are_kept_out) {
    constexpr std::string_view kAllow = "Allow: INVITE, REFER, FOO\r\n";
    EXPECT_EQ(crossed("Allow", kAllow, [](Crossing&) {}), "INVITE, REFER, FOO\n");
    EXPECT_EQ(crossed("Allow", kAllow, [](Crossing& c) { c.refer = Transfers::kReject; }),
              "INVITE, FOO\n");
    EXPECT_EQ(crossed("Allow", kAllow, [](Crossing& c) { c.unknown_methods = Passage::kReject; }),
              "INVITE, REFER\n");
}

TEST(RealmOptions, B2BUA_D11_supported_without_100rel) {
    constexpr std::string_view kTags = "Supported: 100rel, timer\r\n";
    EXPECT_EQ(crossed("Supported", kTags, [](Crossing&) {}), "100rel, timer\n");
    EXPECT_EQ(crossed("Supported", kTags, [](Crossing& c) { c.carries_100rel = false; }),
              "timer\n");
}

TEST(RealmOptions, B2BUA_D11_the_agent_of_a_warning) {
    constexpr std::string_view kWarning = "Warning: 399 a.example \"x\"\r\n";
    EXPECT_EQ(crossed("Warning", kWarning, [](Crossing&) {}), "399 a.example \"x\"\n");
    EXPECT_EQ(crossed("Warning", kWarning, [](Crossing& c) { c.to_realm = "inside"; }),
              "399 inside \"x\"\n");
}

TEST(RealmOptions, B2BUA_D11_a_proved_identity_is_asserted_as_privacy_allows) {
    constexpr std::string_view kName = "P-Asserted-Identity";
    constexpr auto kProved = [](Crossing& c) { c.identity = "<sip:a@x>"; };
    constexpr auto kTrusting = [](Crossing& c) {
        c.identity = "<sip:a@x>";
        c.to_trusted = true;
    };
    EXPECT_EQ(crossed(kName, "P-Preferred-Identity: <sip:a@x>\r\n", kProved), "<sip:a@x>\n");
    EXPECT_EQ(crossed(kName, "P-Asserted-Identity: <sip:b@x>\r\n", kProved), "<sip:a@x>\n");
    EXPECT_EQ(crossed(kName, "Privacy: id\r\n", kProved), "");
    EXPECT_EQ(crossed(kName, "Privacy: id\r\n", kTrusting), "<sip:a@x>\n");
}

TEST(RealmOptions, B2BUA_D11_which_realm_decides) {
    Config config = two_realms();
    config.realms[1].topology_hide = false;
    EXPECT_EQ(crossing_between(config, kInside, kOutside).to_realm, "");
    EXPECT_EQ(crossing_between(config, kOutside, kInside).to_realm, "inside");
    EXPECT_TRUE(crossing_between(config, kInside, kOutside).carries_100rel);
    config.realms[0].reliable = ReliableResponses::kOff;
    EXPECT_FALSE(crossing_between(config, kInside, kOutside).carries_100rel);
    EXPECT_FALSE(crossing_between(config, kOutside, kInside).carries_100rel);
    config.refer = Transfers::kReject;
    EXPECT_EQ(crossing_between(config, kInside, kOutside).refer, Transfers::kReject);
    EXPECT_EQ(crossing_between(config, kInside, kOutside).unknown_methods, Passage::kPass);
}

}  // namespace
}  // namespace sallyport::policy
