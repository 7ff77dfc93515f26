// SPDX-License-Identifier: Apache-2.0
// Dialogs that had their BYE (B2BUA-E-R7): known for 64*T1, bounded.
#include "b2bua/call/departed.h"

#include <gtest/gtest.h>

namespace sallyport::call {
namespace {

TEST(Departed, B2BUA_E_R7_known_for_64_t1) {
    Departed departed;
    departed.remember("c", "t", Moment{});
    EXPECT_TRUE(departed.knows("c", "t"));
    EXPECT_FALSE(departed.knows("c", "u"));
    EXPECT_FALSE(departed.knows("ct", ""));
    departed.expire(Moment{} + Departed::kLife);
    EXPECT_TRUE(departed.knows("c", "t"));
    departed.expire(Moment{} + Departed::kLife + Millis{1});
    EXPECT_FALSE(departed.knows("c", "t"));
}

TEST(Departed, B2BUA_J10_bounded_and_the_oldest_goes) {
    Departed departed;
    for (std::size_t i = 0; i <= Departed::kMax; ++i) {
        departed.remember(std::to_string(i), "t", Moment{});
    }
    EXPECT_FALSE(departed.knows("0", "t"));
    EXPECT_TRUE(departed.knows("1", "t"));
    EXPECT_TRUE(departed.knows(std::to_string(Departed::kMax), "t"));
}

TEST(Departed, remembering_twice_forgets_once) {
    Departed departed;
    departed.remember("c", "t", Moment{});
    departed.remember("c", "t", Moment{} + Millis{1});
    departed.expire(Moment{} + Departed::kLife + Millis{2});
    EXPECT_FALSE(departed.knows("c", "t"));
}

}  // namespace
}  // namespace sallyport::call
