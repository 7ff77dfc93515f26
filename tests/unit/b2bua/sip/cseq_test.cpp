// SPDX-License-Identifier: Apache-2.0
// CSeq values (A8) and method names (A1).
#include "b2bua/sip/cseq.h"

#include <gtest/gtest.h>

namespace sallyport::sip {
namespace {

TEST(CSeq, B2BUA_A8_legal) {
    struct Row {
        const char* text;
        std::uint32_t number;
        Method method;
        const char* name;
    };
    constexpr Row kRows[] = {
        {"1 INVITE", 1, Method::kInvite, "INVITE"},
        {"0 ACK", 0, Method::kAck, "ACK"},
        {"0009\r\n INVITE", 9, Method::kInvite, "INVITE"},
        {"  7\tBYE ", 7, Method::kBye, "BYE"},
        {"2147483647 OPTIONS", 2147483647, Method::kOptions, "OPTIONS"},
        {"00000000000000000000000000000000001 PRACK", 1, Method::kPrack, "PRACK"},
        {"3 invite", 3, Method::kUnknown, "invite"},
        {"3 RE%47IST%45R", 3, Method::kUnknown, "RE%47IST%45R"},
    };
    for (const Row& row : kRows) {
        const auto cseq = CSeq::parse(row.text);
        ASSERT_TRUE(cseq.ok()) << row.text;
        EXPECT_EQ(cseq->number, row.number) << row.text;
        EXPECT_EQ(cseq->method, row.method) << row.text;
        EXPECT_EQ(cseq->method_name, row.name) << row.text;
    }
}

TEST(CSeq, B2BUA_A8_illegal) {
    struct Row {
        const char* text;
        ParseFault fault;
    };
    constexpr Row kRows[] = {
        {"", ParseFault::kBadCseq},
        {" ", ParseFault::kBadCseq},
        {"INVITE", ParseFault::kBadCseq},
        {"1", ParseFault::kBadCseq},
        {"1 ", ParseFault::kBadCseq},
        {"1INVITE", ParseFault::kBadCseq},
        {"-1 INVITE", ParseFault::kBadCseq},
        {"+1 INVITE", ParseFault::kBadCseq},
        {"0x1 INVITE", ParseFault::kBadCseq},
        {"1 INVITE x", ParseFault::kBadCseq},
        {"1 INV/ITE", ParseFault::kBadCseq},
        {"1, INVITE", ParseFault::kBadCseq},
        {"2147483648 INVITE", ParseFault::kCseqOutOfRange},
        {"4294967297 INVITE", ParseFault::kCseqOutOfRange},
        {"36893488147419103232 INVITE", ParseFault::kCseqOutOfRange},
        {"18446744073709551617 INVITE", ParseFault::kCseqOutOfRange},
    };
    for (const Row& row : kRows) {
        const auto cseq = CSeq::parse(row.text);
        ASSERT_FALSE(cseq.ok()) << row.text;
        EXPECT_EQ(cseq.error().fault, row.fault) << row.text;
    }
}

TEST(Method, B2BUA_A1_names_are_case_sensitive_and_go_both_ways) {
    for (std::size_t i = 0; i + 1 < kMethodCount; ++i) {
        const auto method = static_cast<Method>(i);
        const std::string exact(name(method));
        EXPECT_EQ(method_of(exact), method);
        EXPECT_EQ(method_of(exact + "X"), Method::kUnknown);
        EXPECT_EQ(method_of(exact.substr(1)), Method::kUnknown);
        EXPECT_EQ(method_of(exact.substr(0, exact.size() - 1)), Method::kUnknown);
        std::string lower = exact;
        lower.back() = static_cast<char>(lower.back() | 0x20);
        EXPECT_EQ(method_of(lower), Method::kUnknown);
    }
    EXPECT_EQ(method_of(""), Method::kUnknown);
    EXPECT_EQ(method_of("unknown"), Method::kUnknown);
    EXPECT_EQ(name(Method::kUnknown), "unknown");
}

}  // namespace
}  // namespace sallyport::sip
