// SPDX-License-Identifier: Apache-2.0
// Body parts: what stands where, and the limits (B2BUA-A19; RFC 2046 s.5.1). That a part is found
// by its headers and that all else stays is tested with the session descriptions (session_part).
#include "b2bua/sip/disposition.h"
#include "b2bua/sip/media_type.h"
#include "b2bua/sip/multipart_patch.h"
#include "tests/unit/b2bua/sip/sip_text.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::sip {
namespace {

BodyPart multipart(std::string_view type, std::string_view content) {
    BodyPart whole;
    whole.type = type;
    whole.content = content;
    return whole;
}

std::string nested(std::size_t levels) {
    std::string body = "innermost";
    for (std::size_t i = levels; i-- > 1;) {
        const std::string boundary(1, static_cast<char>('a' + i));
        body = "--" + std::string(1, static_cast<char>('a' + i - 1)) +
               "\r\nContent-Type: multipart/mixed;boundary=" + boundary + "\r\n\r\n" +
               (i + 1 == levels ? "--" + boundary + "\r\n\r\nx\r\n--" + boundary + "--" : body) +
               "\r\n--" + std::string(1, static_cast<char>('a' + i - 1)) + "--";
    }
    return body;
}

TEST(BodyParts, B2BUA_A19_sixteen_parts) {
    std::string body;
    for (std::size_t i = 0; i < BodyParts::kMaxParts; ++i) {
        body += "--b\r\n\r\nx\r\n";
    }
    const auto most = BodyParts::parse(multipart("multipart/mixed;boundary=b", body + "--b--"));
    ASSERT_TRUE(most.ok());
    EXPECT_EQ(most->parts().size(), BodyParts::kMaxParts + 1);
    body += "--b\r\n\r\nx\r\n--b--";
    const auto over = BodyParts::parse(multipart("multipart/mixed;boundary=b", body));
    ASSERT_FALSE(over.ok());
    EXPECT_EQ(over.error().fault, ParseFault::kTooManyParts);
    EXPECT_EQ(status_for(over.error().fault), 400);
}

TEST(BodyParts, B2BUA_A19_as_many_as_the_message_may_have) {
    const std::string text = test::request("INFO", "Content-Type: multipart/mixed;boundary=b\n",
                                           "--b\r\n\r\nx\r\n--b\r\n\r\nx\r\n--b\r\n\r\nx\r\n--b--");
    Limits limits;
    limits.body_parts = 3;
    Message message;
    ASSERT_TRUE(message.parse(text, limits).ok());
    EXPECT_TRUE(BodyParts::parse(message).ok());
    limits.body_parts = 2;
    ASSERT_TRUE(message.parse(text, limits).ok());
    const auto refused = BodyParts::parse(message);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().fault, ParseFault::kTooManyParts);
}

TEST(BodyParts, B2BUA_A19_three_multiparts_inside_one_another) {
    const std::string most = nested(3);
    const auto read = BodyParts::parse(multipart("multipart/mixed;boundary=a", most));
    ASSERT_TRUE(read.ok()) << most;
    EXPECT_EQ(read->parts().back().depth, 3);
    EXPECT_EQ(read->parts().back().content, "x");
    const std::string over = nested(4);
    const auto refused = BodyParts::parse(multipart("multipart/mixed;boundary=a", over));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().fault, ParseFault::kPartsTooDeep);
}

TEST(BodyParts, order_and_parents) {
    const std::string body =
        "preamble\r\n--o\r\nc: multipart/mixed;boundary=i\r\n\r\n--i\r\n\r\n1\r\n--i\r\n\r\n2\r\n"
        "--i--\r\n--o\r\n\r\n3\r\n--o--\r\nepilogue";
    const auto read = BodyParts::parse(multipart("Multipart / Mixed ; Boundary=\"o\"", body));
    ASSERT_TRUE(read.ok());
    const auto parts = read->parts();
    ASSERT_EQ(parts.size(), 5U);
    EXPECT_EQ(parts[2].content, "1");
    EXPECT_EQ(parts[2].parent, 1);
    EXPECT_EQ(parts[3].content, "2");
    EXPECT_EQ(parts[4].content, "3");
    EXPECT_EQ(parts[4].parent, 0);
}

TEST(MultipartPatch, B2BUA_D16_lengths_of_parts_around) {
    // The inner length loses a digit, which the outer one must know of.
    const std::string inner = "--i\r\nl: 10\r\n\r\n0123456789\r\n--i--";
    const std::string body = "--o\r\nl: " + std::to_string(inner.size()) +
                             "\r\nc: multipart/mixed;boundary=i\r\n\r\n" + inner +
                             "\r\n--o\r\nl: 999\r\n\r\nx\r\n--o--";
    const auto read = BodyParts::parse(multipart("multipart/mixed;boundary=o", body));
    ASSERT_TRUE(read.ok());
    const PartText edit{2, "abc"};
    std::string out(room_for(*read, {&edit, 1}), '\0');
    const auto written = with_contents(*read, {&edit, 1}, out);
    ASSERT_TRUE(written);
    const std::string now = "--i\r\nl: 3\r\n\r\nabc\r\n--i--";
    EXPECT_EQ(*written, "--o\r\nl: " + std::to_string(now.size()) +
                            "\r\nc: multipart/mixed;boundary=i\r\n\r\n" + now +
                            "\r\n--o\r\nl: 999\r\n\r\nx\r\n--o--");
    EXPECT_FALSE(with_contents(*read, {&edit, 1}, std::span(out).first(written->size() - 1)));
    EXPECT_EQ(with_contents(*read, {}, out), body);
}

struct TypeCase {
    const char* text;
    const char* type;  // empty: refused
    const char* subtype;
    const char* boundary;
};

TEST(MediaType, RFC3261_20_15) {
    constexpr TypeCase kCases[] = {
        {"application/sdp", "application", "sdp", ""},
        {" text / html ; charset=ISO-8859-4", "text", "html", ""},
        {"multipart/mixed;boundary=\"a b\"", "multipart", "mixed", "a b"},
        {"multipart/mixed\r\n ;boundary=b", "multipart", "mixed", "b"},
        {"application", "", "", ""},
        {"application/", "", "", ""},
        {"/sdp", "", "", ""},
        {"", "", "", ""},
        {"a/b c", "", "", ""},
        {"a/b;", "", "", ""},
        {"a/b;c=\"open", "", "", ""},
    };
    for (const TypeCase& row : kCases) {
        const auto read = MediaType::parse(row.text);
        ASSERT_EQ(read.ok(), *row.type != '\0') << row.text;
        if (read.ok()) {
            EXPECT_TRUE(read->is(row.type, row.subtype)) << row.text;
            EXPECT_EQ(read->param("BOUNDARY"), row.boundary) << row.text;
        }
    }
}

TEST(Disposition, RFC3261_20_11) {
    const auto optional = Disposition::parse("signal ; handling=Optional");
    ASSERT_TRUE(optional.ok());
    EXPECT_TRUE(optional->is("Signal"));
    EXPECT_TRUE(optional->optional());
    const auto plain = Disposition::parse("session");
    ASSERT_TRUE(plain.ok());
    EXPECT_FALSE(plain->optional());
    for (const char* text : {"", "session render", ";handling=optional", "session;;"}) {
        EXPECT_FALSE(Disposition::parse(text).ok()) << text;
    }
}

}  // namespace
}  // namespace sallyport::sip
