// SPDX-License-Identifier: Apache-2.0
// Headers inside a SIP URI and their escapes (RFC 3261 s.19.1.1, s.19.1.2, s.25.1).
#include "b2bua/sip/uri_headers.h"

#include <gtest/gtest.h>

namespace sallyport::sip {
namespace {

TEST(UriHeaders, RFC3261_s19_1_1_find) {
    struct Row {
        const char* headers;
        const char* value;  // nullptr: not there
    };
    constexpr Row kRows[] = {
        {"Replaces=a%3Bto-tag%3Db", "a%3Bto-tag%3Db"},
        {"Subject=x&replaces=y", "y"},
        {"%52eplaces=z&Replaces=later", "z"},
        {"Replaces=", ""},
        {"Replaces", nullptr},
        {"XReplaces=1&ReplacesX=2", nullptr},
        {"Subject=Replaces=1", nullptr},
        {"", nullptr},
        {"&&", nullptr},
    };
    for (const Row& row : kRows) {
        const auto header = find_uri_header(row.headers, "Replaces");
        ASSERT_EQ(header.has_value(), row.value != nullptr) << row.headers;
        if (header) {
            EXPECT_EQ(header->value, row.value) << row.headers;
        }
    }
}

TEST(UriHeaders, RFC3261_s19_1_2_escapes) {
    struct Row {
        const char* escaped;
        const char* plain;
    };
    constexpr Row kBothWays[] = {
        {"12345%40192.168.118.3%3Bto-tag%3D12345%3Bfrom-tag%3D5FFE-3994",
         "12345@192.168.118.3;to-tag=12345;from-tag=5FFE-3994"},
        {"a%25b", "a%b"},
        {"[]/?:+$-_.!~*'()", "[]/?:+$-_.!~*'()"},
        {"%26%3C%22%20%3E", "&<\" >"},
        {"%C3%A9", "\xc3\xa9"},
        {"", ""},
    };
    for (const Row& row : kBothWays) {
        EXPECT_EQ(unescaped(row.escaped), row.plain) << row.escaped;
        EXPECT_EQ(escaped_header_value(row.plain), row.escaped) << row.escaped;
    }
    constexpr Row kOneWay[] = {
        {"%3b%3B", ";;"}, {"%", "%"}, {"%4", "%4"}, {"%g1", "%g1"}, {"%1g%41", "%1gA"},
    };
    for (const Row& row : kOneWay) {
        EXPECT_EQ(unescaped(row.escaped), row.plain) << row.escaped;
    }
}

TEST(UriHeaders, RFC3261_s19_1_2_every_octet_comes_back) {
    std::string all;
    for (int c = 1; c < 256; ++c) {
        all.push_back(static_cast<char>(c));
    }
    EXPECT_EQ(unescaped(escaped_header_value(all)), all);
}

}  // namespace
}  // namespace sallyport::sip
