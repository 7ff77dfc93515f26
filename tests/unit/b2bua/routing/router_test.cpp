// SPDX-License-Identifier: Apache-2.0
// B2BUA-I1, D12, H14: where a new request goes, by table.
#include "b2bua/routing/router.h"

#include "b2bua/routing/own_address.h"
#include "tests/unit/b2bua/routing/asking.h"
#include "tests/unit/b2bua/two_realms.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace sallyport::routing {
namespace {

const Flow kPhone{kInside, Transport::kUdp, endpoint("10.10.0.1", 5060),
                  endpoint("192.0.2.10", 40000)};

/// Knows the token "t0ken", one that lapsed, and two phones.
class FewPhones final : public RegisteredLookup {
public:
    Registered by_token(std::string_view token, Moment) const override {
        if (token == "t0ken") {
            return {Reach::kBound, kPhone, "sip:alice@10.0.0.5:5062;transport=udp"};
        }
        return {token == "lapsed" ? Reach::kExpired : Reach::kUnknown, {}, {}};
    }
    Registered by_aor(std::string_view user, std::string_view host,
                      std::optional<RegistrarId> registrar, Moment) const override {
        if (registrar == kOwnRegistrar) {
            return {};  // they are those of the carrier's registrar
        }
        if (user == "alice" && host == "example.com") {
            return {Reach::kBound, kPhone, "sip:alice@10.0.0.5"};
        }
        return {
            user == "carol" && host == "example.com" ? Reach::kExpired : Reach::kUnknown, {}, {}};
    }
    Registered by_user(std::string_view user, std::optional<RegistrarId>,
                       Moment now) const override {
        if (user == "twice") {
            return {Reach::kAmbiguous, {}, {}};
        }
        return by_aor(user, "example.com", std::nullopt, now);
    }
    bool has_identity(const Flow&, std::string_view, Moment) const override { return false; }
    bool has_flow(const Flow&, Moment) const override { return false; }
    std::string service_route(const Flow&, std::string_view, Moment) const override { return {}; }
};

struct Row {
    const char* name;
    RealmId from;
    const char* uri;
    int refused;          // 0: goes
    const char* goes_to;  // Request-URI
    bool to_phone{false};

    friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};

class I1 : public testing::TestWithParam<Row> {};

TEST_P(I1, B2BUA_I1_D12_Target) {
    const Row& row = GetParam();
    Config config = two_realms();
    config.realms.push_back(config.realms[0]);  // a realm without a route
    config.realms.back().address = Prefix::parse("10.30.0.1/24").value();
    const auto target = choose_for(config, FewPhones{}, row.from, row.uri, Moment{});
    ASSERT_EQ(target.ok() ? 0 : target.error().status, row.refused);
    if (!target.ok()) {
        EXPECT_FALSE(target.error().reason.empty());
        return;
    }
    ASSERT_EQ(target->size(), 1U);
    EXPECT_EQ(target->front().request_uri, row.goes_to);
    EXPECT_EQ(target->front().flow, row.to_phone ? kPhone : flow_to(config, config.peers[0]));
    EXPECT_EQ(target->front().through_nat, row.to_phone) << "G3: its Contact is private";
}

constexpr RealmId kNoRoute{2};

const Row kRows[] = {
    {"D12_foreign_host_stays", kInside, "sip:bob@example.com;user=phone", 0,
     "sip:bob@example.com;user=phone"},
    {"D12_own_host_becomes_peer", kInside, "sip:bob@10.10.0.1;user=phone", 0,
     "sip:bob@10.20.0.2:5060;user=phone"},
    {"D12_other_own_host", kInside, "sip:bob@10.20.0.1:5060", 0, "sip:bob@10.20.0.2:5060"},
    {"D12_escapes_stay", kInside, "sip:%62ob;x=1:pw@10.10.0.1", 0,
     "sip:%62ob;x=1:pw@10.20.0.2:5060"},
    {"A12_headers_go", kInside, "sip:bob@example.com;a=1?Subject=x", 0, "sip:bob@example.com;a=1"},
    {"tel_to_peer", kInside, "tel:+15551234", 0, "tel:+15551234"},
    {"B16_sips", kInside, "sips:bob@example.com", 480, ""},
    {"H14_token", kOutside, "sip:t0ken@10.20.0.1:5060", 0, "sip:alice@10.0.0.5:5062;transport=udp",
     true},
    {"H14_token_from_inside", kInside, "sip:t0ken@10.10.0.1", 0,
     "sip:alice@10.0.0.5:5062;transport=udp", true},
    {"H14_token_at_foreign_host", kInside, "sip:t0ken@example.net", 0, "sip:t0ken@example.net"},
    {"H14_lapsed_token", kOutside, "sip:lapsed@10.20.0.1", 480, ""},
    {"H14_unknown_token", kOutside, "sip:0123456789abcdef0123456789abcdef@10.20.0.1", 404, ""},
    {"aor", kOutside, "sip:alice@example.com", 0, "sip:alice@10.0.0.5", true},
    {"aor_at_our_address", kOutside, "sip:alice@10.20.0.1", 0, "sip:alice@10.0.0.5", true},
    {"aor_at_peer_address", kOutside, "sip:alice@10.20.0.2", 0, "sip:alice@10.0.0.5", true},
    {"aor_foreign_domain", kOutside, "sip:alice@example.net", 404, ""},
    {"aor_unknown", kOutside, "sip:dave@10.20.0.1", 404, ""},
    {"aor_expired", kOutside, "sip:carol@example.com", 480, ""},
    {"aor_ambiguous", kOutside, "sip:twice@10.20.0.1", 485, ""},
    {"tel_to_registered", kOutside, "tel:+15551234", 404, ""},
    {"no_route_own", kNoRoute, "sip:x@10.30.0.1", 404, ""},
    {"no_route_foreign", kNoRoute, "sip:x@example.com", 403, ""},
};

INSTANTIATE_TEST_SUITE_P(Rows, I1, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(I6, B2BUA_I6_the_peers_of_a_route_in_their_order) {
    Config config = two_realms();
    config.peers.push_back(config.peers[0]);
    config.peers[1].address = endpoint("10.20.0.3", 5060);
    config.peers[1].uri = "sip:10.20.0.3";
    config.peers[1].redirect = Redirect::kRecurse;
    config.routes[0].to = ToPeers{{1, 0}};
    const auto targets = choose_for(config, FewPhones{}, kInside, "sip:bob@10.10.0.1", Moment{});
    ASSERT_TRUE(targets.ok());
    ASSERT_EQ(targets->size(), 2U);
    EXPECT_EQ(targets->front().flow.remote, config.peers[1].address);
    EXPECT_EQ(targets->front().request_uri, "sip:bob@10.20.0.3");
    EXPECT_EQ(targets->front().redirect, Redirect::kRecurse);
    EXPECT_EQ(targets->back().flow.remote, config.peers[0].address);
}

TEST(I1, B2BUA_I1_a_number_changes_on_the_way_to_each_peer) {
    Config config = two_realms();
    config.peers.push_back(config.peers[0]);
    config.peers[1].uri = "sip:10.20.0.3";
    config.routes[0].to = ToPeers{{0, 1}};
    config.routes[0].number = {1, "+49"};
    const auto targets = choose_for(config, FewPhones{}, kInside, "sip:030@10.10.0.1", Moment{});
    ASSERT_TRUE(targets.ok());
    EXPECT_EQ(targets->front().request_uri, "sip:+4930@10.20.0.2:5060");
    EXPECT_EQ(targets->back().request_uri, "sip:+4930@10.20.0.3");
    const auto tel = choose_for(config, FewPhones{}, kInside, "tel:0-30", Moment{});
    ASSERT_TRUE(tel.ok());
    EXPECT_EQ(tel->back().request_uri, "sip:+4930@10.20.0.3;user=phone");
    const auto brief = choose_for(config, FewPhones{}, kInside, "sip:0@10.10.0.1", Moment{});
    ASSERT_FALSE(brief.ok());
    EXPECT_EQ(brief.error().status, 484);
}

TEST(I1, B2BUA_I1_without_a_route_that_takes_it) {
    Config config = two_realms();
    config.routes[0].conditions.domain = "example.com";
    EXPECT_TRUE(choose_for(config, FewPhones{}, kInside, "sip:b@example.com", Moment{}).ok());
    const auto foreign = choose_for(config, FewPhones{}, kInside, "sip:b@example.net", Moment{});
    ASSERT_FALSE(foreign.ok());
    EXPECT_EQ(foreign.error().status, 403);
    const auto own = choose_for(config, FewPhones{}, kInside, "sip:b@10.10.0.1", Moment{});
    ASSERT_FALSE(own.ok());
    EXPECT_EQ(own.error().status, 404);
}

/// Peers 0 and 2 share the calls 3 to 1; peer 1 is asked first, peer 3 last.
Config with_group() {
    Config config = two_realms();
    for (const char* last : {"3", "4", "5"}) {
        Peer peer = config.peers[0];
        peer.address = endpoint("10.20.0." + std::string(last), 5060);
        config.peers.push_back(peer);
    }
    config.groups = {{"g", {{0, 1, 3}, {2, 1, 1}}}};
    config.routes[0].to = ToPeers{{1, 0, 2, 3}, {{0, 1}}};
    return config;
}

TEST(I4, B2BUA_I4_a_group_among_the_peers_of_a_route) {
    const Config config = with_group();
    SeededRandom random(7);
    const Asking asking("sip:bob@10.10.0.1");
    std::size_t heavy = 0;
    for (int call = 0; call < 1000; ++call) {
        const auto targets = choose(config, FewPhones{}, asking.from(kInside), random, Moment{});
        ASSERT_TRUE(targets.ok());
        ASSERT_EQ(targets->size(), 4U);
        EXPECT_EQ((*targets)[0].flow.remote, config.peers[1].address);
        EXPECT_EQ((*targets)[3].flow.remote, config.peers[3].address);
        EXPECT_NE((*targets)[1].flow.remote, (*targets)[2].flow.remote);
        heavy += (*targets)[1].flow.remote == config.peers[0].address ? 1U : 0U;
    }
    EXPECT_NEAR(static_cast<double>(heavy), 750.0, 37.5);
}

TEST(I4, B2BUA_D4_credentials_go_to_the_member_that_asked_for_them) {
    const Config config = with_group();
    SeededRandom random(7);
    const Asking asking("sip:bob@10.10.0.1", "MESSAGE");
    const Flow light = flow_to(config, config.peers[2]);
    for (int call = 0; call < 20; ++call) {
        auto targets = choose(config, FewPhones{}, asking.from(kInside), random, Moment{});
        ASSERT_TRUE(targets.ok());
        prefer(*targets, light);
        EXPECT_EQ(targets->front().flow, light);
        EXPECT_EQ((*targets)[1].flow.remote, config.peers[1].address);
    }
}

TEST(I1, B2BUA_H22_no_other_registrar_speaks_for_our_own_users) {
    Config config = two_realms();
    auto users = std::make_shared<Users>();
    users->add("alice", "example.com", {});
    config.users = std::move(users);
    for (const RealmId from : {kInside, kOutside}) {
        const auto target =
            choose_for(config, FewPhones{}, from, "sip:alice@example.com", Moment{});
        ASSERT_FALSE(target.ok()) << "a phone that registered at the carrier as alice@example.com";
        EXPECT_EQ(target.error().status, 480);
    }
}

}  // namespace
}  // namespace sallyport::routing
