// SPDX-License-Identifier: Apache-2.0
// rewrite() against the table of B2BUA-F2. A row is an SDP and the diff it must show: every line
// that is not named leaves byte for byte.
#include "sdp-rewrite/rewrite.h"

#include "tests/unit/sdp-rewrite/sdp_text.h"

namespace sallyport::sdp {
namespace {

using test::crlf;
using test::kOurV4;
using test::kOurV6;
using test::pair_at;
using test::ports;

using Anchors = std::vector<std::optional<Anchor>>;

/// A line of the source and what stands in its place: "" takes it out, "x|y" makes two lines.
struct Diff {
    std::string_view line;
    std::string_view becomes;
};

struct Row {
    const char* name;
    std::string_view source;  // lines joined by '|'
    Anchors anchors;
    std::vector<Diff> diff;
    IpAddr address = kOurV4;
};

std::string apply(std::string_view source, const std::vector<Diff>& diff) {
    std::string result;
    std::size_t used = 0;
    while (!source.empty()) {
        const std::size_t end = std::min(source.find('|'), source.size());
        const std::string_view line = source.substr(0, end);
        source.remove_prefix(std::min(end + 1, source.size()));
        // Each entry stands for one line, in order: the same line may change in two ways.
        const bool hit = used < diff.size() && diff[used].line == line;
        result += crlf(hit ? diff[used].becomes : line);
        used += hit ? 1 : 0;
    }
    EXPECT_EQ(used, diff.size()) << "a line of the expected diff is not in the source";
    return result;
}

class RewriteTable : public testing::TestWithParam<Row> {};

TEST_P(RewriteTable, ShowsOnlyTheExpectedDiff) {
    const Row& row = GetParam();
    const std::string source = crlf(row.source);
    const Rewrite plan{row.address, row.anchors};
    const std::string once = test::rewritten(source, plan);
    EXPECT_EQ(once, apply(row.source, row.diff));
    EXPECT_EQ(test::rewritten(once, plan), once) << "rewriting again changes nothing";
}

// The offer of a phone behind a NAT.
constexpr std::string_view kPhone =
    "v=0|o=alice 53655765 2353687637 IN IP4 10.0.0.5|s= - |c=IN IP4 10.0.0.5|b=AS:84|t=0 0 |"
    "a=tool:x y |m=audio 49170 RTP/AVP 0 8 101|a=rtpmap:101 telephone-event/8000|a=fmtp:101 0-15|"
    "a=X-unknown:10.0.0.5|a=sendrecv";

INSTANTIATE_TEST_SUITE_P(
    Rows, RewriteTable,
    testing::Values(
        Row{"B2BUA_F1_only_named_tokens",
            kPhone,
            {pair_at(20000)},
            {{"o=alice 53655765 2353687637 IN IP4 10.0.0.5",
              "o=alice 53655765 2353687637 IN IP4 203.0.113.9"},
             {"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"m=audio 49170 RTP/AVP 0 8 101", "m=audio 20000 RTP/AVP 0 8 101"}}},
        Row{"B2BUA_F1_blanks_inside_lines_stay",
            "v=0|o=-  1\t1  IN  IP4  10.0.0.5 |c=IN  IP4 10.0.0.5 |m=audio  4000  RTP/AVP  0 ",
            {pair_at(20000)},
            {{"o=-  1\t1  IN  IP4  10.0.0.5 ", "o=-  1\t1  IN  IP4  203.0.113.9 "},
             {"c=IN  IP4 10.0.0.5 ", "c=IN  IP4 203.0.113.9 "},
             {"m=audio  4000  RTP/AVP  0 ", "m=audio  20000  RTP/AVP  0 "}}},
        Row{"B2BUA_F3_each_level_at_its_own",
            "v=0|o=- 1 1 IN IP4 10.0.0.5|c=IN IP4 10.0.0.5|m=audio 4000 RTP/AVP 0|"
            "m=video 4002 RTP/AVPF 96|a=x|c=IN IP4 10.0.0.6",
            {pair_at(20000), pair_at(20002)},
            {{"o=- 1 1 IN IP4 10.0.0.5", "o=- 1 1 IN IP4 203.0.113.9"},
             {"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"},
             {"m=video 4002 RTP/AVPF 96", "m=video 20002 RTP/AVPF 96"},
             {"c=IN IP4 10.0.0.6", "c=IN IP4 203.0.113.9"}}},
        Row{"B2BUA_F3_media_level_only",
            "v=0|o=- 1 1 IN IP4 10.0.0.5|m=audio 4000 RTP/AVP 0|c=IN IP4 10.0.0.5",
            {pair_at(20000)},
            {{"o=- 1 1 IN IP4 10.0.0.5", "o=- 1 1 IN IP4 203.0.113.9"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"},
             {"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"}}},
        Row{"B2BUA_D19_session_address_that_nobody_inherits",
            "v=0|c=IN IP4 10.0.0.5|m=audio 4000 RTP/AVP 0|c=IN IP4 10.0.0.6",
            {pair_at(20000)},
            {{"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"},
             {"c=IN IP4 10.0.0.6", "c=IN IP4 203.0.113.9"}}},
        Row{"B2BUA_K32_F4_msrp_keeps_the_session_address",
            "v=0|c=IN IP4 10.0.0.5|m=message 7394 TCP/MSRP "
            "*|i=chat|a=path:msrp://10.0.0.5:7394/x;tcp|"
            "m=audio 4000 RTP/AVP 0|m=message 7396 TCP/MSRP *|m=application 9 TCP/BFCP *|"
            "c=IN IP4 10.0.0.7",
            {{}, pair_at(20000), {}, {}},
            {{"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"i=chat", "i=chat|c=IN IP4 10.0.0.5"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"},
             {"m=message 7396 TCP/MSRP *", "m=message 7396 TCP/MSRP *|c=IN IP4 10.0.0.5"}}},
        Row{"B2BUA_F2_session_address_that_only_others_inherit",
            "v=0|c=IN IP4 10.0.0.5|m=audio 4000 RTP/AVP 0|c=IN IP4 10.0.0.6|"
            "m=message 7394 TCP/MSRP *",
            {pair_at(20000), {}},
            {{"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"},
             {"c=IN IP4 10.0.0.6", "c=IN IP4 203.0.113.9"}}},
        Row{"B2BUA_F4_at_the_end_of_the_text",
            "v=0|c=IN IP4 10.0.0.5|m=audio 4000 RTP/AVP 0|m=message 7394 TCP/MSRP *|i=chat",
            {pair_at(20000), {}},
            {{"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"},
             {"i=chat", "i=chat|c=IN IP4 10.0.0.5"}}},
        Row{"B2BUA_F6_nothing_anchored_nothing_changed",
            "v=0|o=- 1 1 IN IP4 10.0.0.5|c=IN IP4 10.0.0.5|a=ice-lite|a=group:BUNDLE 0|"
            "m=message 7394 TCP/MSRP *|a=candidate:1 1 UDP 1 10.0.0.5 9 typ host|a=rtcp:9",
            {{}},
            {}},
        Row{"B2BUA_F5_v4_to_v6",
            "v=0|o=- 1 1 IN IP4 10.0.0.5|c=IN IP4 10.0.0.5|m=audio 4000 RTP/AVP 0|"
            "a=rtcp:4001 IN IP4 10.0.0.5",
            {pair_at(20000)},
            {{"o=- 1 1 IN IP4 10.0.0.5", "o=- 1 1 IN IP6 2001:db8:9::1"},
             {"c=IN IP4 10.0.0.5", "c=IN IP6 2001:db8:9::1"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"},
             {"a=rtcp:4001 IN IP4 10.0.0.5", "a=rtcp:20001 IN IP6 2001:db8:9::1"}},
            kOurV6},
        Row{"B2BUA_F5_v6_to_v4",
            "v=0|o=- 1 1 IN IP6 2001:db8::5|c=IN IP6 2001:db8::5|m=audio 4000 RTP/AVP 0",
            {pair_at(20000)},
            {{"o=- 1 1 IN IP6 2001:db8::5", "o=- 1 1 IN IP4 203.0.113.9"},
             {"c=IN IP6 2001:db8::5", "c=IN IP4 203.0.113.9"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"}}},
        Row{"B2BUA_F5_name_becomes_our_address",
            "v=0|o=- 1 1 IN IP4 pc.example.com|c=IN IP4 pc.example.com|m=audio 4000 RTP/AVP 0",
            {pair_at(20000)},
            {{"o=- 1 1 IN IP4 pc.example.com", "o=- 1 1 IN IP4 203.0.113.9"},
             {"c=IN IP4 pc.example.com", "c=IN IP4 203.0.113.9"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"}}},
        Row{"B2BUA_E11_zero_address_stays",
            "v=0|o=- 1 1 IN IP4 10.0.0.5|c=IN IP4 0.0.0.0|m=audio 4000 RTP/AVP 0|"
            "m=video 4002 RTP/AVP 96|c=IN IP4 0.0.0.0|a=rtcp:4003 IN IP4 0.0.0.0",
            {pair_at(20000), pair_at(20002)},
            {{"o=- 1 1 IN IP4 10.0.0.5", "o=- 1 1 IN IP4 203.0.113.9"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"},
             {"m=video 4002 RTP/AVP 96", "m=video 20002 RTP/AVP 96"},
             {"a=rtcp:4003 IN IP4 0.0.0.0", "a=rtcp:20003 IN IP4 0.0.0.0"}}},
        Row{"B2BUA_E11_zero_address_to_v6_says_inactive",
            "v=0|c=IN IP4 0.0.0.0|m=audio 4000 RTP/AVP 0|a=ptime:20|m=video 4002 RTP/AVP 96|"
            "a=sendonly|m=audio 0 RTP/AVP 0",
            {pair_at(20000), pair_at(20002), {}},
            {{"c=IN IP4 0.0.0.0", "c=IN IP6 ::"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"},
             {"a=ptime:20", "a=ptime:20|a=inactive"},
             {"m=video 4002 RTP/AVP 96", "m=video 20002 RTP/AVP 96"}},
            kOurV6},
        Row{"B2BUA_E11_zero_address_to_v6_session_direction",
            "v=0|c=IN IP4 0.0.0.0|a=sendonly|m=audio 4000 RTP/AVP 0",
            {pair_at(20000)},
            {{"c=IN IP4 0.0.0.0", "c=IN IP6 ::"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"}},
            kOurV6},
        Row{"B2BUA_E11_zero_address_from_v6",
            "v=0|c=IN IP6 ::|m=audio 4000 RTP/AVP 0",
            {pair_at(20000)},
            {{"c=IN IP6 ::", "c=IN IP4 0.0.0.0"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"}}},
        Row{"B2BUA_E11_directions_pass",
            "v=0|c=IN IP4 10.0.0.5|a=sendonly|m=audio 4000 RTP/AVP 0|a=recvonly|a=inactive",
            {pair_at(20000)},
            {{"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"}}},
        Row{"B2BUA_E5_port_0_stays_0",
            "v=0|c=IN IP4 10.0.0.5|m=audio 0 RTP/AVP 0|m=video 0 RTP/AVP 96|a=rtcp:4003|"
            "a=candidate:1 1 UDP 1 10.0.0.5 9 typ host",
            {{}, pair_at(20002)},
            {{"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"a=candidate:1 1 UDP 1 10.0.0.5 9 typ host", ""}}},
        Row{"B2BUA_E5_live_without_anchor_is_rejected",
            "v=0|c=IN IP4 10.0.0.5|m=audio 4000/2 RTP/AVP 0|m=video 4002 RTP/AVP 96",
            {{}, pair_at(20002)},
            {{"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"m=audio 4000/2 RTP/AVP 0", "m=audio 0 RTP/AVP 0"},
             {"m=video 4002 RTP/AVP 96", "m=video 20002 RTP/AVP 96"}}},
        Row{"B2BUA_F2_port_count_1_is_kept",
            "v=0|c=IN IP4 10.0.0.5|m=audio 4000/1 RTP/AVP 0",
            {pair_at(20000)},
            {{"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"m=audio 4000/1 RTP/AVP 0", "m=audio 20000/1 RTP/AVP 0"}}},
        Row{"B2BUA_F2_rtcp_short_form",
            "v=0|c=IN IP4 10.0.0.5|m=audio 4000 RTP/AVP 0|a=rtcp:53020|a=ptime:20",
            {pair_at(20000)},
            {{"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"},
             {"a=rtcp:53020", "a=rtcp:20001"}}},
        Row{"B2BUA_F2_rtcp_long_form",
            "v=0|c=IN IP4 10.0.0.5|m=audio 4000 RTP/AVP 0|a=rtcp:53020 IN IP4 10.0.0.6",
            {pair_at(20000)},
            {{"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"},
             {"a=rtcp:53020 IN IP4 10.0.0.6", "a=rtcp:20001 IN IP4 203.0.113.9"}}},
        Row{"B2BUA_F2_rtcp_inserted_when_not_next",
            "v=0|c=IN IP4 10.0.0.5|m=audio 4000 RTP/AVP 0|a=ptime:20|m=video 4002 RTP/AVP 96",
            {ports(20000, 20005), pair_at(20002)},
            {{"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"},
             {"a=ptime:20", "a=ptime:20|a=rtcp:20005"},
             {"m=video 4002 RTP/AVP 96", "m=video 20002 RTP/AVP 96"}}},
        Row{"B2BUA_F12_mux_needs_no_rtcp_line",
            "v=0|c=IN IP4 10.0.0.5|m=audio 4000 RTP/AVP 0|a=rtcp-mux",
            {ports(20000, 20000)},
            {{"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"}}},
        Row{"B2BUA_F9_udptl_has_no_rtcp",
            "v=0|c=IN IP4 10.0.0.5|m=image 4000 udptl t38|a=T38FaxVersion:0",
            {ports(20000, 0)},
            {{"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"m=image 4000 udptl t38", "m=image 20000 udptl t38"}}},
        Row{"B2BUA_F13_ice_and_bypasses_are_stripped",
            "v=0|c=IN IP4 10.0.0.5|a=ice-lite|a=ice-options:trickle|a=ice-pacing:50|"
            "a=source-filter: incl IN IP4 * 10.0.0.5|a=ccap:1 IN IP4 10.0.0.6|"
            "m=audio 4000 RTP/AVP 0|a=ice-ufrag:8hhY|a=ice-pwd:asd88fgpdd777uzjYhagZg|"
            "a=candidate:1 1 UDP 2130706431 10.0.0.5 8998 typ host|a=Candidate:2 1 x|"
            "a=remote-candidates:1 10.0.0.5 9|a=end-of-candidates|a=ice-mismatch|a=ice2:x|"
            "a=altc:1 IP6 2001:db8::5 4000|a=rtcp-mux|a=mid:0|a=candidates",
            {pair_at(20000)},
            {{"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"a=ice-lite", ""},
             {"a=ice-options:trickle", ""},
             {"a=ice-pacing:50", ""},
             {"a=source-filter: incl IN IP4 * 10.0.0.5", ""},
             {"a=ccap:1 IN IP4 10.0.0.6", ""},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"},
             {"a=ice-ufrag:8hhY", ""},
             {"a=ice-pwd:asd88fgpdd777uzjYhagZg", ""},
             {"a=candidate:1 1 UDP 2130706431 10.0.0.5 8998 typ host", ""},
             {"a=Candidate:2 1 x", ""},
             {"a=remote-candidates:1 10.0.0.5 9", ""},
             {"a=end-of-candidates", ""},
             {"a=ice-mismatch", ""},
             {"a=altc:1 IP6 2001:db8::5 4000", ""}}},
        Row{"B2BUA_F13_not_anchored_sections_keep_their_ice",
            "v=0|c=IN IP4 10.0.0.5|m=audio 4000 RTP/AVP 0|a=candidate:1|"
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel|c=IN IP4 0.0.0.0|a=candidate:2",
            {pair_at(20000), {}},
            {{"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"},
             {"a=candidate:1", ""}}},
        Row{"B2BUA_F14_bundle_is_resolved",
            "v=0|c=IN IP4 10.0.0.5|a=group:BUNDLE 0 1|a=group:LS 0 1|m=audio 4000 RTP/AVP "
            "0|a=mid:0|"
            "m=video 0 RTP/AVP 96|a=mid:1|a=bundle-only",
            {pair_at(20000), pair_at(20002)},
            {{"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"a=group:BUNDLE 0 1", ""},
             {"m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0"},
             {"m=video 0 RTP/AVP 96", "m=video 20002 RTP/AVP 96"},
             {"a=bundle-only", ""}}},
        Row{"B2BUA_F16_hiding_keeps_ports",
            "v=0|o=- 1 1 IN IP4 10.0.0.5|c=IN IP4 10.0.0.5|m=audio 4000/2 RTP/AVP 0|"
            "a=rtcp:53020 IN IP4 10.0.0.6|m=video 4002 RTP/AVP 96|c=IN IP4 "
            "224.2.1.1/127|a=candidate:1",
            {},
            {{"o=- 1 1 IN IP4 10.0.0.5", "o=- 1 1 IN IP4 203.0.113.9"},
             {"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"},
             {"a=rtcp:53020 IN IP4 10.0.0.6", "a=rtcp:53020 IN IP4 203.0.113.9"},
             {"c=IN IP4 224.2.1.1/127", "c=IN IP4 203.0.113.9"},
             {"a=candidate:1", ""}}},
        Row{"B2BUA_F16_hiding_without_streams",
            "v=0|o=- 1 1 IN IP4 10.0.0.5|c=IN IP4 10.0.0.5|t=0 0",
            {},
            {{"o=- 1 1 IN IP4 10.0.0.5", "o=- 1 1 IN IP4 203.0.113.9"},
             {"c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9"}}},
        Row{"B2BUA_D19_rejected_stream_with_odd_connection",
            "v=0|c=TN RFC2543 +1-201-406-4090|m=audio 0 RTP/AVP 0",
            {{}},
            {{"c=TN RFC2543 +1-201-406-4090", "c=IN IP4 203.0.113.9"}}},
        Row{"B2BUA_F1_same_address_in_another_spelling",
            "v=0|o=- 1 1 IN IP6 2001:DB8:9:0::1|c=IN IP6 2001:DB8:9:0::1|m=audio 4000 RTP/AVP 0",
            {pair_at(4000)},
            {},
            kOurV6}),
    [](const auto& row) { return std::string(row.param.name); });

struct FaultRow {
    const char* name;
    std::string_view source;
    Anchors anchors;
    Fault fault;
};

class RewriteFault : public testing::TestWithParam<FaultRow> {};

TEST_P(RewriteFault, IsNamed) {
    const FaultRow& row = GetParam();
    EXPECT_EQ(test::rewritten(crlf(row.source), {kOurV4, row.anchors}),
              std::string("fault: ") + describe(row.fault));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RewriteFault,
    testing::Values(FaultRow{"B2BUA_F2_multicast_ttl",
                             "v=0|m=audio 4000 RTP/AVP 0|c=IN IP4 224.2.1.1/127",
                             {pair_at(20000)},
                             Fault::kMulticast},
                    FaultRow{"B2BUA_F2_multicast_in_session",
                             "v=0|c=IN IP6 ff15::101|m=audio 4000 RTP/AVP 0",
                             {pair_at(20000)},
                             Fault::kMulticast},
                    FaultRow{"B2BUA_F2_port_count",
                             "v=0|c=IN IP4 10.0.0.5|m=audio 4000/2 RTP/AVP 0",
                             {pair_at(20000)},
                             Fault::kPortCount},
                    FaultRow{"too_few_anchors",
                             "v=0|c=IN IP4 10.0.0.5|m=audio 4000 RTP/AVP 0|m=audio 0 RTP/AVP 0",
                             {pair_at(20000)},
                             Fault::kAnchorCount}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Rewrite, B2BUA_F1_LineEndsOfTheSource) {
    const Anchors anchors{ports(20000, 20005), std::nullopt};
    const Rewrite plan{kOurV4, anchors};
    EXPECT_EQ(
        test::rewritten("v=0\nc=IN IP4 10.0.0.5\nm=audio 4 RTP/AVP 0\nm=x 7 TCP/MSRP *", plan),
        "v=0\nc=IN IP4 203.0.113.9\nm=audio 20000 RTP/AVP 0\na=rtcp:20005\n"
        "m=x 7 TCP/MSRP *\nc=IN IP4 10.0.0.5");
    EXPECT_EQ(test::rewritten("v=0\r\nc=IN IP4 10.0.0.5\r\nm=x 7 TCP/MSRP *\r\n"
                              "m=audio 4 RTP/AVP 0\r\na=candidate:1",
                              {kOurV4, std::array{std::optional<Anchor>{}, anchors[0]}}),
              "v=0\r\nc=IN IP4 203.0.113.9\r\nm=x 7 TCP/MSRP *\r\nc=IN IP4 10.0.0.5\r\n"
              "m=audio 20000 RTP/AVP 0\r\na=rtcp:20005\r\n");
}

TEST(Rewrite, B2BUA_F2_InsertionsComeBeforeTrailingEmptyLines) {
    const Anchors anchors{ports(20000, 20005)};
    EXPECT_EQ(test::rewritten("v=0\nc=IN IP4 10.0.0.5\nm=audio 4 RTP/AVP 0\n\n", {kOurV4, anchors}),
              "v=0\nc=IN IP4 203.0.113.9\nm=audio 20000 RTP/AVP 0\na=rtcp:20005\n\n");
}

TEST(Rewrite, GrowthIsBoundedByTheBuffer) {
    // Every stream without a c= would be given a copy of a very long one (F4).
    std::string text = "v=0\r\nc=IN IP4 " + std::string(10000, ' ') + "10.0.0.5\r\n";
    std::vector<std::optional<Anchor>> anchors(kMaxSections);
    for (std::size_t i = 0; i + 1 < kMaxSections; ++i) {
        text += "m=x 7 TCP/MSRP *\r\n";
    }
    text += "m=audio 4 RTP/AVP 0\r\n";
    anchors.back() = pair_at(20000);
    EXPECT_EQ(test::rewritten(text, {kOurV4, anchors}),
              std::string("fault: ") + describe(Fault::kTooLong));
}

TEST(Rewrite, EverySmallBufferIsAFaultAndNothingElse) {
    const std::string source = crlf(kPhone);
    const auto session = Session::parse(source);
    ASSERT_TRUE(session);
    const Anchors anchors{pair_at(20000)};
    Origin origin;
    origin.sent(source);
    const std::size_t needed = test::rewritten(source, {kOurV4, anchors, &origin}).size();
    for (std::size_t size = 0; size < needed; ++size) {
        std::vector<char> out(size);
        const auto result = rewrite(*session, {kOurV4, anchors, &origin}, out);
        ASSERT_FALSE(result) << size;
        ASSERT_EQ(result.error(), Fault::kTooLong) << size;
    }
}

}  // namespace
}  // namespace sallyport::sdp
