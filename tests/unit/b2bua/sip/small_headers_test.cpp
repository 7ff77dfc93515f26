// SPDX-License-Identifier: Apache-2.0
// Headers of one short line: delta-seconds (B2BUA-A9), Retry-After, Reason, Warning (RFC 3261
// s.20.19, s.20.33, s.20.43; RFC 3326).
#include "b2bua/sip/delta_seconds.h"
#include "b2bua/sip/reason.h"
#include "b2bua/sip/retry_after.h"
#include "b2bua/sip/warning.h"

#include <gtest/gtest.h>

namespace sallyport::sip {
namespace {

TEST(DeltaSeconds, B2BUA_A9) {
    EXPECT_EQ(delta_seconds("3600"), 3600U);
    EXPECT_EQ(delta_seconds("0060"), 60U);
    EXPECT_EQ(delta_seconds("4294967295"), 4294967295U);
    EXPECT_EQ(delta_seconds("4294967296"), 4294967295U);
    EXPECT_EQ(delta_seconds("99999999999999999999999999"), 4294967295U);
    for (const char* text : {"", "-1", "+1", "1.5", "1 2", "0x10", "soon"}) {
        EXPECT_EQ(delta_seconds(text), std::nullopt) << text;
    }
}

TEST(RetryAfter, RFC3261_20_33) {
    const auto plain = RetryAfter::parse("120");
    ASSERT_TRUE(plain.ok());
    EXPECT_EQ(plain->seconds, 120U);
    EXPECT_EQ(plain->duration, std::nullopt);
    const auto full = RetryAfter::parse("18000 (I'm in a (long \\) ) meeting);duration=3600");
    ASSERT_TRUE(full.ok());
    EXPECT_EQ(full->seconds, 18000U);
    EXPECT_EQ(full->duration, 3600U);
    for (const char* text : {"", "soon", "1 (", "1 ((a)", "1 (a\\", "1 2", "1;", "-1"}) {
        const auto read = RetryAfter::parse(text);
        ASSERT_FALSE(read.ok()) << text;
        EXPECT_LE(read.error().offset, std::string_view(text).size()) << text;
    }
}

TEST(Reason, RFC3326_2) {
    const auto sip = Reason::parse("SIP ;cause=200 ;text=\"Call completed elsewhere\"");
    ASSERT_TRUE(sip.ok());
    EXPECT_EQ(sip->protocol, "SIP");
    EXPECT_EQ(sip->cause, 200U);
    EXPECT_EQ(sip->text, "Call completed elsewhere");
    const auto bare = Reason::parse("Q.850;cause=x");
    ASSERT_TRUE(bare.ok());
    EXPECT_EQ(bare->protocol, "Q.850");
    EXPECT_EQ(bare->cause, std::nullopt);
    for (const char* text : {"", ";cause=1", "SIP cause=1", "SIP;", "SIP;text=\"a"}) {
        EXPECT_FALSE(Reason::parse(text).ok()) << text;
    }
}

TEST(Warning, RFC3261_20_43) {
    const auto read =
        Warning::parse("307 isi.edu:5060 \"Session parameter 'foo' not \\\"understood\"");
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->code, "307");
    EXPECT_EQ(read->agent, "isi.edu:5060");
    EXPECT_EQ(read->text, "\"Session parameter 'foo' not \\\"understood\"");
    for (const char* text : {"", "307", "307 isi.edu", "30 a \"b\"", "3070 a \"b\"", "307 \"b\"",
                             "307 a b", "307 a \"b", "307 a \"b\" c", "307 a\"b\""}) {
        const auto refused = Warning::parse(text);
        ASSERT_FALSE(refused.ok()) << text;
        EXPECT_LE(refused.error().offset, std::string_view(text).size()) << text;
    }
}

}  // namespace
}  // namespace sallyport::sip
