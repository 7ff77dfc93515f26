// SPDX-License-Identifier: Apache-2.0
// config/types/result.h: either side, also where both sides are the same type, and values that only
// move.
#include "config/types/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <type_traits>

namespace sallyport {
namespace {

enum class Fault { kBad };

static_assert(std::is_trivially_copyable_v<Result<int, Fault>>);
static_assert(std::is_trivially_copyable_v<Outcome<Fault>>);

TEST(Result, HoldsAValue) {
    Result<int, Fault> r = 7;
    ASSERT_TRUE(r.ok());
    EXPECT_TRUE(static_cast<bool>(r));
    EXPECT_EQ(*r, 7);
    *r = 8;
    EXPECT_EQ(r.value(), 8);
}

TEST(Result, HoldsAReason) {
    const Result<int, Fault> r = Failure{Fault::kBad};
    EXPECT_FALSE(r.ok());
    EXPECT_EQ(r.error(), Fault::kBad);
}

TEST(Result, SidesOfTheSameTypeStayApart) {
    const Result<std::string, std::string> good = std::string("x");
    const Result<std::string, std::string> bad = Failure{std::string("x")};
    EXPECT_TRUE(good.ok());
    EXPECT_FALSE(bad.ok());
}

TEST(Result, MovesWhatCannotBeCopied) {
    Result<std::unique_ptr<int>, Fault> r = std::make_unique<int>(3);
    const std::unique_ptr<int> taken = std::move(r.value());
    EXPECT_EQ(*taken, 3);
}

TEST(Outcome, SaysDoneOrWhyNot) {
    EXPECT_TRUE(Outcome<Fault>(Done{}).ok());
    EXPECT_EQ(Outcome<Fault>(Failure{Fault::kBad}).error(), Fault::kBad);
}

}  // namespace
}  // namespace sallyport
