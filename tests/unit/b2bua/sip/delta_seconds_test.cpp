// SPDX-License-Identifier: Apache-2.0
#include "b2bua/sip/delta_seconds.h"

#include "b2bua/sip/qvalue.h"

#include <gtest/gtest.h>

namespace sallyport::sip {
namespace {

TEST(DeltaSeconds, B2BUA_A9_clamped_or_unreadable) {
    EXPECT_EQ(delta_seconds("0"), 0U);
    EXPECT_EQ(delta_seconds("3600"), 3600U);
    EXPECT_EQ(delta_seconds("4294967295"), 4294967295U);
    EXPECT_EQ(delta_seconds("4294967296"), 4294967295U);
    EXPECT_EQ(delta_seconds("99999999999999999999999999"), 4294967295U);
    for (const char* bad : {"", "-1", "1.5", "x", "10 ", "10;x"}) {
        EXPECT_EQ(delta_seconds(bad), std::nullopt) << bad;
    }
}

TEST(Qvalue, RFC3261_20_10_thousandths) {
    EXPECT_EQ(qvalue("0"), 0U);
    EXPECT_EQ(qvalue("1"), 1000U);
    EXPECT_EQ(qvalue("0."), 0U);
    EXPECT_EQ(qvalue("0.7"), 700U);
    EXPECT_EQ(qvalue("0.123"), 123U);
    EXPECT_EQ(qvalue("1.000"), 1000U);
    EXPECT_EQ(qvalue("0.1234"), 123U);
    for (const char* bad : {"", "2", "1.001", ".5", "0,5", "0.x", "00"}) {
        EXPECT_EQ(qvalue(bad), std::nullopt) << bad;
    }
    EXPECT_EQ(q_of(NameAddr::parse("<sip:a@b>;q=0.25").value()), 250U);
    EXPECT_EQ(q_of(NameAddr::parse("<sip:a@b>").value()), 1000U);
    EXPECT_EQ(q_of(NameAddr::parse("<sip:a@b>;q=high").value()), 1000U);
}

}  // namespace
}  // namespace sallyport::sip
