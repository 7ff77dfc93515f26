// SPDX-License-Identifier: Apache-2.0
// Descriptions outside of offer and answer, and what the operator decides (B2BUA-F6, F15, F16).
#include "b2bua/call/anchoring.h"

#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

const std::string kKeys = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19z\r\n";

TEST(Anchoring, B2BUA_F16_hidden_keeps_ports_and_nothing_of_the_address) {
    const Config config = sim::example_config();
    std::string text = sdp("10.10.0.5", 4000) + "a=candidate:1 1 UDP 1 10.10.0.5 4000 typ host\r\n";
    const std::string out = hidden(config, sim::kOutside, text);
    EXPECT_EQ(port_in(out), 4000);
    EXPECT_EQ(out.find("10.10."), std::string::npos) << out;
    EXPECT_NE(out.find("c=IN IP4 10.20.0.1\r\n"), std::string::npos);
}

TEST(Anchoring, B2BUA_F16_what_cannot_be_read_does_not_cross) {
    const Config config = sim::example_config();
    EXPECT_EQ(hidden(config, sim::kOutside, "c=IN IP4 10.10.0.5\r\n"), "");
    EXPECT_EQ(hidden(config, sim::kOutside, "v=0\r\nm=audio x RTP/AVP 0\r\n"), "");
}

TEST(Anchoring, B2BUA_F15_keys_and_hops) {
    struct Row {
        bool option, keys, secured, refused;
    };
    for (const Row& row : {Row{true, true, false, true}, Row{true, true, true, false},
                           Row{true, false, false, false}, Row{false, true, false, false}}) {
        Config config = sim::example_config();
        config.srtp_over_tls_only = row.option;
        const std::string text = sdp("10.10.0.5", 4000) + (row.keys ? kKeys : "");
        const auto session = read_session(config, text);
        ASSERT_TRUE(session.ok());
        const auto refusal = exposed_keys(config, *session, row.secured);
        EXPECT_EQ(refusal.has_value(), row.refused);
        if (refusal) {
            EXPECT_EQ(refusal->status, 488);
            EXPECT_EQ(warning_line("gate", *refusal),
                      "Warning: 399 gate \"SRTP keys (a=crypto) would leave by a hop without "
                      "TLS\"\r\n");
            EXPECT_EQ(hidden(config, sim::kOutside, text), "");
        }
    }
}

TEST(Anchoring, B2BUA_F6_rejected_sections) {
    Config config = sim::example_config();
    const std::string text = sdp("10.10.0.5", 4000) + "m=message 2855 TCP/MSRP *\r\n";
    const std::string zero =
        "v=0\r\nc=IN IP4 10.10.0.5\r\nm=audio 0 RTP/AVP 0\r\n"
        "m=message 2855 TCP/MSRP *\r\n";
    const auto session = read_session(config, text);
    const auto offer = read_session(config, zero);
    ASSERT_TRUE(session.ok() && offer.ok());
    EXPECT_TRUE(rejected_sections(config, *session, nullptr).none());
    EXPECT_EQ(rejected_sections(config, *session, &*offer).to_ulong(), 1U) << "B2BUA-E5";
    config.unanchored = Unanchored::kReject;
    EXPECT_EQ(rejected_sections(config, *session, nullptr).to_ulong(), 2U);
}

TEST(Anchoring, refusals_of_every_fault_have_a_status) {
    EXPECT_EQ(refusal_of(sdp::Fault::kMulticast).status, 488);
    EXPECT_EQ(refusal_of(sdp::Fault::kPortCount).status, 488);
    EXPECT_EQ(refusal_of(sdp::Fault::kBadMedia).status, 400);
    EXPECT_EQ(refusal_of(sdp::Fault::kNotSdp).status, 400);
}

}  // namespace
}  // namespace sallyport::call
