// SPDX-License-Identifier: Apache-2.0
// B2BUA-D14: Call-IDs of the two legs, remembered for In-Reply-To.
#include "b2bua/call/call_id_pairs.h"

#include <gtest/gtest.h>

namespace sallyport::call {
namespace {

TEST(CallIdPairs, B2BUA_D14_both_ways) {
    CallIdPairs pairs;
    pairs.remember("a", "b");
    EXPECT_EQ(pairs.other("a"), "b");
    EXPECT_EQ(pairs.other("b"), "a");
    EXPECT_EQ(pairs.other("c"), "");
    pairs.remember("a", "c");  // another attempt of the same caller
    EXPECT_EQ(pairs.other("a"), "c");
    EXPECT_EQ(pairs.other("b"), "");
}

TEST(CallIdPairs, B2BUA_D14_the_oldest_goes) {
    CallIdPairs pairs;
    for (std::size_t i = 0; i <= CallIdPairs::kMax; ++i) {
        pairs.remember("a" + std::to_string(i), "b" + std::to_string(i));
    }
    EXPECT_EQ(pairs.other("a0"), "");
    EXPECT_EQ(pairs.other("b0"), "");
    EXPECT_EQ(pairs.other("a1"), "b1");
    EXPECT_EQ(pairs.other("b" + std::to_string(CallIdPairs::kMax)),
              "a" + std::to_string(CallIdPairs::kMax));
}

TEST(CallIdPairs, B2BUA_D14_a_call_id_that_is_another_legs) {
    CallIdPairs pairs;
    pairs.remember("a", "b");
    pairs.remember("b", "c");
    EXPECT_EQ(pairs.other("b"), "c");
    EXPECT_EQ(pairs.other("a"), "");
    for (std::size_t i = 0; i <= CallIdPairs::kMax; ++i) {
        pairs.remember("x" + std::to_string(i), "y" + std::to_string(i));
    }
    EXPECT_EQ(pairs.other("a"), "");
}

}  // namespace
}  // namespace sallyport::call
