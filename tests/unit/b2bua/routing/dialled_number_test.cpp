// SPDX-License-Identifier: Apache-2.0
// B2BUA-I1, D12: numbers in Request-URIs, RFC 3261 s.19.1.6, RFC 3966 s.3.
#include "b2bua/routing/dialled_number.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace sallyport::routing {
namespace {

struct Row {
    const char* name;
    NumberRule rule;
    const char* uri;
    const char* becomes;  // null: too short

    friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};

class Renumbered : public testing::TestWithParam<Row> {};

TEST_P(Renumbered, B2BUA_I1_NumberRule) {
    const Row& row = GetParam();
    const auto uri = sip::Uri::parse(row.uri);
    ASSERT_TRUE(uri.ok());
    const auto changed = renumbered(row.rule, *uri, "10.20.0.2:5060");
    ASSERT_EQ(changed.has_value(), row.becomes != nullptr);
    if (changed) {
        EXPECT_EQ(*changed, row.becomes);
        EXPECT_TRUE(sip::Uri::parse(*changed).ok());
    }
}

const Row kRows[] = {
    {"national", {1, "+49"}, "sip:030123@example.com", "sip:+4930123@example.com"},
    {"access_code", {1, ""}, "sip:0030@example.com;user=phone", "sip:030@example.com;user=phone"},
    {"prefix_alone", {0, "9"}, "sip:030@example.com", "sip:9030@example.com"},
    {"a_plus_counts", {1, "00"}, "sip:+4930@example.com", "sip:004930@example.com"},
    {"nothing_to_do", {0, ""}, "sip:0-30@example.com", "sip:0-30@example.com"},
    {"separators_go", {1, "+49"}, "sip:(0)30-12.3@example.com", "sip:+4930123@example.com"},
    {"escapes_are_characters", {1, ""}, "sip:%30%31@example.com", "sip:1@example.com"},
    {"hash_stays_escaped", {1, ""}, "sip:*21%23@example.com", "sip:21%23@example.com"},
    {"parameters_of_the_number_stay",
     {1, "+49"},
     "sip:030;isub=1@example.com",
     "sip:+4930;isub=1@example.com"},
    {"password_stays", {1, ""}, "sip:030:pw@example.com", "sip:30:pw@example.com"},
    {"names_stay", {1, "+49"}, "sip:alice@example.com", "sip:alice@example.com"},
    {"names_with_digits_stay", {1, "+49"}, "sip:030a@example.com", "sip:030a@example.com"},
    {"a_plus_alone_is_no_number", {1, "9"}, "sip:+@example.com", "sip:+@example.com"},
    {"no_user", {1, "+49"}, "sip:example.com", "sip:example.com"},
    {"too_short", {3, "+49"}, "sip:030@example.com", nullptr},
    {"one_is_left", {2, ""}, "sip:030@example.com", "sip:0@example.com"},
    {"tel", {1, "+49"}, "tel:0-30", "sip:+4930@10.20.0.2:5060;user=phone"},
    {"tel_unchanged", {0, ""}, "tel:+49-30", "tel:+49-30"},
    {"tel_loses_its_context",
     {1, "+49"},
     "tel:030;phone-context=+49;isub=1:2",
     "sip:+4930;isub=1%3A2@10.20.0.2:5060;user=phone"},
    {"tel_too_short", {3, ""}, "tel:030", nullptr},
    {"other_scheme", {1, "+49"}, "urn:service:sos", "urn:service:sos"},
};

INSTANTIATE_TEST_SUITE_P(Rows, Renumbered, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(DialledUser, B2BUA_A14_is_decoded) {
    for (const auto& [uri, user] :
         {std::pair{"sip:%61lice@example.com", "alice"}, std::pair{"sip:a:pw@example.com", "a"},
          std::pair{"sip:example.com", ""}, std::pair{"tel:+49-(30)1;isub=2", "+49301"},
          std::pair{"sip:0-30@example.com", "0-30"}, std::pair{"urn:service:sos", ""}}) {
        const auto parsed = sip::Uri::parse(uri);
        ASSERT_TRUE(parsed.ok()) << uri;
        EXPECT_EQ(dialled_user(*parsed), user) << uri;
    }
}

}  // namespace
}  // namespace sallyport::routing
