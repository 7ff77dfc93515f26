// SPDX-License-Identifier: Apache-2.0
// A19: each limit admits its last value and refuses the next one, with the status of the rule.
#include "b2bua/sip/message.h"
#include "tests/unit/b2bua/sip/sip_text.h"

#include <gtest/gtest.h>

namespace sallyport::sip {
namespace {

std::string lines(std::string_view line, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        out += line;
    }
    return out;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    return text.replace(text.find(from), from.size(), to);
}

struct Row {
    const char* name;
    ParseFault fault;
    int status;
    std::size_t limit;
    std::string (*message)(std::size_t size);
};

const Row kRows[] = {
    {"headers", ParseFault::kTooManyHeaders, 400, 256,
     [](std::size_t n) { return test::request("OPTIONS", lines("Q: y\n", n - 6)); }},
    {"via_lines", ParseFault::kTooManyVias, 400, 70,
     [](std::size_t n) { return test::request("OPTIONS", lines("Via: SIP/2.0/UDP h\n", n - 1)); }},
    {"via_values", ParseFault::kTooManyVias, 400, 70,
     [](std::size_t n) {
         return test::request("OPTIONS",
                              "Via: SIP/2.0/UDP h" + lines(",SIP/2.0/UDP h", n - 2) + "\n");
     }},
    {"routes", ParseFault::kTooManyRoutes, 400, 30,
     [](std::size_t n) { return test::request("OPTIONS", lines("Route: <sip:a;lr>\n", n)); }},
    {"record_routes", ParseFault::kTooManyRoutes, 400, 30,
     [](std::size_t n) {
         return test::request("OPTIONS", "Record-Route: <sip:a>" + lines(",<sip:a>", n - 1) + "\n");
     }},
    {"contacts", ParseFault::kTooManyContacts, 400, 32,
     [](std::size_t n) { return test::request("REGISTER", lines("Contact: <sip:a>\n", n)); }},
    {"request_uri", ParseFault::kRequestUriTooLong, 414, 1024,
     [](std::size_t n) {
         return replaced(test::request("OPTIONS"), "sip:bob@biloxi.example.com",
                         "sip:" + std::string(n - 4, 'a'));
     }},
    {"call_id", ParseFault::kCallIdTooLong, 400, 256,
     [](std::size_t n) {
         return replaced(test::request("OPTIONS"), "3848276298220188511@atlanta.example.com",
                         std::string(n, 'a'));
     }},
    {"from_tag", ParseFault::kTagTooLong, 400, 256,
     [](std::size_t n) {
         return replaced(test::request("OPTIONS"), "9fxced76sl", std::string(n, 'a'));
     }},
    {"to_tag", ParseFault::kTagTooLong, 400, 256,
     [](std::size_t n) {
         return replaced(test::request("OPTIONS"), "com>\r\nCall",
                         "com>;tag=" + std::string(n, 'a') + "\r\nCall");
     }},
    {"header_line", ParseFault::kHeaderLineTooLong, 400, 8192,
     [](std::size_t n) {
         return test::request("OPTIONS", "Q: " + std::string(n - 5, 'y') + "\n");
     }},
    {"folded_header_line", ParseFault::kHeaderLineTooLong, 400, 8192,
     [](std::size_t n) {
         return test::request("OPTIONS", "Q: a\n " + std::string(n - 9, 'y') + "\n");
     }},
    {"header_section", ParseFault::kHeaderSectionTooLarge, 513, 32768,
     [](std::size_t n) {
         const std::string filler = lines("Q: " + std::string(1019, 'y') + "\n", 31);
         const std::size_t used = test::request("OPTIONS", filler).size();
         return test::request("OPTIONS", filler + "Q: " + std::string(n - used - 5, 'y') + "\n");
     }},
    {"body", ParseFault::kBodyTooLarge, 413, 32768,
     [](std::size_t n) { return test::request("OPTIONS", "", std::string(n, 'b')); }},
};

TEST(Limits, B2BUA_A19_last_admitted_and_first_refused) {
    for (const Row& row : kRows) {
        Message m;
        const std::string last = row.message(row.limit);
        const auto admitted = m.parse(last);
        EXPECT_TRUE(admitted.ok()) << row.name << ": " << label_for(admitted.error().fault);
        const std::string next = row.message(row.limit + 1);
        const auto refused = m.parse(next);
        ASSERT_FALSE(refused.ok()) << row.name;
        EXPECT_EQ(label_for(refused.error().fault), label_for(row.fault)) << row.name;
        EXPECT_EQ(status_for(refused.error().fault), row.status) << row.name;
        EXPECT_TRUE(m.echoable()) << row.name;
    }
}

TEST(Limits, B2BUA_A19_are_configurable) {
    Limits tight;
    tight.via = 1;
    tight.call_id = 4;
    tight.headers = 8;
    Message m;
    const auto outcome = m.parse(test::request("OPTIONS"), tight);
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.error().fault, ParseFault::kCallIdTooLong);
    const auto vias = m.parse(test::request("OPTIONS", "v: SIP/2.0/UDP h\n"), tight);
    ASSERT_FALSE(vias.ok());
    EXPECT_EQ(vias.error().fault, ParseFault::kTooManyVias);
    const auto headers = m.parse(test::request("OPTIONS", lines("Q: 1\n", 8)), tight);
    ASSERT_FALSE(headers.ok());
    EXPECT_EQ(headers.error().fault, ParseFault::kTooManyHeaders);
}

TEST(Limits, a_text_larger_than_any_message_is_not_looked_at) {
    const std::string text = test::request("OPTIONS", "", std::string(70000, 'b'));
    Message m;
    const auto outcome = m.parse(text);
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.error().fault, ParseFault::kHeaderSectionTooLarge);
    EXPECT_TRUE(m.headers().empty());
    EXPECT_TRUE(m.octets().empty());
}

}  // namespace
}  // namespace sallyport::sip
