// SPDX-License-Identifier: Apache-2.0
// SIP-date (RFC 3261 s.20.17).
#include "b2bua/sip/date.h"

#include <gtest/gtest.h>

namespace sallyport::sip {
namespace {

TEST(SipDate, is_in_gmt_with_two_digits) {
    EXPECT_EQ(sip_date(1289690940), "Sat, 13 Nov 2010 23:29:00 GMT") << "the RFC's own";
    EXPECT_EQ(sip_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    EXPECT_EQ(sip_date(1709251199), "Thu, 29 Feb 2024 23:59:59 GMT");
    EXPECT_EQ(sip_date(1709251200), "Fri, 01 Mar 2024 00:00:00 GMT");
}

}  // namespace
}  // namespace sallyport::sip
