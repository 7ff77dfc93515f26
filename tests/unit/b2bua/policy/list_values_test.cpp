// SPDX-License-Identifier: Apache-2.0
// B2BUA-A5: where a header value may be taken apart.
#include "b2bua/policy/list_values.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sallyport::policy {
namespace {

std::vector<std::string> split(std::string_view value, char separator = ',') {
    std::vector<std::string> all;
    ListValues values(value, separator);
    while (const auto one = values.next()) {
        all.emplace_back(*one);
    }
    return all;
}

TEST(ListValues, B2BUA_A5_SplitsOutsideOfQuotesAndBrackets) {
    using List = std::vector<std::string>;
    EXPECT_EQ(split("a, b ,c"), (List{"a", "b", "c"}));
    EXPECT_EQ(split(""), List{});
    EXPECT_EQ(split(" , ,a,"), List{"a"});
    EXPECT_EQ(split("\"x, y\" <sip:a,b@c>;p=\"1,2\", <d>"),
              (List{"\"x, y\" <sip:a,b@c>;p=\"1,2\"", "<d>"}));
    EXPECT_EQ(split(R"("a\",b", c)"), (List{R"("a\",b")", "c"}));
    EXPECT_EQ(split("\"never closed, x"), List{"\"never closed, x"});
    EXPECT_EQ(split("id;critical ; user", ';'), (List{"id", "critical", "user"}));
    EXPECT_EQ(split("a,\r\n b"), (List{"a", "b"}));
    EXPECT_EQ(split("\"\\"), List{"\"\\"});
}

TEST(ListValues, B2BUA_A3_JoiningUnfolds) {
    JoinedValue joined;
    joined.add("a\r\n b");
    joined.add("c");
    EXPECT_EQ(joined.text(), "a   b, c");
    JoinedValue bare(';');
    bare.add("x");
    bare.add("y");
    EXPECT_EQ(bare.text(), "x;y");
}

}  // namespace
}  // namespace sallyport::policy
