// SPDX-License-Identifier: Apache-2.0
// Start lines through Message (A1, A2, A8, A11, A12, A16).
#include "b2bua/sip/message.h"
#include "tests/unit/b2bua/sip/sip_text.h"

#include <gtest/gtest.h>

namespace sallyport::sip {
namespace {

std::string with_request_line(std::string_view line, std::string_view method = "OPTIONS") {
    const std::string whole = test::request(method);
    return std::string(line) + whole.substr(whole.find("\r\n"));
}

std::string response(std::string_view line) {
    return with_request_line(line, "INVITE");
}

TEST(StartLine, B2BUA_A12_accepted_requests) {
    struct Row {
        const char* line;
        const char* uri;
    };
    constexpr Row kRows[] = {
        {"OPTIONS sip:a@b SIP/2.0", "sip:a@b"},
        {"OPTIONS   sip:a@b   SIP/2.0", "sip:a@b"},
        {"OPTIONS sip:a@b SIP/2.0   ", "sip:a@b"},
        {"OPTIONS sip:a@b sip/2.0", "sip:a@b"},
        {"OPTIONS sip:a@b?Route=%3Csip:c%3E SIP/2.0", "sip:a@b"},
        {"OPTIONS sip:a?b@c?d=e SIP/2.0", "sip:a?b@c"},
        {"OPTIONS sips:b;lr SIP/2.0", "sips:b;lr"},
        {"OPTIONS tel:+1-212;ext=1 SIP/2.0", "tel:+1-212;ext=1"},
        {"OPTIONS urn:service:sos SIP/2.0", "urn:service:sos"},
        {"OPTIONS sip:[2001:db8::10] SIP/2.0", "sip:[2001:db8::10]"},
        {"\r\n\r\nOPTIONS sip:a@b SIP/2.0", "sip:a@b"},
        {"\n\r\r\nOPTIONS sip:a@b SIP/2.0", "sip:a@b"},
    };
    for (const Row& row : kRows) {
        const std::string text = with_request_line(row.line);
        Message m;
        const auto outcome = m.parse(text);
        ASSERT_TRUE(outcome.ok()) << row.line << ": " << label_for(outcome.error().fault);
        EXPECT_TRUE(m.is_request());
        EXPECT_EQ(m.method(), Method::kOptions);
        EXPECT_EQ(m.request_uri(), row.uri) << row.line;
        EXPECT_EQ(m.octets().substr(0, 7), "OPTIONS");
    }
}

struct Refused {
    const char* line;
    ParseFault fault;
};
constexpr Refused kRefused[] = {
    {"OPTIONS <sip:a@b> SIP/2.0", ParseFault::kBracketedRequestUri},
    {"OPTIONS sip:a@b; lr SIP/2.0", ParseFault::kSpaceInRequestUri},
    {"OPTIONS sip:a\t@b SIP/2.0", ParseFault::kSpaceInRequestUri},
    {"OPTIONS sip:a@b x SIP/2.0", ParseFault::kSpaceInRequestUri},
    {"OPTIONS sip:@b SIP/2.0", ParseFault::kBadRequestUri},
    {"OPTIONS sip:2001:db8::10 SIP/2.0", ParseFault::kBadRequestUri},
    {"OPTIONS sip: SIP/2.0", ParseFault::kBadRequestUri},
    {"OPTIONS * SIP/2.0", ParseFault::kBadRequestUri},
    {"OPTIONS / SIP/2.0", ParseFault::kBadRequestUri},
    {"OPTIONS http://a/ SIP/2.0", ParseFault::kUnsupportedUriScheme},
    {"OPTIONS mailto:a@b SIP/2.0", ParseFault::kUnsupportedUriScheme},
    {"OPTIONS sip:a@b SIP/2.1", ParseFault::kVersionNotSupported},
    {"OPTIONS sip:a@b SIP/7.0", ParseFault::kVersionNotSupported},
    {"OPTIONS http://a/ SIP/7.0", ParseFault::kVersionNotSupported},
    {"OPTIONS sip:a@b SIP/2.00", ParseFault::kVersionNotSupported},
    {"OPTIONS sip:a @b SIP/7.0", ParseFault::kNotSip},
    {"OPTIONS sip:a@b SIP/2", ParseFault::kNotSip},
    {"OPTIONS sip:a@b SIP/2.", ParseFault::kNotSip},
    {"OPTIONS sip:a@b SIP/.0", ParseFault::kNotSip},
    {"OPTIONS sip:a@b SIP/2.0x", ParseFault::kNotSip},
    {"OPTIONS sip:a@b HTTP/1.1", ParseFault::kNotSip},
    {"OPTIONS sip:a@b", ParseFault::kNotSip},
    {"OPTIONS", ParseFault::kNotSip},
    {"OPTIONS SIP/2.0", ParseFault::kBadRequestLine},
    {" OPTIONS sip:a@b SIP/2.0", ParseFault::kNotSip},
    {"O{}S sip:a@b SIP/2.0", ParseFault::kBadMethod},
    {"OPT\tIONS sip:a@b SIP/2.0", ParseFault::kBadMethod},
    {"GET / HTTP/1.1", ParseFault::kNotSip},
};

TEST(StartLine, B2BUA_A11_A12_refused_requests) {
    for (const Refused& row : kRefused) {
        const std::string text = with_request_line(row.line);
        Message m;
        const auto outcome = m.parse(text);
        ASSERT_FALSE(outcome.ok()) << row.line;
        EXPECT_EQ(label_for(outcome.error().fault), label_for(row.fault)) << row.line;
        EXPECT_EQ(m.echoable(), status_for(row.fault) != 0) << row.line << ": A20";
    }
}

TEST(StartLine, B2BUA_A1_methods_are_case_sensitive) {
    const std::string text = test::request("options");
    Message m;
    ASSERT_TRUE(m.parse(text).ok());
    EXPECT_EQ(m.method(), Method::kUnknown);
    EXPECT_EQ(m.method_name(), "options");
}

TEST(StartLine, B2BUA_A16_accepted_responses) {
    struct Row {
        const char* line;
        int status;
        const char* reason;
    };
    constexpr Row kRows[] = {
        {"SIP/2.0 200 OK", 200, "OK"},
        {"sip/2.0 180 Ringing", 180, "Ringing"},
        {"SIP/2.0 100 ", 100, ""},
        {"SIP/2.0 100", 100, ""},
        {"SIP/2.0 699 \xd0\xbd\xd0\xb5\xd1\x82", 699, "\xd0\xbd\xd0\xb5\xd1\x82"},
        {"SIP/2.0 404  two  blanks ", 404, " two  blanks "},
        {"SIP/2.0 299 100%", 299, "100%"},
    };
    for (const Row& row : kRows) {
        const std::string text = response(row.line);
        Message m;
        const auto outcome = m.parse(text);
        ASSERT_TRUE(outcome.ok()) << row.line << ": " << label_for(outcome.error().fault);
        EXPECT_FALSE(m.is_request());
        EXPECT_EQ(m.status(), row.status);
        EXPECT_EQ(m.reason(), row.reason);
        EXPECT_EQ(m.method(), Method::kInvite) << "of its CSeq";
    }
}

TEST(StartLine, B2BUA_A16_refused_responses) {
    struct Row {
        const char* line;
        ParseFault fault;
    };
    constexpr Row kRows[] = {
        {"SIP/2.0 099 x", ParseFault::kStatusOutOfRange},
        {"SIP/2.0 700 x", ParseFault::kStatusOutOfRange},
        {"SIP/2.0 0200 x", ParseFault::kStatusOutOfRange},
        {"SIP/2.0 20 x", ParseFault::kStatusOutOfRange},
        {"SIP/2.0 4294967301 x", ParseFault::kStatusOutOfRange},
        {"SIP/2.0 2x0 x", ParseFault::kBadStatusLine},
        {"SIP/2.0 -200 x", ParseFault::kBadStatusLine},
        {"SIP/2.0 ", ParseFault::kBadStatusLine},
        {"SIP/2.0", ParseFault::kBadStatusLine},
        {"SIP/3.0 200 OK", ParseFault::kBadStatusLine},
        {"SIP/", ParseFault::kBadStatusLine},
    };
    for (const Row& row : kRows) {
        const std::string text = response(row.line);
        Message m;
        const auto outcome = m.parse(text);
        ASSERT_FALSE(outcome.ok()) << row.line;
        EXPECT_EQ(label_for(outcome.error().fault), label_for(row.fault)) << row.line;
        EXPECT_FALSE(m.is_request());
        EXPECT_EQ(status_for(outcome.error().fault), 0);
    }
}

TEST(StartLine, datagrams_that_are_no_sip) {
    for (const std::string_view text :
         {std::string_view(""), std::string_view("\r\n\r\n"), std::string_view("\0\0\0\0", 4),
          std::string_view("x"), std::string_view("INVITE sip:a@b SIP/2.0"),
          std::string_view("INVITE sip:a@b SIP/2.0\r"), std::string_view("SIP/2.0 200 OK\rX"),
          std::string_view(" \r\n")}) {
        Message m;
        const auto outcome = m.parse(text);
        ASSERT_FALSE(outcome.ok()) << text;
        EXPECT_EQ(outcome.error().fault, ParseFault::kNotSip) << text;
        EXPECT_FALSE(m.echoable());
        EXPECT_TRUE(m.headers().empty());
    }
}

}  // namespace
}  // namespace sallyport::sip
