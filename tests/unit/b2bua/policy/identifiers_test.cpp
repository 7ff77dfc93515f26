// SPDX-License-Identifier: Apache-2.0
// B2BUA-D3, D5: what we mint, and that it comes back to the shard that minted it.
#include "b2bua/policy/identifiers.h"

#include "tests/unit/b2bua/seeded_random.h"

#include <gtest/gtest.h>

#include <set>

namespace sallyport {
namespace {

TEST(Identifiers, B2BUA_D3_FormAndUniqueness) {
    SeededRandom random(1);
    Identifiers ids(random, ShardId{0}, 1);
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string call_id = ids.call_id();
        EXPECT_EQ(call_id.size(), 48U);
        EXPECT_EQ(call_id.find('@'), std::string::npos);
        EXPECT_EQ(ids.tag().size(), 16U);
        EXPECT_TRUE(ids.branch().starts_with("z9hG4bK"));
        EXPECT_TRUE(seen.insert(call_id).second);
        const std::uint32_t cseq = ids.first_cseq();
        EXPECT_TRUE(cseq >= 1 && cseq < (1U << 30));
    }
}

TEST(Identifiers, CallIdSteersBackToItsShard) {
    for (std::uint8_t shards = 1; shards <= 16; ++shards) {
        for (std::uint8_t self = 0; self < shards; ++self) {
            SeededRandom random(static_cast<std::uint64_t>(self) + 1);
            Identifiers ids(random, ShardId{self}, shards);
            for (int i = 0; i < 20; ++i) {
                EXPECT_EQ(shard_of_call_id(ids.call_id(), shards), self);
                EXPECT_EQ(shard_of_call_id(ids.call_id(RealmId{1}, "bob"), shards), self);
            }
        }
    }
}

TEST(Identifiers, B2BUA_C21_KnowsItsOwnCallIdOfThatRealmAndUser) {
    SeededRandom random(1);
    SeededRandom elsewhere(2);
    Identifiers ids(random, ShardId{0}, 1);
    const Identifiers other(elsewhere, ShardId{0}, 1);
    const std::string call_id = ids.call_id(RealmId{1}, "bob");
    EXPECT_EQ(call_id.size(), ids.call_id().size()) << "no visible difference";
    EXPECT_TRUE(ids.minted(call_id, RealmId{1}, "bob"));
    EXPECT_FALSE(ids.minted(call_id, RealmId{0}, "bob"));
    EXPECT_FALSE(ids.minted(call_id, RealmId{1}, "Bob"));
    EXPECT_FALSE(ids.minted(call_id.substr(1), RealmId{1}, "bob"));
    EXPECT_FALSE(ids.minted(ids.call_id(), RealmId{1}, "bob"));
    EXPECT_FALSE(other.minted(call_id, RealmId{1}, "bob"));
}

}  // namespace
}  // namespace sallyport
