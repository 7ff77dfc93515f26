// SPDX-License-Identifier: Apache-2.0
// Digest headers (B2BUA-A5, D15; RFC 3261 s.20.7, s.22.4, RFC 7616, RFC 8760).
#include "b2bua/sip/digest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sallyport::sip {
namespace {

TEST(Digest, RFC3261_20_7_credentials) {
    const auto read = Digest::parse(
        "Digest username=\"Alice\", realm=\"atlanta.com\",\r\n "
        "nonce=\"84a4cc6f3082121f32b42a2187831a9e\","
        "\r\n response=\"7587245234b3434cc3412213e5f113a5432\", uri=\"sips:ss2.biloxi.example.com\""
        ",qop=auth-int,nc=00000001,cnonce=\"0a4f113b\",opaque=\"\"");
    ASSERT_TRUE(read.ok());
    EXPECT_TRUE(read->is_digest());
    EXPECT_EQ(read->username, "Alice");
    EXPECT_EQ(read->realm, "atlanta.com");
    EXPECT_EQ(read->nonce, "84a4cc6f3082121f32b42a2187831a9e");
    EXPECT_EQ(read->response, "7587245234b3434cc3412213e5f113a5432");
    EXPECT_EQ(read->uri, "sips:ss2.biloxi.example.com");
    EXPECT_EQ(read->qop, "auth-int");
    EXPECT_EQ(read->nc, "00000001");
    EXPECT_EQ(read->cnonce, "0a4f113b");
    EXPECT_EQ(read->opaque, "");
    EXPECT_NE(read->opaque.data(), nullptr);
}

TEST(Digest, RFC8760_challenge) {
    const auto read = Digest::parse(
        "DIGEST Realm = \"a, \\\"b\\\"\" ,, algorithm=SHA-256 , qop=\"auth, auth-int\",stale=FALSE,"
        "x-new=1");
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->realm, "a, \\\"b\\\"");
    EXPECT_EQ(read->algorithm, "SHA-256");
    EXPECT_EQ(read->stale, "FALSE");
    std::vector<std::string> options;
    TokenCursor cursor(read->qop);
    while (const auto option = cursor.next()) {
        options.emplace_back(*option);
    }
    EXPECT_EQ(options, (std::vector<std::string>{"auth", "auth-int"}));
}

TEST(Digest, B2BUA_A18_other_schemes_are_not_read) {
    const auto read = Digest::parse("NoOneKnowsThisScheme opaque-data=here, \"");
    ASSERT_TRUE(read.ok());
    EXPECT_FALSE(read->is_digest());
    EXPECT_EQ(read->params, "opaque-data=here, \"");
    EXPECT_TRUE(Digest::parse("Negotiate").ok());
}

TEST(Digest, refused) {
    struct Case {
        const char* text;
        ParseFault fault;
    };
    constexpr Case kCases[] = {
        {"", ParseFault::kBadAuthScheme},
        {"\"Digest\" realm=\"a\"", ParseFault::kBadAuthScheme},
        {"Digest,realm=\"a\"", ParseFault::kBadAuthScheme},
        {"Digest realm", ParseFault::kBadParameter},
        {"Digest realm=", ParseFault::kBadParameter},
        {"Digest realm=\"a\" nonce=\"b\"", ParseFault::kBadParameter},
        {"Digest =\"a\"", ParseFault::kBadParameter},
        {"Digest realm=\"a", ParseFault::kUnterminatedQuote},
        {"Digest realm=\"a\\\"", ParseFault::kUnterminatedQuote},
        {"Digest qop=\"auth\", QOP=\"auth-int\"", ParseFault::kDuplicateParameter},
    };
    for (const Case& row : kCases) {
        const auto read = Digest::parse(row.text);
        ASSERT_FALSE(read.ok()) << row.text;
        EXPECT_EQ(read.error().fault, row.fault) << row.text;
        EXPECT_LE(read.error().offset, std::string_view(row.text).size()) << row.text;
    }
}

}  // namespace
}  // namespace sallyport::sip
