// SPDX-License-Identifier: Apache-2.0
// Messages as people paste them: what is repaired before the gateway reads them, and what is not.
#include "b2bua/explain/pasted_message.h"

#include <gtest/gtest.h>

namespace sallyport::explain {
namespace {

struct Pasted {
    const char* name;
    std::string_view text;
    std::string_view octets;
    std::size_t notes;
};

class PastedMessage : public ::testing::TestWithParam<Pasted> {};

TEST_P(PastedMessage, is_read_as_on_the_wire) {
    const Arrival arrival = read_pasted(GetParam().text);
    EXPECT_EQ(arrival.octets, GetParam().octets);
    EXPECT_EQ(arrival.notes.size(), GetParam().notes);
    EXPECT_EQ(arrival.local.ip.family(), Family::kNone);
}

constexpr Pasted kRows[] = {
    {"as_on_the_wire", "A b SIP/2.0\r\nContent-Length: 4\r\n\r\nv=0\n",
     "A b SIP/2.0\r\nContent-Length: 4\r\n\r\nv=0\n", 1},
    {"lines_after_it", "A b SIP/2.0\nContent-Length: 0\n\n\n\n",
     "A b SIP/2.0\r\nContent-Length: 0\r\n\r\n", 1},
    {"lines_after_its_body", "A b SIP/2.0\nContent-Length: 9\n\nv=0\n\n",
     "A b SIP/2.0\r\nContent-Length: 5\r\n\r\nv=0\r\n", 2},
    {"crlf", "A b SIP/2.0\r\nl: 5\r\n\r\nv=0\r\n", "A b SIP/2.0\r\nl: 5\r\n\r\nv=0\r\n", 0},
    {"lf", "A b SIP/2.0\nX: 1\nContent-Length: 0\n\n",
     "A b SIP/2.0\r\nX: 1\r\nContent-Length: 0\r\n\r\n", 1},
    {"lf_with_body", "A b SIP/2.0\nContent-Length: 10\n\nv=0\ns=-\n",
     "A b SIP/2.0\r\nContent-Length: 10\r\n\r\nv=0\r\ns=-\r\n", 1},
    {"wrong_length", "A b SIP/2.0\r\ncontent-length : 99\r\n\r\nv=0\r\n",
     "A b SIP/2.0\r\nContent-Length: 5\r\n\r\nv=0\r\n", 1},
    {"compact_length", "A b SIP/2.0\r\nl:1\r\n\r\nv=0\r\n",
     "A b SIP/2.0\r\nContent-Length: 5\r\n\r\nv=0\r\n", 1},
    {"no_length", "A b SIP/2.0\r\nX: 1\r\n\r\nv=0\r\n", "A b SIP/2.0\r\nX: 1\r\n\r\nv=0\r\n", 0},
    {"no_empty_line", "A b SIP/2.0\r\nX: 1", "A b SIP/2.0\r\nX: 1\r\n\r\n", 1},
    {"empty_lines_before", "\r\n\n\nA b SIP/2.0\r\n\r\n", "A b SIP/2.0\r\n\r\n", 0},
    {"folded", "A b SIP/2.0\nX: 1\n 2\n\n", "A b SIP/2.0\r\nX: 1\r\n 2\r\n\r\n", 1},
    {"other_faults_stay", "A b SIP/2.0\r\nno colon\r\n\r\n", "A b SIP/2.0\r\nno colon\r\n\r\n", 0},
    {"empty", "", "\r\n", 1},
};
INSTANTIATE_TEST_SUITE_P(Ways, PastedMessage, ::testing::ValuesIn(kRows),
                         [](const auto& p) { return p.param.name; });

}  // namespace
}  // namespace sallyport::explain
