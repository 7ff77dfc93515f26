// SPDX-License-Identifier: Apache-2.0
// What time does to registrations: retransmission, silence, expiry (C5, C9, H6, H20).
#include "tests/unit/b2bua/registration/gate.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

void accept(Gate& gate) {
    gate.registrar("200 OK", "Contact: <sip:" + gate.token() + "@10.20.0.1:5060>;expires=3600\r\n");
}

TEST(RegisterTime, B2BUA_C9_RetransmissionsStayOnTheirSide) {
    Gate gate;
    gate.phone({});
    const std::string upstream = gate.at_registrar[0].octets;
    gate.pass(Millis{600});
    ASSERT_EQ(gate.at_registrar.size(), 2U);  // timer E
    EXPECT_EQ(gate.at_registrar[1].octets, upstream);
    accept(gate);
    accept(gate);  // the registrar's answer to the second copy
    EXPECT_EQ(gate.at_phone.size(), 1U);
    EXPECT_EQ(gate.relay.counters().accepted.read(), 1U);
}

TEST(RegisterTime, B2BUA_C5_SilenceOfTheRegistrarIsSilence) {
    Gate gate;
    gate.phone({});
    gate.pass(Millis{40 * 1000});
    for (const Wire& sent : gate.at_phone) {
        EXPECT_EQ(sent->status(), 100) << sent.octets;
    }
    EXPECT_EQ(gate.relay.counters().timeout.read(), 1U);
    EXPECT_EQ(gate.relay.pending(), 0U);
    gate.pass(Millis{40 * 1000});
    EXPECT_EQ(gate.layer.gauges().servers + gate.layer.gauges().clients, 0U);
    PhoneRegister again;
    again.cseq = 2;
    gate.phone(again);
    accept(gate);
    EXPECT_EQ(gate.at_phone.back()->status(), 200);
}

TEST(RegisterTime, UnreachableRegistrarIs503) {
    Gate gate;
    gate.carrier_reachable = false;
    gate.phone({});
    gate.pass(Millis{100});
    ASSERT_EQ(gate.at_phone.size(), 1U);
    EXPECT_EQ(gate.at_phone[0]->status(), 503);
    EXPECT_EQ(gate.relay.counters().unreachable.read(), 1U);
    EXPECT_EQ(gate.relay.pending(), 0U);
}

TEST(RegisterTime, B2BUA_H20_H6_ExpiryThenSilenceThenOblivion) {
    Gate gate;
    gate.phone({});
    accept(gate);
    const std::string token = gate.token();
    gate.pass(Millis{59 * 1000});
    EXPECT_EQ(gate.call(token), "sip:bob@10.0.0.5:5060 via 192.0.2.10:40000");
    gate.pass(Millis{2 * 1000});
    EXPECT_EQ(gate.call(token), "480");
    EXPECT_EQ(gate.call("bob"), "480");
    EXPECT_EQ(gate.relay.size(), 1U);
    gate.pass(Millis{32 * 1000});
    EXPECT_EQ(gate.relay.size(), 0U);
    EXPECT_EQ(gate.relay.counters().lapsed.read(), 1U);
    EXPECT_EQ(gate.call(token), "480");  // the registrar still has it
    gate.pass(Millis{3600 * 1000});
    EXPECT_EQ(gate.call(token), "404");
}

TEST(RegisterTime, B2BUA_H20_RefreshBringsALapsedPhoneBack) {
    Gate gate;
    PhoneRegister request;
    gate.phone(request);
    accept(gate);
    const std::string token = gate.token();
    gate.pass(Millis{120 * 1000});
    EXPECT_EQ(gate.relay.size(), 0U);
    request.cseq = 2;
    gate.phone(request);
    EXPECT_EQ(gate.token(), token);
    accept(gate);
    EXPECT_EQ(gate.relay.size(), 1U);
    EXPECT_EQ(gate.call(token), "sip:bob@10.0.0.5:5060 via 192.0.2.10:40000");
}

}  // namespace
}  // namespace sallyport::registration
