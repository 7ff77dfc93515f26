// SPDX-License-Identifier: Apache-2.0
// Parameter lists (RFC 3261 s.25.1, A13).
#include "b2bua/sip/params.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::sip {
namespace {

/// "name=value|name|" ... or "name=value|!label" at a fault.
std::string walk(std::string_view text) {
    std::string out;
    ParamCursor cursor(text);
    while (const auto param = cursor.next()) {
        out +=
            std::string(param->name) + (param->value ? "=" + std::string(*param->value) : "") + "|";
    }
    return cursor.failed() ? out + "!" + std::string(label_for(cursor.error().fault)) : out;
}

TEST(Params, walk) {
    constexpr std::pair<const char*, const char*> kRows[] = {
        {"", ""},
        {"  ", ""},
        {";lr", "lr|"},
        {" ; lr ; x = y", "lr|x=y|"},
        {";a=1;b=2;c", "a=1|b=2|c|"},
        {";a=\"q;,=\\\" \"", "a=\"q;,=\\\" \"|"},
        {";a=\"\" ;b", "a=\"\"|b|"},
        {";received=[2001:db8::9:255]", "received=[2001:db8::9:255]|"},
        {"\r\n ;\r\n tag\t=\r\n x\r\n ", "tag=x|"},
        {";token=YWJj==", "token=YWJj==|"},
        {";p=\xd1\x85", "p=\xd1\x85|"},
        {";", "!empty_parameter"},
        {";;", "!empty_parameter"},
        {";a;", "a|!empty_parameter"},
        {";a;;b", "a|!empty_parameter"},
        {";a;  ;b", "a|!empty_parameter"},
        {"a", "!bad_parameter"},
        {";=b", "!bad_parameter"},
        {";a=", "!bad_parameter"},
        {";a=;b", "!bad_parameter"},
        {";a==", "!bad_parameter"},
        {";a b", "!bad_parameter"},
        {";a=b c", "a=b|!bad_parameter"},
        {";a=b\"c\"", "a=b|!bad_parameter"},
        {";a=\"b\"c", "a=\"b\"|!bad_parameter"},
        {";a,b", "!bad_parameter"},
        {";a=<b>", "!bad_parameter"},
        {";a=\"b", "!unterminated_quote"},
        {";a=\"b\\", "!unterminated_quote"},
        {";a=\"b\\\"", "!unterminated_quote"},
    };
    for (const auto& [text, expected] : kRows) {
        EXPECT_EQ(walk(text), expected) << text;
    }
}

TEST(Params, find_is_case_insensitive_and_takes_whole_names) {
    const std::string_view params = ";tagx=0;TAG=1;xtag=2;lr";
    EXPECT_EQ(find_param(params, "tag")->value, "1");
    EXPECT_FALSE(find_param(params, "ta"));
    ASSERT_TRUE(find_param(params, "LR"));
    EXPECT_FALSE(find_param(params, "LR")->value);
    EXPECT_FALSE(find_param("", "lr"));
    EXPECT_FALSE(find_param(";;lr", "lr"));
}

TEST(Params, iequals) {
    EXPECT_TRUE(iequals("", ""));
    EXPECT_TRUE(iequals("z9hG4bK", "Z9HG4BK"));
    EXPECT_FALSE(iequals("a", "ab"));
    EXPECT_FALSE(iequals("[", "{"));
    EXPECT_FALSE(iequals("@", "`"));
}

}  // namespace
}  // namespace sallyport::sip
