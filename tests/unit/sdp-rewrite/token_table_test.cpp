// SPDX-License-Identifier: Apache-2.0
// The token table of section F, whole: every line of it in an RTP section of every profile, in a
// UDPTL section and in sections of every kind that is not anchored (B2BUA-F1, F3, F4, F6, F9, F10,
// F13, F14; RFC 8866, RFC 3605, RFC 8839, RFC 9143).
#include "tests/unit/sdp-rewrite/sdp_text.h"

namespace sallyport::sdp {
namespace {

using test::crlf;
using test::kOurV4;
using test::pair_at;

using Anchors = std::vector<std::optional<Anchor>>;

constexpr std::string_view kSame = "=";
constexpr std::string_view kGone = "";

/// A line below m=, and what stands in its place in each kind of section.
struct TokenRow {
    const char* name;
    std::string_view line;
    std::string_view in_rtp;
    std::string_view in_udptl = kSame;
    // Not anchored: always kSame.
};

/// Every address stands for one that must not leak; the port of the section is 4000, ours 20000.
const TokenRow kSectionLines[] = {
    {"i_stays", "i=camera 10.0.0.5", kSame},
    {"b_stays", "b=AS:84", kSame},
    {"b_rr_0_stays", "b=RR:0", kSame},
    {"k_stays", "k=prompt", kSame},
    {"unknown_line_stays", "x=10.0.0.5", kSame},
    {"c_own", "c=IN IP4 10.0.0.6", "c=IN IP4 203.0.113.9", "c=IN IP4 203.0.113.9"},
    {"c_own_other_family", "c=IN IP6 2001:db8::6", "c=IN IP4 203.0.113.9", "c=IN IP4 203.0.113.9"},
    {"c_held", "c=IN IP4 0.0.0.0", kSame},
    {"rtcp_port", "a=rtcp:4009", "a=rtcp:20001", kSame},
    {"rtcp_port_and_address", "a=rtcp:4009 IN IP4 10.0.0.6", "a=rtcp:20001 IN IP4 203.0.113.9",
     "a=rtcp:4009 IN IP4 203.0.113.9"},
    {"rtcp_other_family", "a=rtcp:4009 IN IP6 2001:db8::6", "a=rtcp:20001 IN IP4 203.0.113.9",
     "a=rtcp:4009 IN IP4 203.0.113.9"},
    {"rtcp_mux", "a=rtcp-mux", kSame},
    {"rtcp_mux_only", "a=rtcp-mux-only", kSame},
    {"candidate", "a=candidate:1 1 UDP 2130706431 10.0.0.5 8998 typ host", kGone, kGone},
    {"candidate_in_capitals", "a=CANDIDATE:1 1 UDP 1 10.0.0.5 8998 typ host", kGone, kGone},
    {"remote_candidates", "a=remote-candidates:1 10.0.0.5 8998", kGone, kGone},
    {"ice_ufrag", "a=ice-ufrag:8hhY", kGone, kGone},
    {"ice_pwd", "a=ice-pwd:asd88fgpdd777uzjYhagZg", kGone, kGone},
    {"ice_options_trickle", "a=ice-options:trickle", kGone, kGone},
    {"ice_lite", "a=ice-lite", kGone, kGone},
    {"ice_mismatch", "a=ice-mismatch", kGone, kGone},
    {"ice_pacing", "a=ice-pacing:50", kGone, kGone},
    {"end_of_candidates", "a=end-of-candidates", kGone, kGone},
    {"crypto", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewky", kSame},
    {"key_mgmt", "a=key-mgmt:mikey AQAFgM0XflABAAAAAAAAAAAAAAsAyO", kSame},
    {"fingerprint", "a=fingerprint:SHA-1 4A:AD:B9:B1:3F:82", kSame},
    {"setup", "a=setup:actpass", kSame},
    {"tls_id", "a=tls-id:abc3de65cddef001be82", kSame},
    {"dtls_id", "a=dtls-id:1", kSame},
    {"bundle_only", "a=bundle-only", kGone, kGone},
    {"mid", "a=mid:0", kSame},
    {"ssrc", "a=ssrc:314159 cname:10.0.0.5", kSame},
    {"ssrc_group", "a=ssrc-group:FID 1 2", kSame},
    {"msid", "a=msid:47017fee a1", kSame},
    {"rid", "a=rid:1 send", kSame},
    {"simulcast", "a=simulcast:send 1;2", kSame},
    {"extmap", "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid", kSame},
    {"rtcp_fb", "a=rtcp-fb:96 nack pli", kSame},
    {"source_filter", "a=source-filter: incl IN IP4 * 10.0.0.5", kGone, kGone},
    {"altc", "a=altc:1 IP4 10.0.0.5 4000", kGone, kGone},
    {"ccap", "a=ccap:1 IN IP4 10.0.0.5", kGone, kGone},
    {"rtpmap", "a=rtpmap:96 opus/48000/2", kSame},
    {"fmtp", "a=fmtp:101 0-15", kSame},
    {"ptime", "a=ptime:20 ", kSame},
    {"sendonly", "a=sendonly", kSame},
    {"inactive", "a=inactive", kSame},
    {"t38", "a=T38FaxUdpEC:t38UDPRedundancy", kSame},
    {"preconditions", "a=curr:qos e2e send", kSame},
    {"tcap", "a=tcap:1 RTP/SAVP", kSame},
    {"label", "a=label:1", kSame},
    {"floorctrl", "a=floorctrl:c-s", kSame},
    {"path", "a=path:msrp://10.0.0.5:7394/2s93i93idj;tcp", kSame},
    {"unknown_attribute", "a=X-route:10.0.0.5:4000", kSame},
    {"name_that_only_begins_like_one", "a=candidates:10.0.0.5", kSame},
};

constexpr std::string_view kRtpProfiles[] = {"RTP/AVP",   "RTP/AVPF",         "RTP/SAVP",
                                             "RTP/SAVPF", "UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF",
                                             "rtp/avp"};
constexpr std::string_view kOpaqueProfiles[] = {"udptl", "UDPTL", "UDP/TLS/UDPTL"};
constexpr std::string_view kNotAnchored[] = {
    "TCP/MSRP",  "TCP/TLS/MSRP",  "TCP/BFCP", "TCP/TLS/BFCP", "UDP/BFCP",   "UDP/DTLS/SCTP",
    "DTLS/SCTP", "TCP/DTLS/SCTP", "udp",      "TCP/RTP/AVP",  "X-unknown/1"};

std::string description(std::string_view connection, std::string_view proto, std::string_view port,
                        std::string_view line) {
    std::string text = "v=0|o=- 7 7 IN IP4 ";
    text.append(connection).append("|s=-|c=IN IP4 ").append(connection).append("|t=0 0|m=audio ");
    text.append(port).append(" ").append(proto).append(" 96");
    if (!line.empty()) {
        text.append("|").append(line);
    }
    return crlf(text);
}

class TokenTable : public testing::TestWithParam<TokenRow> {};

void expect_anchored(std::string_view proto, const TokenRow& row, std::string_view becomes) {
    const Anchors anchors{pair_at(20000)};
    const std::string source = description("10.0.0.5", proto, "4000", row.line);
    // A section whose own c= is kept as it was (held) is still ours at session level.
    EXPECT_EQ(test::rewritten(source, {kOurV4, anchors}),
              description("203.0.113.9", proto, "20000", becomes == kSame ? row.line : becomes))
        << proto;
}

TEST_P(TokenTable, B2BUA_F1_InAnRtpSection) {
    for (const std::string_view proto : kRtpProfiles) {
        expect_anchored(proto, GetParam(), GetParam().in_rtp);
    }
}

TEST_P(TokenTable, B2BUA_F9_InAUdptlSection) {
    for (const std::string_view proto : kOpaqueProfiles) {
        expect_anchored(proto, GetParam(), GetParam().in_udptl);
    }
}

TEST_P(TokenTable, B2BUA_F6_NotAnchoredIsIdentity) {
    for (const std::string_view proto : kNotAnchored) {
        const Anchors anchors{std::nullopt};
        const std::string source = description("10.0.0.5", proto, "4000", GetParam().line);
        EXPECT_EQ(test::rewritten(source, {kOurV4, anchors}), source) << proto;
    }
}

/// Beside a section that is anchored, one that is not keeps its lines and its address (F4).
TEST_P(TokenTable, B2BUA_F4_NotAnchoredBesideAnchored) {
    const std::string_view line = GetParam().line;
    const bool own = line.starts_with("c=");
    const bool title = line.starts_with("i=");
    for (const std::string_view proto : kNotAnchored) {
        const Anchors anchors{pair_at(20000), std::nullopt};
        std::string section = "m=x 4000 ";
        section.append(proto).append(" 96\r\n");
        const std::string source =
            description("10.0.0.5", "RTP/AVP", "4000", "") + section + std::string(line) + "\r\n";
        const std::string inherited = own ? "" : "c=IN IP4 10.0.0.5\r\n";
        const std::string below = std::string(line) + "\r\n";
        EXPECT_EQ(test::rewritten(source, {kOurV4, anchors}),
                  description("203.0.113.9", "RTP/AVP", "20000", "") + section +
                      (title ? below + inherited : inherited + below))
            << proto;
    }
}

INSTANTIATE_TEST_SUITE_P(Rows, TokenTable, testing::ValuesIn(kSectionLines),
                         [](const auto& row) { return std::string(row.param.name); });

/// A line above the first m=, and what stands in its place when something is anchored.
struct SessionRow {
    const char* name;
    std::string_view line;
    std::string_view becomes;
};

const SessionRow kSessionLines[] = {
    {"o", "o=a 1 2 IN IP4 10.0.0.5", "o=a 1 2 IN IP4 203.0.113.9"},
    {"o_other_family", "o=a 1 2 IN IP6 2001:db8::5", "o=a 1 2 IN IP4 203.0.113.9"},
    {"o_name", "o=a 1 2 IN IP4 pc.example.com", "o=a 1 2 IN IP4 203.0.113.9"},
    {"s", "s=call from 10.0.0.5 ", kSame},
    {"i", "i=x", kSame},
    {"u", "u=http://10.0.0.5/", kSame},
    {"e", "e=a@example.com", kSame},
    {"p", "p=+1 617 555-6011", kSame},
    {"c", "c=IN IP4 10.0.0.6", "c=IN IP4 203.0.113.9"},
    {"c_other_family", "c=IN IP6 2001:db8::5", "c=IN IP4 203.0.113.9"},
    {"b", "b=CT:128", kSame},
    {"t", "t=0  0 ", kSame},
    {"r", "r=7d 1h 0 25h", kSame},
    {"z", "z=2882844526 -1h", kSame},
    {"k", "k=clear:x", kSame},
    {"unknown", "Q=10.0.0.5", kSame},
    {"ice_lite", "a=ice-lite", kGone},
    {"ice_ufrag", "a=ice-ufrag:8hhY", kGone},
    {"ice_options", "a=ice-options:ice2 trickle", kGone},
    {"source_filter", "a=source-filter: incl IN IP4 * 10.0.0.5", kGone},
    {"ccap", "a=ccap:1 IN IP4 10.0.0.6", kGone},
    {"bundle", "a=group:BUNDLE 0 1", kGone},
    {"other_group", "a=group:LS 0 1", kSame},
    {"fingerprint", "a=fingerprint:SHA-1 4A:AD", kSame},
    {"setup", "a=setup:actpass", kSame},
    {"msid_semantic", "a=msid-semantic: WMS *", kSame},
    {"extmap_mixed", "a=extmap-allow-mixed", kSame},
    {"direction", "a=recvonly", kSame},
    {"unknown_attribute", "a=tool:10.0.0.5", kSame},
};

class SessionTokenTable : public testing::TestWithParam<SessionRow> {};

TEST_P(SessionTokenTable, B2BUA_F1_WithAnAnchoredSection) {
    const SessionRow& row = GetParam();
    const Anchors anchors{pair_at(20000)};
    const auto text = [](std::string_view line, std::string_view port, std::string_view ip) {
        std::string all = "v=0|";
        all.append(line).append(line.empty() ? "" : "|").append("m=audio ").append(port);
        return crlf(all.append(" RTP/AVP 0|c=IN IP4 ").append(ip));
    };
    EXPECT_EQ(test::rewritten(text(row.line, "4000", "10.0.0.5"), {kOurV4, anchors}),
              text(row.becomes == kSame ? row.line : row.becomes, "20000", "203.0.113.9"));
}

TEST_P(SessionTokenTable, B2BUA_F6_WithoutOneIsIdentity) {
    const Anchors anchors{std::nullopt};
    const std::string source =
        crlf("v=0|" + std::string(GetParam().line) + "|m=message 7394 TCP/MSRP *");
    EXPECT_EQ(test::rewritten(source, {kOurV4, anchors}), source);
}

INSTANTIATE_TEST_SUITE_P(Rows, SessionTokenTable, testing::ValuesIn(kSessionLines),
                         [](const auto& row) { return std::string(row.param.name); });

/// The m= line by what it says and what we have for it.
struct MediaRow {
    const char* name;
    std::string_view line;
    std::optional<Anchor> anchor;
    bool rejected;
    std::string_view becomes;
};

const MediaRow kMediaLines[] = {
    {"port", "m=audio 4000 RTP/AVP 0 8", pair_at(20000), false, "m=audio 20000 RTP/AVP 0 8"},
    {"count_of_one", "m=audio 4000/1 RTP/AVP 0", pair_at(20000), false,
     "m=audio 20000/1 RTP/AVP 0"},
    {"zero_stays_zero", "m=audio 0 RTP/AVP 0", pair_at(20000), false, kSame},
    {"no_ports_for_it", "m=audio 4000 RTP/AVP 0", std::nullopt, false, "m=audio 0 RTP/AVP 0"},
    {"B2BUA_E5_zero_in_the_offer", "m=audio 4000 RTP/AVP 0", pair_at(20000), true,
     "m=audio 0 RTP/AVP 0"},
    {"profile_and_formats_stay", "m=video 4000  UDP/TLS/RTP/SAVPF 96  97", pair_at(20000), false,
     "m=video 20000  UDP/TLS/RTP/SAVPF 96  97"},
    {"image", "m=image 4000 udptl t38", pair_at(20000), false, "m=image 20000 udptl t38"},
    {"not_anchored", "m=message 7394 TCP/MSRP *", std::nullopt, false, kSame},
    {"B2BUA_F6_unanchored_rejected", "m=message 7394 TCP/MSRP *", std::nullopt, true,
     "m=message 0 TCP/MSRP *"},
    {"B2BUA_F6_unanchored_rejected_already", "m=message 0 TCP/MSRP *", std::nullopt, true, kSame},
    {"B2BUA_F6_unanchored_count", "m=x 7394/2 x/y 1", std::nullopt, true, "m=x 0 x/y 1"},
};

class MediaLine : public testing::TestWithParam<MediaRow> {};

TEST_P(MediaLine, B2BUA_F2_BecomesWhatTheTableSays) {
    const MediaRow& row = GetParam();
    const auto text = [](std::string_view line) {
        return crlf("v=0|c=IN IP4 203.0.113.9|" + std::string(line));
    };
    Rewrite plan{kOurV4, std::span(&row.anchor, 1)};
    plan.rejected[0] = row.rejected;
    EXPECT_EQ(test::rewritten(text(row.line), plan),
              text(row.becomes == kSame ? row.line : row.becomes));
}

INSTANTIATE_TEST_SUITE_P(Rows, MediaLine, testing::ValuesIn(kMediaLines),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Rewrite, B2BUA_F6_RejectedSectionNeedsNoAddressOfItsOwn) {
    const Anchors anchors{pair_at(20000), std::nullopt};
    Rewrite plan{kOurV4, anchors};
    plan.rejected[1] = true;
    EXPECT_EQ(
        test::rewritten(crlf("v=0|c=IN IP4 10.0.0.5|m=audio 4 RTP/AVP 0|m=x 7 TCP/MSRP *"), plan),
        crlf("v=0|c=IN IP4 203.0.113.9|m=audio 20000 RTP/AVP 0|m=x 0 TCP/MSRP *"));
}

TEST(Rewrite, B2BUA_F6_PlainUdpByPolicy) {
    const std::string text = crlf("v=0|c=IN IP4 10.0.0.5|m=application 4000 UDP x");
    const auto kept = Session::parse(text);
    const auto relayed = Session::parse(text, {.plain_udp = true});
    ASSERT_TRUE(kept && relayed);
    EXPECT_FALSE(kept->any_anchored());
    EXPECT_TRUE(relayed->sections()[0].live());
    EXPECT_FALSE(relayed->sections()[0].rtp);
    const Anchors anchors{pair_at(20000)};
    std::vector<char> out(1024);
    EXPECT_EQ(rewrite(*relayed, {kOurV4, anchors}, out).value(),
              crlf("v=0|c=IN IP4 203.0.113.9|m=application 20000 UDP x"));
}

}  // namespace
}  // namespace sallyport::sdp
