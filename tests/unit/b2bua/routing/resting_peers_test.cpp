// SPDX-License-Identifier: Apache-2.0
// B2BUA-I8, I4: peers that asked for rest.
#include "b2bua/routing/resting_peers.h"

#include "b2bua/routing/own_address.h"
#include "tests/unit/b2bua/two_realms.h"

#include <gtest/gtest.h>

namespace sallyport::routing {
namespace {

class RestingPeersTest : public testing::Test {
protected:
    RestingPeersTest() {
        Peer second = config.peers[0];
        second.name = "second";
        second.address = endpoint("10.20.0.3", 5060);
        config.peers.push_back(second);
    }
    [[nodiscard]] Flow flow(std::size_t peer) const { return flow_to(config, config.peers[peer]); }
    [[nodiscard]] Result<Targets, Refusal> awake(Moment at) const {
        return resting.awake({Target{flow(0), "sip:a"}, Target{flow(1), "sip:b"}}, at);
    }
    static Moment at(std::int64_t seconds) { return Moment{Millis{seconds * 1000}}; }

    Config config{two_realms()};
    RestingPeers resting;
};

TEST_F(RestingPeersTest, B2BUA_I8_until_its_time_is_over) {
    EXPECT_EQ(resting.note(config, flow(0), 60, at(10)), &config.peers[0]);
    ASSERT_TRUE(awake(at(69)).ok());
    ASSERT_EQ(awake(at(69))->size(), 1U);
    EXPECT_EQ(awake(at(69))->front().flow, flow(1));
    EXPECT_EQ(awake(at(70))->size(), 2U);
}

TEST_F(RestingPeersTest, B2BUA_I8_an_hour_at_most) {
    EXPECT_NE(resting.note(config, flow(0), 4'000'000'000, at(0)), nullptr);
    EXPECT_EQ(awake(at(3599))->size(), 1U);
    EXPECT_EQ(awake(at(3600))->size(), 2U);
}

TEST_F(RestingPeersTest, B2BUA_I4_all_of_them_rest) {
    (void)resting.note(config, flow(0), 60, at(0));
    (void)resting.note(config, flow(1), 20, at(0));
    const auto none =
        resting.awake({Target{flow(0), "sip:a"}, Target{flow(1), "sip:b"}}, Moment{Millis{10'500}});
    ASSERT_FALSE(none.ok());
    EXPECT_EQ(none.error().status, 503);
    EXPECT_EQ(none.error().retry_after, 10U) << "when the first is back, not sooner";
    EXPECT_TRUE(awake(at(20)).ok());
}

TEST_F(RestingPeersTest, B2BUA_I8_what_is_not_kept) {
    EXPECT_EQ(resting.note(config, flow(0), 0, at(0)), nullptr) << "now is when it is back";
    Flow phone = flow(0);
    phone.remote = endpoint("10.20.0.99", 5060);
    EXPECT_EQ(resting.note(config, phone, 60, at(0)), nullptr) << "no peer of ours";
    phone = flow(0);
    phone.realm = kInside;
    EXPECT_EQ(resting.note(config, phone, 60, at(0)), nullptr) << "the address in another realm";
    EXPECT_EQ(awake(at(1))->size(), 2U);
}

TEST_F(RestingPeersTest, B2BUA_I8_the_first_word_counts_until_it_is_over) {
    EXPECT_NE(resting.note(config, flow(0), 60, at(0)), nullptr);
    EXPECT_EQ(resting.note(config, flow(0), 3600, at(1)), nullptr) << "to a request sent before";
    EXPECT_EQ(awake(at(60))->size(), 2U);
    EXPECT_NE(resting.note(config, flow(0), 5, at(60)), nullptr);
}

}  // namespace
}  // namespace sallyport::routing
