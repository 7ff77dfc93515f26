// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/register_contexts.h"

#include "tests/unit/b2bua/seeded_random.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

constexpr Moment at(std::int64_t seconds) {
    return Moment{Millis{seconds * 1000}};
}

TEST(RegisterContexts, B2BUA_D4_KeptThenForgotten) {
    SeededRandom random(1);
    Identifiers ids(random, ShardId{0}, 1);
    RegisterContexts contexts(10);
    const std::string call_id = contexts.open("a", ids).call_id;
    EXPECT_EQ(contexts.open("a", ids).call_id, call_id);
    EXPECT_NE(contexts.open("b", ids).call_id, call_id);
    contexts.keep_until("a", at(10));
    contexts.keep_until("a", at(20));
    contexts.advance(at(15));
    ASSERT_NE(contexts.find("a"), nullptr);
    contexts.advance(at(20));
    EXPECT_EQ(contexts.find("a"), nullptr);
    contexts.advance(at(1000000));
    EXPECT_NE(contexts.find("b"), nullptr);  // at the registrar: never let go
    contexts.keep_until("nobody", at(1));
    EXPECT_EQ(contexts.size(), 1U);
}

TEST(RegisterContexts, B2BUA_J10_TheFirstToEndMakesRoom) {
    SeededRandom random(1);
    Identifiers ids(random, ShardId{0}, 1);
    RegisterContexts contexts(2);
    (void)contexts.open("a", ids);
    contexts.keep_until("a", at(3600));
    (void)contexts.open("junk", ids);
    contexts.keep_until("junk", at(300));
    (void)contexts.open("c", ids);
    EXPECT_EQ(contexts.size(), 2U);
    EXPECT_NE(contexts.find("a"), nullptr);
    EXPECT_EQ(contexts.find("junk"), nullptr);
}

}  // namespace
}  // namespace sallyport::registration
