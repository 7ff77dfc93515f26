// SPDX-License-Identifier: Apache-2.0
// Session::parse against RFC 8866, RFC 3264, RFC 3605 and the tolerance of B2BUA-F2, the refused
// forms included.
#include "sdp-rewrite/session.h"

#include "tests/unit/sdp-rewrite/sdp_text.h"

namespace sallyport::sdp {
namespace {

using test::crlf;

constexpr std::string_view kHead = "v=0|o=- 1 1 IN IP4 10.0.0.5|s=-|c=IN IP4 10.0.0.5|t=0 0";

std::string with_head(std::string_view tail) {
    return crlf(std::string(kHead) + "|" + std::string(tail));
}

struct RefusedRow {
    const char* name;
    std::string text;
    Fault fault;
    std::string_view at;  // the line at fault begins with this
};

class Refused : public testing::TestWithParam<RefusedRow> {};

TEST_P(Refused, NamesTheFaultAndTheLine) {
    const auto& row = GetParam();
    const auto session = Session::parse(row.text);
    ASSERT_FALSE(session);
    EXPECT_EQ(describe(session.error().fault), std::string_view(describe(row.fault)));
    EXPECT_EQ(row.text.substr(session.error().offset, row.at.size()), row.at);
}

std::string sections(std::size_t n) {
    std::string text = crlf(kHead);
    for (std::size_t i = 0; i < n; ++i) {
        text += "m=audio 9 RTP/AVP 0\r\n";
    }
    return text;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Refused,
    testing::Values(
        RefusedRow{"F2_empty", "", Fault::kNotSdp, ""},
        RefusedRow{"F2_no_version", crlf("o=- 1 1 IN IP4 10.0.0.5"), Fault::kNotSdp, "o="},
        RefusedRow{"F2_version_1", crlf("v=1"), Fault::kNotSdp, "v="},
        RefusedRow{"F2_leading_blank_line", "\r\nv=0\r\n", Fault::kNotSdp, ""},
        RefusedRow{"A19_text_too_long", "v=0\r\n" + std::string(kMaxText, 'x'), Fault::kTooLong,
                   ""},
        RefusedRow{"A19_33_sections", sections(33), Fault::kTooManySections, "m="},
        RefusedRow{"line_without_equals", with_head("garbage"), Fault::kBadLine, "garbage"},
        RefusedRow{"line_with_digit_type", with_head("1=x"), Fault::kBadLine, "1="},
        RefusedRow{"line_of_one_octet", with_head("a"), Fault::kBadLine, "a"},
        RefusedRow{"line_with_bare_cr", with_head("a=x\rc=IN IP4 192.0.2.1"), Fault::kBadLine,
                   "a="},
        RefusedRow{"line_with_nul", with_head(std::string_view("a=x\0y", 5)), Fault::kBadLine,
                   "a="},
        RefusedRow{"blank_line_inside", with_head("|a=x"), Fault::kBadLine, "a="},
        RefusedRow{"origin_short", crlf("v=0|o=- 1 IN IP4 10.0.0.5"), Fault::kBadOrigin, "o="},
        RefusedRow{"origin_twice", crlf("v=0|o=- 1 1 IN IP4 10.0.0.5|o=- 1 1 IN IP4 10.0.0.5"),
                   Fault::kBadOrigin, "o="},
        RefusedRow{"origin_in_section", with_head("m=audio 4 RTP/AVP 0|o=- 1 1 IN IP4 10.0.0.5"),
                   Fault::kBadOrigin, "o="},
        RefusedRow{"E6_origin_oversized",
                   crlf("v=0|o=" + std::string(200, 'u') + " 1 1 IN IP4 10.0.0.5"),
                   Fault::kBadOrigin, "o="},
        RefusedRow{"E6_version_oversized",
                   crlf("v=0|o=- 1 " + std::string(32, '9') + " IN IP4 10.0.0.5"),
                   Fault::kBadOrigin, "o="},
        RefusedRow{"connection_none", crlf("v=0|m=audio 4 RTP/AVP 0"), Fault::kMissingConnection,
                   "m="},
        RefusedRow{"B2BUA_F14_bundle_only_connection_none",
                   crlf("v=0|m=audio 0 RTP/AVP 0|a=bundle-only"), Fault::kMissingConnection, "m="},
        RefusedRow{"connection_not_an_address", crlf("v=0|c=IN IP4 10.0.0.300|m=audio 4 RTP/AVP 0"),
                   Fault::kBadConnection, "m="},
        RefusedRow{"connection_wrong_family", crlf("v=0|c=IN IP4 2001:db8::1|m=audio 4 RTP/AVP 0"),
                   Fault::kBadConnection, "m="},
        RefusedRow{"B21_connection_bracketed",
                   crlf("v=0|c=IN IP6 [2001:db8::1]|m=audio 4 RTP/AVP 0"), Fault::kBadConnection,
                   "m="},
        RefusedRow{"B21_connection_scope_id", crlf("v=0|c=IN IP6 fe80::1%eth0|m=audio 4 RTP/AVP 0"),
                   Fault::kBadConnection, "m="},
        RefusedRow{"connection_telephone", with_head("m=audio 4 RTP/AVP 0|c=TN RFC2543 +1-201-406"),
                   Fault::kBadConnection, "m="},
        RefusedRow{"connection_trailing_token",
                   with_head("m=audio 4 RTP/AVP 0|c=IN IP4 10.0.0.6 x"), Fault::kBadConnection,
                   "m="},
        RefusedRow{"connection_twice_in_session", with_head("c=IN IP4 10.0.0.6"),
                   Fault::kBadConnection, "c="},
        RefusedRow{"connection_twice_in_section",
                   with_head("m=audio 4 RTP/AVP 0|c=IN IP4 10.0.0.6|c=IN IP4 10.0.0.7"),
                   Fault::kBadConnection, "c=IN IP4 10.0.0.7"},
        RefusedRow{"media_port_too_large", with_head("m=audio 65536 RTP/AVP 0"), Fault::kBadMedia,
                   "m="},
        RefusedRow{"media_port_negative", with_head("m=audio -1 RTP/AVP 0"), Fault::kBadMedia,
                   "m="},
        RefusedRow{"media_port_word", with_head("m=audio $ RTP/AVP 0"), Fault::kBadMedia, "m="},
        RefusedRow{"media_port_count_zero", with_head("m=audio 4/0 RTP/AVP 0"), Fault::kBadMedia,
                   "m="},
        RefusedRow{"media_port_count_empty", with_head("m=audio 4/ RTP/AVP 0"), Fault::kBadMedia,
                   "m="},
        RefusedRow{"media_without_proto", with_head("m=audio 4"), Fault::kBadMedia, "m="},
        RefusedRow{"media_empty", with_head("m="), Fault::kBadMedia, "m="},
        RefusedRow{"F10_rtcp_word", with_head("m=audio 4 RTP/AVP 0|a=rtcp:x"), Fault::kBadRtcp,
                   "a="},
        RefusedRow{"F10_rtcp_half_address", with_head("m=audio 4 RTP/AVP 0|a=rtcp:5 IN IP4"),
                   Fault::kBadRtcp, "a="},
        RefusedRow{"F10_rtcp_empty", with_head("m=audio 4 RTP/AVP 0|a=rtcp:"), Fault::kBadRtcp,
                   "a="}),
    [](const auto& row) { return std::string(row.param.name); });

struct AcceptedRow {
    const char* name;
    std::string text;
    std::size_t sections;
};

class Accepted : public testing::TestWithParam<AcceptedRow> {};

TEST_P(Accepted, B2BUA_F2_Tolerates) {
    const auto session = Session::parse(GetParam().text);
    ASSERT_TRUE(session) << describe(session.error().fault) << " at " << session.error().offset;
    EXPECT_EQ(session->sections().size(), GetParam().sections);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Accepted,
    testing::Values(
        AcceptedRow{"version_only", "v=0", 0}, AcceptedRow{"no_media", crlf(kHead), 0},
        AcceptedRow{"lf_line_ends", "v=0\nc=IN IP4 10.0.0.5\nm=audio 4 RTP/AVP 0\n", 1},
        AcceptedRow{"no_last_line_end", "v=0\r\nc=IN IP4 10.0.0.5\r\nm=audio 4 RTP/AVP 0", 1},
        AcceptedRow{"blank_lines_at_the_end", with_head("m=audio 4 RTP/AVP 0||"), 1},
        AcceptedRow{"unknown_type", with_head("x=whatever|Z=|m=audio 4 RTP/AVP 0"), 1},
        AcceptedRow{"port_0_without_connection", crlf("v=0|m=audio 0 RTP/AVP 0"), 1},
        AcceptedRow{"not_anchored_without_connection", crlf("v=0|m=x 7 TCP/MSRP *"), 1},
        AcceptedRow{"no_formats", with_head("m=audio 0 RTP/AVP"), 1},
        AcceptedRow{"blanks_and_tabs_between_tokens", with_head("m=audio \t 4   RTP/AVP 0 "), 1},
        AcceptedRow{"username_with_blank", crlf("v=0|o=Bob S 1 1 IN IP4 10.0.0.5"), 0},
        AcceptedRow{"rtcp_junk_not_anchored", with_head("m=x 7 TCP/MSRP *|a=rtcp:x"), 1},
        AcceptedRow{"telephone_connection_not_anchored",
                    with_head("m=x 7 PSTN 0|c=TN RFC2543 +1-201"), 1},
        AcceptedRow{"A19_32_sections", sections(32), 32}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Session, RFC8866_OriginFieldsAreReadFromTheRight) {
    const std::string text = crlf("v=0|o=Bob S 12 34 IN IP4 host.example.com ");
    const auto session = Session::parse(text);
    ASSERT_TRUE(session);
    const OriginFields& origin = session->origin();
    EXPECT_EQ(origin.username, "Bob S");
    EXPECT_EQ(origin.sess_id, "12");
    EXPECT_EQ(origin.sess_version, "34");
    EXPECT_EQ(origin.nettype, "IN");
    EXPECT_EQ(origin.addrtype, "IP4");
    EXPECT_EQ(origin.address, "host.example.com");
}

TEST(Session, B2BUA_F3_EffectiveAddressIsOwnElseSession) {
    const std::string text = with_head(
        "m=audio 4000 RTP/AVP 0 101|c=IN IP6 2001:db8::1|m=video 0 rtp/savpf 96 x 200|"
        "m=image 6000 UDPTL t38|c=IN IP4 t38.example.com");
    const auto session = Session::parse(text);
    ASSERT_TRUE(session);
    const auto all = session->sections();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].media, "audio");
    EXPECT_EQ(all[0].m_line, "m=audio 4000 RTP/AVP 0 101");
    EXPECT_EQ(all[0].address, *IpAddr::parse("2001:db8::1"));
    EXPECT_TRUE(all[0].own_connection);
    EXPECT_TRUE(all[0].payload_types[0] && all[0].payload_types[101]);
    EXPECT_EQ(all[1].address, *IpAddr::parse("10.0.0.5"));
    EXPECT_EQ(all[1].port.value, 0);
    EXPECT_TRUE(all[1].anchored && all[1].rtp) << "profiles are compared without case";
    EXPECT_EQ(all[1].payload_types.count(), 1U) << "what is no payload type is left out";
    EXPECT_EQ(all[2].address.family(), Family::kNone);
    EXPECT_EQ(all[2].address_text, "t38.example.com");
    EXPECT_TRUE(all[2].anchored);
    EXPECT_FALSE(all[2].rtp);
    EXPECT_TRUE(all[2].payload_types.none());
}

TEST(Session, B2BUA_F6_ProfilesDecideWhatIsAnchored) {
    const std::pair<const char*, bool> rows[] = {
        {"RTP/AVP", true},       {"RTP/AVPF", true},         {"RTP/SAVP", true},
        {"RTP/SAVPF", true},     {"UDP/TLS/RTP/SAVP", true}, {"UDP/TLS/RTP/SAVPF", true},
        {"udptl", true},         {"UDP/TLS/UDPTL", true},    {"TCP/MSRP", false},
        {"TCP/TLS/MSRP", false}, {"TCP/BFCP", false},        {"UDP/DTLS/SCTP", false},
        {"DTLS/SCTP", false},    {"TCP/RTP/AVP", false},     {"RTP/AVPX", false},
        {"udp", false},
    };
    for (const auto& [proto, anchored] : rows) {
        const std::string text = with_head("m=audio 4000 " + std::string(proto) + " 0");
        const auto session = Session::parse(text);
        ASSERT_TRUE(session) << proto;
        EXPECT_EQ(session->sections()[0].anchored, anchored) << proto;
        EXPECT_EQ(session->any_anchored(), anchored) << proto;
    }
}

TEST(Session, B2BUA_F10_RtcpEndpoint) {
    struct Row {
        const char* attributes;
        bool multiplexed;
        const char* expected;
    };
    const Row rows[] = {
        {"a=x", false, "10.0.0.5:4001"},
        {"a=rtcp:53020", false, "10.0.0.5:53020"},
        {"a=rtcp:53020 IN IP4 192.0.2.7", false, "192.0.2.7:53020"},
        {"a=rtcp:53020 IN IP6 2001:db8::7", false, "[2001:db8::7]:53020"},
        {"a=rtcp-mux", false, "10.0.0.5:4001"},
        {"a=rtcp-mux", true, "10.0.0.5:4000"},
        {"a=rtcp:4000|a=rtcp-mux", true, "10.0.0.5:4000"},
    };
    for (const Row& row : rows) {
        const std::string text = with_head("m=audio 4000 RTP/AVP 0|" + std::string(row.attributes));
        const auto session = Session::parse(text);
        ASSERT_TRUE(session) << row.attributes;
        const MediaSection& section = session->sections()[0];
        EXPECT_EQ(section.rtcp_endpoint(row.multiplexed).to_string(), row.expected);
        EXPECT_EQ(section.rtcp_mux,
                  std::string_view(row.attributes).find("mux") != std::string_view::npos);
    }
}

TEST(Session, F10_NoRtcpPortAboveTheLast) {
    const std::string text = with_head("m=audio 65535 RTP/AVP 0");
    const auto session = Session::parse(text);
    ASSERT_TRUE(session);
    EXPECT_EQ(session->sections()[0].rtcp_endpoint(false).port.value, 0);
}

TEST(Session, B2BUA_E11_DirectionOfSectionElseOfSession) {
    const std::string text = with_head(
        "a=recvonly|m=audio 4 RTP/AVP 0|m=audio 6 RTP/AVP 0|a=inactive |m=audio 8 RTP/AVP "
        "0|a=sendrecv");
    const auto session = Session::parse(text);
    ASSERT_TRUE(session);
    EXPECT_TRUE(session->own_direction());
    EXPECT_EQ(session->sections()[0].direction, Direction::kRecvOnly);
    EXPECT_EQ(session->sections()[1].direction, Direction::kInactive) << "trailing blank";
    EXPECT_EQ(session->sections()[2].direction, Direction::kSendRecv);
    const std::string plain = with_head("m=audio 4 RTP/AVP 0");
    EXPECT_EQ(Session::parse(plain)->sections()[0].direction, Direction::kSendRecv);
}

TEST(Session, B2BUA_G9_BandwidthOfTheSection) {
    struct Row {
        const char* lines;
        std::uint64_t bits;
    };
    for (const Row& row : {Row{"", 0},
                           {"|b=AS:64", 64'000},
                           {"|b=TIAS:50780", 50'780},
                           {"|b=AS:64|b=TIAS:50780", 64'000},
                           {"|b=TIAS:70000|b=as: 64 ", 70'000},
                           {"|b=AS:0", 0},
                           {"|b=CT:64|b=RS:800|b=RR:2400", 0},
                           {"|b=AS:-1|b=TIAS:1.5|b=AS:|b=AS|b=:5|b=", 0},
                           {"|b=AS:1000000000", 1'000'000'000'000},
                           {"|b=AS:1000000001", 0},
                           {"|b=TIAS:99999999999999999999999", 0}}) {
        const std::string text =
            crlf("v=0|c=IN IP4 10.0.0.5|b=AS:9|m=audio 4 RTP/AVP 0|m=video 6 RTP/AVP 96") +
            crlf(std::string("i=of the second").append(row.lines));
        const auto session = Session::parse(text);
        ASSERT_TRUE(session.ok()) << text;
        EXPECT_EQ(session->sections()[0].bandwidth, 0U) << text;
        EXPECT_EQ(session->sections()[1].bandwidth, row.bits) << text;
    }
}

TEST(Session, MulticastIsSeen) {
    for (const char* c : {"IN IP4 224.2.1.1/127", "IN IP4 224.2.1.1", "IN IP4 10.0.0.1/127/3",
                          "IN IP6 ff15::101/3", "IN IP6 ff15::101"}) {
        const std::string text = with_head("m=audio 4 RTP/AVP 0|c=" + std::string(c));
        const auto session = Session::parse(text);
        ASSERT_TRUE(session) << c;
        EXPECT_TRUE(session->sections()[0].multicast) << c;
    }
}

}  // namespace
}  // namespace sallyport::sdp
