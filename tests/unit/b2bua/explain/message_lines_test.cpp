// SPDX-License-Identifier: Apache-2.0
// Lines for reading, and which of one message became which of the other.
#include "b2bua/explain/message_lines.h"

#include "b2bua/explain/comparison.h"
#include "tests/sim/gate.h"

#include <gtest/gtest.h>

namespace sallyport::explain {
namespace {

TEST(Printable, lets_no_message_speak_to_the_terminal) {
    EXPECT_EQ(printable("Jos\xc3\xa9 \"x\""), "Jos\xc3\xa9 \"x\"");
    EXPECT_EQ(printable("a\x1b[2Jb"), "a\\x1b[2Jb");
    EXPECT_EQ(printable(std::string_view("a\0b\x7f", 4)), "a\\x00b\\x7f");
    EXPECT_EQ(printable("\xc2\x9b"
                        "2J"),
              "\xc2\\x9b2J");  // CSI in UTF-8
    EXPECT_EQ(printable("a\tb"), "a b");
}

std::vector<Line> headers(std::initializer_list<const char*> texts) {
    std::vector<Line> lines;
    for (const std::string text : texts) {
        lines.push_back({Part::kHeader, sip::header_id(text.substr(0, text.find(':'))),
                         text.substr(0, text.find(':')), text});
    }
    return lines;
}

/// "A=A B~B -C +D": same, changed, taken out, added.
std::string drawn(const std::vector<Line>& before, const std::vector<Line>& after) {
    std::string out;
    for (const Pair& pair : align(before, after)) {
        out.append(out.empty() ? "" : " ");
        if (pair.before && pair.after) {
            const bool same = before[*pair.before].text == after[*pair.after].text;
            out.append(before[*pair.before].key).append(same ? "=" : "~");
            out.append(after[*pair.after].key);
        } else {
            out.append(pair.before ? "-" + before[*pair.before].key : "+" + after[*pair.after].key);
        }
    }
    return out;
}

TEST(Align, sets_lines_of_the_same_kind_beside_each_other) {
    EXPECT_EQ(drawn(headers({"A: 1", "B: 1"}), headers({"A: 1", "B: 1"})), "A=A B=B");
    EXPECT_EQ(drawn(headers({"A: 1", "B: 1"}), headers({"A: 2", "B: 1"})), "A~A B=B");
    EXPECT_EQ(drawn(headers({"A: 1", "C: 1", "B: 1"}), headers({"A: 1", "B: 1", "D: 1"})),
              "A=A -C B=B +D");
    EXPECT_EQ(drawn(headers({"V: 1", "V: 2"}), headers({"V: 2"})), "-V V=V");
    EXPECT_EQ(drawn(headers({"V: 1", "V: 2"}), headers({"V: 9"})).find("V~V") != std::string::npos,
              true);
    EXPECT_EQ(drawn({}, headers({"A: 1"})), "+A");
    EXPECT_EQ(drawn({}, {}), "");
}

TEST(LinesOf, names_the_kind_of_each_line) {
    constexpr std::string_view kText =
        "OPTIONS sip:10.10.0.1 SIP/2.0\r\nv: SIP/2.0/UDP 10.10.0.5;branch=z9hG4bKx\r\n"
        "X-Long: a\r\n  b\r\nContent-Length: 12\r\n\r\na=rtcp:1\r\nb\r\n";
    const auto message = std::make_unique<sip::Message>();
    (void)message->parse(kText);
    const std::vector<Line> lines = lines_of(*message);
    ASSERT_EQ(lines.size(), 7U);
    EXPECT_EQ(lines[0].text, "OPTIONS sip:10.10.0.1 SIP/2.0");
    EXPECT_EQ(lines[1].key, "via");
    EXPECT_EQ(lines[2].key, "x-long");
    EXPECT_EQ(lines[2].text, "X-Long: a b");
    EXPECT_EQ(lines[4].part, Part::kEmpty);
    EXPECT_EQ(lines[5].key, "a=rtcp");
    EXPECT_EQ(lines[6].key, "");
}

TEST(Compare, keeps_to_the_page) {
    const Config config = sim::example_config();
    const auto before = headers({"X-A: 1",
                                 "X-Long: 0123456789012345678901234567890123456789012345"
                                 "6789012345678901234567890123456789"});
    const auto after = headers({"X-A: 2"});
    const Sides sides{before, after, "in", "out"};
    const Crossed crossed{config, sim::kInside, sim::kOutside, true};
    const std::string wide = compare(sides, crossed, 120);
    for (std::size_t at = 0; at < wide.find("what changed"); at = wide.find('\n', at) + 1) {
        EXPECT_LE(wide.find('\n', at) - at, 120U);
    }
    EXPECT_NE(wide.find("X-A: 1"), std::string::npos);
    const std::string narrow = compare(sides, crossed, 80);
    EXPECT_NE(narrow.find("\n  - X-A: 1\n  + X-A: 2  [1]\n"), std::string::npos) << narrow;
}

}  // namespace
}  // namespace sallyport::explain
