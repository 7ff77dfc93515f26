// SPDX-License-Identifier: Apache-2.0
// From and To as the other realm sees them (B2BUA-D11, D13, D19).
#include "b2bua/call/identity.h"

#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

struct PartyCase {
    const char* name;
    const char* value;
    const char* as_from;  // shown as our own party outside
    const char* as_to;    // shown as the peer
};

class Identity : public ::testing::TestWithParam<PartyCase> {};

TEST_P(Identity, B2BUA_D19_literal_hosts_move_and_names_stay) {
    const Config config = sim::example_config();
    const RealmView outside{&config,
                            {sim::kOutside, Transport::kUdp, at("10.20.0.1"), at("10.20.0.2")}};
    const auto party = sip::NameAddr::parse(GetParam().value);
    ASSERT_TRUE(party.ok());
    EXPECT_EQ(outside.own_party(*party), GetParam().as_from);
    EXPECT_EQ(outside.peer_party(*party), GetParam().as_to);
}

const PartyCase kParties[] = {
    {"literal", "<sip:a@10.10.0.5>;tag=1", "<sip:a@10.20.0.1>", "<sip:a@10.20.0.2>"},
    {"literal_with_port", "\"A\" <sip:a@10.10.0.5:5070;user=phone>;tag=1",
     "\"A\" <sip:a@10.20.0.1;user=phone>", "\"A\" <sip:a@10.20.0.2;user=phone>"},
    {"without_brackets", "sip:a@10.10.0.5:5070;tag=1;x=y", "sip:a@10.20.0.1;x=y",
     "sip:a@10.20.0.2;x=y"},
    {"name", "<sip:a@example.com:5070>;tag=1", "<sip:a@example.com:5070>",
     "<sip:a@example.com:5070>"},
    {"of_that_realm", "<sip:a@10.20.0.77>;tag=1", "<sip:a@10.20.0.77>", "<sip:a@10.20.0.77>"},
    {"no_user", "<sip:10.10.0.5>", "<sip:10.20.0.1>", "<sip:10.20.0.2>"},
    {"digits_behind_the_port", "<sip:10.10.0.5:5070;x=:1>", "<sip:10.20.0.1;x=:1>",
     "<sip:10.20.0.2;x=:1>"},
    {"v6", "<sip:a@[2001:db8::5]:5070>;tag=1", "<sip:a@10.20.0.1>", "<sip:a@10.20.0.2>"},
    {"tel", "<tel:+4930123>;tag=1", "<tel:+4930123>", "<tel:+4930123>"},
    {"tag_between", "<sip:a@example.com>;x=1;tag=1;y=2", "<sip:a@example.com>;x=1;y=2",
     "<sip:a@example.com>;x=1;y=2"},
    {"ip_in_the_display_name", "\"10.10.0.5\" <sip:10.10.0.5@10.10.0.5>",
     "\"10.10.0.5\" <sip:10.10.0.5@10.20.0.1>", "\"10.10.0.5\" <sip:10.10.0.5@10.20.0.2>"},
};

INSTANTIATE_TEST_SUITE_P(Table, Identity, ::testing::ValuesIn(kParties),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(IdentityV6, B2BUA_B21_brackets_in_an_ipv6_realm) {
    Config config = sim::example_config();
    config.realms[1].address = {IpAddr::parse("2001:db8::1").value(), 64};
    const RealmView outside{&config,
                            {sim::kOutside, Transport::kUdp, at("2001:db8::1"), at("2001:db8::2")}};
    const auto party = sip::NameAddr::parse("<sip:a@10.10.0.5:5070>;tag=1");
    EXPECT_EQ(outside.own_party(*party), "<sip:a@[2001:db8::1]>");
    EXPECT_EQ(outside.peer_party(*party), "<sip:a@[2001:db8::2]>");
    const auto inside = sip::NameAddr::parse("<sip:a@[2001:db8::77]:5070>");
    EXPECT_EQ(outside.own_party(*inside), "<sip:a@[2001:db8::77]:5070>");
}

}  // namespace
}  // namespace sallyport::call
