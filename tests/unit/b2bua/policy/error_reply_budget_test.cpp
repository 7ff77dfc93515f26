// SPDX-License-Identifier: Apache-2.0
// Answers to unreadable requests, by source (B2BUA-A20, J3).
#include "b2bua/policy/error_reply_budget.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

constexpr HashKey kKey{1, 2};

IpAddr address(const char* text) {
    return IpAddr::parse(text).value();
}
int granted(ErrorReplyBudget& budget, const char* source, Millis at, int asked) {
    int count = 0;
    for (int i = 0; i < asked; ++i) {
        count += budget.take(address(source), Moment{at}) ? 1 : 0;
    }
    return count;
}

TEST(ErrorReplyBudget, B2BUA_J3_five_at_once_and_five_in_each_second_after) {
    ErrorReplyBudget budget(kKey);
    EXPECT_EQ(granted(budget, "192.0.2.1", Millis{1000}, 100), 5);
    EXPECT_EQ(granted(budget, "192.0.2.1", Millis{1199}, 100), 0);
    EXPECT_EQ(granted(budget, "192.0.2.1", Millis{1200}, 100), 1);
    int later = 0;
    for (int at = 10'000; at < 20'000; at += 10) {
        later += granted(budget, "192.0.2.1", Millis{at}, 1);
    }
    EXPECT_GE(later, 50);
    EXPECT_LE(later, 55);
}

TEST(ErrorReplyBudget, B2BUA_J3_one_source_does_not_spend_what_another_has) {
    ErrorReplyBudget budget(kKey);
    EXPECT_EQ(granted(budget, "192.0.2.1", Millis{0}, 100), 5);
    EXPECT_EQ(granted(budget, "192.0.2.2", Millis{0}, 100), 5);
    EXPECT_EQ(granted(budget, "2001:db8::1", Millis{0}, 100), 5);
}

TEST(ErrorReplyBudget, B2BUA_J3_a_64_of_IPv6_is_one_source) {
    ErrorReplyBudget budget(kKey);
    EXPECT_EQ(granted(budget, "2001:db8::1", Millis{0}, 3), 3);
    EXPECT_EQ(granted(budget, "2001:db8::2:1", Millis{0}, 100), 2);
    EXPECT_EQ(granted(budget, "2001:db8:0:1::1", Millis{0}, 100), 5);
}

}  // namespace
}  // namespace sallyport
