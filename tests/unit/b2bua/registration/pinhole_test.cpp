// SPDX-License-Identifier: Apache-2.0
// Which bindings need keepalives of ours (H19): those of phones behind NAT that did not announce
// their own by Via keep (RFC 6223 s.4.3), and whose flow nobody agreed to by outbound (RFC 5626
// s.4.2.1).
#include "tests/unit/b2bua/registration/gate.h"

#include <algorithm>

namespace sallyport::registration {
namespace {

struct Row {
    const char* name;
    PhoneRegister request;
    bool pinhole;
};

PhoneRegister lines(std::string text) {
    PhoneRegister request;
    request.lines = std::move(text);
    return request;
}

PhoneRegister via(std::string host) {
    PhoneRegister request;
    request.via_host = std::move(host);
    return request;
}

PhoneRegister in_the_open() {
    PhoneRegister request;
    request.via_host = "192.0.2.10:40000";
    request.lines = "Contact: <sip:bob@192.0.2.10:40000>\r\nExpires: 3600\r\n";
    return request;
}

class PinholeOf : public ::testing::TestWithParam<Row> {};

TEST_P(PinholeOf, B2BUA_H19_who_needs_keepalives) {
    Gate gate;
    gate.phone(GetParam().request);
    gate.registrar("200 OK", "Contact: <sip:" + gate.token() + "@10.20.0.1:5060>;expires=3600\r\n");
    ASSERT_EQ(gate.published.size(), 1U);
    EXPECT_EQ(gate.published[0].binding.pinhole, GetParam().pinhole);
}

TEST(Pinhole, B2BUA_H19_a_refresh_that_is_answered_here_changes_nothing) {
    Gate gate;
    PhoneRegister request;
    gate.phone(request);
    gate.registrar("200 OK", "Contact: <sip:" + gate.token() + "@10.20.0.1:5060>;expires=3600\r\n");
    ++request.cseq;
    gate.phone(request);
    ASSERT_EQ(gate.published.size(), 2U);
    EXPECT_EQ(gate.at_registrar.size(), 1U);
    EXPECT_TRUE(gate.published[1].binding.pinhole);
}

Config by_path() {
    Config config = two_realms();
    config.realms[kInside.value].registration = RegistrationMode::kPath;
    return config;
}

TEST(Pinhole, B2BUA_H19_outbound_counts_when_the_registrar_agreed) {
    for (const bool agreed : {true, false}) {
        SCOPED_TRACE(agreed);
        Gate gate({}, {}, 1, by_path());
        PhoneRegister request;
        const std::string contact =
            "Contact: "
            "<sip:bob@10.0.0.5:5060>;reg-id=1;+sip.instance=\"<urn:uuid:1>\";expires=3600\r\n";
        request.lines = contact + "Supported: path, outbound\r\n";
        gate.phone(request);
        gate.registrar("200 OK", contact + (agreed ? "Require: outbound\r\n" : ""));
        ASSERT_EQ(gate.published.size(), 1U);
        EXPECT_EQ(gate.published[0].binding.pinhole, !agreed);
    }
}

const std::string kFlow = "Contact: <sip:bob@10.0.0.5:5060>;reg-id=1;expires=3600\r\n";

INSTANTIATE_TEST_SUITE_P(
    All, PinholeOf,
    ::testing::Values(
        Row{"a_phone_behind_NAT", {}, true}, Row{"one_that_is_not", in_the_open(), false},
        Row{"keep", via("10.0.0.5:5060;keep"), false},
        Row{"keep_in_capitals", via("10.0.0.5:5060;KEEP"), false},
        Row{"keep_with_a_value", via("10.0.0.5:5060;keep=30"), false},
        Row{"something_like_it", via("10.0.0.5:5060;keeper"), true},
        Row{"outbound, which ends at the contact map",
            lines(kFlow + "Supported: path, outbound\r\n"), true},
        Row{"outbound_without_a_flow",
            lines("Contact: <sip:bob@10.0.0.5:5060>;expires=3600\r\nSupported: outbound\r\n"),
            true},
        Row{"a_flow_without_outbound", lines(kFlow + "Supported: path\r\n"), true}),
    [](const auto& row) {
        std::string name = row.param.name;
        std::replace_if(
            name.begin(), name.end(), [](char c) { return c == ' ' || c == ','; }, '_');
        return name;
    });

}  // namespace
}  // namespace sallyport::registration
