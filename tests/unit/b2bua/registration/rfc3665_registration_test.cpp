// SPDX-License-Identifier: Apache-2.0
// RFC 3665 s.2.1 to s.2.5 through the gate, the phone behind NAT (spec section K, 1 to 5).
#include "tests/unit/b2bua/registration/gate.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

using sip::HeaderId;

constexpr std::string_view kChallenge =
    "Digest realm=\"atlanta.example.com\", qop=\"auth\","
    " nonce=\"ea9c8e88df84f1cec4341ae6cbe5a359\", opaque=\"\",  stale=FALSE, algorithm=MD5";
constexpr std::string_view kCredentials =
    "Digest username=\"bob\", realm=\"atlanta.example.com\""
    " nonce=\"ea9c8e88df84f1cec4341ae6cbe5a359\", opaque=\"\", uri=\"sip:biloxi.example.com\","
    "  response=\"dfe56131d1958046689d83306477ecc\"";

std::string line(std::string_view name, std::string_view value) {
    return std::string(name).append(": ").append(value).append("\r\n");
}

std::string bound(const Gate& gate, std::size_t nth = 0,
                  std::string_view params = ";expires=3600") {
    return "Contact: <sip:" + gate.token(nth) + "@10.20.0.1:5060>" + std::string(params) + "\r\n";
}

/// The phone registers and is accepted.
void register_bob(Gate& gate, PhoneRegister request = {}) {
    gate.phone(request);
    gate.registrar("200 OK", bound(gate));
}

/// The first attempt was challenged, the second one carries credentials.
void answer_challenge(Gate& gate) {
    PhoneRegister request;
    gate.phone(request);
    gate.registrar("401 Unauthorized", line("WWW-Authenticate", kChallenge));
    request.cseq = 2;
    request.lines.append(line("Authorization", kCredentials));
    gate.phone(request);
}

TEST(Rfc3665Registration, B2BUA_K1_ChallengeAndCredentialsPassByteEqual) {
    Gate gate;
    answer_challenge(gate);
    ASSERT_EQ(gate.at_phone.size(), 1U);
    EXPECT_EQ(gate.at_phone[0]->status(), 401);
    EXPECT_EQ(gate.at_phone[0].values(HeaderId::kWwwAuthenticate), kChallenge);  // D15
    ASSERT_EQ(gate.at_registrar.size(), 2U);
    const Wire& first = gate.at_registrar[0];
    const Wire& second = gate.at_registrar[1];
    EXPECT_EQ(second.values(HeaderId::kAuthorization), kCredentials);
    EXPECT_EQ(second->call_id(), first->call_id());  // H3, D4
    EXPECT_EQ(second->cseq().number, first->cseq().number + 1);
    EXPECT_EQ(second->from().tag, first->from().tag);
    EXPECT_EQ(second.values(HeaderId::kContact), first.values(HeaderId::kContact));
    EXPECT_NE(second->top_via().branch, first->top_via().branch);
    EXPECT_EQ(gate.call(gate.token()), "404");  // H2: nothing before a 2xx
}

TEST(Rfc3665Registration, B2BUA_K1_AcceptanceShowsThePhoneItsOwnContact) {
    Gate gate;
    answer_challenge(gate);
    gate.registrar("200 OK", bound(gate));
    ASSERT_EQ(gate.at_phone.size(), 2U);
    const Wire& ok = gate.at_phone[1];
    EXPECT_EQ(ok->status(), 200);
    EXPECT_EQ(ok.values(HeaderId::kContact), "<sip:bob@10.0.0.5:5060>;expires=60");  // H4, H5
    EXPECT_EQ(ok.values(HeaderId::kCSeq), "2 REGISTER");
    EXPECT_EQ(ok->call_id(), "phone-1@10.0.0.5");
    EXPECT_EQ(ok->from().text, "Bob <sip:bob@biloxi.example.com>;tag=a73kszlfl");
    EXPECT_EQ(ok->to().uri, "sip:bob@biloxi.example.com");
    EXPECT_NE(ok->to().tag, "");
    EXPECT_EQ(ok->via_count(), 1U);
    EXPECT_EQ(ok->top_via().branch, "z9hG4bKp2");
    EXPECT_EQ(ok->top_via().received, "192.0.2.10");  // B5
    EXPECT_EQ(ok.flow.remote, endpoint("192.0.2.10", 40000));
    EXPECT_EQ(gate.call(gate.token()), "sip:bob@10.0.0.5:5060 via 192.0.2.10:40000");  // H14
    EXPECT_EQ(gate.relay.size(), 1U);
    EXPECT_EQ(gate.relay.pending(), 0U);
    EXPECT_EQ(gate.relay.counters().challenged.read(), 1U);
    EXPECT_EQ(gate.relay.counters().accepted.read(), 1U);
}

TEST(Rfc3665Registration, B2BUA_D19_NeitherSideSeesTheOthersAddresses) {
    Gate gate;
    register_bob(gate);
    ASSERT_EQ(gate.at_registrar.size(), 1U);
    const Wire& request = gate.at_registrar[0];
    for (const char* inside : {"10.0.0.5", "192.0.2.10", "10.10.0.1", "z9hG4bKp", "a73kszlfl"}) {
        EXPECT_FALSE(request.holds(inside)) << inside << "\n" << request.octets;
    }
    ASSERT_EQ(gate.at_phone.size(), 1U);
    EXPECT_FALSE(gate.at_phone[0].holds("10.20.0.")) << gate.at_phone[0].octets;
    EXPECT_EQ(request->request_uri(), "sip:biloxi.example.com");
    EXPECT_EQ(request.values(HeaderId::kMaxForwards), "69");
    EXPECT_EQ(request->via_count(), 1U);
    EXPECT_EQ(request->top_via().host, "10.20.0.1");
    EXPECT_TRUE(request->top_via().rport.has_value());
    EXPECT_EQ(request->to().text, "Bob <sip:bob@biloxi.example.com>");
}

TEST(Rfc3665Registration, B2BUA_K2_UpdateOfContactList) {
    Gate gate;
    register_bob(gate);
    PhoneRegister more;
    more.cseq = 2;
    more.lines = "Contact: mailto:bob@biloxi.example.com\r\n";
    gate.phone(more);
    EXPECT_EQ(gate.at_registrar.back().values(HeaderId::kContact), "mailto:bob@biloxi.example.com");
    const std::string token = gate.relay.size() == 1 ? gate.published[0].binding.token : "";
    gate.registrar("200 OK", "Contact: <sip:" + token +
                                 "@10.20.0.1:5060>;expires=3000, "
                                 "<mailto:bob@biloxi.example.com>;expires=4294967295\r\n");
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kContact),
              "<sip:bob@10.0.0.5:5060>;expires=3000, "
              "<mailto:bob@biloxi.example.com>;expires=4294967295");
    EXPECT_EQ(gate.relay.size(), 1U);  // H10
}

TEST(Rfc3665Registration, B2BUA_K3_RequestForCurrentContactList) {
    Gate gate;
    register_bob(gate);
    const std::string list = bound(gate);
    PhoneRegister query;
    query.cseq = 2;
    query.lines = "";
    gate.phone(query);
    ASSERT_EQ(gate.at_registrar.size(), 2U);
    EXPECT_FALSE(gate.at_registrar[1]->has(HeaderId::kContact));
    EXPECT_FALSE(gate.at_registrar[1]->has(HeaderId::kExpires));
    gate.registrar("200 OK", list);
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kContact),
              "<sip:bob@10.0.0.5:5060>;expires=3600");
    EXPECT_EQ(gate.relay.size(), 1U);
}

TEST(Rfc3665Registration, B2BUA_K4_CancellationOfRegistration) {
    Gate gate;
    register_bob(gate);
    const std::string token = gate.token();
    PhoneRegister cancel;
    cancel.cseq = 2;
    cancel.lines = "Contact: *\r\nExpires: 0\r\n";
    gate.phone(cancel);
    EXPECT_EQ(gate.at_registrar.back().values(HeaderId::kContact), "*");  // H9
    EXPECT_EQ(gate.at_registrar.back().values(HeaderId::kExpires), "0");
    EXPECT_EQ(gate.relay.size(), 1U);
    gate.registrar("200 OK", "");
    EXPECT_EQ(gate.at_phone.back()->status(), 200);
    EXPECT_EQ(gate.relay.size(), 0U);
    EXPECT_EQ(gate.call(token), "404");
    EXPECT_EQ(gate.published.back().kind, BindingChange::Kind::kErase);

    cancel.cseq = 3;
    cancel.lines = "Contact: *\r\nExpires: 5\r\n";
    gate.phone(cancel);
    EXPECT_EQ(gate.at_phone.back()->status(), 400);
    EXPECT_EQ(gate.at_registrar.size(), 2U);
}

TEST(Rfc3665Registration, B2BUA_K5_UnsuccessfulRegistration) {
    Gate gate;
    PhoneRegister request;
    for (request.cseq = 1; request.cseq <= 2; ++request.cseq) {
        gate.phone(request);
        gate.registrar("401 Unauthorized", line("WWW-Authenticate", kChallenge));
        EXPECT_EQ(gate.at_phone.back()->status(), 401);
        EXPECT_EQ(gate.at_phone.back().values(HeaderId::kWwwAuthenticate), kChallenge);
    }
    EXPECT_EQ(gate.relay.size(), 0U);
    EXPECT_EQ(gate.call(gate.token()), "404");
    EXPECT_EQ(gate.call("bob"), "404");
    EXPECT_TRUE(gate.published.empty());
    EXPECT_EQ(gate.relay.counters().challenged.read(), 2U);
}

TEST(Rfc3665Registration, B2BUA_K51_HijackWithoutCredentials) {
    Gate gate;
    register_bob(gate);
    const std::string token = gate.token();
    PhoneRegister stranger;
    stranger.call_id = "other";
    stranger.cseq = 900;
    stranger.source = endpoint("203.0.113.9", 5060);
    gate.phone(stranger);
    EXPECT_EQ(gate.token(), token);
    EXPECT_EQ(gate.call(token), "sip:bob@10.0.0.5:5060 via 192.0.2.10:40000");  // H18
    gate.registrar("401 Unauthorized", line("WWW-Authenticate", kChallenge));
    EXPECT_EQ(gate.at_phone.back().flow.remote, endpoint("203.0.113.9", 5060));
    EXPECT_EQ(gate.call(token), "sip:bob@10.0.0.5:5060 via 192.0.2.10:40000");
    stranger.cseq = 901;
    gate.phone(stranger);
    gate.registrar("403 Forbidden", "");  // H12 ends nothing that came from elsewhere
    PhoneRegister neighbour = stranger;
    neighbour.source = endpoint("192.0.2.10", 40001);
    neighbour.cseq = 902;
    gate.phone(neighbour);
    gate.registrar("403 Forbidden", "");
    PhoneRegister spoofed;
    spoofed.call_id = "yet-another";
    gate.phone(spoofed);
    gate.registrar("403 Forbidden", "");
    EXPECT_EQ(gate.call(token), "sip:bob@10.0.0.5:5060 via 192.0.2.10:40000");
}

TEST(Rfc3665Registration, B2BUA_H18_FlowMovesWithTheRegistrarsConsent) {
    Gate gate;
    register_bob(gate);
    const std::string token = gate.token();
    PhoneRegister moved;
    moved.cseq = 2;
    moved.source = endpoint("192.0.2.10", 41000);
    gate.phone(moved);
    EXPECT_EQ(gate.call(token), "sip:bob@10.0.0.5:5060 via 192.0.2.10:40000");
    gate.registrar("200 OK", bound(gate));
    EXPECT_EQ(gate.token(), token);
    EXPECT_EQ(gate.call(token), "sip:bob@10.0.0.5:5060 via 192.0.2.10:41000");
    EXPECT_EQ(gate.relay.size(), 1U);
}

}  // namespace
}  // namespace sallyport::registration
