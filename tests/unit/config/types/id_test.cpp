// SPDX-License-Identifier: Apache-2.0
// config/types/id.h and units.h: ids of different kinds do not convert, stale handles differ, time
// adds up.
#include "config/types/id.h"

#include "config/types/units.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace sallyport {
namespace {

static_assert(!std::is_convertible_v<RealmId, ShardId>);
static_assert(sizeof(RealmId) == 1);

TEST(Id, ComparesByValue) {
    EXPECT_EQ(RealmId{1}, RealmId{1});
    EXPECT_LT(RealmId{1}, RealmId{2});
}

TEST(Handle, OfALaterGenerationIsAnother) {
    using Any = Handle<struct AnyTag>;
    EXPECT_FALSE(static_cast<bool>(Any{}));
    EXPECT_TRUE(static_cast<bool>(Any{0, 1}));
    EXPECT_NE((Any{4, 1}), (Any{4, 2}));
}

TEST(Moment, AddsAndSubtracts) {
    const Moment start{Millis{100}};
    const Moment later = start + Millis{500};
    EXPECT_EQ(later - start, Millis{500});
    EXPECT_LT(start, later);
}

}  // namespace
}  // namespace sallyport
