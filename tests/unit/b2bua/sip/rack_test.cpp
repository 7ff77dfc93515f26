// SPDX-License-Identifier: Apache-2.0
// RSeq and RAck values (RFC 3262 s.7, s.10).
#include "b2bua/sip/rack.h"

#include "b2bua/sip/rseq.h"

#include <gtest/gtest.h>

namespace sallyport::sip {
namespace {

TEST(RSeq, RFC3262_s7_1_legal) {
    struct Row {
        const char* text;
        std::uint32_t number;
    };
    constexpr Row kRows[] = {{"1", 1},
                             {"988789", 988789},
                             {" 7\t", 7},
                             {"\r\n 8", 8},
                             {"000000000000009", 9},
                             {"2147483648", 2147483648U},
                             {"4294967295", 4294967295U}};
    for (const Row& row : kRows) {
        const auto rseq = RSeq::parse(row.text);
        ASSERT_TRUE(rseq.ok()) << row.text;
        EXPECT_EQ(rseq->number, row.number) << row.text;
    }
}

TEST(RSeq, RFC3262_s7_1_illegal) {
    for (const char* text : {"", " ", "0", "000", "-1", "+1", "1.0", "1 2", "x", "1x", "1;a=b",
                             "4294967296", "4294967297", "18446744073709551617"}) {
        const auto rseq = RSeq::parse(text);
        ASSERT_FALSE(rseq.ok()) << text;
        EXPECT_EQ(rseq.error().fault, ParseFault::kBadRseq) << text;
    }
}

TEST(RAck, RFC3262_s7_2_legal) {
    struct Row {
        const char* text;
        std::uint32_t rseq;
        std::uint32_t cseq;
        Method method;
    };
    constexpr Row kRows[] = {
        {"776656 1 INVITE", 776656, 1, Method::kInvite},
        {" 4294967295\t2147483647\r\n INVITE ", 4294967295U, 2147483647, Method::kInvite},
        {"0001 0 invite", 1, 0, Method::kUnknown},  // case sensitive (RFC 3262 s.7.2)
        {"2 3 NEWMETHOD", 2, 3, Method::kUnknown}};
    for (const Row& row : kRows) {
        const auto rack = RAck::parse(row.text);
        ASSERT_TRUE(rack.ok()) << row.text;
        EXPECT_EQ(rack->rseq, row.rseq) << row.text;
        EXPECT_EQ(rack->cseq.number, row.cseq) << row.text;
        EXPECT_EQ(rack->cseq.method, row.method) << row.text;
    }
}

TEST(RAck, RFC3262_s7_2_illegal) {
    for (const char* text :
         {"", "1", "1 ", "1 INVITE", "1 2", "1 2 ", "1INVITE", "1 2INVITE", "0 1 INVITE",
          "x 1 INVITE", "1 x INVITE", "-1 1 INVITE", "1 2 INVITE x", "1,2 INVITE",
          "4294967296 1 INVITE", "1 2147483648 INVITE", "1 2 INV/ITE"}) {
        const auto rack = RAck::parse(text);
        ASSERT_FALSE(rack.ok()) << text;
        EXPECT_EQ(rack.error().fault, ParseFault::kBadRack) << text;
        EXPECT_LE(rack.error().offset, std::string_view(text).size()) << text;
    }
}

}  // namespace
}  // namespace sallyport::sip
