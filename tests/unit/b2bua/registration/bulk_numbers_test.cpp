// SPDX-License-Identifier: Apache-2.0
// A PBX that registers for a block of numbers (B2BUA-H3; RFC 6140 s.5, s.7, s.8.1) in both modes.
#include "b2bua/policy/header_policy.h"
#include "b2bua/routing/router.h"
#include "tests/unit/b2bua/registration/gate.h"
#include "tests/unit/b2bua/routing/asking.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

using sip::HeaderId;

class BulkNumbers : public ::testing::Test {
protected:
    BulkNumbers() {
        request.uri = "sip:ssp.example.com";
        request.aor = "sip:pbx@ssp.example.com";
        request.lines =
            "Proxy-Require: gin\r\nRequire: gin\r\nSupported: path\r\n"
            "Contact: <sip:198.51.100.3:5060;line=7;bnc>;expires=7200\r\n";
    }
    /// bulk=TOKEN as it stands in our Contact.
    [[nodiscard]] std::string parameter() const {
        const std::string contact = gate.at_registrar.back().values(HeaderId::kContact);
        const std::size_t at = contact.find("bulk=");
        return contact.substr(at, contact.find('>') - at);
    }
    [[nodiscard]] std::string call(const std::string& uri) const {
        const auto target = routing::choose_for(gate.config, gate.relay, kOutside, uri, gate.now);
        return target.ok()
                   ? target->front().request_uri + " via " + target->front().flow.remote.to_string()
                   : std::to_string(target.error().status);
    }
    Gate gate;
    PhoneRegister request;
};

TEST_F(BulkNumbers, B2BUA_H3_contact_has_no_user_and_the_token_is_a_parameter) {
    gate.phone(request);
    ASSERT_EQ(gate.at_registrar.size(), 1U);
    const Wire& sent = gate.at_registrar.back();
    EXPECT_EQ(sent.values(HeaderId::kContact),
              "<sip:10.20.0.1:5060;bnc;" + parameter() + ">;expires=7200");
    EXPECT_EQ(sent.values(HeaderId::kRequire), "gin");
    EXPECT_EQ(sent.values(HeaderId::kProxyRequire), "gin");
    EXPECT_EQ(sent.values(HeaderId::kSupported), "path");  // RFC 6140 s.5.1: MUST
    const std::string own = parameter();
    gate.registrar("200 OK", "Contact: <sip:10.20.0.1:5060;bnc;" + own +
                                 ">;temp-gruu-cookie=\"Y2o\";expires=7200\r\n");
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kContact),
              "<sip:198.51.100.3:5060;line=7;bnc>;temp-gruu-cookie=\"Y2o\";expires=60");
    ++request.cseq;
    request.source = endpoint("192.0.2.10", 40001);
    gate.phone(request);
    EXPECT_EQ(parameter(), own) << "the same at each refresh";
}

TEST_F(BulkNumbers, B2BUA_H3_each_number_reaches_the_pbx) {
    gate.phone(request);
    const std::string own = parameter();
    gate.registrar("200 OK", "Contact: <sip:10.20.0.1:5060;bnc;" + own + ">;expires=7200\r\n");
    const std::string via = " via 192.0.2.10:40000";
    EXPECT_EQ(call("sip:+12145550105@10.20.0.1:5060;" + own),
              "sip:+12145550105@198.51.100.3:5060;line=7" + via);
    EXPECT_EQ(call("sip:+12145550106@10.20.0.1:5060;" + own + ";sg=00:05"),
              "sip:+12145550106@198.51.100.3:5060;line=7;sg=00:05" + via);
    EXPECT_EQ(call("sip:+12145550106@10.20.0.1:5060;bulk=0"), "404");
    gate.pass(Millis{61'000});
    EXPECT_EQ(call("sip:+12145550105@10.20.0.1:5060;" + own), "480");
}

TEST_F(BulkNumbers, B2BUA_H3_the_token_of_a_phone_is_not_one_of_a_pbx) {
    PhoneRegister bob;
    gate.phone(bob);
    const std::string token = gate.token();
    gate.registrar("200 OK", "Contact: <sip:" + token + "@10.20.0.1:5060>;expires=60\r\n");
    EXPECT_EQ(call("sip:+1@10.20.0.1:5060;bulk=" + token), "404");
}

TEST_F(BulkNumbers, B2BUA_H3_contacts_that_RFC6140_forbids) {
    for (const char* uri : {"sip:pbx@198.51.100.3;bnc", "sip:198.51.100.3;bnc;user=phone"}) {
        request.lines = "Contact: <" + std::string(uri) + ">\r\n";
        gate.phone(request);
        ++request.cseq;
        EXPECT_EQ(gate.at_phone.back()->status(), 400) << uri;
    }
    EXPECT_TRUE(gate.at_registrar.empty());
}

TEST_F(BulkNumbers, B2BUA_H15_in_mode_path_it_passes_as_it_is) {
    gate.config.realms[0].registration = RegistrationMode::kPath;
    gate.phone(request);
    const Wire& sent = gate.at_registrar.back();
    EXPECT_EQ(sent.values(HeaderId::kContact), "<sip:198.51.100.3:5060;line=7;bnc>;expires=7200");
    EXPECT_EQ(sent.values(HeaderId::kProxyRequire), "gin");
    EXPECT_EQ(sent.values(HeaderId::kSupported), "path");
    EXPECT_NE(sent.values(HeaderId::kPath), "");
}

TEST(GinElsewhere, B2BUA_H3_is_a_matter_of_registrations) {
    const auto admitted = [](const std::string& method) {
        const std::string text = method +
                                 " sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
                                 "From: <sip:a@b>;tag=1\r\nTo: <sip:b@c>\r\nCall-ID: 1\r\n"
                                 "CSeq: 1 " +
                                 method +
                                 "\r\nProxy-Require: gin\r\nRequire: gin\r\n"
                                 "Content-Length: 0\r\n\r\n";
        const Wire wire({}, text);
        return !policy::admit(*wire.message).has_value();
    };
    EXPECT_TRUE(admitted("REGISTER"));
    EXPECT_FALSE(admitted("MESSAGE"));
}

}  // namespace
}  // namespace sallyport::registration
