// SPDX-License-Identifier: Apache-2.0
// Walking list headers (A5).
#include "b2bua/sip/message.h"
#include "tests/unit/b2bua/sip/sip_text.h"

#include <gtest/gtest.h>

namespace sallyport::sip {
namespace {

std::string walk(std::string_view lines, HeaderId id) {
    const std::string text = test::request("OPTIONS", lines);
    static Message m;
    EXPECT_TRUE(m.parse(text).ok()) << lines;
    ValueCursor cursor(m, id);
    std::string out;
    while (const auto value = cursor.next()) {
        out += std::string(*value) + "|";
    }
    EXPECT_FALSE(cursor.next());
    return cursor.failed() ? out + "!" : out;
}

TEST(ValueCursor, B2BUA_A5_commas_equal_repeated_headers) {
    constexpr std::pair<const char*, const char*> kRows[] = {
        {"", ""},
        {"Route: <sip:a>\n", "<sip:a>|"},
        {"Route: <sip:a> , <sip:b>\nSubject: x\nroute:<sip:c>\n", "<sip:a>|<sip:b>|<sip:c>|"},
        {"Route: <sip:a,b>,\"c,\\\",d\" <sip:e>\n", "<sip:a,b>|\"c,\\\",d\" <sip:e>|"},
        {"Route: <sip:a>,\n <sip:b>\n", "<sip:a>|<sip:b>|"},
        {"Route: <sip:a\",b>,<sip:c>\n", "<sip:a\",b>|<sip:c>|"},
        {"Route: a,\"b,c\n", "a|\"b,c|"},
        {"Route:\n", "!"},
        {"Route: ,a\n", "!"},
        {"Route: a,,b\n", "a|!"},
        {"Route: a,\nRoute: b\n", "a|!"},
    };
    for (const auto& [lines, expected] : kRows) {
        EXPECT_EQ(walk(lines, HeaderId::kRoute), expected) << lines;
    }
    EXPECT_EQ(walk("k: 100rel\nSupported: timer, path\n", HeaderId::kSupported),
              "100rel|timer|path|");
}

}  // namespace
}  // namespace sallyport::sip
