// SPDX-License-Identifier: Apache-2.0
// o= towards one dialog, B2BUA-E6: what it shows over a whole call, re-offers and a new far end.
#include "sdp-rewrite/origin.h"

#include "tests/unit/sdp-rewrite/sdp_text.h"

namespace sallyport::sdp {
namespace {

using test::crlf;
using test::kOurV4;

std::string sdp(std::string_view origin, std::string_view direction = "sendrecv") {
    return crlf("v=0|o=" + std::string(origin) +
                "|s=-|c=IN IP4 10.0.0.5|t=0 0|m=audio 4000 RTP/AVP 0|a=" + std::string(direction));
}

/// Rewrites for the dialog, tells it, and gives the o= line that went out.
std::string send(Origin& dialog, std::string_view source) {
    const std::array anchors{test::pair_at(20000)};
    const std::string text = test::rewritten(source, {kOurV4, anchors, &dialog});
    dialog.sent(text);
    const std::size_t start = text.find("o=");
    return text.substr(start, text.find('\r', start) - start);
}

struct Step {
    std::string_view source;
    std::string_view direction;
    std::string_view shown;
};
struct Row {
    const char* name;
    std::vector<Step> steps;
};

class OriginTable : public testing::TestWithParam<Row> {};

TEST_P(OriginTable, B2BUA_E6) {
    Origin dialog;
    for (const Step& step : GetParam().steps) {
        EXPECT_EQ(send(dialog, sdp(step.source, step.direction)), step.shown);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, OriginTable,
    testing::Values(
        Row{"first_keeps_the_source",
            {{"alice 007 0042 IN IP4 10.0.0.5", "sendrecv",
              "o=alice 007 0042 IN IP4 203.0.113.9"}}},
        Row{"same_text_repeats_the_version",
            {{"a 1 5 IN IP4 10.0.0.5", "sendrecv", "o=a 1 5 IN IP4 203.0.113.9"},
             {"a 1 5 IN IP4 10.0.0.5", "sendrecv", "o=a 1 5 IN IP4 203.0.113.9"},
             {"a 1 9 IN IP4 10.0.0.5", "sendrecv", "o=a 1 5 IN IP4 203.0.113.9"}}},
        Row{"change_adds_exactly_one",
            {{"a 1 5 IN IP4 10.0.0.5", "sendrecv", "o=a 1 5 IN IP4 203.0.113.9"},
             {"a 1 80 IN IP4 10.0.0.5", "sendonly", "o=a 1 6 IN IP4 203.0.113.9"},
             {"a 1 5 IN IP4 10.0.0.5", "sendrecv", "o=a 1 7 IN IP4 203.0.113.9"}}},
        Row{"K31_another_far_end_is_not_seen",
            {{"a 1 5 IN IP4 10.0.0.5", "sendrecv", "o=a 1 5 IN IP4 203.0.113.9"},
             {"bob 999 1 IN IP6 2001:db8::1", "sendrecv", "o=a 1 5 IN IP4 203.0.113.9"},
             {"bob 999 1 IN IP4 pc.example.com", "inactive", "o=a 1 6 IN IP4 203.0.113.9"}}},
        Row{"K27_offer_that_failed_was_seen",
            {{"a 1 5 IN IP4 10.0.0.5", "sendrecv", "o=a 1 5 IN IP4 203.0.113.9"},
             {"a 1 6 IN IP4 10.0.0.5", "inactive", "o=a 1 6 IN IP4 203.0.113.9"},  // 491
             {"a 1 6 IN IP4 10.0.0.5", "inactive", "o=a 1 6 IN IP4 203.0.113.9"},  // again
             {"a 1 7 IN IP4 10.0.0.5", "sendrecv", "o=a 1 7 IN IP4 203.0.113.9"}}},
        Row{"version_grows_a_digit",
            {{"a 1 999 IN IP4 10.0.0.5", "sendrecv", "o=a 1 999 IN IP4 203.0.113.9"},
             {"a 1 999 IN IP4 10.0.0.5", "inactive", "o=a 1 1000 IN IP4 203.0.113.9"}}},
        Row{"version_above_64_bits",
            {{"a 1 18446744073709551615 IN IP4 10.0.0.5", "sendrecv",
              "o=a 1 18446744073709551615 IN IP4 203.0.113.9"},
             {"a 1 1 IN IP4 10.0.0.5", "inactive",
              "o=a 1 18446744073709551616 IN IP4 203.0.113.9"}}},
        Row{"version_that_is_no_number",
            {{"a 1 x.y IN IP4 10.0.0.5", "sendrecv", "o=a 1 x.y IN IP4 203.0.113.9"},
             {"a 1 x.y IN IP4 10.0.0.5", "inactive", "o=a 1 1 IN IP4 203.0.113.9"}}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Origin, B2BUA_E6_EarlyDialogsGoOnFromACopy) {
    Origin invite;
    send(invite, sdp("a 1 5 IN IP4 10.0.0.5"));
    Origin fork = invite;
    EXPECT_EQ(send(fork, sdp("b 2 2 IN IP4 10.0.0.6", "sendonly")), "o=a 1 6 IN IP4 203.0.113.9");
    EXPECT_EQ(send(invite, sdp("a 1 5 IN IP4 10.0.0.5")), "o=a 1 5 IN IP4 203.0.113.9");
}

TEST(Origin, TextWithoutOriginChangesNothing) {
    Origin dialog;
    dialog.sent("v=0\r\nc=IN IP4 10.0.0.5\r\n");
    EXPECT_TRUE(dialog.empty());
    send(dialog, sdp("a 1 5 IN IP4 10.0.0.5"));
    dialog.sent("v=0\r\nm=audio 4 RTP/AVP 0\r\no=b 2 2 IN IP4 10.0.0.5\r\n");
    EXPECT_EQ(dialog.version(), "5");
}

TEST(Origin, B2BUA_E6_HoldsWhenNothingIsAnchoredAnyMore) {
    Origin dialog;
    send(dialog, sdp("a 1 5 IN IP4 10.0.0.5"));
    const std::string text =
        test::rewritten(crlf("v=0|o=a 1 6 IN IP4 10.0.0.5|c=IN IP4 10.0.0.5|m=x 7 TCP/MSRP *"),
                        {kOurV4, std::array{std::optional<Anchor>{}}, &dialog});
    EXPECT_EQ(text, crlf("v=0|o=a 1 6 IN IP4 203.0.113.9|c=IN IP4 10.0.0.5|m=x 7 TCP/MSRP *"));
}

}  // namespace
}  // namespace sallyport::sdp
