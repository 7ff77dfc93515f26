// SPDX-License-Identifier: Apache-2.0
// The rules of reliable provisional responses can fail (B2BUA-M6; RFC 3262 s.3).
#include "tests/sim/checker/reliable_rules.h"
#include "tests/sim/checker/wire_trace.h"
#include "tests/sim/gate.h"

#include <gtest/gtest.h>

#include <vector>

namespace sallyport::sim {
namespace {

struct Row {
    const char* name;
    std::size_t findings;
    std::vector<const char*> trace;
};

const std::vector<Row> kRows{
    {"until_the_prack",
     0,
     {"< 183 INVITE 1 rseq=5", "< 183 INVITE 1 rseq=5 ms=500", "< 183 INVITE 1 rseq=5 ms=1500",
      "< 183 INVITE 1 rseq=5 ms=3500", "< 183 INVITE 1 rseq=5 ms=7510",
      "< 183 INVITE 1 rseq=5 ms=15510", "> PRACK 2 rack=5 ms=31000", "< 200 INVITE 1 ms=60000"}},
    {"until_the_final", 0, {"< 183 INVITE 1 rseq=5", "< 486 INVITE 1 ms=400"}},
    {"until_the_bye", 0, {"< 183 INVITE 1 rseq=5", "> BYE 2 ms=400"}},
    {"and_behind_a_prack_out_of_order",
     0,
     {"< 183 INVITE 1 rseq=5", "> PRACK 2 rack=5 ms=400", "< 500 PRACK 2 ms=400",
      "< 183 INVITE 1 rseq=5 ms=500", "> PRACK 4 rack=5 ms=700"}},
    {"and_when_the_invite_comes_again",
     0,
     {"> INVITE 1 first ms=0", "< 183 INVITE 1 rseq=5", "> INVITE 1 first ms=100",
      "< 183 INVITE 1 rseq=5 ms=100", "< 183 INVITE 1 rseq=5 ms=500", "> PRACK 2 rack=5 ms=700"}},
    {"not_repeated", 1, {"< 183 INVITE 1 rseq=5", "> PRACK 2 rack=5 ms=600"}},
    {"prack_of_another", 1, {"< 183 INVITE 1 rseq=5", "> PRACK 2 rack=4 ms=400"}},
    {"capped_at_t2",
     1,
     {"< 183 INVITE 1 rseq=5", "< 183 INVITE 1 rseq=5 ms=500", "< 183 INVITE 1 rseq=5 ms=1500",
      "< 183 INVITE 1 rseq=5 ms=3500", "< 183 INVITE 1 rseq=5 ms=7500",
      "< 183 INVITE 1 rseq=5 ms=11500", "> PRACK 2 rack=5 ms=15000"}},
    {"behind_the_prack",
     1,
     {"< 183 INVITE 1 rseq=5", "> PRACK 2 rack=5 ms=400", "< 183 INVITE 1 rseq=5 ms=500"}},
    {"with_other_octets",
     1,
     {"< 183 INVITE 1 rseq=5", "< 183 INVITE 1 rseq=5 sdp=audio:4000 ms=400",
      "> PRACK 2 rack=5 ms=450"}},
};

class ReliableProvisional : public ::testing::TestWithParam<Row> {};

TEST_P(ReliableProvisional, B2BUA_M6_repeated_when_it_is_due) {
    Findings findings;
    ReliableRules rules(findings);
    const Endpoint peer{IpAddr::v4(0x0a0a0102), Port{5060}};
    for (const char* text : GetParam().trace) {
        const TraceLine line = read_trace_line(text);
        sip::Message message;
        ASSERT_TRUE(message.parse(line.octets).ok()) << line.octets;
        const Sight sight{message, kInside, peer, line.at};
        line.sent ? rules.on_sent(sight) : rules.on_arrival(sight);
    }
    rules.finish(Moment{Millis{100'000}});
    EXPECT_EQ(findings.all().size(), GetParam().findings);
    for (const Finding& finding : findings.all()) {
        EXPECT_EQ(finding.rule, "M6");
    }
}

INSTANTIATE_TEST_SUITE_P(Checker, ReliableProvisional, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sallyport::sim
