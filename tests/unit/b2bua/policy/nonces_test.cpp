// SPDX-License-Identifier: Apache-2.0
// B2BUA-H23: nonces live 300 s, are bound to realm, shard and process, and every count of one is
// good once.
#include "b2bua/policy/nonces.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace sallyport::policy {
namespace {

constexpr std::array<std::uint8_t, 32> kSecret{1, 2, 3};
constexpr Moment kNow{Millis{5'000}};
constexpr std::string_view kRealm = "a.example";

Nonces nonces(std::size_t capacity = 16, ShardId self = {}) {
    return {kSecret, self, capacity};
}

TEST(Nonces, B2BUA_H23_a_count_is_good_once_and_may_be_overtaken_by_63) {
    Nonces ours = nonces();
    const std::string nonce = ours.mint(kRealm, kNow);
    struct Row {
        std::uint32_t count;
        bool good;
    };
    for (const Row& row :
         {Row{1, true}, Row{1, false}, Row{2, true}, Row{70, true}, Row{7, true} /* 63 behind */,
          Row{7, false}, Row{6, false} /* too far */, Row{69, true}, Row{69, false}, Row{70, false},
          Row{0xffffffff, true}, Row{71, false}}) {
        EXPECT_EQ(ours.use(nonce, kRealm, row.count, kNow), row.good) << row.count;
    }
}

TEST(Nonces, B2BUA_H23_without_a_count_it_is_good_once) {
    Nonces ours = nonces();
    const std::string nonce = ours.mint(kRealm, kNow);
    EXPECT_TRUE(ours.use(nonce, kRealm, std::nullopt, kNow));
    EXPECT_FALSE(ours.use(nonce, kRealm, std::nullopt, kNow));
    EXPECT_TRUE(ours.use(nonce, kRealm, 1, kNow)) << "counts come after the use without";
}

TEST(Nonces, B2BUA_H23_life_of_300_s) {
    Nonces ours = nonces();
    const std::string nonce = ours.mint(kRealm, kNow);
    EXPECT_TRUE(ours.use(nonce, kRealm, 1, kNow + Millis{299'999}));
    EXPECT_FALSE(ours.use(nonce, kRealm, 2, kNow + Millis{300'000}));
    EXPECT_EQ(ours.size(), 0U) << "what has lived its life is not remembered";
}

TEST(Nonces, B2BUA_H23_bound_to_realm_shard_and_process) {
    Nonces ours = nonces();
    const std::string nonce = ours.mint(kRealm, kNow);
    EXPECT_FALSE(ours.use(nonce, "b.example", 1, kNow));
    Nonces other_shard = nonces(16, ShardId{1});
    EXPECT_FALSE(other_shard.use(nonce, kRealm, 1, kNow)) << "it does not know the counts used";
    std::array<std::uint8_t, 32> another = kSecret;
    another[31] ^= 1;
    Nonces other_process(another, ShardId{}, 16);
    EXPECT_FALSE(other_process.use(nonce, kRealm, 1, kNow));
    for (std::size_t i = 0; i < nonce.size(); ++i) {
        std::string forged = nonce;
        forged[i] = forged[i] == '0' ? '1' : '0';
        EXPECT_FALSE(ours.use(forged, kRealm, 1, kNow)) << i;
    }
    EXPECT_FALSE(ours.use({}, kRealm, 1, kNow));
    EXPECT_FALSE(ours.use(nonce + "0", kRealm, 1, kNow));
    EXPECT_TRUE(ours.use(nonce, kRealm, 1, kNow)) << "none of the attempts used it up";
}

TEST(Nonces, B2BUA_J10_what_was_forgotten_is_not_good_again) {
    Nonces ours = nonces(2);
    const std::string first = ours.mint(kRealm, kNow);
    const std::string unused = ours.mint(kRealm, kNow);
    const std::string second = ours.mint(kRealm, kNow + Millis{1});
    const std::string third = ours.mint(kRealm, kNow + Millis{2});
    EXPECT_TRUE(ours.use(first, kRealm, 1, kNow + Millis{3}));
    EXPECT_TRUE(ours.use(second, kRealm, 1, kNow + Millis{3}));
    EXPECT_TRUE(ours.use(third, kRealm, 1, kNow + Millis{3}));
    EXPECT_LE(ours.size(), 2U);
    EXPECT_FALSE(ours.use(first, kRealm, 1, kNow + Millis{3})) << "a replay";
    EXPECT_FALSE(ours.use(first, kRealm, 2, kNow + Millis{3}));
    EXPECT_FALSE(ours.use(unused, kRealm, 1, kNow + Millis{3}))
        << "as old as one that was forgotten: it cannot be told from it";
}

TEST(Nonces, B2BUA_J10_a_full_table_forgets_nothing_for_a_nonce_that_it_knows) {
    Nonces ours = nonces(2);
    const std::string first = ours.mint(kRealm, kNow);
    const std::string second = ours.mint(kRealm, kNow);
    for (std::uint32_t count = 1; count < 5; ++count) {
        EXPECT_TRUE(ours.use(first, kRealm, count, kNow)) << count;
        EXPECT_TRUE(ours.use(second, kRealm, count, kNow)) << count;
    }
    EXPECT_EQ(ours.size(), 2U);
}

TEST(Nonces, B2BUA_H23_each_is_its_own) {
    Nonces ours = nonces();
    EXPECT_NE(ours.mint(kRealm, kNow), ours.mint(kRealm, kNow)) << "of the same millisecond";
}

}  // namespace
}  // namespace sallyport::policy
