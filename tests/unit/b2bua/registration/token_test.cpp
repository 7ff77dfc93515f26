// SPDX-License-Identifier: Apache-2.0
// B2BUA-H3: the same for every refresh, different per device, not to be guessed.
#include "b2bua/registration/token.h"

#include "tests/unit/b2bua/seeded_random.h"

#include <gtest/gtest.h>

#include <set>

namespace sallyport::registration {
namespace {

TokenKey key(std::uint64_t seed) {
    SeededRandom random(seed);
    return TokenKey::from(random);
}

TEST(Token, B2BUA_H3_IsHmacSha256) {
    TokenKey known;
    known.octets.fill(0xaa);
    // First half of HMAC-SHA256 over "r", NUL, "a", NUL, "b", NUL, "c", by another implementation.
    EXPECT_EQ(token_of(known, "r", "a", "b", "c"), "61eb5529814516073d019ea492366086");
    EXPECT_TRUE(looks_like_token(token_of(known, "r", "a", "b", "c")));
}

TEST(Token, B2BUA_H3_DependsOnEveryPart) {
    std::set<std::string> tokens;
    for (const std::uint64_t seed : {1, 2}) {
        for (const char* aor : {"bob@x", "bob@y"}) {
            for (const char* contact : {"sip:bob@10.0.0.5", "sip:bob@10.0.0.5;ob"}) {
                for (const char* instance : {"", "<urn:uuid:1>", "<urn:uuid:2>"}) {
                    tokens.insert(token_of(key(seed), "r", aor, contact, instance));
                }
            }
        }
    }
    EXPECT_EQ(tokens.size(), 24U);
    EXPECT_NE(token_of(key(1), "r", "ab", "c", ""), token_of(key(1), "r", "a", "bc", ""));
}

TEST(Token, B2BUA_H3_NeighboursTellNothing) {
    int differing = 0;
    constexpr int kPairs = 200;
    for (int i = 0; i < kPairs; ++i) {
        const auto a = token_of(key(3), "r", "bob@x", "sip:bob@10.0.0." + std::to_string(i), "");
        const auto b =
            token_of(key(3), "r", "bob@x", "sip:bob@10.0.0." + std::to_string(i + 1), "");
        for (std::size_t j = 0; j < kTokenLength; ++j) {
            differing += a[j] != b[j] ? 1 : 0;
        }
    }
    // 15 of 16 hexadecimal digits differ between independent values.
    const double share = static_cast<double>(differing) / (kPairs * double{kTokenLength});
    EXPECT_NEAR(share, 15.0 / 16.0, 0.02);
}

TEST(Token, Form) {
    EXPECT_TRUE(looks_like_token("0123456789abcdef0123456789abcdef"));
    EXPECT_FALSE(looks_like_token("0123456789ABCDEF0123456789abcdef"));
    EXPECT_FALSE(looks_like_token("0123456789abcdef0123456789abcde"));
    EXPECT_FALSE(looks_like_token(""));
}

}  // namespace
}  // namespace sallyport::registration
