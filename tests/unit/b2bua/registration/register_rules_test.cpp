// SPDX-License-Identifier: Apache-2.0
// Section H rule by rule through the gate: what the registrar sees, what the phone sees, what is
// kept.
#include "tests/unit/b2bua/registration/gate.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

using sip::HeaderId;

std::string contact(std::string_view uri, std::string_view params) {
    return "Contact: <" + std::string(uri) + ">" + std::string(params) + "\r\n";
}

std::string ours(const std::string& token) {
    return "sip:" + token + "@10.20.0.1:5060";
}

/// So little that the registrar is asked at each refresh (H7).
constexpr std::string_view kShort = ";expires=100";

void accept(Gate& gate, std::string_view params = ";expires=3600") {
    gate.registrar("200 OK", contact(ours(gate.token()), params));
}

TEST(Register, B2BUA_H3_ContactParametersStayRegIdGoes) {
    Gate gate;
    PhoneRegister request;
    request.lines =
        "Supported: path, outbound, gruu\r\n"
        "Contact: \"Bob, B\" <sip:bob@10.0.0.5:5060;transport=udp>;q=0.5;reg-id=1;"
        "+sip.instance=\"<urn:uuid:1>\";audio;expires=600\r\n";
    gate.phone(request);
    const Wire& sent = gate.at_registrar.back();
    EXPECT_EQ(sent.values(HeaderId::kContact),
              "\"Bob, B\" <" + ours(gate.token()) +
                  ">;q=0.5;+sip.instance=\"<urn:uuid:1>\";audio;expires=3600");  // H6
    EXPECT_EQ(sent.values(HeaderId::kSupported), "gruu");
    gate.registrar("200 OK",
                   "Contact: \"Bob, B\" <" + ours(gate.token()) +
                       ">;q=0.5;+sip.instance=\"<urn:uuid:1>\";expires=3600;pub-gruu=\"x\"\r\n");
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kContact),
              "\"Bob, B\" <sip:bob@10.0.0.5:5060;transport=udp>;q=0.5;"
              "+sip.instance=\"<urn:uuid:1>\";expires=60;pub-gruu=\"x\"");
    ASSERT_EQ(gate.published.size(), 1U);
    EXPECT_EQ(gate.published[0].binding.q, 500);
    EXPECT_EQ(gate.published[0].binding.instance, "\"<urn:uuid:1>\"");
    EXPECT_EQ(gate.published[0].binding.aor, "bob@biloxi.example.com");
}

TEST(Register, B2BUA_A21_UnknownSchemeIsTheRegistrarsAffair) {
    Gate gate;
    PhoneRegister request;
    request.aor = "isbn:2983792873";
    request.lines = "Contact: <name:John_Smith>\r\n";
    gate.phone(request);
    ASSERT_EQ(gate.at_registrar.size(), 1U);
    EXPECT_EQ(gate.at_registrar.back().values(HeaderId::kContact), "<name:John_Smith>");
    gate.registrar("400 Bad Request", "");
    EXPECT_TRUE(gate.at_phone.back().holds("SIP/2.0 400 "));
    EXPECT_TRUE(gate.published.empty());
    request.call_id = "phone-2@10.0.0.5";
    request.lines = "Contact: <sip:bob@10.0.0.5:5060>\r\n";  // nobody could be called by that name
    gate.phone(request);
    EXPECT_EQ(gate.at_registrar.size(), 1U);
    EXPECT_TRUE(gate.at_phone.back().holds("SIP/2.0 400 Bad To"));
}

TEST(Register, B2BUA_H3_BareContactGetsBrackets) {
    Gate gate;
    PhoneRegister request;
    request.lines = "m: sip:bob@10.0.0.5;expires=100\r\n";
    gate.phone(request);
    EXPECT_EQ(gate.at_registrar.back().values(HeaderId::kContact),
              "<" + ours(gate.token()) + ">;expires=3600");
}

TEST(Register, B2BUA_H4_EachDeviceSeesBothInTheirOwnForm) {
    Gate gate;
    PhoneRegister desk;
    gate.phone(desk);
    accept(gate);
    const std::string desk_token = gate.token();
    gate.pass(Millis{1000});
    PhoneRegister mobile;
    mobile.call_id = "mobile";
    mobile.lines = "Contact: <sip:bob@172.16.0.9:5061>\r\n";
    mobile.source = endpoint("198.51.100.7", 1024);
    gate.phone(mobile);
    const std::string mobile_token = gate.token();
    EXPECT_NE(mobile_token, desk_token);
    gate.registrar("200 OK", "Contact: <" + ours(desk_token) + ">;expires=3000, <" +
                                 ours(mobile_token) + ">;expires=3600\r\n" +
                                 contact("sip:bob@voicemail.example.com", ";expires=7") +
                                 contact(ours("0123456789abcdef0123456789abcdef"), ";expires=9"));
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kContact),
              "<sip:bob@10.0.0.5:5060>;expires=3000, <sip:bob@172.16.0.9:5061>;expires=60\n"
              "<sip:bob@voicemail.example.com>;expires=7");  // unknown token: left out
    EXPECT_EQ(gate.relay.size(), 2U);
    EXPECT_EQ(gate.call("bob"), "sip:bob@172.16.0.9:5061 via 198.51.100.7:1024");  // the newer
}

TEST(Register, B2BUA_H4_MissingFromThe2xxIsDropped) {
    Gate gate;
    gate.phone({});
    accept(gate, kShort);
    PhoneRegister again;
    again.cseq = 2;
    gate.phone(again);
    gate.registrar("200 OK", contact("sip:bob@elsewhere.example.com", ";expires=60"));
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kContact),
              "<sip:bob@elsewhere.example.com>;expires=60");
    EXPECT_EQ(gate.relay.size(), 0U);
}

TEST(Register, B2BUA_H5_GrantedExpiry) {
    struct {
        const char* asked;
        const char* via;       // of the phone
        const char* granted;   // by the registrar
        const char* response;  // more lines of it
        const char* expected;
        const char* expires;  // header towards the phone
    } const rows[] = {
        {"Expires: 3600\r\n", "10.0.0.5", ";expires=3600", "", ";expires=60", ""},
        {"Expires: 30\r\n", "10.0.0.5", ";expires=3600", "", ";expires=30", ""},
        {"Expires: 3600\r\n", "10.0.0.5", ";expires=40", "", ";expires=40", ""},
        {"Expires: 3600\r\n", "10.0.0.5", "", "Expires: 3600\r\n", ";expires=60", "60"},
        {"", "10.0.0.5", ";expires=3600", "Expires: 3600\r\n", ";expires=60", "60"},
        {"Expires: rubbish\r\n", "10.0.0.5", ";expires=3600", "", ";expires=60", ""},
        {"Expires: 1800\r\n", "192.0.2.10", ";expires=3600", "Expires: 9\r\n", ";expires=1800",
         "1800"},
        {"Expires: 3600\r\n", "192.0.2.10", ";expires=600", "", ";expires=600", ""},
    };
    for (const auto& row : rows) {
        Gate gate;
        PhoneRegister request;
        request.via_host = std::string(row.via) + ":40000";
        const std::string uri = "sip:bob@" + request.via_host;
        request.lines = contact(uri, "") + row.asked;
        gate.phone(request);
        gate.registrar("200 OK", contact(ours(gate.token()), row.granted) + row.response);
        EXPECT_EQ(gate.at_phone.back().values(HeaderId::kContact), "<" + uri + ">" + row.expected);
        EXPECT_EQ(gate.at_phone.back().values(HeaderId::kExpires), row.expires);
    }
}

TEST(Register, B2BUA_H6_AskedOfTheRegistrar) {
    struct {
        const char* lines;
        const char* contact;
        const char* expires;
    } const rows[] = {
        {"Contact: <sip:b@10.0.0.5>;expires=60\r\n", ";expires=3600", ""},
        {"Contact: <sip:b@10.0.0.5>;expires=7200\r\n", ";expires=7200", ""},
        {"Contact: <sip:b@10.0.0.5>;expires=0\r\n", ";expires=0", ""},
        {"Contact: <sip:b@10.0.0.5>\r\nExpires: 60\r\n", "", "3600"},
        {"Contact: <sip:b@10.0.0.5>\r\nExpires: 0\r\n", "", "0"},
        {"Contact: <sip:b@10.0.0.5>;expires=0\r\nExpires: 300\r\n", ";expires=0", "3600"},
        {"Contact: <sip:b@10.0.0.5>\r\n", "", ""},
    };
    for (const auto& row : rows) {
        Gate gate;
        PhoneRegister request;
        request.lines = row.lines;
        gate.phone(request);
        const Wire& sent = gate.at_registrar.back();
        EXPECT_EQ(sent.values(HeaderId::kContact), "<" + ours(gate.token()) + ">" + row.contact);
        EXPECT_EQ(sent.values(HeaderId::kExpires), row.expires) << row.lines;
    }
}

TEST(Register, B2BUA_H8_DeregistrationEndsTheBinding) {
    Gate gate;
    gate.phone({});
    accept(gate);
    const std::string token = gate.token();
    PhoneRegister away;
    away.cseq = 2;
    away.lines = "Contact: <sip:bob@10.0.0.5:5060>;expires=0\r\n";
    gate.phone(away);
    EXPECT_EQ(gate.token(), token);
    EXPECT_EQ(gate.relay.size(), 1U);
    gate.registrar("200 OK", "");
    EXPECT_EQ(gate.relay.size(), 0U);
    EXPECT_EQ(gate.call(token), "404");
}

TEST(Register, B2BUA_H10_SeveralContactsInOneRequest) {
    Gate gate;
    PhoneRegister request;
    request.lines =
        "Contact: <sip:bob@10.0.0.5:5060>;q=0.1, <tel:+15551234>;q=0.2\r\n"
        "Contact: <sip:bob@10.0.0.6:5060>;expires=0\r\nExpires: 7200\r\n";
    gate.phone(request);
    EXPECT_EQ(gate.at_registrar.back().values(HeaderId::kContact),
              "<" + ours(gate.token(0)) + ">;q=0.1, <tel:+15551234>;q=0.2\n<" +
                  ours(gate.token(2)) + ">;expires=0");
    EXPECT_NE(gate.token(0), gate.token(2));
    gate.registrar("200 OK", contact(ours(gate.token(0)), ";q=0.1;expires=7200") +
                                 contact("tel:+15551234", ";q=0.2;expires=7200"));
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kContact),
              "<sip:bob@10.0.0.5:5060>;q=0.1;expires=60\n<tel:+15551234>;q=0.2;expires=7200");
    EXPECT_EQ(gate.relay.size(), 1U);
}

TEST(Register, B2BUA_H11_423ToOurOwnValueIsHealed) {
    Gate gate;
    PhoneRegister request;
    request.lines =
        "Contact: <sip:bob@10.0.0.5:5060>\r\nExpires: 600\r\nAuthorization: Digest x=1\r\n";
    gate.phone(request);
    gate.registrar("423 Interval Too Brief", "Min-Expires: 7200\r\n");
    ASSERT_EQ(gate.at_registrar.size(), 2U);  // K50
    EXPECT_TRUE(gate.at_phone.empty());
    EXPECT_EQ(gate.at_registrar[1].values(HeaderId::kExpires), "7200");
    EXPECT_EQ(gate.at_registrar[1].values(HeaderId::kAuthorization), "Digest x=1");
    EXPECT_EQ(gate.at_registrar[1]->cseq().number, gate.at_registrar[0]->cseq().number + 1);
    EXPECT_EQ(gate.at_registrar[1]->call_id(), gate.at_registrar[0]->call_id());
    accept(gate, ";expires=7200");
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kContact),
              "<sip:bob@10.0.0.5:5060>;expires=60");
    EXPECT_EQ(gate.relay.counters().retried_423.read(), 1U);
    request.cseq = 2;
    gate.phone(request);  // from now on the registrar is asked what it wants
    EXPECT_EQ(gate.at_registrar.back().values(HeaderId::kExpires), "7200");
}

TEST(Register, B2BUA_H11_423PassesWhenThePhoneChoseOrTwice) {
    Gate gate;
    PhoneRegister request;
    request.lines = "Contact: <sip:bob@10.0.0.5:5060>;expires=3700\r\n";
    gate.phone(request);
    gate.registrar("423 Interval Too Brief", "Min-Expires: 7200\r\n");
    ASSERT_EQ(gate.at_phone.size(), 1U);
    EXPECT_EQ(gate.at_phone[0]->status(), 423);
    EXPECT_EQ(gate.at_phone[0].values(HeaderId::kMinExpires), "7200");
    EXPECT_EQ(gate.relay.counters().too_brief.read(), 1U);

    request.call_id = "second";
    request.lines = "Contact: <sip:bob@10.0.0.5:5060>;expires=60\r\n";
    gate.phone(request);
    gate.registrar("423 Interval Too Brief", "Min-Expires: 7200\r\n");
    gate.registrar("423 Interval Too Brief", "Min-Expires: 9000\r\n");
    EXPECT_EQ(gate.at_registrar.size(), 3U);
    EXPECT_EQ(gate.at_phone.size(), 2U);
    EXPECT_EQ(gate.relay.pending(), 0U);
}

TEST(Register, B2BUA_H12_RefusalEndsTheBinding) {
    for (const char* status : {"403 Forbidden", "404 Not Found", "410 Gone"}) {
        Gate gate;
        gate.phone({});
        accept(gate, kShort);
        PhoneRegister again;
        again.cseq = 2;
        gate.phone(again);
        gate.registrar(status, "");
        EXPECT_EQ(gate.relay.size(), 0U) << status;
        EXPECT_EQ(gate.at_phone.back()->status(), std::stoi(status));
    }
}

TEST(Register, B2BUA_H12_RedirectAndServerFailurePassAndKeep) {
    Gate gate;
    gate.phone({});
    accept(gate, kShort);
    PhoneRegister again;
    again.cseq = 2;
    gate.phone(again);
    gate.registrar("302 Moved Temporarily", contact("sip:registrar2.example.com", ""));
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kContact), "<sip:registrar2.example.com>");
    again.cseq = 3;
    gate.phone(again);
    gate.registrar("500 Server Internal Error", "Retry-After: 9\r\n");
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kRetryAfter), "9");
    EXPECT_EQ(gate.relay.size(), 1U);
    EXPECT_EQ(gate.relay.counters().refused.read(), 2U);
}

TEST(Register, B2BUA_H13_OrderOfRequests) {
    Gate gate;
    PhoneRegister request;
    request.cseq = 10;
    gate.phone(request);
    request.cseq = 11;
    gate.phone(request);  // the first is still at the registrar
    EXPECT_EQ(gate.at_phone.back()->status(), 500);
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kRetryAfter), "1");
    EXPECT_EQ(gate.at_registrar.size(), 1U);
    accept(gate, kShort);
    gate.pass(Millis{40 * 1000});  // beyond timer J: no longer a merged request (C19)
    for (const std::uint32_t cseq : {10U, 9U}) {
        request.cseq = cseq;
        gate.phone(request);
        EXPECT_EQ(gate.at_phone.back()->status(), 500);
    }
    EXPECT_EQ(gate.at_registrar.size(), 1U);
    EXPECT_EQ(gate.relay.counters().overlapping.read(), 1U);
    EXPECT_EQ(gate.relay.counters().out_of_order.read(), 2U);
    request.cseq = 12;
    gate.phone(request);
    EXPECT_EQ(gate.at_registrar.size(), 2U);
}

TEST(Register, B2BUA_D4_NewFromTagKeepsTheCallId) {
    Gate gate;
    PhoneRegister request;
    gate.phone(request);
    gate.registrar("401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\"\r\n");
    request.cseq = 2;
    request.from_tag = "another";
    gate.phone(request);
    EXPECT_EQ(gate.at_registrar[1]->call_id(), gate.at_registrar[0]->call_id());
    EXPECT_NE(gate.at_registrar[1]->from().tag, gate.at_registrar[0]->from().tag);
    EXPECT_EQ(gate.at_registrar[1]->cseq().number, gate.at_registrar[0]->cseq().number + 1);
}

TEST(Register, B2BUA_D4_ContextEndsAfterItsTime) {
    Gate gate;
    PhoneRegister request;
    gate.phone(request);
    gate.registrar("401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\"\r\n");
    const std::string token = gate.token();
    gate.pass(Millis{301 * 1000});
    request.cseq = 2;
    gate.phone(request);
    EXPECT_NE(gate.at_registrar.back()->call_id(), gate.at_registrar[0]->call_id());
    EXPECT_EQ(gate.token(), token);
}

TEST(Register, B2BUA_D9_D12_OwnAddressesAreReplaced) {
    Gate gate;
    PhoneRegister request;
    request.uri = "sip:10.10.0.1";
    request.lines =
        "Route: <sip:10.10.0.1;lr>, <sip:10.10.0.1:5060;lr>\r\nRoute: <sip:p.example.com;lr>\r\n"
        "Record-Route: <sip:10.10.0.7;lr>\r\nPath: <sip:10.10.0.7;lr>\r\n"
        "Contact: <sip:bob@10.0.0.5>\r\n";
    gate.phone(request);
    const Wire& sent = gate.at_registrar.back();
    EXPECT_EQ(sent->request_uri(), "sip:10.20.0.2:5060");
    EXPECT_EQ(sent.values(HeaderId::kRoute), "<sip:p.example.com;lr>");
    EXPECT_FALSE(sent->has(HeaderId::kRecordRoute));
    EXPECT_FALSE(sent->has(HeaderId::kPath));
    EXPECT_FALSE(sent.holds("10.10.0.")) << sent.octets;
}

TEST(Register, B2BUA_D9_D19_RoutesThatAreNotForTheRegistrarsSide) {
    for (const bool ignored : {false, true}) {
        Config config = two_realms();
        config.realms[kInside.value].preloaded_route =
            ignored ? PreloadedRoute::kIgnore : PreloadedRoute::kPass;
        Gate gate({}, {}, 1, std::move(config));
        PhoneRegister request;
        request.lines =
            "Route: <sip:10.10.0.1;lr>, <sip:10.10.0.9;lr>, <sip:127.0.0.1;lr>, "
            "<sip:p.example.com;lr>\r\nContact: <sip:bob@10.0.0.5>\r\n";
        gate.phone(request);
        EXPECT_EQ(gate.at_registrar.back().values(HeaderId::kRoute),
                  ignored ? "" : "<sip:p.example.com;lr>");
    }
}

TEST(Register, B2BUA_H16_ServiceRouteIsKeptAndNotShown) {
    Gate gate;
    gate.phone({});
    gate.registrar("200 OK", contact(ours(gate.token()), ";expires=3600") +
                                 "Service-Route: <sip:s1;lr>,<sip:s2;lr>\r\nDate: today\r\n");
    EXPECT_FALSE(gate.at_phone.back()->has(HeaderId::kServiceRoute));
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kDate), "today");
    EXPECT_EQ(gate.published.back().binding.service_route, "<sip:s1;lr>, <sip:s2;lr>");
}

}  // namespace
}  // namespace sallyport::registration
