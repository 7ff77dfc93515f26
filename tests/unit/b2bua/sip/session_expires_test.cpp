// SPDX-License-Identifier: Apache-2.0
// Session-Expires and Min-SE values (RFC 4028 s.4, s.5).
#include "b2bua/sip/session_expires.h"

#include <gtest/gtest.h>

namespace sallyport::sip {
namespace {

TEST(SessionExpires, RFC4028_s4_legal) {
    struct Row {
        const char* text;
        std::uint32_t seconds;
        std::optional<Refresher> refresher;
    };
    constexpr Row kRows[] = {
        {"1800", 1800, {}},
        {"1800;refresher=uac", 1800, Refresher::kUac},
        {" 90 ; Refresher = UAS ", 90, Refresher::kUas},
        {"90;x;y=\"a;refresher=uac\";refresher=uas;z=1", 90, Refresher::kUas},
        {"0", 0, {}},
        {"007;a", 7, {}},
        {"4294967295", 4294967295U, {}},
        {"4294967296", 4294967295U, {}},
        {"99999999999999999999999;refresher=uac", 4294967295U, Refresher::kUac},
    };
    for (const Row& row : kRows) {
        const auto expires = SessionExpires::parse(row.text);
        ASSERT_TRUE(expires.ok()) << row.text;
        EXPECT_EQ(expires->seconds, row.seconds) << row.text;
        EXPECT_EQ(expires->refresher, row.refresher) << row.text;
    }
}

TEST(SessionExpires, RFC4028_s4_illegal) {
    struct Row {
        const char* text;
        ParseFault fault;
    };
    constexpr Row kRows[] = {
        {"", ParseFault::kBadSessionInterval},
        {";refresher=uac", ParseFault::kBadSessionInterval},
        {"-90", ParseFault::kBadSessionInterval},
        {"90s", ParseFault::kBadSessionInterval},
        {"90 uac", ParseFault::kBadSessionInterval},
        {"90, 80", ParseFault::kBadSessionInterval},
        {"90;refresher", ParseFault::kBadRefresher},
        {"90;refresher=me", ParseFault::kBadRefresher},
        {"90;refresher=uac;refresher=uas", ParseFault::kBadRefresher},
        {"90;;refresher=uac", ParseFault::kEmptyParameter},
        {"90;a=\"b", ParseFault::kUnterminatedQuote},
    };
    for (const Row& row : kRows) {
        const auto expires = SessionExpires::parse(row.text);
        ASSERT_FALSE(expires.ok()) << row.text;
        EXPECT_EQ(expires.error().fault, row.fault) << row.text;
        EXPECT_LE(expires.error().offset, std::string_view(row.text).size()) << row.text;
    }
}

TEST(MinSe, RFC4028_s5_values) {
    EXPECT_EQ(MinSe::parse("90")->seconds, 90U);
    EXPECT_EQ(MinSe::parse(" 3600 ;lr")->seconds, 3600U);
    EXPECT_EQ(MinSe::parse("4294967296")->seconds, 4294967295U);
    for (const char* text : {"", "x", "-1", "90 80", "90,80", ";a"}) {
        EXPECT_FALSE(MinSe::parse(text).ok()) << text;
    }
}

}  // namespace
}  // namespace sallyport::sip
