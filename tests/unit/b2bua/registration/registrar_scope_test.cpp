// SPDX-License-Identifier: Apache-2.0
// Two registrars know the same address-of-record, and phones that say the same of themselves (H2,
// H3, H9): what one of them says does not touch the bindings of the other, or of our own users.
#include "tests/unit/b2bua/registration/gate.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

constexpr RealmId kOffice{2};
constexpr routing::RegistrarId kCarrier{0};
constexpr routing::RegistrarId kSecond{1};

/// A second access realm with a registrar of its own, in the same realm as the first.
Config three_realms() {
    Config config = two_realms();
    Realm office = config.realms[kInside.value];
    office.name = "office";
    office.address = Prefix::parse("10.30.0.1/24").value();
    config.realms.push_back(office);
    config.peers.push_back({"second", kOutside, "sip:10.20.0.3:5060", endpoint("10.20.0.3", 5060)});
    config.routes.push_back({"office", kOffice, ToPeers{{1}}});
    return config;
}

class TwoRegistrars : public ::testing::Test {
protected:
    void enroll(RealmId realm, PhoneRegister request) {
        const Flow flow{realm, Transport::kUdp,
                        Endpoint{gate.config.realms[realm.value].address.address, Port{5060}},
                        request.source};
        gate.phone(request, flow);
        gate.registrar("200 OK",
                       request.lines.find('*') != std::string::npos
                           ? std::string{}
                           : "Contact: <sip:" + gate.token() + "@10.20.0.1:5060>;expires=3600\r\n");
    }
    Gate gate{{}, {}, 1, three_realms()};
    PhoneRegister phone;
};

TEST_F(TwoRegistrars, B2BUA_H3_the_same_phone_has_another_token) {
    enroll(kInside, phone);
    const std::string first = gate.token();
    phone.source = endpoint("192.0.2.99", 40000);
    phone.cseq = 2;
    enroll(kOffice, phone);
    EXPECT_NE(gate.token(), first);
    EXPECT_EQ(gate.relay.size(), 2U);
    EXPECT_EQ(gate.call(first), "sip:bob@10.0.0.5:5060 via 192.0.2.10:40000") << "H18";
    const auto at = [&](std::optional<routing::RegistrarId> registrar) {
        return gate.relay.by_aor("bob", "biloxi.example.com", registrar, gate.now);
    };
    EXPECT_EQ(at(kCarrier).flow.remote, endpoint("192.0.2.10", 40000));
    EXPECT_EQ(at(kSecond).flow.remote, endpoint("192.0.2.99", 40000));
    EXPECT_EQ(at(routing::kOwnRegistrar).reach, routing::Reach::kUnknown);
    EXPECT_EQ(at(std::nullopt).reach, routing::Reach::kAmbiguous);
}

TEST_F(TwoRegistrars, B2BUA_H9_one_does_not_remove_what_the_other_bound) {
    enroll(kInside, phone);
    const std::string first = gate.token();
    phone.cseq = 7;
    phone.lines = "Contact: *\r\nExpires: 0\r\n";
    enroll(kOffice, phone);
    EXPECT_EQ(gate.at_phone.back()->status(), 200);
    EXPECT_EQ(gate.relay.size(), 1U);
    EXPECT_EQ(gate.call(first), "sip:bob@10.0.0.5:5060 via 192.0.2.10:40000");
}

}  // namespace
}  // namespace sallyport::registration
