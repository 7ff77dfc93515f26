// SPDX-License-Identifier: Apache-2.0
// From, To, Contact and their kin (RFC 3261 s.20.10, s.25.1; A13).
#include "b2bua/sip/name_addr.h"

#include <gtest/gtest.h>

namespace sallyport::sip {
namespace {

struct Legal {
    const char* text;
    const char* display;
    const char* uri;
    const char* params;
    const char* tag;
};

TEST(NameAddr, B2BUA_A13_legal) {
    constexpr Legal kRows[] = {
        {"<sip:a@b>", "", "sip:a@b", "", ""},
        {"sip:a@b", "", "sip:a@b", "", ""},
        {"sip:a@b;tag=1", "", "sip:a@b", ";tag=1", "1"},
        {"<sip:a@b;tag=2>;tag=1", "", "sip:a@b;tag=2", ";tag=1", "1"},
        {"Alice <sip:a@b> ; TAG = xY ; q=0.1", "Alice", "sip:a@b", "; TAG = xY ; q=0.1", "xY"},
        {"A. G. Bell<sip:a@b>", "A. G. Bell", "sip:a@b", "", ""},
        {"\"Bell, <A>\" <sip:a@b>;tag=1", "\"Bell, <A>\"", "sip:a@b", ";tag=1", "1"},
        {"\"\\\"\"\r\n <sip:a@b>", "\"\\\"\"", "sip:a@b", "", ""},
        {"\"\" <sip:a@b>", "\"\"", "sip:a@b", "", ""},
        {"\"\xd0\x90\"<sip:a@b>", "\"\xd0\x90\"", "sip:a@b", "", ""},
        {" \t<sip:a@b?Route=%3Csip:c%3E> ", "", "sip:a@b?Route=%3Csip:c%3E", "", ""},
        {"<sip:a@b>;+sip.instance=\"<urn:uuid:0>\";tag=t", "", "sip:a@b",
         ";+sip.instance=\"<urn:uuid:0>\";tag=t", "t"},
        {"*", "", "*", "", ""},
        {" * ", "", "*", "", ""},
        {"* <sip:a@b>", "*", "sip:a@b", "", ""},
        {"tel:+1-212;phone-context=x", "", "tel:+1-212", ";phone-context=x", ""},
        {"<http://www.example.com>;tag=3", "", "http://www.example.com", ";tag=3", "3"},
        {"isbn:2983792873", "", "isbn:2983792873", "", ""},
        {"<sip:*21#@b>", "", "sip:*21#@b", "", ""},
        {"<sip:a@b,c>", "", "sip:a@b,c", "", ""},
        {"<sip:a%00b@c>;tag=%zz", "", "sip:a%00b@c", ";tag=%zz", "%zz"},
    };
    for (const Legal& row : kRows) {
        const auto parsed = NameAddr::parse(row.text);
        ASSERT_TRUE(parsed.ok()) << row.text << ": " << label_for(parsed.error().fault);
        EXPECT_EQ(parsed->text, row.text);
        EXPECT_EQ(parsed->display, row.display) << row.text;
        EXPECT_EQ(parsed->uri, row.uri) << row.text;
        EXPECT_EQ(parsed->params, row.params) << row.text;
        EXPECT_EQ(parsed->tag, row.tag) << row.text;
    }
}

constexpr std::pair<const char*, ParseFault> kIllegal[] = {
    {"", ParseFault::kBadDisplayName},
    {" ", ParseFault::kBadDisplayName},
    {"Alice", ParseFault::kBadDisplayName},
    {"\"Alice\"", ParseFault::kBadDisplayName},
    {"\"Alice\" sip:a@b", ParseFault::kBadDisplayName},
    {"\"Alice <sip:a@b>", ParseFault::kUnterminatedQuote},
    {"Bell, A <sip:a@b>", ParseFault::kBadDisplayName},
    {"B@d <sip:a@b>", ParseFault::kBadDisplayName},
    {"\xd0\x90 <sip:a@b>", ParseFault::kBadDisplayName},
    {"A \"B\" <sip:a@b>", ParseFault::kBadDisplayName},
    {"< sip:a@b>", ParseFault::kSpaceInUri},
    {"<sip:a@b >", ParseFault::kSpaceInUri},
    {"<sip:a @b>", ParseFault::kSpaceInUri},
    {"<sip:a@b", ParseFault::kUnclosedBracket},
    {"<", ParseFault::kUnclosedBracket},
    {"<>", ParseFault::kBadUri},
    {"<sip:>", ParseFault::kBadUri},
    {"<:a>", ParseFault::kBadUri},
    {"<<sip:a@b>>", ParseFault::kBadUri},
    {"<sip:a@b>>", ParseFault::kTrailingText},
    {"<sip:a@b> x", ParseFault::kTrailingText},
    {"<sip:a@b>,<sip:c@d>", ParseFault::kTrailingText},
    {"<sip:\"a\"@b>", ParseFault::kBadUri},
    {"sip:", ParseFault::kBadUri},
    {":a", ParseFault::kBadUri},
    {"sip :a@b", ParseFault::kBadDisplayName},
    {"sip:a@b c", ParseFault::kSpaceInUri},
    {"sip:a@b <sip:c@d>", ParseFault::kSpaceInUri},
    {"sip:a@b?x=y", ParseFault::kNeedsBrackets},
    {"sip:a,b@c", ParseFault::kNeedsBrackets},
    {"sip:a@b>", ParseFault::kBadUri},
    {"<sip:a@b>;", ParseFault::kEmptyParameter},
    {"<sip:a@b>;;tag=1", ParseFault::kEmptyParameter},
    {"<sip:a@b>;tag", ParseFault::kBadParameter},
    {"<sip:a@b>;tag=", ParseFault::kBadParameter},
    {"<sip:a@b>;tag=1;tag=2", ParseFault::kDuplicateParameter},
    {"<sip:a@b>;tag=1;TAG=1", ParseFault::kDuplicateParameter},
    {"<sip:a@b>;x=\"y", ParseFault::kUnterminatedQuote},
    {"**", ParseFault::kBadDisplayName},
};

TEST(NameAddr, B2BUA_A13_illegal) {
    for (const auto& [text, fault] : kIllegal) {
        NameAddr parsed;
        const auto outcome = parsed.assign(text);
        ASSERT_FALSE(outcome.ok()) << text;
        EXPECT_EQ(label_for(outcome.error().fault), label_for(fault)) << text;
        EXPECT_EQ(parsed.text, text);
        EXPECT_TRUE(parsed.uri.empty() && parsed.tag.empty() && parsed.params.empty()) << text;
    }
}

}  // namespace
}  // namespace sallyport::sip
