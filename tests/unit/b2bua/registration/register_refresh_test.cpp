// SPDX-License-Identifier: Apache-2.0
// Refreshes that are answered here (B2BUA-H7, H8, K49): how often the registrar is asked, what the
// phone is told meanwhile, and everything that has to reach the registrar all the same.
#include "tests/unit/b2bua/registration/gate.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

using sip::HeaderId;

constexpr Millis kSecond{1000};

class RefreshHere : public ::testing::Test {
protected:
    void SetUp() override {
        gate.phone(request);
        grant("3600");
        ASSERT_EQ(gate.relay.size(), 1U);
    }
    void grant(const std::string& seconds, const std::string& more = {}) {
        gate.registrar("200 OK", "Contact: <sip:" + gate.token() +
                                     "@10.20.0.1:5060>;expires=" + seconds + "\r\n" + more);
    }
    /// The phone comes again after so long. How many REGISTERs the registrar has seen since.
    std::size_t refresh(Millis after = kSecond * 45) {
        const std::size_t before = gate.at_registrar.size();
        gate.pass(after);
        ++request.cseq;
        gate.phone(request);
        return gate.at_registrar.size() - before;
    }
    [[nodiscard]] std::string shown() const {
        return gate.at_phone.back().values(HeaderId::kContact);
    }

    Gate gate;
    PhoneRegister request;
};

TEST_F(RefreshHere, B2BUA_H7_RegistrarIsNotAsked) {
    EXPECT_EQ(refresh(), 0U);
    const Wire& answer = gate.at_phone.back();
    EXPECT_EQ(answer->status(), 200);
    EXPECT_EQ(shown(), "<sip:bob@10.0.0.5:5060>;expires=60");
    EXPECT_EQ(answer.values(HeaderId::kExpires), "60");
    EXPECT_EQ(answer->cseq().number, 2U);
    EXPECT_EQ(gate.relay.counters().refreshed_here.read(), 1U);
    EXPECT_EQ(gate.published.size(), 2U);  // the other shards hear of it, too
}

TEST_F(RefreshHere, B2BUA_H7_BindingLivesOn) {
    const std::string token = gate.token();
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(refresh(), 0U);
        EXPECT_EQ(gate.call(token), "sip:bob@10.0.0.5:5060 via 192.0.2.10:40000");
    }
    gate.pass(kSecond * 61);
    EXPECT_EQ(gate.call(token), "480");
}

TEST_F(RefreshHere, B2BUA_K49_RegistrarSeesTwoAnHour) {
    const std::size_t before = gate.at_registrar.size();
    for (Millis at{0}; at < kSecond * 3600; at = at + kSecond * 45) {
        if (refresh() > 0) {
            grant("3600");
        }
        ASSERT_EQ(gate.at_phone.back()->status(), 200);
        ASSERT_EQ(shown(), "<sip:bob@10.0.0.5:5060>;expires=60");
    }
    EXPECT_LE(gate.at_registrar.size() - before, 2U);
    EXPECT_GE(gate.at_registrar.size() - before, 1U);
}

struct Change {
    const char* what;
    void (*change)(PhoneRegister&);
};

const Change kChanges[] = {
    {"source port", [](PhoneRegister& r) { r.source = endpoint("192.0.2.10", 40001); }},
    {"source", [](PhoneRegister& r) { r.source = endpoint("203.0.113.9", 40000); }},  // K51
    {"Call-ID", [](PhoneRegister& r) { r.call_id = "phone-1-restarted"; }},
    {"Contact URI",
     [](PhoneRegister& r) { r.lines = "Contact: <sip:bob@10.0.0.6:5060>\r\nExpires: 3600\r\n"; }},
    {"Contact parameters",
     [](PhoneRegister& r) {
         r.lines = "Contact: <sip:bob@10.0.0.5:5060>;q=0.3\r\nExpires: 3600\r\n";
     }},
    {"another Contact",
     [](PhoneRegister& r) { r.lines.append("Contact: <sip:bob@10.0.0.7:5060>\r\n"); }},
    {"no Contact", [](PhoneRegister& r) { r.lines.clear(); }},  // H8
    {"the end",
     [](PhoneRegister& r) {  // H8
         r.lines = "Contact: <sip:bob@10.0.0.5:5060>\r\nExpires: 0\r\n";
     }},
    {"the end of all", [](PhoneRegister& r) { r.lines = "Contact: *\r\nExpires: 0\r\n"; }},  // H8
};

TEST_F(RefreshHere, B2BUA_H7_WhatChangedGoesUpstream) {
    const PhoneRegister first = request;
    for (const auto& [what, change] : kChanges) {
        Gate fresh;
        fresh.phone(first);
        fresh.registrar("200 OK",
                        "Contact: <sip:" + fresh.token() + "@10.20.0.1:5060>;expires=3600\r\n");
        fresh.pass(kSecond * 45);
        PhoneRegister again = first;
        again.cseq = 2;
        change(again);
        fresh.phone(again);
        EXPECT_EQ(fresh.at_registrar.size(), 2U) << what;
        EXPECT_EQ(fresh.relay.counters().refreshed_here.read(), 0U) << what;
    }
}

TEST_F(RefreshHere, B2BUA_H7_AfterARefusalTheRegistrarIsAsked) {
    for (const char* status : {"401 Unauthorized", "500 Server Internal Error"}) {
        EXPECT_EQ(refresh(kSecond * 1800), 1U);
        gate.registrar(status, "");
        EXPECT_EQ(refresh(kSecond), 1U) << status;
        grant("3600");
        EXPECT_EQ(refresh(kSecond), 0U);
    }
    EXPECT_EQ(refresh(kSecond * 1800), 1U);
    gate.pass(kSecond * 40);  // silence
    EXPECT_EQ(refresh(kSecond), 1U);
}

TEST_F(RefreshHere, B2BUA_H7_AShortGrantIsRefreshedEachTime) {
    EXPECT_EQ(refresh(kSecond * 1800), 1U);
    grant("120");
    EXPECT_EQ(refresh(kSecond * 5), 1U);  // 115 s are not 60 s more than the 60 s of the phone
    grant("300");
    EXPECT_EQ(refresh(kSecond * 80), 0U);
    EXPECT_EQ(refresh(kSecond * 75), 1U);  // less than half is left
}

TEST_F(RefreshHere, B2BUA_H7_OtherContactsKeepTheirTime) {
    EXPECT_EQ(refresh(kSecond * 1800), 1U);
    grant("3600",
          "Contact: <sip:bob@desk.example.com>;expires=100\r\n"
          "P-Associated-URI: <sip:bob@biloxi.example.com>, <tel:+15550100>\r\n");
    EXPECT_EQ(refresh(kSecond * 40), 0U);
    EXPECT_EQ(shown(), "<sip:bob@10.0.0.5:5060>;expires=60, <sip:bob@desk.example.com>;expires=60");
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kPAssociatedUri),
              "<sip:bob@biloxi.example.com>, <tel:+15550100>");
    EXPECT_EQ(refresh(kSecond * 55), 0U);
    EXPECT_EQ(refresh(kSecond * 10), 0U);
    EXPECT_EQ(shown(), "<sip:bob@10.0.0.5:5060>;expires=60");
}

TEST_F(RefreshHere, B2BUA_H7_AnotherDeviceHasToBeInTheList) {
    PhoneRegister desk;
    desk.call_id = "desk@172.16.0.9";
    desk.source = endpoint("198.51.100.7", 1024);
    desk.lines = "Contact: <sip:bob@172.16.0.9:5061>\r\n";
    gate.phone(desk);
    grant("3600");
    EXPECT_EQ(refresh(), 1U);  // the registrar knows both
}

TEST_F(RefreshHere, B2BUA_H13_OrderHoldsHereToo) {
    EXPECT_EQ(refresh(), 0U);
    gate.pass(kSecond * 40);
    request.cseq = 1;
    gate.phone(request);
    EXPECT_EQ(gate.at_phone.back()->status(), 500);
    EXPECT_EQ(gate.relay.counters().out_of_order.read(), 1U);
}

}  // namespace
}  // namespace sallyport::registration
