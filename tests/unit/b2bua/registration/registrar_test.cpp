// SPDX-License-Identifier: Apache-2.0
// The gateway as registrar (B2BUA-H22, H23; RFC 3261 s.10.3, RFC 5626 s.6): every step of the RFC,
// what it grants, and what it refuses.
#include "b2bua/registration/sender_proof.h"
#include "tests/unit/b2bua/digest_client.h"
#include "tests/unit/b2bua/registration/gate.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

using sip::HeaderId;

constexpr Millis kSecond{1000};
constexpr std::string_view kDomain = "biloxi.example.com";

const DigestClient kBob{"bob", "zanzibar"};
const DigestClient kEve{"eve", "mallory"};

Config own_users() {
    Config config = two_realms();
    config.realms[kInside.value].registration = RegistrationMode::kLocal;
    auto users = std::make_shared<Users>();
    for (const DigestClient& client : {kBob, kEve}) {
        users->add(client.user, kDomain, client.secret(kDomain));
    }
    config.users = std::move(users);
    return config;
}

class OwnRegistrar : public ::testing::Test {
protected:
    /// Sends the REGISTER with credentials for a challenge of its own; its CSeq moves on by two.
    const Wire& authenticated(const DigestClient& client = kBob) {
        ++request.cseq;
        gate.phone(request);
        const std::string challenge = first_line(HeaderId::kWwwAuthenticate);
        if (challenge.empty()) {
            return gate.at_phone.back();  // refused before anybody asked who it was
        }
        const std::string lines = request.lines;
        request.lines +=
            "Authorization: " + client.answer(challenge, "REGISTER", request.uri) + "\r\n";
        ++request.cseq;
        gate.phone(request);
        request.lines = lines;
        return gate.at_phone.back();
    }
    [[nodiscard]] std::string first_line(HeaderId id) const {
        const std::string all = gate.at_phone.back().values(id);
        return all.substr(0, all.find('\n'));
    }
    [[nodiscard]] std::string contacts() const {
        return gate.at_phone.back().values(HeaderId::kContact);
    }
    void contact(const std::string& value) { request.lines = "Contact: " + value + "\r\n"; }

    Gate gate{{}, {}, 1, own_users()};
    PhoneRegister request;
};

TEST_F(OwnRegistrar, B2BUA_H23_K53_ChallengesAndBinds) {
    gate.phone(request);
    EXPECT_EQ(gate.at_phone.back()->status(), 401);
    EXPECT_EQ(gate.relay.size(), 0U);
    const Wire& answer = authenticated();
    EXPECT_EQ(answer->status(), 200);
    EXPECT_EQ(contacts(), "<sip:bob@10.0.0.5:5060>;expires=60") << "H5: behind a NAT";
    EXPECT_EQ(answer.values(HeaderId::kDate), "Sat, 13 Nov 2010 23:29:00 GMT");
    EXPECT_EQ(gate.relay.size(), 1U);
    EXPECT_EQ(gate.published.size(), 1U) << "the other shards hear of it";
    EXPECT_TRUE(gate.at_registrar.empty()) << "nobody else was asked";
    const auto bob = gate.relay.by_aor("bob", kDomain, routing::kOwnRegistrar, gate.now);
    EXPECT_EQ(bob.reach, routing::Reach::kBound);
    EXPECT_EQ(bob.flow.remote, endpoint("192.0.2.10", 40000));
    EXPECT_EQ(bob.contact_uri, "sip:bob@10.0.0.5:5060");
}

TEST_F(OwnRegistrar, B2BUA_H23_ChallengesLeaveNothingBehind) {
    constexpr int kMany = 3 * SenderProof::kChallengesPerSecond;
    for (int i = 0; i < kMany; ++i) {
        request.call_id = "spoofed-" + std::to_string(i);
        gate.phone(request);
        ASSERT_EQ(gate.layer.gauges().servers, 0U);
    }
    EXPECT_EQ(gate.at_phone.size(), std::size_t{SenderProof::kChallengesPerSecond})
        << "whoever's address it is gets no more";
    EXPECT_EQ(gate.relay.counters().challenges_withheld.read(),
              std::uint64_t{kMany - SenderProof::kChallengesPerSecond});
    gate.pass(kSecond);
    EXPECT_EQ(authenticated()->status(), 200);
    EXPECT_EQ(gate.layer.gauges().servers, 1U);
}

TEST_F(OwnRegistrar, B2BUA_H22_WhoMayBindWhat) {
    struct Row {
        const char* name;
        const char* aor;
        const DigestClient& client;
        int status;
    };
    const DigestClient guess{"bob", "guess"};
    const DigestClient nobody{"nobody", "zanzibar"};
    for (const Row& row : {Row{"own", "sip:bob@biloxi.example.com", kBob, 200},
                           Row{"own, host in another case, with parameters",
                               "sip:%62ob@Biloxi.example.com;user=ip", kBob, 200},
                           Row{"somebody else's", "sip:bob@biloxi.example.com", kEve, 403},
                           Row{"nobody's", "sip:ghost@biloxi.example.com", kBob, 403},
                           Row{"wrong password", "sip:bob@biloxi.example.com", guess, 401},
                           Row{"unknown user", "sip:nobody@biloxi.example.com", nobody, 401}}) {
        SCOPED_TRACE(row.name);
        request.aor = row.aor;
        EXPECT_EQ(authenticated(row.client)->status(), row.status);
    }
    EXPECT_EQ(gate.relay.size(), 1U);
    EXPECT_EQ(gate.relay.counters().not_allowed.read(), 2U);
    EXPECT_EQ(gate.relay.counters().wrong_credentials.read(), 2U);
    request.aor = "sip:bob@elsewhere.example.org";
    gate.phone(request);
    EXPECT_EQ(gate.at_phone.back()->status(), 404);
    EXPECT_EQ(gate.relay.counters().not_our_domain.read(), 1U);
}

TEST_F(OwnRegistrar, B2BUA_H23_UnknownUserLooksLikeAWrongPassword) {
    authenticated({"bob", "guess"});
    const std::string wrong = gate.at_phone.back().octets;
    request.aor = "sip:nobody@biloxi.example.com";
    authenticated({"nobody", "guess"});
    const std::string unknown = gate.at_phone.back().octets;
    const auto shape = [](std::string text) {
        for (const char* who : {"bob", "nobody"}) {
            for (std::size_t at = text.find(who); at != std::string::npos; at = text.find(who)) {
                text.erase(at, std::string_view(who).size());
            }
        }
        return text.size();
    };
    EXPECT_EQ(gate.at_phone.back()->status(), 401);
    EXPECT_NEAR(static_cast<double>(shape(wrong)), static_cast<double>(shape(unknown)), 2.0);
    EXPECT_EQ(unknown.find("stale"), std::string::npos);
}

TEST_F(OwnRegistrar, B2BUA_H23_K53_ReplayedCredentials) {
    gate.phone(request);
    const std::string credentials =
        "Authorization: " +
        kBob.answer(first_line(HeaderId::kWwwAuthenticate), "REGISTER", request.uri) + "\r\n";
    request.lines += credentials;
    request.cseq = 2;
    gate.phone(request);
    EXPECT_EQ(gate.at_phone.back()->status(), 200);
    // Whoever has overheard them cannot bind a phone of his own.
    PhoneRegister replay;
    replay.call_id = "another";
    replay.source = endpoint("198.51.100.66", 5060);
    replay.lines = "Contact: <sip:bob@198.51.100.66>\r\n" + credentials;
    gate.phone(replay);
    EXPECT_EQ(gate.at_phone.back()->status(), 401);
    EXPECT_NE(gate.at_phone.back().octets.find("stale=true"), std::string::npos);
    EXPECT_EQ(gate.relay.size(), 1U);
}

TEST_F(OwnRegistrar, B2BUA_H22_K53_LengthOfABinding) {
    struct Row {
        const char* lines;
        int status;
        const char* granted;
    };
    request.source = endpoint("10.0.0.5", 5060);  // no NAT before it
    for (const Row& row :
         {Row{"Contact: <sip:bob@10.0.0.5:5060>\r\n", 200, "3600"},
          Row{"Contact: <sip:bob@10.0.0.5:5060>\r\nExpires: 300\r\n", 200, "300"},
          Row{"Contact: <sip:bob@10.0.0.5:5060>;expires=120\r\nExpires: 300\r\n", 200, "120"},
          Row{"Contact: <sip:bob@10.0.0.5:5060>\r\nExpires: 60\r\n", 200, "60"},
          Row{"Contact: <sip:bob@10.0.0.5:5060>\r\nExpires: 86400\r\n", 200, "3600"},
          Row{"Contact: <sip:bob@10.0.0.5:5060>\r\nExpires: soon\r\n", 200, "3600"},
          Row{"Contact: <sip:bob@10.0.0.5:5060>\r\nExpires: 59\r\n", 423, ""},
          Row{"Contact: <sip:bob@10.0.0.5:5060>;expires=1\r\n", 423, ""}}) {
        SCOPED_TRACE(row.lines);
        request.lines = row.lines;
        EXPECT_EQ(authenticated()->status(), row.status);
        if (row.status == 423) {
            EXPECT_EQ(gate.at_phone.back().values(HeaderId::kMinExpires), "60");
        } else {
            EXPECT_EQ(contacts(), "<sip:bob@10.0.0.5:5060>;expires=" + std::string(row.granted));
        }
    }
}

TEST_F(OwnRegistrar, B2BUA_H22_ShowsAllBindingsWithWhatIsLeft) {
    authenticated();
    gate.pass(kSecond * 10);
    PhoneRegister second = request;
    second.call_id = "phone-2";
    second.source = endpoint("192.0.2.10", 40001);
    second.lines = "Contact: <sip:bob@10.0.0.6>;q=0.25;+sip.instance=\"<urn:x>\"\r\n";
    std::swap(request, second);
    authenticated();
    EXPECT_EQ(contacts(),
              "<sip:bob@10.0.0.5:5060>;expires=50\n"
              "<sip:bob@10.0.0.6>;expires=60;q=0.250;+sip.instance=\"<urn:x>\"");
    request.lines = "";
    authenticated();
    EXPECT_EQ(contacts().find("10.0.0.5"), std::string("<sip:bob@").size()) << "a query shows them";
    EXPECT_EQ(gate.relay.by_aor("bob", kDomain, routing::kOwnRegistrar, gate.now).contact_uri,
              "sip:bob@10.0.0.5:5060")
        << "the higher q";
}

TEST_F(OwnRegistrar, B2BUA_H22_RemovesOneOrAll) {
    authenticated();
    contact("<sip:bob@10.0.0.6>");
    authenticated();
    contact("<sip:bob@10.0.0.5:5060>;expires=0");
    authenticated();
    EXPECT_EQ(contacts(), "<sip:bob@10.0.0.6>;expires=60");
    request.lines = "Contact: *\r\nExpires: 0\r\n";
    EXPECT_EQ(authenticated()->status(), 200);
    EXPECT_EQ(contacts(), "");
    EXPECT_EQ(gate.relay.size(), 0U);
    request.lines = "Contact: *\r\nExpires: 5\r\n";
    EXPECT_EQ(authenticated()->status(), 400);
}

TEST_F(OwnRegistrar, B2BUA_H22_SameUriWrittenOtherwiseIsTheSameBinding) {
    contact("<sip:bob@Phone.Example.com;transport=udp;x=1>");
    authenticated();
    contact("<sip:bob@phone.example.com;x=1;transport=UDP>");
    authenticated();
    EXPECT_EQ(gate.relay.size(), 1U);
    contact("<sip:bob@phone.example.com;x=2;transport=UDP>");
    authenticated();
    EXPECT_EQ(gate.relay.size(), 2U);
}

TEST_F(OwnRegistrar, B2BUA_H22_OutOfOrderChangesNothing) {
    request.cseq = 10;
    authenticated();
    request.cseq = 5;
    contact("<sip:bob@10.0.0.5:5060>;expires=0, <sip:bob@10.0.0.7>");
    EXPECT_EQ(authenticated()->status(), 500);
    EXPECT_EQ(gate.relay.size(), 1U) << "all or none";
    request.lines = "Contact: *\r\nExpires: 0\r\n";
    EXPECT_EQ(authenticated()->status(), 500);
    EXPECT_EQ(gate.relay.size(), 1U);
    request.call_id = "after-a-reboot";
    EXPECT_EQ(authenticated()->status(), 200) << "another Call-ID begins anew";
    EXPECT_EQ(gate.relay.size(), 0U);
}

TEST_F(OwnRegistrar, B2BUA_H22_EndsWithItsTime) {
    authenticated();
    gate.pass(kSecond * 61);
    EXPECT_EQ(gate.relay.by_aor("bob", kDomain, routing::kOwnRegistrar, gate.now).reach,
              routing::Reach::kExpired);
    gate.pass(kSecond * 32);
    EXPECT_EQ(gate.relay.size(), 0U);
}

TEST_F(OwnRegistrar, B2BUA_H18_NewAddressOfThePhone) {
    authenticated();
    request.source = endpoint("192.0.2.10", 41000);
    authenticated();
    EXPECT_EQ(gate.relay.size(), 1U);
    EXPECT_EQ(gate.relay.by_aor("bob", kDomain, routing::kOwnRegistrar, gate.now).flow.remote,
              endpoint("192.0.2.10", 41000));
}

TEST_F(OwnRegistrar, B2BUA_H22_OutboundFlows) {
    const std::string instance = ";+sip.instance=\"<urn:uuid:1>\"";
    request.lines = "Supported: path, outbound\r\nContact: <sip:bob@10.0.0.5:5060>;reg-id=1" +
                    instance + "\r\n";
    authenticated();
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kRequire), "outbound");
    EXPECT_NE(gate.at_phone.back().octets.find("\r\nFlow-Timer: 25\r\n"), std::string::npos);
    // The phone has rebooted: another port, the same flow of the same instance.
    request.call_id = "rebooted";
    request.lines = "Supported: path, outbound\r\nContact: <sip:bob@10.0.0.5:6060>;reg-id=1" +
                    instance + "\r\n";
    authenticated();
    EXPECT_EQ(gate.relay.size(), 1U);
    request.lines = "Supported: path, outbound\r\nContact: <sip:bob@10.0.0.5:6060>;reg-id=2" +
                    instance + "\r\n";
    authenticated();
    EXPECT_EQ(gate.relay.size(), 2U) << "a second flow";
}

TEST_F(OwnRegistrar, B2BUA_H22_OutboundOnlyWhenAskedFor) {
    request.lines = "Contact: <sip:bob@10.0.0.5:5060>;reg-id=1;+sip.instance=\"<urn:uuid:1>\"\r\n";
    authenticated();
    EXPECT_EQ(gate.at_phone.back()->status(), 200);
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kRequire), "");
}

/// Of so many hops before the one that sends.
std::string further_vias(int count) {
    std::string lines;
    for (int i = 0; i < count; ++i) {
        lines += "Via: SIP/2.0/UDP hop.example.com;branch=z9hG4bKhop" + std::to_string(i) + "\r\n";
    }
    return lines;
}

constexpr std::string_view kTwoProxies =
    "<sip:p1.example.com;lr>, <sip:bob@edge.example.com;lr;ob>";

TEST_F(OwnRegistrar, B2BUA_H22_KeepsThePathOfABinding) {
    request.source = endpoint("192.0.2.77", 5060);
    request.via_host = "192.0.2.77";
    request.lines += further_vias(2) +
                     "Supported: path\r\nPath: <sip:p1.example.com;lr>\r\n"
                     "Path: <sip:bob@edge.example.com;lr;ob>\r\n";
    const Wire& answer = authenticated();
    EXPECT_EQ(answer->status(), 200);
    EXPECT_EQ(answer.values(HeaderId::kPath), kTwoProxies);
    EXPECT_EQ(contacts(), "<sip:bob@10.0.0.5:5060>;expires=3600")
        << "its NAT is the proxy's affair";
    const auto bob = gate.relay.by_aor("bob", kDomain, routing::kOwnRegistrar, gate.now);
    EXPECT_EQ(bob.path, kTwoProxies);
    EXPECT_EQ(bob.flow.remote, endpoint("192.0.2.77", 5060));
    request.lines = "Contact: <sip:bob@10.0.0.5:5060>\r\n";
    authenticated();
    EXPECT_EQ(gate.relay.by_aor("bob", kDomain, routing::kOwnRegistrar, gate.now).path, "")
        << "it comes straight now";
}

TEST_F(OwnRegistrar, B2BUA_H22_PathsThatAreRefused) {
    struct Row {
        const char* name;
        int vias;
        const char* lines;
        int status;
    };
    const std::string flow =
        "Contact: <sip:bob@10.0.0.5:5060>;reg-id=1;+sip.instance=\"<urn:uuid:1>\"\r\n";
    for (const Row& row : {
             Row{"required by nobody's path", 1, "Require: path\r\n", 200},
             Row{"required", 1,
                 "Require: path\r\nSupported: path\r\nPath: <sip:e.example.com;lr>\r\n", 200},
             Row{"the phone knows nothing of it", 2, "Path: <sip:e.example.com;lr>\r\n", 420},
             Row{"no route", 2, "Supported: path\r\nPath: <mailto:e@example.com>\r\n", 400},
             Row{"no first hop that keeps flows", 2,
                 "Supported: path, outbound\r\nPath: <sip:e.example.com;lr>\r\n", 439},
             Row{"ob of another hop", 3,
                 "Supported: path, outbound\r\nPath: <sip:e.example.com;lr;ob>, "
                 "<sip:f.example.com;lr>\r\n",
                 439},
             Row{"no path, but a proxy", 2, "Supported: path, outbound\r\n", 439},
             Row{"a first hop that keeps flows", 3,
                 "Supported: path, outbound\r\nPath: <sip:f.example.com;lr>, "
                 "<sip:e.example.com;lr;ob>\r\n",
                 200},
         }) {
        SCOPED_TRACE(row.name);
        request.lines = flow + further_vias(row.vias - 1) + row.lines;
        EXPECT_EQ(authenticated()->status(), row.status);
        EXPECT_EQ(gate.at_phone.back().values(HeaderId::kUnsupported),
                  row.status == 420 ? "path" : "");
    }
    EXPECT_EQ(gate.relay.counters().bad_path.read(), 5U);
}

TEST(OwnRegistrarLimits, B2BUA_J10_ContactsAndBindings) {
    Settings settings;
    settings.contacts_per_aor = 2;
    settings.max_bindings = 3;
    Gate gate(settings, {}, 1, own_users());
    PhoneRegister request;
    const auto add = [&](const DigestClient& client, const std::string& host) {
        request.aor = "sip:" + client.user + "@biloxi.example.com";
        request.lines = "Contact: <sip:" + client.user + "@" + host + ">\r\n";
        ++request.cseq;
        gate.phone(request);
        const std::string all = gate.at_phone.back().values(HeaderId::kWwwAuthenticate);
        request.lines += "Authorization: " +
                         client.answer(all.substr(0, all.find('\n')), "REGISTER", request.uri) +
                         "\r\n";
        ++request.cseq;
        gate.phone(request);
        return gate.at_phone.back()->status();
    };
    EXPECT_EQ(add(kBob, "10.0.0.1"), 200);
    EXPECT_EQ(add(kBob, "10.0.0.2"), 200);
    EXPECT_EQ(add(kBob, "10.0.0.3"), 403);
    EXPECT_EQ(add(kBob, "10.0.0.2"), 200) << "a refresh needs no room";
    EXPECT_EQ(add(kEve, "10.0.0.4"), 200);
    EXPECT_EQ(add(kEve, "10.0.0.5"), 503);
    const int seconds = std::stoi("0" + gate.at_phone.back().values(HeaderId::kRetryAfter));
    EXPECT_GE(seconds, 5);
}

}  // namespace
}  // namespace sallyport::registration
