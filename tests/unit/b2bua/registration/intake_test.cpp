// SPDX-License-Identifier: Apache-2.0
// How many REGISTERs a registrar is given at a time, and when the others come (B2BUA-H7, J7).
#include "b2bua/registration/intake.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

constexpr Moment kNow{Millis{100'000}};
using Rank = Intake::Rank;

void fill(Intake& intake, int count) {
    for (int i = 0; i < count; ++i) {
        intake.opened(kNow);
    }
}

TEST(Intake, B2BUA_J7_a_part_is_kept_for_those_that_the_registrar_knows) {
    Intake intake(100);
    fill(intake, 74);
    EXPECT_TRUE(intake.has_room(Rank::kNew));
    intake.opened(kNow);
    EXPECT_FALSE(intake.has_room(Rank::kNew));
    EXPECT_TRUE(intake.has_room(Rank::kKnown));
    fill(intake, 25);
    EXPECT_FALSE(intake.has_room(Rank::kKnown));
    intake.closed(true, kNow);
    EXPECT_TRUE(intake.has_room(Rank::kKnown));
    Intake one(1);
    EXPECT_TRUE(one.has_room(Rank::kNew)) << "the smallest limit lets phones in one by one";
}

TEST(Intake, B2BUA_J7_phones_are_called_one_after_the_other) {
    Intake intake(25);  // four times as many in a second, until it is known better
    EXPECT_EQ(intake.put_off(0, kNow), 5U);
    for (int i = 1; i < 1000; ++i) {
        (void)intake.put_off(0, kNow);
    }
    EXPECT_EQ(intake.put_off(0, kNow), 15U);
    EXPECT_EQ(intake.put_off(2, kNow), 17U);
    EXPECT_EQ(intake.put_off(0, kNow + Millis{60'000}), 5U) << "they have all been";
}

TEST(Intake, B2BUA_J7_the_pace_is_the_registrars) {
    Intake intake(100);
    fill(intake, 90);
    Moment at = kNow;
    intake.closed(true, at);  // a second begins
    for (int i = 0; i < 400; ++i) {
        at = at + Millis{5};
        intake.opened(at);
        intake.closed(i % 2 == 0, at);  // every other one is a challenge: 100 phones in a second
    }
    for (int i = 0; i < 1000; ++i) {
        (void)intake.put_off(0, at);
    }
    EXPECT_NEAR(static_cast<double>(intake.put_off(0, at)), 15, 1);
}

TEST(Intake, B2BUA_J7_a_registrar_that_is_idle_is_asked_for_more) {
    Intake intake(100);
    Moment at = kNow;
    for (int i = 0; i < 100; ++i) {  // ten in a second, each answered at once
        at = at + Millis{100};
        intake.opened(at);
        intake.closed(true, at);
        (void)intake.put_off(0, at);
    }
    for (int i = 0; i < 1000; ++i) {
        (void)intake.put_off(0, at);
    }
    EXPECT_LE(intake.put_off(0, at), 6U);
}

TEST(Intake, B2BUA_J7_a_day_of_small_crowds_ends_well) {
    Intake intake(1);
    Moment at = kNow;
    for (int second = 0; second < 86'400; ++second) {
        at = at + Millis{1000};
        intake.opened(at);
        ASSERT_GE(intake.put_off(0, at), 5U);
        ASSERT_LE(intake.put_off(0, at), 6U);
        intake.closed(true, at);
    }
}

TEST(Intake, B2BUA_J7_nobody_waits_for_more_than_two_minutes) {
    Intake intake(1);
    for (std::uint64_t i = 0; i < 10'000; ++i) {
        const std::uint64_t wait = intake.put_off(i * 7919, kNow);
        ASSERT_GE(wait, 5U);
        ASSERT_LE(wait, 122U);
    }
}

TEST(Intake, B2BUA_H5_crowded_while_half_is_taken_and_a_minute_after) {
    Intake intake(10);
    EXPECT_FALSE(intake.crowded(kNow));
    fill(intake, 5);
    EXPECT_FALSE(intake.crowded(kNow));
    intake.opened(kNow);
    EXPECT_TRUE(intake.crowded(kNow));
    intake.closed(true, kNow);
    EXPECT_FALSE(intake.crowded(kNow));
    (void)intake.put_off(0, kNow);
    EXPECT_TRUE(intake.crowded(kNow + Millis{59'999}));
    EXPECT_FALSE(intake.crowded(kNow + Millis{60'000}));
}

}  // namespace
}  // namespace sallyport::registration
