// SPDX-License-Identifier: Apache-2.0
// Each rule of offer and answer can fail: a legal trace of which the checker says nothing, and an
// illegal one of which it names the rule.
#include "tests/sim/checker/offer_answer_rules.h"
#include "tests/sim/checker/session_rules.h"
#include "tests/sim/checker/wire_trace.h"
#include "tests/sim/gate.h"

#include <gtest/gtest.h>

#include <vector>

namespace sallyport::sim {
namespace {

using Trace = std::vector<const char*>;

struct Row {
    const char* name;
    const char* rule;
    Trace before;  // of both
    Trace legal;
    Trace illegal;
};

/// A call from the peer, and one to it: both have one m-line.
const Trace kCame{"> INVITE 1 first sdp=audio:4000", "< 200 INVITE 1 sdp=audio:20000", "> ACK 1"};
const Trace kMade{"< INVITE 1 first sdp=audio:20000", "> 200 INVITE 1 sdp=audio:4000", "< ACK 1"};

const std::vector<Row> kRows{
    {"B2BUA_E1_offer_while_ours_is_open",
     "3264 s.4",
     kCame,
     {"< UPDATE 1 sdp=audio:20000", "> 200 UPDATE 1 sdp=audio:4000", "< INVITE 2 sdp=audio:20000"},
     {"< UPDATE 1 sdp=audio:20000", "< INVITE 2 sdp=audio:20000"}},
    {"B2BUA_E1_offer_while_theirs_is_open",
     "3264 s.4",
     kCame,
     {"> UPDATE 2 sdp=audio:4000", "< 200 UPDATE 2 sdp=audio:20000", "< UPDATE 1 sdp=audio:20000"},
     {"> UPDATE 2 sdp=audio:4000", "< UPDATE 1 sdp=audio:20000", "< 200 UPDATE 2 sdp=audio:20000"}},
    {"B2BUA_E1_offer_before_the_ack_that_owes_the_answer",
     "3264 s.4",
     kCame,
     {"> INVITE 2", "< 200 INVITE 2 sdp=audio:20000", "> ACK 2 sdp=audio:4000",
      "< UPDATE 1 sdp=audio:20000"},
     {"> INVITE 2", "< 200 INVITE 2 sdp=audio:20000", "< UPDATE 1 sdp=audio:20000"}},
    {"RFC3261_s15_bye_of_a_callee_that_rings_ends_nothing",
     "3264 s.4",
     {"< INVITE 1 first sdp=audio:20000", "> 183 INVITE 1", "> BYE 1", "< 481 BYE 1",
      "> 200 INVITE 1 sdp=audio:4000", "< ACK 1", "> INVITE 2", "< 200 INVITE 2 sdp=audio:20000"},
     {"> ACK 2 sdp=audio:4000", "< INVITE 3 sdp=audio:20000"},
     {"< INVITE 3 sdp=audio:20000"}},
    {"B2BUA_E2_answer_that_never_was_leaves_no_offer_open",
     "3264 s.4",
     {"> INVITE 7 first sdp=audio:4000", "< INVITE 1 first sdp=audio:20000", "> 200 INVITE 1 to=q",
      "< 200 INVITE 7", "> ACK 7"},
     {"< INVITE 2 sdp=audio:20000"},
     {"> UPDATE 8 sdp=audio:4000", "< INVITE 2 sdp=audio:20000"}},
    {"B2BUA_E2_preview_is_of_its_own_invite",
     "E2",
     {"> INVITE 7 first sdp=audio:4000", "< INVITE 1 first sdp=audio:20000",
      "> 183 INVITE 1 to=q sdp=audio:6000", "> 200 INVITE 1 to=q sdp=audio:6000",
      "< 200 INVITE 7 sdp=audio:20000", "> ACK 7", "< ACK 1 to=q", "> INVITE 8 sdp=audio:4000",
      "< INVITE 2 to=q sdp=audio:20000", "> 200 INVITE 2 to=q"},
     {"< 200 INVITE 8"},
     {"< 200 INVITE 8 sdp=audio:20000"}},
    {"B2BUA_E2_bare_ok_of_a_late_fork_answers_no_reinvite",
     "E2",
     {"> INVITE 7 first sdp=audio:4000", "< INVITE 1 first sdp=audio:20000",
      "> 200 INVITE 1 to=q sdp=audio:6000", "< 200 INVITE 7 sdp=audio:20000", "> ACK 7",
      "< ACK 1 to=q", "> INVITE 8 sdp=audio:4000", "< INVITE 2 to=q sdp=audio:20000",
      "> 200 INVITE 1 to=r", "> 200 INVITE 2 to=q sdp=audio:6000"},
     {"< 200 INVITE 8 sdp=audio:20000"},
     {"< 200 INVITE 8"}},
    {"B2BUA_E2_ok_without_the_answer",
     "E2",
     {},
     {"> INVITE 1 first sdp=audio:4000", "< 180 INVITE 1 sdp=audio:20000",
      "< 200 INVITE 1 sdp=audio:20000"},
     {"> INVITE 1 first sdp=audio:4000", "< 180 INVITE 1 sdp=audio:20000", "< 200 INVITE 1"}},
    {"B2BUA_E1_update_without_its_answer",
     "3264 s.4",
     kCame,
     {"> UPDATE 2 sdp=audio:4000", "< 200 UPDATE 2 sdp=audio:20000"},
     {"> UPDATE 2 sdp=audio:4000", "< 200 UPDATE 2"}},
    {"B2BUA_E1_prack_without_its_answer",
     "3264 s.4",
     {"> INVITE 1 first sdp=audio:4000", "< 183 INVITE 1 sdp=audio:20000 rseq=5",
      "> PRACK 2 rack=5 sdp=audio:4000"},
     {"< 200 PRACK 2 sdp=audio:20000", "< 200 INVITE 1"},
     {"< 200 PRACK 2"}},
    {"B2BUA_E1_description_in_an_ack_that_owes_none",
     "3264 s.4",
     {"< INVITE 1 first sdp=audio:20000", "> 200 INVITE 1 sdp=audio:4000"},
     {"< ACK 1"},
     {"< ACK 1 sdp=audio:20000"}},
    {"B2BUA_E3_ack_without_the_answer",
     "E3",
     {"< INVITE 1 first", "> 200 INVITE 1 sdp=audio:4000"},
     {"< ACK 1 sdp=audio:0"},
     {"< ACK 1"}},
    {"B2BUA_E3_ack_without_the_answer_to_a_fork_behind_a_refusal",
     "E3",
     {"< INVITE 1 first", "> 480 INVITE 1 to=q", "> 200 INVITE 1 sdp=audio:4000"},
     {"< ACK 1 sdp=audio:0"},
     {"< ACK 1"}},
    {"B2BUA_E_R12_ok_behind_the_same_callees_refusal_offers_nothing",
     "3264 s.4",
     {"< INVITE 1 first", "> 183 INVITE 1", "> 480 INVITE 1", "> 200 INVITE 1 sdp=audio:4000"},
     {"< BYE 2"},
     {"< ACK 1 sdp=audio:0"}},
    {"B2BUA_E3_prack_without_the_answer",
     "E3",
     {"< INVITE 1 first", "> 183 INVITE 1 rseq=9 sdp=audio:4000"},
     {"< PRACK 2 rack=9 sdp=audio:20000"},
     {"< PRACK 2 rack=9"}},
    {"B2BUA_E3_offer_in_an_unreliable_1xx",
     "E3",
     {"> INVITE 1 first"},
     {"< 183 INVITE 1 sdp=audio:20000 rseq=1"},
     {"< 183 INVITE 1 sdp=audio:20000"}},
    {"B2BUA_E3_ok_without_the_offer",
     "E3",
     {"> INVITE 1 first"},
     {"< 200 INVITE 1 sdp=audio:20000"},
     {"< 200 INVITE 1"}},
    {"B2BUA_E3_offer_invented",
     "E3",
     {"> INVITE 3 first"},
     {"< INVITE 1 first"},
     {"< INVITE 1 first sdp=audio:20000"}},
    {"B2BUA_E4_answer_of_fewer_lines",
     "E4",
     {"> INVITE 1 first sdp=audio:4000,video:4002"},
     {"< 200 INVITE 1 sdp=audio:20000,video:0"},
     {"< 200 INVITE 1 sdp=audio:20000"}},
    {"B2BUA_E4_answer_of_another_kind",
     "E4",
     {"> INVITE 1 first sdp=audio:4000,video:4002"},
     {"< 200 INVITE 1 sdp=audio:20000,video:20002"},
     {"< 200 INVITE 1 sdp=audio:20000,audio:20002"}},
    {"B2BUA_E4_preview_of_fewer_lines",
     "E4",
     {"> INVITE 1 first sdp=audio:4000,video:4002"},
     {"< 183 INVITE 1 sdp=audio:20000,video:20002"},
     {"< 183 INVITE 1 sdp=audio:20000"}},
    {"B2BUA_E4_later_offer_of_fewer_lines",
     "E4",
     {"> INVITE 1 first sdp=audio:4000,video:4002", "< 200 INVITE 1 sdp=audio:20000,video:20002",
      "> ACK 1"},
     {"< UPDATE 1 sdp=audio:20000,video:0 v=2"},
     {"< UPDATE 1 sdp=audio:20000 v=2"}},
    {"B2BUA_E5_port_0_stays_0",
     "E5",
     {"> INVITE 1 first sdp=audio:4000,video:0"},
     {"< 200 INVITE 1 sdp=audio:20000,video:0"},
     {"< 200 INVITE 1 sdp=audio:20000,video:20002"}},
    {"B2BUA_E6_version_of_a_changed_text",
     "E6",
     kCame,
     {"< UPDATE 1 sdp=audio:20000,video:20002 v=2"},
     {"< UPDATE 1 sdp=audio:20000,video:20002 v=3"}},
    {"B2BUA_E6_version_of_the_same_text",
     "E6",
     kCame,
     {"< UPDATE 1 sdp=audio:20000"},
     {"< UPDATE 1 sdp=audio:20000 v=2"}},
    {"B2BUA_E6_origin_stays",
     "E6",
     kCame,
     {"< UPDATE 1 sdp=audio:20000"},
     {"< UPDATE 1 sdp=audio:20000 o=other"}},
    {"B2BUA_E7_offer_from_another_port",
     "E7",
     kMade,
     {"< INVITE 2 sdp=audio:20000"},
     {"< INVITE 2 sdp=audio:20004 v=2"}},
    {"B2BUA_E7_answer_from_another_port_than_the_preview",
     "E7",
     {"> INVITE 1 first sdp=audio:4000", "< 183 INVITE 1 sdp=audio:20000"},
     {"< 200 INVITE 1 sdp=audio:20000"},
     {"< 200 INVITE 1 sdp=audio:20004 v=2"}},
    {"B2BUA_E7_only_a_rejected_slot_gets_a_new_port",
     "E7",
     {"< INVITE 1 first sdp=audio:20000,video:20002", "> 200 INVITE 1 sdp=audio:4000,video:0",
      "< ACK 1"},
     {"< INVITE 2 sdp=audio:20000,video:20010 v=2"},
     {"< INVITE 2 sdp=audio:20010,video:20010 v=2"}},
    {"B2BUA_E9_491_to_an_invite_over_ours",
     "E9",
     {kCame[0], kCame[1], kCame[2], "< INVITE 1"},
     {"> INVITE 2 sdp=audio:4000", "< 491 INVITE 2"},
     {"> INVITE 2 sdp=audio:4000", "< 200 INVITE 2 sdp=audio:20000"}},
    {"B2BUA_E9_491_to_an_update_over_our_offer",
     "E9",
     {kCame[0], kCame[1], kCame[2], "< UPDATE 1 sdp=audio:20000"},
     {"> UPDATE 2 sdp=audio:4000", "< 491 UPDATE 2"},
     {"> UPDATE 2 sdp=audio:4000", "< 500 UPDATE 2"}},
    {"B2BUA_E9_491_only_where_there_is_glare",
     "E9",
     kCame,
     {"> UPDATE 2 sdp=audio:4000", "< 488 UPDATE 2"},
     {"> UPDATE 2 sdp=audio:4000", "< 491 UPDATE 2"}},
    {"B2BUA_E9_500_to_an_invite_over_theirs",
     "E9",
     {kCame[0], kCame[1], kCame[2], "> INVITE 2 sdp=audio:4000"},
     {"> INVITE 3 sdp=audio:4000", "< 500 INVITE 3 after=10"},
     {"> INVITE 3 sdp=audio:4000", "< 491 INVITE 3"}},
    {"B2BUA_E9_retry_after_of_0_to_10",
     "E9",
     {kCame[0], kCame[1], kCame[2], "> UPDATE 2 sdp=audio:4000", "> UPDATE 3 sdp=audio:4002"},
     {"< 500 UPDATE 3 after=0"},
     {"< 500 UPDATE 3 after=11"}},
    {"RFC3311_s5_2_500_to_the_third_update_as_well",
     "E9",
     {kCame[0], kCame[1], kCame[2], "> UPDATE 2", "> UPDATE 3", "< 500 UPDATE 3 after=1"},
     {"> UPDATE 4", "< 500 UPDATE 4 after=2"},
     {"> UPDATE 4", "< 200 UPDATE 4"}},
    {"B2BUA_E9_500_with_retry_after_only_where_there_is_glare",
     "E9",
     kCame,
     {"> UPDATE 2 sdp=audio:4000", "< 500 UPDATE 2"},
     {"> UPDATE 2 sdp=audio:4000", "< 500 UPDATE 2 after=3"}},
    {"B2BUA_E10_invite_before_the_ack_of_the_one_before",
     "E10",
     {"< INVITE 1 first sdp=audio:20000", "> 200 INVITE 1 sdp=audio:4000"},
     {"< ACK 1", "< INVITE 2 sdp=audio:20000"},
     {"< INVITE 2 sdp=audio:20000"}},
    {"B2BUA_M6_ok_before_the_prack",
     "M6",
     {"> INVITE 1 first sdp=audio:4000", "< 183 INVITE 1 sdp=audio:20000 rseq=5"},
     {"> PRACK 2 rack=5", "< 200 INVITE 1"},
     {"> PRACK 2 rack=4", "< 200 INVITE 1"}},
    {"RFC3311_s5_1_update_before_the_prack",
     "3311 s.5.1",
     {"> INVITE 1 first sdp=audio:4000", "< 183 INVITE 1 sdp=audio:20000 rseq=5"},
     {"> PRACK 2 rack=5", "< UPDATE 1 sdp=audio:20000"},
     {"< UPDATE 1 sdp=audio:20000"}},
};

/// What the rules say of the trace: their names, each once for each finding.
std::vector<std::string> said_of(const Trace& before, const Trace& then, bool finished) {
    Config config = example_config();
    Findings findings;
    OfferAnswerRules offers(findings);
    SessionRules sessions(config, findings);
    const Endpoint peer{IpAddr::v4(0x0a0a0102), Port{5060}};
    Trace all(before);
    all.insert(all.end(), then.begin(), then.end());
    for (const char* text : all) {
        const TraceLine line = read_trace_line(text);
        sip::Message message;
        EXPECT_TRUE(message.parse(line.octets).ok()) << line.octets;
        const Sight sight{message, kInside, peer, line.at};
        if (line.sent) {
            sessions.on_sent(sight);
            offers.on_sent(sight);
        } else {
            offers.on_arrival(sight);
        }
    }
    if (finished) {
        offers.finish(Moment{Millis{100'000}});
    }
    std::vector<std::string> rules;
    for (const Finding& finding : findings.all()) {
        rules.push_back(finding.rule);
    }
    return rules;
}

class OfferAnswer : public ::testing::TestWithParam<Row> {};

TEST_P(OfferAnswer, legal_passes_and_illegal_is_found) {
    const Row& row = GetParam();
    const std::vector<std::string> none;
    EXPECT_EQ(said_of(row.before, row.legal, false), none);
    EXPECT_EQ(said_of(row.before, row.illegal, false), std::vector<std::string>{row.rule});
}

INSTANTIATE_TEST_SUITE_P(Checker, OfferAnswer, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(OfferAnswerEnd, B2BUA_E1_an_offer_is_answered_or_its_dialog_ends) {
    const std::vector<std::string> none;
    EXPECT_EQ(said_of(kCame, {"> UPDATE 2 sdp=audio:4000", "< BYE 1"}, true), none);
    EXPECT_EQ(said_of(kCame, {"> UPDATE 2 sdp=audio:4000"}, true),
              std::vector<std::string>{"3264 s.4"});
}

}  // namespace
}  // namespace sallyport::sim
