// SPDX-License-Identifier: Apache-2.0
// Small XML documents in pieces (W3C XML 1.0 s.2, s.3.1), for the bodies of RFC 4235.
#include "b2bua/sip/xml_cursor.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sallyport::sip {
namespace {

struct Read {
    std::string names;  // of elements, each with the kind of its tag
    std::string text;   // all pieces put together
    bool failed{false};
};

Read read(std::string_view document) {
    Read result;
    XmlCursor cursor(document);
    while (const auto piece = cursor.next()) {
        result.text.append(piece->text);
        if (piece->kind == XmlPiece::Kind::kStart) {
            result.names.append("<").append(piece->name);
        } else if (piece->kind == XmlPiece::Kind::kEmpty) {
            result.names.append("=").append(piece->name);
        } else if (piece->kind == XmlPiece::Kind::kEnd) {
            result.names.append(">").append(piece->name);
        }
    }
    result.failed = cursor.failed();
    return result;
}

TEST(XmlCursor, Pieces_are_the_document) {
    const std::string document =
        "\xef\xbb\xbf<?xml version=\"1.0\"?>\r\n<!-- a -- > b --><d:a x='<' >"
        "</d:a>";
    EXPECT_TRUE(read(document).failed);  // "<" in an attribute value
    const std::string good =
        "\xef\xbb\xbf<?xml version=\"1.0\"?>\r\n<!-- <x> --><d:a x='>\"' ><b\ty = \"1\"/>t&amp;"
        "</d:a\n>\n<!---->";
    const Read all = read(good);
    EXPECT_FALSE(all.failed);
    EXPECT_EQ(all.text, good);
    EXPECT_EQ(all.names, "<a=b>a");
}

TEST(XmlCursor, What_is_not_well_formed_is_a_fault) {
    for (const char* document : {"",
                                 " ",
                                 "text",
                                 "<a>",
                                 "<a></b>",
                                 "</a>",
                                 "<a/><b/>",
                                 "<a/>text",
                                 "text<a/>",
                                 "<a",
                                 "<a b></a>",
                                 "<a b=1/>",
                                 "<a b='1'c='2'/>",
                                 "<a b='1/>",
                                 "<a b=''/ >",
                                 "<>",
                                 "</>",
                                 "<a></ a>",
                                 "<a></a/>",
                                 "<!DOCTYPE a><a/>",
                                 "<a><![CDATA[x]]></a>",
                                 "<!-- <a/>",
                                 "<?xml <a/>",
                                 "< a/>",
                                 "<x:a></y:a>"}) {
        EXPECT_TRUE(read(document).failed) << document;
    }
    const char16_t utf16[] = u"<a/>";
    EXPECT_TRUE(read(std::string(reinterpret_cast<const char*>(utf16), sizeof(utf16) - 2)).failed);
}

TEST(XmlCursor, Depth_is_bounded) {
    std::string document;
    for (std::size_t i = 0; i < XmlCursor::kMaxDepth; ++i) {
        document = "<a>" + document + "</a>";
    }
    EXPECT_FALSE(read(document).failed);
    EXPECT_TRUE(read("<a>" + document + "</a>").failed);
}

TEST(XmlCursor, Attributes) {
    XmlAttributeCursor cursor(" call-id=\"a&amp;b\"\n x:y = 'it' ");
    const auto first = cursor.next();
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(first->name, "call-id");
    EXPECT_EQ(first->value, "a&amp;b");
    EXPECT_EQ(first->text, " call-id=\"a&amp;b\"");
    const auto second = cursor.next();
    ASSERT_TRUE(second.has_value());
    EXPECT_EQ(second->name, "x:y");
    EXPECT_EQ(second->quote, '\'');
    EXPECT_FALSE(cursor.next().has_value());
    EXPECT_FALSE(cursor.failed());
    EXPECT_EQ(find_attribute(" a='1' b='2'", "b")->value, "2");
    EXPECT_FALSE(find_attribute(" a='1' b='2'", "c").has_value());
}

TEST(XmlCursor, References) {
    EXPECT_EQ(xml_unescaped("&lt;a&#64;b&#x41;&gt; &quot;&apos;&amp;"), "<a@bA> \"'&");
    EXPECT_EQ(xml_unescaped("&uuml; &#233; & &; &#; &#x; &#12a; &amp"),
              "&uuml; &#233; & &; &#; &#x; &#12a; &amp");
    EXPECT_EQ(xml_escaped("<a b=\"'&\">"), "&lt;a b=&quot;&apos;&amp;&quot;&gt;");
}

}  // namespace
}  // namespace sallyport::sip
