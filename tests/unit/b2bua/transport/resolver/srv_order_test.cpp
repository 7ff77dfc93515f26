// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/resolver/srv_order.h"

#include "tests/unit/b2bua/seeded_random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace sallyport::resolver {
namespace {

constexpr int kDraws = 10'000;

/// How often each of ranks came first in kDraws orders.
std::vector<int> first_places(const std::vector<Rank>& ranks) {
    SeededRandom random(20'26);
    std::vector<int> firsts(ranks.size());
    for (int i = 0; i < kDraws; ++i) {
        ++firsts[order_by_rank(ranks, random).front()];
    }
    return firsts;
}

TEST(SrvOrder, B2BUA_I3_RFC2782_OrderIsAPermutation) {
    SeededRandom random(7);
    for (std::size_t size = 0; size < 40; ++size) {
        std::vector<Rank> ranks(size);
        for (Rank& rank : ranks) {
            rank = {static_cast<std::uint16_t>(random.next() % 3),
                    static_cast<std::uint16_t>(random.next() % 4)};
        }
        auto order = order_by_rank(ranks, random);
        EXPECT_TRUE(std::ranges::is_sorted(
            order, {}, [&](std::size_t index) { return ranks[index].priority; }));
        std::ranges::sort(order);
        std::vector<std::size_t> all(size);
        std::iota(all.begin(), all.end(), std::size_t{0});
        EXPECT_EQ(order, all);
    }
}

TEST(SrvOrder, B2BUA_I3_RFC2782_LowestPriorityFirstWhateverItsWeight) {
    const std::vector<Rank> ranks{{20, 65535}, {10, 1}, {65535, 9}, {0, 0}};
    SeededRandom random(1);
    EXPECT_EQ(order_by_rank(ranks, random), (std::vector<std::size_t>{3, 1, 0, 2}));
}

struct Share {
    const char* rule;
    std::vector<Rank> ranks;
    std::vector<double> shares;  // of the first places
    double slack;
};

TEST(SrvOrder, B2BUA_I3_RFC2782_SharesOfTheFirstPlace) {
    const Share rows[] = {
        {"3:1 within 5 %", {{0, 3}, {0, 1}}, {0.75, 0.25}, 0.05},
        {"1:3 the other way round", {{0, 1}, {0, 3}}, {0.25, 0.75}, 0.05},
        {"300:100", {{0, 300}, {0, 100}}, {0.75, 0.25}, 0.05},
        {"of three", {{0, 10}, {0, 20}, {0, 70}}, {0.1, 0.2, 0.7}, 0.05},
        {"all of weight 0 alike", {{0, 0}, {0, 0}}, {0.5, 0.5}, 0.05},
        {"the largest weights", {{0, 65535}, {0, 65535}}, {0.5, 0.5}, 0.05},
        {"another priority has no share", {{5, 3}, {5, 1}, {6, 99}}, {0.75, 0.25, 0}, 0.05},
    };
    for (const Share& row : rows) {
        const auto firsts = first_places(row.ranks);
        for (std::size_t i = 0; i < firsts.size(); ++i) {
            EXPECT_NEAR(firsts[i], row.shares[i] * kDraws, row.shares[i] * row.slack * kDraws)
                << row.rule << ", " << i;
        }
    }
}

TEST(SrvOrder, B2BUA_I3_RFC2782_Weight0HasAVerySmallChance) {
    const auto firsts = first_places({{0, 0}, {0, 3}, {0, 1}});
    EXPECT_GT(firsts[0], 0);
    EXPECT_LT(firsts[0], kDraws / 50);
    EXPECT_NEAR(firsts[1], firsts[2] * 3, kDraws / 20);
}

TEST(SrvOrder, B2BUA_I3_TheSameSeedGivesTheSameOrder) {
    const std::vector<Rank> ranks(20, Rank{1, 5});
    SeededRandom one(3);
    SeededRandom other(3);
    EXPECT_EQ(order_by_rank(ranks, one), order_by_rank(ranks, other));
    EXPECT_NE(order_by_rank(ranks, one), order_by_rank(ranks, one));
}

}  // namespace
}  // namespace sallyport::resolver
