// SPDX-License-Identifier: Apache-2.0
// Descriptions of the RFCs that brought what section F names, and what is left of them on the other
// side: every line that is not in the diff leaves byte for byte (B2BUA-F1).
#include "tests/unit/sdp-rewrite/sdp_text.h"

namespace sallyport::sdp {
namespace {

using test::crlf;
using test::kOurV4;
using test::pair_at;

struct Sample {
    const char* name;
    std::string_view source;
    std::vector<std::optional<Anchor>> anchors;
    std::string_view becomes;
};

class RfcSample : public testing::TestWithParam<Sample> {};

TEST_P(RfcSample, B2BUA_F1_OnlyTheNamedTokensChange) {
    const Sample& row = GetParam();
    EXPECT_EQ(test::rewritten(crlf(row.source), {kOurV4, row.anchors}), crlf(row.becomes));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RfcSample,
    testing::Values(
        Sample{"RFC3264_s10_1_answer_with_a_refused_stream",
               "v=0|o=bob 2890844730 2890844731 IN IP4 host.example.com|s=|"
               "c=IN IP4 host.example.com|t=0 0|m=audio 49920 RTP/AVP 0|a=rtpmap:0 PCMU/8000|"
               "m=video 0 RTP/AVP 31|m=video 53000 RTP/AVP 32|a=rtpmap:32 MPV/90000",
               {pair_at(20000), {}, pair_at(20004)},
               "v=0|o=bob 2890844730 2890844731 IN IP4 203.0.113.9|s=|c=IN IP4 203.0.113.9|t=0 0|"
               "m=audio 20000 RTP/AVP 0|a=rtpmap:0 PCMU/8000|m=video 0 RTP/AVP 31|"
               "m=video 20004 RTP/AVP 32|a=rtpmap:32 MPV/90000"},
        Sample{"B2BUA_F3_RFC4317_s3_1_hold_with_a_placeholder",
               "v=0|o=bob 2808844564 2808844564 IN IP4 host.biloxi.example.com|s=|"
               "c=IN IP4 placeholder.biloxi.example.com|t=0 0|m=audio 49172 RTP/AVP 97|"
               "a=rtpmap:97 iLBC/8000|a=sendonly",
               {pair_at(20000)},
               "v=0|o=bob 2808844564 2808844564 IN IP4 203.0.113.9|s=|c=IN IP4 203.0.113.9|t=0 0|"
               "m=audio 20000 RTP/AVP 97|a=rtpmap:97 iLBC/8000|a=sendonly"},
        Sample{"B2BUA_F4_RFC4975_s8_7_msrp_with_audio",
               "v=0|o=usera 2890844526 2890844527 IN IP4 alice.example.com|s= -|"
               "c=IN IP4 alice.example.com|t=0 0|m=message 7394 TCP/MSRP *|"
               "a=accept-types:message/cpim text/plain text/html|"
               "a=path:msrp://alice.example.com:7394/2s93i93idj;tcp|m=audio 49170 RTP/AVP 0",
               {{}, pair_at(20000)},
               "v=0|o=usera 2890844526 2890844527 IN IP4 203.0.113.9|s= -|"
               "c=IN IP4 203.0.113.9|t=0 0|m=message 7394 TCP/MSRP *|c=IN IP4 alice.example.com|"
               "a=accept-types:message/cpim text/plain text/html|"
               "a=path:msrp://alice.example.com:7394/2s93i93idj;tcp|m=audio 20000 RTP/AVP 0"},
        Sample{"B2BUA_F4_RFC8856_s12_floor_control",
               "v=0|o=alice 1 1 IN IP4 10.0.0.5|s=-|c=IN IP4 10.0.0.5|t=0 0|"
               "m=application 50000 TCP/TLS/BFCP *|a=setup:passive|a=connection:new|"
               "a=fingerprint:SHA-256 19:E2:1C|a=floorctrl:s-only|a=confid:4321|a=userid:1234|"
               "a=floorid:1 mstrm:10|m=audio 50002 RTP/AVP 0|a=label:10",
               {{}, pair_at(20000)},
               "v=0|o=alice 1 1 IN IP4 203.0.113.9|s=-|c=IN IP4 203.0.113.9|t=0 0|"
               "m=application 50000 TCP/TLS/BFCP *|c=IN IP4 10.0.0.5|a=setup:passive|"
               "a=connection:new|a=fingerprint:SHA-256 19:E2:1C|a=floorctrl:s-only|a=confid:4321|"
               "a=userid:1234|a=floorid:1 mstrm:10|m=audio 20000 RTP/AVP 0|a=label:10"},
        Sample{"B2BUA_F10_RFC3605_s2_1_rtcp_elsewhere",
               "v=0|o=- 1 1 IN IP4 126.16.64.4|c=IN IP4 126.16.64.4|"
               "m=audio 49170 RTP/AVP 0|a=rtcp:53020 IN IP4 126.16.64.4",
               {pair_at(20000)},
               "v=0|o=- 1 1 IN IP4 203.0.113.9|c=IN IP4 203.0.113.9|m=audio 20000 RTP/AVP 0|"
               "a=rtcp:20001 IN IP4 203.0.113.9"},
        Sample{"B2BUA_F12_RFC5761_s5_1_1_mux_offered",
               "v=0|o=csp 1153134164 1153134164 IN IP6 2001:DB8::211:24ff:fea3:7a2e|s=-|"
               "c=IN IP6 2001:DB8::211:24ff:fea3:7a2e|t=1153134164 1153137764|"
               "m=audio 49170 RTP/AVP 97|a=rtpmap:97 iLBC/8000|a=rtcp-mux",
               {pair_at(20000)},
               "v=0|o=csp 1153134164 1153134164 IN IP4 203.0.113.9|s=-|c=IN IP4 203.0.113.9|"
               "t=1153134164 1153137764|m=audio 20000 RTP/AVP 97|a=rtpmap:97 iLBC/8000|a=rtcp-mux"},
        Sample{"B2BUA_F13_RFC5245_s17_ice",
               "v=0|o=bob 2808844564 2808844564 IN IP4 192.0.2.1|s=|c=IN IP4 192.0.2.1|t=0 0|"
               "a=ice-pwd:YH75Fviy6338Vbrhrlp8Yh|a=ice-ufrag:9uB6|m=audio 3478 RTP/AVP 0|b=RS:0|"
               "b=RR:0|a=rtpmap:0 PCMU/8000|a=candidate:1 1 UDP 2130706431 192.0.2.1 3478 typ host",
               {pair_at(20000)},
               "v=0|o=bob 2808844564 2808844564 IN IP4 203.0.113.9|s=|c=IN IP4 203.0.113.9|t=0 0|"
               "m=audio 20000 RTP/AVP 0|b=RS:0|b=RR:0|a=rtpmap:0 PCMU/8000"},
        Sample{"B2BUA_F9_RFC7345_s9_2_fax_takes_over",
               "v=0|o=- 4423478999 5424222292 IN IP4 ua2.example.com|s=-|"
               "c=IN IP4 ua2.example.com|t=0 0|m=audio 0 UDP/TLS/RTP/SAVP 0|"
               "m=image 32000 UDP/TLS/UDPTL t38|a=setup:active|a=fingerprint:SHA-1 FF:FF:B1|"
               "a=T38FaxRateManagement:transferredTCF",
               {{}, pair_at(20002)},
               "v=0|o=- 4423478999 5424222292 IN IP4 203.0.113.9|s=-|c=IN IP4 203.0.113.9|t=0 0|"
               "m=audio 0 UDP/TLS/RTP/SAVP 0|m=image 20002 UDP/TLS/UDPTL t38|a=setup:active|"
               "a=fingerprint:SHA-1 FF:FF:B1|a=T38FaxRateManagement:transferredTCF"},
        Sample{"B2BUA_F14_RFC9143_s18_bundle_only",
               "v=0|o=alice 2890844526 2890844526 IN IP6 2001:db8::3|s=|c=IN IP6 2001:db8::3|"
               "t=0 0|a=group:BUNDLE foo bar|m=audio 10000 RTP/AVP 0 8 97|b=AS:200|a=mid:foo|"
               "a=rtcp-mux|a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid|m=video 0 RTP/AVP 31 32|"
               "b=AS:1000|a=mid:bar|a=bundle-only|a=rtcp-mux|a=rtpmap:31 H261/90000",
               {pair_at(20000), pair_at(20002)},
               "v=0|o=alice 2890844526 2890844526 IN IP4 203.0.113.9|s=|c=IN IP4 203.0.113.9|"
               "t=0 0|m=audio 20000 RTP/AVP 0 8 97|b=AS:200|a=mid:foo|a=rtcp-mux|"
               "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid|m=video 20002 RTP/AVP 31 32|"
               "b=AS:1000|a=mid:bar|a=rtcp-mux|a=rtpmap:31 H261/90000"},
        Sample{"B2BUA_E16_RFC5939_s3_2_capabilities",
               "v=0|o=- 25678 753849 IN IP4 192.0.2.1|s=|c=IN IP4 192.0.2.1|t=0 0|"
               "m=audio 53456 RTP/AVP 0 18|a=tcap:1 RTP/SAVPF RTP/SAVP RTP/AVPF|"
               "a=acap:1 crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19z|a=pcfg:1 t=1 a=1|"
               "a=curr:qos e2e none|a=des:qos mandatory e2e sendrecv",
               {pair_at(20000)},
               "v=0|o=- 25678 753849 IN IP4 203.0.113.9|s=|c=IN IP4 203.0.113.9|t=0 0|"
               "m=audio 20000 RTP/AVP 0 18|a=tcap:1 RTP/SAVPF RTP/SAVP RTP/AVPF|"
               "a=acap:1 crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19z|a=pcfg:1 t=1 a=1|"
               "a=curr:qos e2e none|a=des:qos mandatory e2e sendrecv"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sallyport::sdp
