// SPDX-License-Identifier: Apache-2.0
// RFC 3323 s.4.2, s.5 (B2BUA-D11, Privacy): what is asked, what is left of the header, who is
// shown.
#include "b2bua/policy/privacy.h"

#include "b2bua/policy/header_policy.h"
#include "tests/unit/b2bua/policy/crossing_message.h"

#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <string>

namespace sallyport::policy {
namespace {

struct Row {
    const char* name;
    const char* lines;
    bool hides_from;  // towards untrusted
    bool hides_contact;
    int critical;      // status of a refusal, or 0
    const char* left;  // Privacy lines that cross to untrusted

    friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};

class PrivacyTest : public testing::TestWithParam<Row> {};

std::string privacy_lines(const sip::Message& message, bool to_trusted) {
    sip::Patch patch(message);
    Crossing crossing;
    crossing.to_trusted = to_trusted;
    apply(patch, message, crossing);
    std::array<char, 4096> out;
    const auto encoded = patch.encode(out);
    std::string lines;
    for (std::size_t at = encoded->find("\r\nPrivacy"); at != std::string_view::npos;
         at = encoded->find("\r\nPrivacy", at + 1)) {
        lines.append(encoded->substr(at + 2, encoded->find("\r\n", at + 2) - at));
    }
    return lines;
}

TEST_P(PrivacyTest, B2BUA_D11_RFC3323_s5) {
    const Row& row = GetParam();
    const CrossingMessage given(CrossingMessage::request("INVITE", row.lines));
    EXPECT_EQ(hides_from(given.message, false), row.hides_from);
    EXPECT_EQ(hides_contact(given.message, false), row.hides_contact);
    EXPECT_FALSE(hides_from(given.message, true)) << "a trusted realm sees who calls";
    EXPECT_FALSE(hides_contact(given.message, true));
    const auto refusal = refuse_privacy(given.message, false);
    EXPECT_EQ(refusal ? refusal->status : 0, row.critical);
    EXPECT_FALSE(refuse_privacy(given.message, true)) << "whoever comes next may give it";
    EXPECT_EQ(privacy_lines(given.message, false), row.left);
    EXPECT_EQ(privacy_lines(given.message, true), row.lines);
}

constexpr Row kRows[] = {
    {"nothing", "", false, false, 0, ""},
    {"id", "Privacy: id\r\n", false, false, 0, ""},
    {"user", "Privacy: user\r\n", true, true, 0, ""},
    {"header", "Privacy: header\r\n", false, true, 0, ""},
    {"session", "Privacy: session\r\n", false, false, 0, ""},
    {"history", "Privacy: history\r\n", false, false, 0, ""},
    {"all_critical", "Privacy: USER;id;header ; session;critical\r\n", true, true, 0, ""},
    {"unknown", "Privacy: foo\r\n", false, false, 0, "Privacy: foo\r\n"},
    {"unknown_critical", "Privacy: id;foo;critical;bar\r\n", false, false, 500,
     "Privacy: foo;critical;bar\r\n"},
    {"none", "Privacy: none\r\n", false, false, 0, "Privacy: none\r\n"},
    {"none_beats_all", "Privacy: none;user;id;critical\r\n", false, false, 0,
     "Privacy: none;user;id;critical\r\n"},
    {"two_lines", "Privacy: id\r\nPrivacy: user;foo\r\n", true, true, 0, "Privacy: foo\r\n"},
};

INSTANTIATE_TEST_SUITE_P(Rows, PrivacyTest, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(PrivacyRefusal, B2BUA_D11_names_what_cannot_be_given) {
    const CrossingMessage given(
        CrossingMessage::request("INVITE", "Privacy: critical;foo;id;bar\r\n"));
    EXPECT_EQ(refuse_privacy(given.message, false)->reason, "Privacy Not Available: foo bar");
}

}  // namespace
}  // namespace sallyport::policy
