// SPDX-License-Identifier: Apache-2.0
// B2BUA-I4, I3: members of a trunk group in the order of RFC 2782.
#include "b2bua/routing/trunk_group.h"

#include "tests/unit/b2bua/seeded_random.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace sallyport::routing {
namespace {

using Order = std::vector<std::uint16_t>;

/// Hands out what the test says, and fails when it is asked for more.
class Scripted final : public Randomness {
public:
    explicit Scripted(std::vector<std::uint64_t> numbers) : numbers_(std::move(numbers)) {}
    std::uint64_t next() noexcept override {
        EXPECT_LT(at_, numbers_.size()) << "one draw too many";
        return at_ < numbers_.size() ? numbers_[at_++] : 0;
    }
    [[nodiscard]] std::size_t drawn() const { return at_; }

private:
    std::vector<std::uint64_t> numbers_;
    std::size_t at_{0};
};

/// How often each peer came first.
std::map<std::uint16_t, int> firsts(const std::vector<GroupMember>& members, int calls) {
    SeededRandom random(2026);
    std::map<std::uint16_t, int> count;
    for (int call = 0; call < calls; ++call) {
        ++count[in_order(members, random).front()];
    }
    return count;
}

TEST(TrunkGroup, B2BUA_I4_weights_of_3_to_1_within_5_percent_over_1000_calls) {
    const auto count = firsts({{0, 1, 3}, {1, 1, 1}}, 1000);
    EXPECT_NEAR(count.at(0), 750, 37);
    EXPECT_NEAR(count.at(1), 250, 37);
    const auto turned = firsts({{0, 1, 1}, {1, 1, 3}}, 1000);
    EXPECT_NEAR(turned.at(1), 750, 37) << "the order in the file is no advantage";
}

TEST(TrunkGroup, B2BUA_I4_lower_priorities_first_whatever_the_weights) {
    SeededRandom random(1);
    for (int call = 0; call < 100; ++call) {
        const Order order = in_order(
            std::vector<GroupMember>{{7, 0, 1}, {3, 1, 1}, {4, 1, 60000}, {9, 5, 65535}}, random);
        ASSERT_EQ(order.size(), 4U);
        EXPECT_EQ(order[0], 7);
        EXPECT_EQ(order[1] + order[2], 7);
        EXPECT_EQ(order[3], 9);
    }
}

TEST(TrunkGroup, B2BUA_I3_the_running_sum_decides) {
    // RFC 2782: the first whose running sum is not less than the number. Of 3 + 1 parts of 1024
    // each, 3072 is the last of the first member and 4096 the last of all.
    const std::vector<GroupMember> members{{0, 1, 3}, {1, 1, 1}};
    for (const auto& [number, first] : {std::pair{0, 0}, std::pair{3072, 0}, std::pair{3073, 1},
                                        std::pair{4096, 1}, std::pair{4097, 0}}) {
        Scripted random({static_cast<std::uint64_t>(number)});
        EXPECT_EQ(in_order(members, random).front(), first) << number;
    }
}

TEST(TrunkGroup, B2BUA_I3_a_weight_of_0_is_hardly_ever_first) {
    const std::vector<GroupMember> members{{0, 1, 1}, {1, 1, 0}};
    Scripted zero({0});
    EXPECT_EQ(in_order(members, zero), (Order{1, 0}));
    Scripted one({1});
    EXPECT_EQ(in_order(members, one), (Order{0, 1}));
    EXPECT_LT(firsts(members, 10'000)[1], 50);
}

TEST(TrunkGroup, B2BUA_I3_nothing_is_drawn_where_nothing_is_chosen) {
    Scripted none({});
    EXPECT_EQ(in_order(std::vector<GroupMember>{{4, 1, 9}}, none), Order{4});
    EXPECT_EQ(in_order(std::vector<GroupMember>{{4, 1, 9}, {2, 2, 9}}, none), (Order{4, 2}));
    EXPECT_EQ(in_order(std::vector<GroupMember>{{4, 1, 0}, {2, 1, 0}}, none), (Order{4, 2}))
        << "weights of 0 alone: as written";
    EXPECT_TRUE(in_order({}, none).empty());
    EXPECT_EQ(none.drawn(), 0U);
}

TEST(TrunkGroup, B2BUA_I4_each_member_once_and_shares_among_those_left) {
    SeededRandom random(5);
    int second_is_heavy = 0;
    int light_first = 0;
    for (int call = 0; call < 4000; ++call) {
        const Order order =
            in_order(std::vector<GroupMember>{{0, 1, 2}, {1, 1, 3}, {2, 1, 1}}, random);
        EXPECT_EQ(order[0] + order[1] + order[2], 3);
        EXPECT_NE(order[0], order[1]);
        if (order[0] == 0) {
            ++light_first;
            second_is_heavy += order[1] == 1 ? 1 : 0;
        }
    }
    EXPECT_NEAR(static_cast<double>(second_is_heavy) / light_first, 0.75, 0.05);
}

}  // namespace
}  // namespace sallyport::routing
