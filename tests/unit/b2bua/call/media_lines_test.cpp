// SPDX-License-Identifier: Apache-2.0
// What becomes of each kind of m-line over the life of a call (B2BUA-E5 .. E8, E11, F6 .. F15).
#include "tests/unit/b2bua/call/media_bed.h"

namespace sallyport::call {
namespace {

using dataplane::Payload;

/// A description with these m-lines, each "m=..." with its attributes, lines joined by '|'.
std::string lines(const char* ip, const std::string& media) {
    std::string text = "v=0\r\no=- 1 1 IN IP4 ";
    text.append(ip).append("\r\ns=-\r\nc=IN IP4 ").append(ip).append("\r\nt=0 0\r\n");
    for (const char c : media + "|") {
        text.append(c == '|' ? "\r\n" : std::string(1, c));
    }
    return text;
}

class MediaLines : public MediaTest {
protected:
    void establish(const std::string& offered = "m=audio 4000 RTP/AVP 0",
                   const std::string& answered = "m=audio 6000 RTP/AVP 0") {
        offer(lines("10.10.0.5", offered));
        answer(lines("10.20.0.2", answered));
        ASSERT_EQ(status, 200);
    }
    [[nodiscard]] std::size_t ports_in_use() const { return relays.pool(sim::kInside).in_use(); }
};

TEST_F(MediaLines, B2BUA_E5_line_closed_by_a_reoffer_stays_closed_in_its_answers) {
    establish("m=audio 4000 RTP/AVP 0|m=video 4002 RTP/AVP 96",
              "m=audio 6000 RTP/AVP 0|m=video 6002 RTP/AVP 96");
    offer(lines("10.10.0.5", "m=audio 4000 RTP/AVP 0|m=video 0 RTP/AVP 96"));
    const std::string wrong = lines("10.20.0.2", "m=audio 6000 RTP/AVP 0|m=video 6002 RTP/AVP 96");
    EXPECT_EQ(port_in(carry(Side::kB, SdpRole::kPreview, wrong), 1), 0);
    EXPECT_EQ(port_in(answer(wrong), 1), 0);
    EXPECT_EQ(ports_in_use(), 1U);
}

TEST_F(MediaLines, B2BUA_E5_forced_zero_where_nothing_is_anchored) {
    offer(lines("10.10.0.5", "m=audio 4000 RTP/AVP 0|m=message 0 TCP/MSRP *"));
    const std::string back =
        answer(lines("10.20.0.2", "m=audio 6000 RTP/AVP 0|m=message 2855 TCP/MSRP *"));
    EXPECT_EQ(port_in(back, 1), 0);
}

TEST_F(MediaLines, B2BUA_E5_slot_is_used_again_as_another_medium) {
    establish("m=audio 4000 RTP/AVP 0|m=video 4002 RTP/AVP 96",
              "m=audio 6000 RTP/AVP 0|m=video 0 RTP/AVP 96");
    const int audio = view(Side::kB).ports.rtp.port.value;
    const std::string out =
        offer(lines("10.10.0.5", "m=audio 4000 RTP/AVP 0|m=image 4004 udptl t38"));
    EXPECT_EQ(port_in(out, 0), audio);
    EXPECT_GT(port_in(out, 1), 0);
    answer(lines("10.20.0.2", "m=audio 6000 RTP/AVP 0|m=image 6004 udptl t38"));
    EXPECT_EQ(remote(Side::kB, 1).payload, Payload::kOpaque);
    EXPECT_EQ(remote(Side::kB, 0).payload, Payload::kRtp);
}

TEST_F(MediaLines, B2BUA_E6_another_far_side_is_the_same_session) {
    const auto origin = [](const std::string& text) {
        const auto at = text.find("o=");
        return text.substr(at, text.find('\r', at) - at);
    };
    offer(lines("10.10.0.5", "m=audio 4000 RTP/AVP 0"));
    const std::string first = carry(Side::kB, SdpRole::kPreview,
                                    "v=0\r\no=p1 77 5 IN IP4 10.20.0.2\r\nc=IN IP4 10.20.0.2\r\n"
                                    "m=audio 6000 RTP/AVP 0\r\n");
    const std::string same = carry(Side::kB, SdpRole::kPreview,
                                   "v=0\r\no=p2 88 9 IN IP4 10.20.0.3\r\nc=IN IP4 10.20.0.3\r\n"
                                   "m=audio 6002 RTP/AVP 0\r\n");
    const std::string other = answer(
        "v=0\r\no=p2 88 9 IN IP4 10.20.0.3\r\nc=IN IP4 10.20.0.3\r\nm=audio 6002 RTP/AVP 8\r\n");
    EXPECT_EQ(origin(first), "o=p1 77 5 IN IP4 10.10.0.1");
    EXPECT_EQ(same, first) << "K31: the same text, so the same version";
    EXPECT_EQ(origin(other), "o=p1 77 6 IN IP4 10.10.0.1");
}

TEST_F(MediaLines, B2BUA_E7_both_addresses_are_heard_while_the_offer_is_pending) {
    establish();
    offer(lines("10.10.0.6", "m=audio 4100 RTP/AVP 0|a=rtcp:4109"));
    EXPECT_EQ(remote(Side::kA).rtp, at("10.10.0.5", 4000));
    EXPECT_EQ(remote(Side::kA).announced_rtp, at("10.10.0.6", 4100));
    EXPECT_EQ(remote(Side::kA).announced_rtcp, at("10.10.0.6", 4109));
    EXPECT_EQ(remote(Side::kB).announced_rtp, Endpoint{});
    answer(lines("10.20.0.2", "m=audio 6000 RTP/AVP 0"));
    EXPECT_EQ(remote(Side::kA).rtp, at("10.10.0.6", 4100));
    EXPECT_EQ(remote(Side::kA).announced_rtp, Endpoint{});
}

TEST_F(MediaLines, B2BUA_E8_refused_offer_takes_back_what_it_announced_and_previewed) {
    establish();
    const auto a = remote(Side::kA);
    const auto b = remote(Side::kB);
    offer(lines("10.10.0.6", "m=audio 4100 RTP/AVP 0"));
    carry(Side::kB, SdpRole::kPreview, lines("10.20.0.9", "m=audio 6100 RTP/AVP 0|a=sendonly"));
    EXPECT_EQ(remote(Side::kB).rtp, at("10.20.0.9", 6100));
    media.rollback();
    EXPECT_EQ(remote(Side::kA), a);
    EXPECT_EQ(remote(Side::kB), b);
}

struct Hold {
    const char* name;
    const char* offered;   // of the one who holds
    const char* answered;  // of the other
    bool to_holder, to_held;
};

class HoldStyle : public MediaLines, public ::testing::WithParamInterface<Hold> {};

TEST_P(HoldStyle, B2BUA_E11_no_rtp_to_who_wants_none_and_back) {
    const Hold& row = GetParam();
    establish();
    const auto committed = remote(Side::kA);
    std::string text = lines("10.10.0.5", std::string("m=audio 4000 RTP/AVP 0") + row.offered);
    if (std::string_view(row.name).find("zero") != std::string_view::npos) {
        text.replace(text.find("c=IN IP4 10.10.0.5"), 18, "c=IN IP4 0.0.0.0");
    }
    const std::string out = offer(text);
    EXPECT_EQ(out.find("c=IN IP4 0.0.0.0") != std::string::npos,
              text.find("c=IN IP4 0.0.0.0") != std::string::npos);
    EXPECT_EQ(port_in(out), view(Side::kB).ports.rtp.port.value);
    EXPECT_TRUE(remote(Side::kA).send_media) << "not before the answer";
    answer(lines("10.20.0.2", std::string("m=audio 6000 RTP/AVP 0") + row.answered));
    EXPECT_EQ(remote(Side::kA).send_media, row.to_holder);
    EXPECT_EQ(remote(Side::kB).send_media, row.to_held);
    EXPECT_EQ(media.relay_ids().size(), 1U);
    establish();  // resumed
    EXPECT_EQ(remote(Side::kA), committed);
}

INSTANTIATE_TEST_SUITE_P(
    Table, HoldStyle,
    ::testing::Values(Hold{"sendonly", "|a=sendonly", "|a=recvonly", false, true},
                      Hold{"inactive", "|a=inactive", "|a=inactive", false, false},
                      Hold{"recvonly", "|a=recvonly", "|a=sendonly", true, false},
                      Hold{"zero_address", "", "", false, true},
                      Hold{"zero_address_and_sendonly", "|a=sendonly", "|a=recvonly", false, true}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(MediaLines, B2BUA_F6_unanchored_reject_closes_it_both_ways) {
    config.unanchored = Unanchored::kReject;
    const std::string out =
        offer(lines("10.10.0.5", "m=audio 4000 RTP/AVP 0|m=message 2855 TCP/MSRP *"));
    EXPECT_EQ(port_in(out, 1), 0);
    const std::string back =
        answer(lines("10.20.0.2", "m=audio 6000 RTP/AVP 0|m=message 2855 TCP/MSRP *"));
    EXPECT_EQ(port_in(back, 1), 0);
    EXPECT_GT(port_in(back, 0), 0);
}

TEST_F(MediaLines, B2BUA_F6_plain_udp_is_relayed_where_the_operator_says_so) {
    const std::string text = lines("10.10.0.5", "m=application 4000 udp x");
    EXPECT_EQ(port_in(offer(text)), 4000);
    EXPECT_EQ(relays.live(), 0U);
    config.anchor_udp = true;
    offer(text);
    ASSERT_EQ(relays.live(), 1U);
    answer(lines("10.20.0.2", "m=application 6000 udp x"));
    EXPECT_EQ(remote(Side::kA).payload, Payload::kOpaque);
    EXPECT_EQ(remote(Side::kA).rtcp, Endpoint{});
}

TEST_F(MediaLines, B2BUA_F7_lines_are_independent) {
    establish("m=audio 4000 RTP/AVP 0|m=video 4002 RTP/AVP 96|a=inactive|m=audio 4004 RTP/AVP 8",
              "m=audio 0 RTP/AVP 0|m=video 6002 RTP/AVP 96|a=inactive|m=audio 6004 RTP/AVP 8");
    ASSERT_EQ(media.relay_ids().size(), 2U);
    EXPECT_EQ(remote(Side::kA, 0).rtp.port, Port{4002});
    EXPECT_FALSE(remote(Side::kA, 0).send_media);
    EXPECT_EQ(remote(Side::kA, 1).rtp.port, Port{4004});
    EXPECT_TRUE(remote(Side::kA, 1).send_media);
    EXPECT_TRUE(remote(Side::kA, 1).payload_types.test(8));
    EXPECT_FALSE(remote(Side::kA, 1).payload_types.test(96));
    EXPECT_NE(view(Side::kB, 0).ports.rtp, view(Side::kB, 1).ports.rtp);
}

TEST_F(MediaLines, B2BUA_F9_audio_becomes_fax_on_the_same_port) {
    establish();
    const int port = view(Side::kB).ports.rtp.port.value;
    EXPECT_EQ(port_in(offer(lines("10.10.0.5", "m=image 4000 udptl t38"))), port);
    EXPECT_EQ(remote(Side::kA).payload, Payload::kOpaque) << "both kinds, until the answer";
    EXPECT_EQ(remote(Side::kB).payload, Payload::kOpaque);
    EXPECT_EQ(remote(Side::kA).rtcp, at("10.10.0.5", 4001)) << "the audio goes on";
    answer(lines("10.20.0.2", "m=image 6000 udptl t38"));
    EXPECT_EQ(view(Side::kB).ports.rtp.port.value, port);
    EXPECT_EQ(remote(Side::kB).payload, Payload::kOpaque);
    EXPECT_EQ(remote(Side::kB).rtcp, Endpoint{}) << "UDPTL has no RTCP";
    establish();  // and back
    EXPECT_EQ(remote(Side::kB).payload, Payload::kRtp);
    EXPECT_EQ(view(Side::kB).ports.rtp.port.value, port);
}

TEST_F(MediaLines, B2BUA_F9_refused_fax_leaves_the_audio) {
    establish();
    const auto a = remote(Side::kA);
    const auto b = remote(Side::kB);
    offer(lines("10.10.0.5", "m=image 4002 udptl t38"));
    media.rollback();  // 488, 415, 606
    EXPECT_EQ(remote(Side::kA), a);
    EXPECT_EQ(remote(Side::kB), b);
}

TEST_F(MediaLines, B2BUA_F9_fax_on_a_line_of_its_own) {
    establish();
    offer(lines("10.10.0.5", "m=audio 0 RTP/AVP 0|m=image 4002 udptl t38"));
    answer(lines("10.20.0.2", "m=audio 0 RTP/AVP 0|m=image 6002 udptl t38"));
    ASSERT_EQ(media.relay_ids().size(), 1U);
    EXPECT_EQ(remote(Side::kB).payload, Payload::kOpaque);
    establish("m=audio 4000 RTP/AVP 0|m=image 4002 udptl t38",
              "m=audio 6000 RTP/AVP 0|m=image 6002 udptl t38");
    EXPECT_EQ(media.relay_ids().size(), 2U) << "both active";
}

TEST_F(MediaLines, B2BUA_F10_where_rtcp_goes) {
    struct Row {
        const char* attributes;
        Endpoint rtcp;
    };
    for (const Row& row :
         {Row{"", at("10.10.0.5", 4001)}, Row{"|a=rtcp:4009", at("10.10.0.5", 4009)},
          Row{"|a=rtcp:4009 IN IP4 10.10.0.7", at("10.10.0.7", 4009)},
          Row{"|b=RR:0|b=RS:0", at("10.10.0.5", 4001)}}) {
        establish(std::string("m=audio 4000 RTP/AVP 0") + row.attributes);
        EXPECT_EQ(remote(Side::kA).rtcp, row.rtcp) << row.attributes;
    }
}

TEST_F(MediaLines, B2BUA_F11_pair_is_even_and_odd_even_when_mux_is_offered) {
    offer(lines("10.10.0.5", "m=audio 4000 RTP/AVP 0|a=rtcp-mux"));
    for (const Side side : {Side::kA, Side::kB}) {
        const auto& ports = view(side).ports;
        EXPECT_EQ(ports.rtp.port.value % 2, 0);
        EXPECT_EQ(ports.rtcp.port.value, ports.rtp.port.value + 1);
    }
}

TEST_F(MediaLines, B2BUA_F12_mux_passes_end_to_end) {
    const std::string out = offer(lines("10.10.0.5", "m=audio 4000 RTP/AVP 0|a=rtcp-mux"));
    EXPECT_NE(out.find("a=rtcp-mux\r\n"), std::string::npos);
    EXPECT_EQ(out.find("a=rtcp:"), std::string::npos);
    const std::string back = answer(lines("10.20.0.2", "m=audio 6000 RTP/AVP 0|a=rtcp-mux"));
    EXPECT_NE(back.find("a=rtcp-mux\r\n"), std::string::npos);
    EXPECT_TRUE(remote(Side::kA).rtcp_mux && remote(Side::kB).rtcp_mux);
    media.rollback();
    EXPECT_TRUE(remote(Side::kA).rtcp_mux) << "nothing was pending";
}

TEST_F(MediaLines, B2BUA_F14_bundle_is_resolved_and_bundle_only_is_no_rejection) {
    const std::string out = offer(lines("10.10.0.5",
                                        "a=group:BUNDLE 0 1|m=audio 4000 RTP/AVP 0|a=mid:0|"
                                        "m=video 0 RTP/AVP 96|a=mid:1|a=bundle-only"));
    ASSERT_EQ(relays.live(), 2U);
    EXPECT_EQ(port_in(out, 1), view(Side::kB, 1).ports.rtp.port.value);
    EXPECT_EQ(out.find("BUNDLE"), std::string::npos);
    EXPECT_EQ(out.find("bundle-only"), std::string::npos);
    const std::string back =
        answer(lines("10.20.0.2", "m=audio 6000 RTP/AVP 0|m=video 6002 RTP/AVP 96"));
    EXPECT_EQ(port_in(back, 1), view(Side::kA, 1).ports.rtp.port.value);
    EXPECT_EQ(remote(Side::kA, 1).rtp.port, Port{0}) << "nowhere, until it has latched";
}

TEST_F(MediaLines, B2BUA_F15_keys_stay_where_they_are_safe) {
    config.srtp_over_tls_only = true;
    const std::string keys =
        lines("10.10.0.5", "m=audio 4000 RTP/SAVP 0|a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x");
    offer(keys);
    EXPECT_EQ(status, 488);
    EXPECT_EQ(relays.live(), 0U);
    EXPECT_FALSE(media.offer_pending());
    media.set_peer(Side::kB, {sim::kOutside, at("10.20.0.2").ip, false, true});
    EXPECT_NE(offer(keys).find("a=crypto:1"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::call
