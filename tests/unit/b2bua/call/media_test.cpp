// SPDX-License-Identifier: Apache-2.0
// The media of a call against relays in memory (B2BUA-E1 .. E8, E11, F10, F11, G1, G3; RFC 3264).
#include "tests/unit/b2bua/call/media_bed.h"

namespace sallyport::call {
namespace {

TEST_F(MediaTest, B2BUA_E1_offer_and_answer) {
    const std::string out = offer(sdp("10.10.0.5", 4000));
    EXPECT_TRUE(media.offer_pending());
    EXPECT_EQ(port_in(out), view(Side::kB).ports.rtp.port.value);
    EXPECT_NE(out.find("c=IN IP4 10.20.0.1\r\n"), std::string::npos);
    const std::string back = answer(sdp("10.20.0.2", 6000));
    EXPECT_FALSE(media.offer_pending());
    EXPECT_EQ(port_in(back), view(Side::kA).ports.rtp.port.value);
    EXPECT_EQ(remote(Side::kA).rtp, at("10.10.0.5", 4000));
    EXPECT_EQ(remote(Side::kA).rtcp, at("10.10.0.5", 4001));
    EXPECT_EQ(remote(Side::kB).rtp, at("10.20.0.2", 6000));
    EXPECT_TRUE(remote(Side::kA).payload_types.test(101));
    EXPECT_EQ(view(Side::kA).ports.rtcp.port.value,
              view(Side::kA).ports.rtp.port.value + 1);  // F11
}

TEST_F(MediaTest, B2BUA_G9_audio_has_a_limit_other_media_has_none) {
    offer(sdp("10.10.0.5", 4000) + kVideo);
    answer(sdp("10.20.0.2", 6000) + kVideo);
    EXPECT_EQ(remote(Side::kA).packets_per_second, 500U);
    EXPECT_EQ(remote(Side::kB).packets_per_second, 500U);
    EXPECT_EQ(remote(Side::kA, 1).packets_per_second, 0U);
    EXPECT_EQ(remote(Side::kA, 0).octets_per_second, 0U);
    EXPECT_EQ(remote(Side::kA, 1).octets_per_second, 0U);
}

// RFC 3264 s.5.1: b= is what the side that says it wants to receive.
TEST_F(MediaTest, B2BUA_G9_bandwidth_limits_what_the_other_side_sends) {
    offer(sdp("10.10.0.5", 4000) + "b=AS:2000\r\n" + kVideo + "b=TIAS:4000000\r\n");
    answer(sdp("10.20.0.2", 6000) + kVideo + "b=AS:64\r\n");
    EXPECT_EQ(remote(Side::kA).packets_per_second, 500U);
    EXPECT_EQ(remote(Side::kA).octets_per_second, 0U);
    EXPECT_EQ(remote(Side::kB).packets_per_second, 3125U);
    EXPECT_EQ(remote(Side::kB).octets_per_second, 500'000U);
    EXPECT_EQ(remote(Side::kA, 1).packets_per_second, 500U);
    EXPECT_EQ(remote(Side::kA, 1).octets_per_second, 80'000U);  // never less
    EXPECT_EQ(remote(Side::kB, 1).packets_per_second, 6250U);
    EXPECT_EQ(remote(Side::kB, 1).octets_per_second, 1'000'000U);
}

TEST_F(MediaTest, B2BUA_G9_bandwidth_without_bounds_is_bounded_by_its_cells) {
    offer(sdp("10.10.0.5", 4000));
    answer(sdp("10.20.0.2", 6000) + "b=AS:1000000000\r\n");
    EXPECT_EQ(remote(Side::kA).packets_per_second, 65'535U);
    EXPECT_EQ(remote(Side::kA).octets_per_second, 4'294'967'295U);
}

TEST_F(MediaTest, B2BUA_E1_passive_sdp_changes_no_media) {
    offer(sdp("10.10.0.5", 4000));
    answer(sdp("10.20.0.2", 6000));
    const std::string out = carry(Side::kB, SdpRole::kPassive, sdp("10.20.0.2", 6666));
    EXPECT_EQ(port_in(out), view(Side::kA).ports.rtp.port.value);
    EXPECT_EQ(remote(Side::kB).rtp.port, Port{6000});
    EXPECT_FALSE(media.offer_pending());
}

TEST_F(MediaTest, B2BUA_G4_nobody_is_heard_before_it_knows_our_port) {
    offer(sdp("10.10.0.5", 4000));
    EXPECT_EQ(remote(Side::kA), dataplane::RemoteMedia{}) << "a stranger may find the port first";
    carry(Side::kB, SdpRole::kPreview, sdp("10.20.0.2", 6100));
    EXPECT_EQ(remote(Side::kA).rtp, at("10.10.0.5", 4000));
    answer(sdp("10.20.0.2", 6000));
    offer(sdp("10.10.0.5", 4002));
    EXPECT_EQ(remote(Side::kA).rtp.port, Port{4000}) << "what was agreed goes on";
}

TEST_F(MediaTest, B2BUA_G15_dscp_by_kind_and_by_the_realm_that_it_goes_to) {
    config.realms[sim::kOutside.value].dscp_video = 36;
    const std::string video = "m=video 4100 RTP/AVP 96\r\n";
    const auto call = [&] {
        offer(sdp("10.10.0.5", 4000) + video);
        answer(sdp("10.20.0.2", 6000) + video);
    };
    call();
    EXPECT_EQ(remote(Side::kA, 0).dscp, 46);
    EXPECT_EQ(remote(Side::kA, 1).dscp, 34);
    EXPECT_EQ(remote(Side::kB, 1).dscp, 36);
    config.realms[sim::kOutside.value].preserve_dscp = true;
    call();
    EXPECT_EQ(remote(Side::kA, 1).dscp, 34);
    EXPECT_EQ(remote(Side::kB, 0).dscp, dataplane::kPreserveDscp);
}

TEST_F(MediaTest, B2BUA_E2_preview_is_no_commitment) {
    offer(sdp("10.10.0.5", 4000));
    carry(Side::kB, SdpRole::kPreview, sdp("10.20.0.2", 6100));
    EXPECT_EQ(remote(Side::kB).rtp.port, Port{6100});
    EXPECT_TRUE(media.offer_pending());
    answer(sdp("10.20.0.2", 6000));
    EXPECT_EQ(remote(Side::kB).rtp.port, Port{6000});
}

TEST_F(MediaTest, B2BUA_E2_settle_for_preview) {
    offer(sdp("10.10.0.5", 4000));
    carry(Side::kB, SdpRole::kPreview, sdp("10.20.0.2", 6100));
    media.settle_for_preview();
    EXPECT_FALSE(media.offer_pending());
    media.rollback();
    EXPECT_EQ(relays.live(), 1U);  // it was committed
}

TEST_F(MediaTest, B2BUA_E4_padding) {
    offer(sdp("10.10.0.5", 4000) + kVideo);
    EXPECT_EQ(relays.live(), 2U);
    const std::string back = answer(sdp("10.20.0.2", 6000));
    EXPECT_EQ(port_in(back, 1), 0);
    EXPECT_EQ(relays.live(), 1U);
}

TEST_F(MediaTest, B2BUA_E4_too_many) {
    offer(sdp("10.10.0.5", 4000));
    answer(sdp("10.20.0.2", 6000) + kVideo);
    EXPECT_EQ(status, 488);
}

TEST_F(MediaTest, B2BUA_E5_port_0_in_the_offer) {
    const std::string out = offer(sdp("10.10.0.5", 4000) + "m=video 0 RTP/AVP 96\r\n");
    EXPECT_EQ(relays.live(), 1U);
    EXPECT_EQ(port_in(out, 1), 0);
    const std::string back = answer(sdp("10.20.0.2", 6000) + kVideo);
    EXPECT_EQ(port_in(back, 1), 0);  // forced
    EXPECT_EQ(relays.live(), 1U);
}

TEST_F(MediaTest, B2BUA_E5_zeroed_slot_is_used_again) {
    offer(sdp("10.10.0.5", 4000) + kVideo);
    answer(sdp("10.20.0.2", 6000) + "m=video 0 RTP/AVP 96\r\n");
    const std::string out = offer(sdp("10.10.0.5", 4000) + kVideo);
    EXPECT_GT(port_in(out, 1), 0);
    EXPECT_EQ(relays.live(), 2U);
    answer(sdp("10.20.0.2", 6000) + "m=video 6100 RTP/AVP 96\r\n");
    EXPECT_EQ(remote(Side::kB, 1).rtp.port, Port{6100});
}

TEST_F(MediaTest, B2BUA_E7_same_ports_for_life) {
    const std::string first = offer(sdp("10.10.0.5", 4000));
    answer(sdp("10.20.0.2", 6000));
    const std::string second = offer(sdp("10.10.0.5", 4002));
    EXPECT_EQ(port_in(second), port_in(first));
    EXPECT_EQ(remote(Side::kA).rtp.port, Port{4000});  // not before the answer
    answer(sdp("10.20.0.2", 6000));
    EXPECT_EQ(remote(Side::kA).rtp.port, Port{4002});
}

TEST_F(MediaTest, B2BUA_G7_unchanged_answer_changes_nothing) {
    offer(sdp("10.10.0.5", 4000));
    answer(sdp("10.20.0.2", 6000));
    const std::size_t before = view(Side::kA).changes;
    offer(sdp("10.10.0.5", 4000));
    answer(sdp("10.20.0.2", 6000));
    EXPECT_EQ(view(Side::kA).changes, before);
}

TEST_F(MediaTest, B2BUA_E8_rollback) {
    offer(sdp("10.10.0.5", 4000));
    answer(sdp("10.20.0.2", 6000));
    offer(sdp("10.10.0.5", 4444) + kVideo);
    EXPECT_EQ(relays.live(), 2U);
    media.rollback();
    EXPECT_EQ(relays.live(), 1U);
    EXPECT_FALSE(media.offer_pending());
    EXPECT_EQ(remote(Side::kA).rtp.port, Port{4000});
}

TEST_F(MediaTest, B2BUA_D4_rollback_to_ports) {
    const std::string first = offer(sdp("10.10.0.5", 4000));
    media.rollback_to_ports();
    EXPECT_EQ(relays.live(), 1U);
    EXPECT_EQ(remote(Side::kA).rtp, Endpoint{});
    EXPECT_EQ(offer(sdp("10.10.0.5", 4000)), first);
}

TEST_F(MediaTest, B2BUA_E3_rejection) {
    carry(Side::kB, SdpRole::kOffer, sdp("10.20.0.2", 6000) + kVideo);
    const auto rejected = media.rejection_for(Side::kB, to_b);
    ASSERT_TRUE(rejected);
    EXPECT_EQ(port_in(*rejected, 0), 0);
    EXPECT_EQ(port_in(*rejected, 1), 0);
    EXPECT_EQ(rejected->find("10.10."), std::string::npos);
    EXPECT_FALSE(media.rejection_for(Side::kA, to_a));  // nothing was offered there
}

TEST_F(MediaTest, B2BUA_G1_no_ports_takes_nothing) {
    relays.refuse_creations(1, dataplane::RelayFault::kNoPorts);
    offer(sdp("10.10.0.5", 4000));
    EXPECT_EQ(status, 503);
    EXPECT_EQ(relays.live(), 0U);
    EXPECT_FALSE(media.offer_pending());
    offer(sdp("10.10.0.5", 4000));
    answer(sdp("10.20.0.2", 6000));
    relays.refuse_creations(1, dataplane::RelayFault::kNoPorts);
    offer(sdp("10.10.0.5", 4000) + kVideo);
    EXPECT_EQ(status, 500);
    EXPECT_FALSE(media.offer_pending());
}

TEST_F(MediaTest, B2BUA_D17_refused_offer_takes_nothing) {
    for (const std::string bad : {"junk", "v=0\r\nm=audio x RTP/AVP 0\r\n", ""}) {
        offer(bad);
        EXPECT_EQ(status, 400) << bad;
        EXPECT_EQ(relays.live(), 0U);
        EXPECT_FALSE(media.offer_pending());
    }
}

TEST_F(MediaTest, B2BUA_F6_not_anchored) {
    const std::string msrp = "m=message 2855 TCP/MSRP *\r\n";
    const std::string out = offer(sdp("10.10.0.5", 4000) + msrp);
    EXPECT_EQ(relays.live(), 1U);
    EXPECT_NE(out.find(msrp), std::string::npos);
}

TEST_F(MediaTest, B2BUA_F9_image_is_opaque_and_has_no_rtcp) {
    std::string image = sdp("10.10.0.5", 4000);
    image.replace(image.find("m=audio 4000 RTP/AVP 0 101"), 26, "m=image 4000 udptl t38");
    offer(image);
    answer(image.replace(image.find("4000"), 4, "6000"));
    EXPECT_EQ(remote(Side::kA).payload, dataplane::Payload::kOpaque);
    EXPECT_EQ(remote(Side::kA).rtcp, Endpoint{});
}

TEST_F(MediaTest, RFC5761_s5_1_1_mux_only_when_both_say_so) {
    offer(sdp("10.10.0.5", 4000) + "a=rtcp-mux\r\n");
    answer(sdp("10.20.0.2", 6000));
    EXPECT_FALSE(remote(Side::kA).rtcp_mux);
    EXPECT_EQ(remote(Side::kA).rtcp.port, Port{4001});
    offer(sdp("10.10.0.5", 4000) + "a=rtcp-mux\r\n");
    answer(sdp("10.20.0.2", 6000) + "a=rtcp-mux\r\n");
    EXPECT_TRUE(remote(Side::kA).rtcp_mux);
    EXPECT_EQ(remote(Side::kA).rtcp, remote(Side::kA).rtp);
}

struct RemoteCase {
    const char* name;
    bool nat;             // the realm's
    const char* address;  // of c=
    const char* direction;
    bool address_used;
    bool send_before_latch;  // G3
    bool send_media;         // E11
};

class MediaRemote : public MediaTest, public ::testing::WithParamInterface<RemoteCase> {};

TEST_P(MediaRemote, B2BUA_G3_and_E11) {
    const RemoteCase& row = GetParam();
    const std::string_view held = "0.0.0.0";
    config.realms[sim::kInside.value].nat = row.nat;
    media.set_peer(Side::kA, {sim::kInside, at("10.10.0.5").ip});
    offer(sdp(row.address, 4000, row.direction));
    answer(sdp("10.20.0.2", 6000));
    const auto& told = remote(Side::kA);
    EXPECT_EQ(told.latch, row.nat ? dataplane::LatchMode::kSignalling : dataplane::LatchMode::kOff);
    EXPECT_EQ(told.signalling_source, at("10.10.0.5").ip);
    EXPECT_EQ(told.learn_only, !row.address_used);
    EXPECT_EQ(told.rtp.ip.is_unspecified(), !row.address_used || row.address == held);
    EXPECT_EQ(told.send_before_latch, row.send_before_latch);
    EXPECT_EQ(told.send_media, row.send_media);
}

INSTANTIATE_TEST_SUITE_P(
    Table, MediaRemote,
    ::testing::Values(
        RemoteCase{"phone_not_behind_nat", true, "10.10.0.5", "sendrecv", true, true, true},
        RemoteCase{"phone_behind_nat", true, "192.168.1.5", "sendrecv", true, false, true},
        RemoteCase{"trusted_side_is_believed", false, "10.99.0.5", "sendrecv", true, true, true},
        RemoteCase{"our_own_address", false, "10.20.0.1", "sendrecv", false, true, true},
        RemoteCase{"our_own_address_behind_nat", true, "10.10.0.1", "sendrecv", false, false, true},
        RemoteCase{"loopback", false, "127.0.0.1", "sendrecv", false, true, true},
        RemoteCase{"name", false, "media.example.com", "sendrecv", false, true, true},
        RemoteCase{"held_by_address", false, "0.0.0.0", "sendrecv", true, true, false},
        RemoteCase{"held_behind_nat", true, "0.0.0.0", "sendrecv", true, false, false},
        RemoteCase{"sendonly", false, "10.10.0.5", "sendonly", true, true, false},
        RemoteCase{"recvonly", false, "10.10.0.5", "recvonly", true, true, true},
        RemoteCase{"inactive", false, "10.10.0.5", "inactive", true, true, false}),
    [](const auto& row) { return std::string(row.param.name); });

// A registrar that knows both phones sends the call back to us: its far end is another relay.
TEST_F(MediaTest, B2BUA_G17_the_far_end_may_be_another_relay_of_ours) {
    offer(sdp("10.10.0.5", 4000));
    answer(sdp("10.20.0.1", 30002));
    EXPECT_EQ(remote(Side::kB).rtp, at("10.20.0.1", 30002));
    EXPECT_EQ(remote(Side::kB).rtcp, at("10.20.0.1", 30003));
    EXPECT_FALSE(remote(Side::kB).learn_only);
    offer(sdp("10.10.0.5", 4000));
    answer(sdp("10.20.0.1", 5060));  // no port for media
    EXPECT_TRUE(remote(Side::kB).learn_only);
    offer(sdp("10.10.0.5", 4000));
    answer(sdp("10.10.0.1", 20002));  // not our address on that side
    EXPECT_TRUE(remote(Side::kB).learn_only);
}

TEST_F(MediaTest, B2BUA_G17_a_phone_behind_nat_may_not_aim_at_us) {
    media.set_peer(Side::kA, {sim::kInside, at("10.10.0.5").ip});
    offer(sdp("10.10.0.1", 20002));
    answer(sdp("10.20.0.2", 6000));
    EXPECT_TRUE(remote(Side::kA).learn_only);
}

// A phone that knows its public address names it, with the port that it has inside.
TEST_F(MediaTest, B2BUA_G3_behind_nat_its_public_address_is_not_believed_either) {
    media.set_peer(Side::kA, {sim::kInside, at("10.10.0.5").ip, true});
    media.set_peer(Side::kB, {sim::kOutside, at("10.20.0.2").ip, true});
    offer(sdp("10.10.0.5", 4000));
    answer(sdp("10.20.0.2", 6000));
    EXPECT_FALSE(remote(Side::kA).send_before_latch);
    EXPECT_TRUE(remote(Side::kB).send_before_latch);  // that realm is trusted
    media.set_through_nat(Side::kA, false);
    offer(sdp("10.10.0.5", 4002));
    answer(sdp("10.20.0.2", 6000));
    EXPECT_TRUE(remote(Side::kA).send_before_latch);
}

TEST_F(MediaTest, multicast_is_refused) {
    std::string text = sdp("10.10.0.5", 4000);
    text.replace(text.find("c=IN IP4 10.10.0.5"), 18, "c=IN IP4 233.252.0.1/127");
    offer(text);
    EXPECT_EQ(status, 488);
    EXPECT_EQ(relays.live(), 0U);
    EXPECT_FALSE(media.offer_pending());
}

TEST_F(MediaTest, B2BUA_G13_expects_media) {
    EXPECT_FALSE(media.expects_media());
    offer(sdp("10.10.0.5", 4000, "sendonly"));
    answer(sdp("10.20.0.2", 6000, "recvonly"));
    EXPECT_TRUE(media.expects_media());
    offer(sdp("10.10.0.5", 4000, "inactive"));
    answer(sdp("10.20.0.2", 6000, "inactive"));
    EXPECT_FALSE(media.expects_media());
}

TEST_F(MediaTest, release_gives_everything_back) {
    offer(sdp("10.10.0.5", 4000) + kVideo);
    media.release();
    EXPECT_EQ(relays.live(), 0U);
    EXPECT_FALSE(media.offer_pending());
    EXPECT_TRUE(media.relay_ids().empty());
}

}  // namespace
}  // namespace sallyport::call
