// SPDX-License-Identifier: Apache-2.0
// Dialogs of calls that are gone (B2BUA-E-R7): known for 64*T1, bounded.
#include "b2bua/call/departed.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

namespace sallyport::call {
namespace {

Dialog dialog(std::string call_id, std::string remote_tag, std::uint32_t number = 1) {
    Dialog made;
    made.call_id = std::move(call_id);
    made.remote_tag = std::move(remote_tag);
    made.local_cseq = number;
    return made;
}

TEST(Departed, B2BUA_E_R7_known_for_64_t1) {
    Departed departed;
    departed.remember(dialog("c", "t"), true, Moment{});
    EXPECT_TRUE(departed.knows("c", "t"));
    EXPECT_FALSE(departed.knows("c", "u"));
    EXPECT_FALSE(departed.knows("ct", ""));
    departed.expire(Moment{} + Departed::kLife);
    EXPECT_TRUE(departed.knows("c", "t"));
    departed.expire(Moment{} + Departed::kLife + Millis{1});
    EXPECT_FALSE(departed.knows("c", "t"));
}

TEST(Departed, B2BUA_E_R6_a_bye_behind_ours_is_taken_once) {
    Departed departed;
    departed.remember(dialog("c", "t"), true, Moment{});
    EXPECT_FALSE(departed.take_bye("c", "u"));
    EXPECT_TRUE(departed.take_bye("c", "t"));
    EXPECT_FALSE(departed.take_bye("c", "t"));
    departed.remember(dialog("c", "unended"), false, Moment{});
    EXPECT_FALSE(departed.take_bye("c", "unended"));
    Dialog left = dialog("c", "left");
    left.said_bye = true;
    departed.remember(left, true, Moment{});
    EXPECT_FALSE(departed.take_bye("c", "left"));
}

TEST(Departed, B2BUA_J10_bounded_and_the_oldest_goes) {
    Departed departed;
    for (std::size_t i = 0; i <= Departed::kMax; ++i) {
        departed.remember(dialog(std::to_string(i), "t"), true, Moment{});
    }
    EXPECT_FALSE(departed.knows("0", "t"));
    EXPECT_TRUE(departed.knows("1", "t"));
    EXPECT_TRUE(departed.knows(std::to_string(Departed::kMax), "t"));
}

TEST(Departed, B2BUA_D5_the_last_number_of_a_dialog_that_nobody_has_ended) {
    Departed departed;
    EXPECT_EQ(departed.last_cseq("c", "t"), 0U);
    departed.remember(dialog("c", "t", 7), false, Moment{});
    EXPECT_FALSE(departed.knows("c", "t"));
    EXPECT_EQ(departed.last_cseq("c", "t"), 7U);
    departed.remember(dialog("c", "t", 8), true, Moment{} + Millis{20'000});
    departed.expire(Moment{} + Departed::kLife + Millis{1});
    EXPECT_TRUE(departed.knows("c", "t")) << "it was remembered again later";
    EXPECT_EQ(departed.last_cseq("c", "t"), 8U);
}

TEST(Departed, remembering_twice_forgets_once) {
    Departed departed;
    departed.remember(dialog("c", "t"), true, Moment{});
    departed.remember(dialog("c", "t"), true, Moment{} + Millis{1});
    departed.expire(Moment{} + Departed::kLife);
    EXPECT_TRUE(departed.knows("c", "t"));
    departed.expire(Moment{} + Departed::kLife + Millis{2});
    EXPECT_FALSE(departed.knows("c", "t"));
}

}  // namespace
}  // namespace sallyport::call
