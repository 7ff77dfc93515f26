// SPDX-License-Identifier: Apache-2.0
// Whose Service-Route a phone's request gets (B2BUA-H16, RFC 3608 s.5, s.6.1).
#include "tests/unit/b2bua/registration/gate.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

constexpr std::string_view kBob = "sip:bob@biloxi.example.com";
constexpr std::string_view kAlice = "sip:alice@atlanta.example.com";

class ServiceRouteOf : public ::testing::Test {
protected:
    void enroll(std::string_view aor, const std::string& lines, int status = 200) {
        PhoneRegister request;
        request.call_id = aor;
        request.aor = aor;
        request.cseq = ++cseq;
        gate.phone(request);
        gate.registrar(
            std::to_string(status) + " X",
            "Contact: <sip:" + gate.token() + "@10.20.0.1:5060>;expires=120\r\n" + lines);
        gate.pass(Millis{1000});
    }
    [[nodiscard]] std::string of(std::string_view uri, std::uint16_t port = 40000) const {
        return gate.relay.service_route(
            {kInside, Transport::kUdp, endpoint("10.10.0.1", 5060), endpoint("192.0.2.10", port)},
            uri, gate.now);
    }
    Gate gate;
    std::uint32_t cseq{0};
};

TEST_F(ServiceRouteOf, B2BUA_H16_the_flow_and_the_identity_decide) {
    enroll(kBob, "Service-Route: <sip:b.example.com;lr>\r\n");
    enroll(kAlice, "Service-Route: <sip:a.example.com;lr>\r\n");
    EXPECT_EQ(of(kBob), "<sip:b.example.com;lr>");
    EXPECT_EQ(of(kAlice), "<sip:a.example.com;lr>");
    EXPECT_EQ(of("sip:anonymous@anonymous.invalid"), "<sip:a.example.com;lr>") << "the newest";
    EXPECT_EQ(of(kBob, 40001), "") << "another flow";
}

TEST_F(ServiceRouteOf, B2BUA_H16_the_last_2xx_counts) {
    enroll(kBob, "Service-Route: <sip:old.example.com;lr>\r\n");
    enroll(kBob, "Service-Route: <sip:new.example.com;lr>\r\n");
    EXPECT_EQ(of(kBob), "<sip:new.example.com;lr>");
    enroll(kBob, "", 500);
    EXPECT_EQ(of(kBob), "<sip:new.example.com;lr>");
    enroll(kBob, "");  // RFC 3608 s.6.1: none is none
    EXPECT_EQ(of(kBob), "");
}

TEST_F(ServiceRouteOf, B2BUA_H16_ends_with_the_binding) {
    enroll(kBob, "Service-Route: <sip:s.example.com;lr>\r\n");
    gate.pass(Millis{60'000});
    EXPECT_EQ(of(kBob), "");
}

}  // namespace
}  // namespace sallyport::registration
