// SPDX-License-Identifier: Apache-2.0
#include "dataplane/port_pool.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace sallyport::dataplane {
namespace {

constexpr Moment kStart{Millis{5000}};

std::vector<std::uint16_t> take_all(PortPool& pool, Moment now) {
    std::vector<std::uint16_t> all;
    while (const auto port = pool.take(now)) {
        all.push_back(port->value);
    }
    return all;
}

TEST(PortPool, B2BUA_F11_GivesEveryEvenPortOnce) {
    PortPool pool({20000, 20099}, 1);
    const auto all = take_all(pool, kStart);
    EXPECT_EQ(all.size(), 50U);
    EXPECT_EQ(std::set<std::uint16_t>(all.begin(), all.end()).size(), 50U);
    for (const std::uint16_t port : all) {
        EXPECT_EQ(port % 2, 0);
        EXPECT_GE(port, 20000);
        EXPECT_LE(port, 20098);
    }
    EXPECT_EQ(pool.in_use(), 50U);
}

TEST(PortPool, OddEndsAreTrimmedToWholePairs) {
    PortPool pool({20001, 20004}, 1);
    EXPECT_EQ(take_all(pool, kStart), std::vector<std::uint16_t>{20002});
    EXPECT_EQ(PortPool({20001, 20002}, 1).total(), 0U);
    EXPECT_EQ(PortPool({65534, 65535}, 1).total(), 1U);
    EXPECT_EQ(PortPool({1, 0}, 1).take(kStart), std::nullopt);
}

TEST(PortPool, B2BUA_G1_OrderIsPseudoRandomAndFollowsTheSeed) {
    PortPool one({20000, 29999}, 1);
    PortPool same({20000, 29999}, 1);
    PortPool other({20000, 29999}, 2);
    const auto order = take_all(one, kStart);
    EXPECT_EQ(order, take_all(same, kStart));
    EXPECT_NE(order, take_all(other, kStart));
    std::size_t neighbours = 0;
    for (std::size_t i = 1; i < order.size(); ++i) {
        neighbours += order[i] == order[i - 1] + 2 ? 1 : 0;
    }
    EXPECT_LT(neighbours, 20U) << "that many in sequence is no permutation by chance";
}

TEST(PortPool, B2BUA_G1_QuarantineOf64Seconds) {
    PortPool pool({20000, 20001}, 1);
    const Port port = pool.take(kStart).value();
    pool.release(port, kStart);
    EXPECT_EQ(pool.cooling(), 1U);
    EXPECT_EQ(pool.in_use(), 0U);
    EXPECT_FALSE(pool.take(kStart + Millis{63'999}));
    EXPECT_FALSE(pool.cooled(kStart + Millis{63'999}));
    EXPECT_EQ(pool.take(kStart + Millis{64'000}), port);
    EXPECT_EQ(pool.cooling(), 0U);
}

TEST(PortPool, B2BUA_G1_ReuseIsFirstReleasedFirst) {
    PortPool pool({20000, 20005}, 3);
    const auto order = take_all(pool, kStart);
    pool.release(Port{order[2]}, kStart);
    pool.release(Port{order[0]}, kStart + Millis{1});
    const Moment later = kStart + Millis{100'000};
    EXPECT_EQ(take_all(pool, later), (std::vector<std::uint16_t>{order[2], order[0]}));
}

TEST(PortPool, CooledReportsEachPairOnce) {
    PortPool pool({20000, 20007}, 3);
    const auto order = take_all(pool, kStart);
    pool.release(Port{order[0]}, kStart);
    pool.release(Port{order[1]}, kStart + Millis{10});
    EXPECT_EQ(pool.cooled(kStart + kQuarantine), Port{order[0]});
    EXPECT_EQ(pool.cooled(kStart + kQuarantine), std::nullopt);
    EXPECT_EQ(pool.cooling(), 1U);
    EXPECT_EQ(pool.cooled(kStart + kQuarantine + Millis{10}), Port{order[1]});
    EXPECT_EQ(pool.cooling(), 0U);
    EXPECT_EQ(take_all(pool, kStart + kQuarantine),
              (std::vector<std::uint16_t>{order[0], order[1]}));
}

TEST(PortPool, PutBackKeepsThePlaceAtTheFront) {
    PortPool pool({20000, 20099}, 3);
    const Port port = pool.take(kStart).value();
    pool.put_back(port);
    EXPECT_EQ(pool.in_use(), 0U);
    EXPECT_EQ(pool.cooling(), 0U);
    EXPECT_EQ(pool.take(kStart), port);
}

TEST(PortPool, LongRunNeverHandsOutAPairTwice) {
    PortPool pool({20000, 20063}, 9);
    std::vector<Port> held;
    Moment now = kStart;
    for (int step = 0; step < 5000; ++step) {
        now = now + Millis{700};
        if (step % 3 != 2) {
            if (const auto port = pool.take(now)) {
                for (const Port other : held) {
                    ASSERT_NE(other, *port);
                }
                held.push_back(*port);
            }
        } else if (!held.empty()) {
            pool.release(held.front(), now);
            held.erase(held.begin());
        }
        ASSERT_EQ(pool.in_use(), held.size());
        while (pool.cooled(now)) {
        }
    }
}

struct Share {
    PortRange range;
    std::uint8_t shards;
};

TEST(PortShare, SharesCoverTheRangeAndNeverMeet) {
    for (const Share& s : {Share{{20000, 29999}, 3}, Share{{20000, 20005}, 4},
                           Share{{30001, 30010}, 2}, Share{{1024, 65535}, 16}}) {
        std::set<std::uint16_t> seen;
        std::size_t sum = 0;
        for (std::uint8_t shard = 0; shard < s.shards; ++shard) {
            PortPool pool(share_of(s.range, shard, s.shards), 1);
            for (const std::uint16_t port : take_all(pool, kStart)) {
                seen.insert(port);
                ++sum;
            }
        }
        EXPECT_EQ(seen.size(), sum);
        EXPECT_EQ(sum, PortPool(s.range, 1).total());
    }
}

}  // namespace
}  // namespace sallyport::dataplane
