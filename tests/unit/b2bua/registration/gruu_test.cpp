// SPDX-License-Identifier: Apache-2.0
// GRUUs (B2BUA-H17, RFC 5627 s.4, s.5) in both modes: the registrar gives them out, the phone hears
// of them, and requests to them come back as requests to its Contact.
#include "tests/unit/b2bua/registration/gate.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

using sip::HeaderId;

constexpr std::string_view kGruus =
    ";pub-gruu=\"sip:bob@biloxi.example.com;gr=urn:uuid:f81d4fae\""
    ";temp-gruu=\"sip:tgruu.7hs==jd7vnzga5w7fajsc7-ajd6fabz0f8g5@biloxi.example.com;gr\"";
constexpr std::string_view kInstance = ";+sip.instance=\"<urn:uuid:f81d4fae>\"";

class Gruu : public ::testing::TestWithParam<RegistrationMode> {
protected:
    Gruu() {
        gate.config.realms[0].registration = GetParam();
        request.lines = "Supported: gruu\r\nContact: <sip:bob@10.0.0.5:5060>" +
                        std::string(kInstance) + ";expires=3600\r\n";
    }
    Gate gate;
    PhoneRegister request;
};

TEST_P(Gruu, B2BUA_H17_pass_to_the_phone) {
    gate.phone(request);
    const std::string sent = gate.at_registrar.back().values(HeaderId::kContact);
    EXPECT_NE(sent.find(kInstance), std::string::npos) << sent;
    EXPECT_NE(gate.at_registrar.back().values(HeaderId::kSupported).find("gruu"),
              std::string::npos);
    gate.registrar("200 OK", "Contact: " + sent + std::string(kGruus) + "\r\n");
    const std::string shown =
        "<sip:bob@10.0.0.5:5060>" + std::string(kInstance) + ";expires=60" + std::string(kGruus);
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kContact), shown);
    gate.pass(Millis{45'000});
    ++request.cseq;
    gate.phone(request);  // H7: both stay good while the binding does (RFC 5627 s.4.2)
    EXPECT_EQ(gate.at_registrar.size(), 1U);
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kContact), shown);
}

INSTANTIATE_TEST_SUITE_P(Modes, Gruu,
                         ::testing::Values(RegistrationMode::kContactMap, RegistrationMode::kPath),
                         [](const auto& row) {
                             return row.param == RegistrationMode::kPath ? "path" : "contact_map";
                         });

TEST(GruuOfAToken, B2BUA_H17_requests_come_back_to_the_token) {
    Gate gate;
    PhoneRegister request;
    request.lines = "Contact: <sip:bob@10.0.0.5:5060>" + std::string(kInstance) + "\r\n";
    gate.phone(request);
    const std::string token = gate.token();
    gate.registrar("200 OK", "Contact: <sip:" + token + "@10.20.0.1:5060>" +
                                 std::string(kInstance) + std::string(kGruus) +
                                 ";expires=3600\r\n");
    // RFC 5627 s.5.1: the registrar's proxy puts the registered Contact in the GRUU's place.
    EXPECT_EQ(gate.call(token), "sip:bob@10.0.0.5:5060 via 192.0.2.10:40000");
}

}  // namespace
}  // namespace sallyport::registration
