// SPDX-License-Identifier: Apache-2.0
// B2BUA-H23: who a request comes from, as its credentials prove or fail to prove.
#include "b2bua/policy/authenticator.h"

#include "b2bua/policy/digest_response.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>

namespace sallyport::policy {
namespace {

using Verdict = Authentication::Verdict;

constexpr std::array<std::uint8_t, 32> kSecret{9};
constexpr Moment kNow{Millis{10'000}};
constexpr std::string_view kRealm = "a.example";

User secret_of(std::string_view user, std::string_view realm, bool md5 = true, bool sha = true) {
    User secret;
    secret.ha1[0] = md5 ? ha1_of(DigestAlgorithm::kMd5, user, realm, "secret") : "";
    secret.ha1[1] = sha ? ha1_of(DigestAlgorithm::kSha256, user, realm, "secret") : "";
    return secret;
}

/// What a client puts into its credentials; each row of a test spoils one thing.
struct Client {
    std::string scheme{"Digest"};
    std::string user{"alice"};
    std::string password{"secret"};
    std::string realm{kRealm};
    std::string algorithm{"SHA-256"};
    std::string uri{"sip:a.example"};
    std::string qop{"auth"};
    std::string nc{"00000001"};
    std::string cnonce{"c1"};
    std::string spoil{};  // appended to the response
    std::string header{"Authorization"};
};

class AuthenticatorTest : public testing::Test {
protected:
    AuthenticatorTest() {
        users_.add("alice", kRealm, secret_of("alice", kRealm));
        users_.add("bob", kRealm, secret_of("bob", kRealm));
        users_.add("carol", "md5.example", secret_of("carol", "md5.example", true, false));
        users_.add("dave", "md5.example", secret_of("dave", "md5.example"));
    }

    std::string nonce() {
        const std::string lines = ours_->challenge(Challenger::kRegistrar, kRealm, false, kNow);
        const std::size_t at = lines.find("nonce=\"") + 7;
        return lines.substr(at, lines.find('"', at) - at);
    }

    std::string line(const Client& client, const std::string& nonce) {
        std::string text = client.scheme + " username=\"" + client.user + "\", realm=\"" +
                           client.realm + "\", nonce=\"" + nonce + "\", uri=\"" + client.uri + "\"";
        text += client.algorithm.empty() ? "" : ", algorithm=" + client.algorithm;
        text += client.qop.empty() ? ""
                                   : ", qop=" + client.qop + ", nc=" + client.nc + ", cnonce=\"" +
                                         client.cnonce + "\"";
        const auto parsed = sip::Digest::parse(text);
        EXPECT_TRUE(parsed.ok()) << text;
        const auto named = algorithm_of(*parsed).value_or(NamedAlgorithm{});
        const std::string ha1 = ha1_of(named.algorithm, client.user, client.realm, client.password);
        text += ", response=\"" + expected_response(*parsed, named, ha1, "REGISTER") +
                client.spoil + "\"";
        return client.header + ": " + text + "\r\n";
    }

    Authentication check(const std::string& lines, Moment now = kNow) {
        const std::string text =
            "REGISTER " + request_uri_ +
            " SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.5;branch=z9hG4bK1\r\n"
            "From: <sip:alice@a.example>;tag=1\r\nTo: <sip:alice@a.example>\r\nCall-ID: 1\r\n"
            "CSeq: 1 REGISTER\r\n" +
            lines + "Content-Length: 0\r\n\r\n";
        sip::Message message;
        EXPECT_TRUE(message.parse(text).ok()) << text;
        return ours_->check(message, Challenger::kRegistrar, kRealm, now);
    }

    std::string request_uri_{"sip:a.example"};
    Users users_;
    std::optional<Authenticator> ours_{std::in_place, users_, kSecret, ShardId{},
                                       Authenticator::Settings{}};
};

TEST_F(AuthenticatorTest, B2BUA_H23_what_credentials_prove) {
    struct Row {
        const char* name;
        void (*spoil)(Client&);
        Verdict verdict;
    };
    const Row rows[] = {
        {"SHA-256", [](Client&) {}, Verdict::kAccepted},
        {"MD5", [](Client& c) { c.algorithm = "MD5"; }, Verdict::kAccepted},
        {"no algorithm means MD5", [](Client& c) { c.algorithm = ""; }, Verdict::kAccepted},
        {"-sess", [](Client& c) { c.algorithm = "SHA-256-sess"; }, Verdict::kAccepted},
        {"realm in another case", [](Client& c) { c.realm = "A.Example"; }, Verdict::kWrong},
        {"port and parameters in uri", [](Client& c) { c.uri = "sip:A.example:5060;lr"; },
         Verdict::kAccepted},
        {"another request's uri", [](Client& c) { c.uri = "sip:eve@a.example"; }, Verdict::kWrong},
        {"another host's uri", [](Client& c) { c.uri = "sip:b.example"; }, Verdict::kWrong},
        {"wrong password", [](Client& c) { c.password = "Secret"; }, Verdict::kWrong},
        {"unknown user", [](Client& c) { c.user = "eve"; }, Verdict::kWrong},
        {"response too long", [](Client& c) { c.spoil = "0"; }, Verdict::kWrong},
        {"unknown algorithm", [](Client& c) { c.algorithm = "SHA-512-256"; }, Verdict::kWrong},
        {"auth-int", [](Client& c) { c.qop = "auth-int"; }, Verdict::kWrong},
        {"no qop", [](Client& c) { c.qop = ""; }, Verdict::kWrong},
        {"short nc", [](Client& c) { c.nc = "1"; }, Verdict::kWrong},
        {"nc of zero", [](Client& c) { c.nc = "00000000"; }, Verdict::kWrong},
        {"nc of letters", [](Client& c) { c.nc = "0000000g"; }, Verdict::kWrong},
        {"no cnonce", [](Client& c) { c.cnonce = ""; }, Verdict::kWrong},
        {"another realm", [](Client& c) { c.realm = "b.example"; }, Verdict::kNone},
        {"Basic", [](Client& c) { c.scheme = "Basic"; }, Verdict::kNone},
        {"the other header", [](Client& c) { c.header = "Proxy-Authorization"; }, Verdict::kNone},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        Client client;
        row.spoil(client);
        const Authentication result = check(line(client, nonce()));
        EXPECT_EQ(result.verdict, row.verdict);
        EXPECT_EQ(result.user, row.verdict == Verdict::kAccepted ? "alice" : "");
    }
}

TEST_F(AuthenticatorTest, B2BUA_H23_credentials_are_for_one_resource) {
    struct Row {
        const char* asked;
        const char* hashed;
        Verdict verdict;
    };
    for (const Row& row :
         {Row{"tel:+12025550100", "tel:+12025550100", Verdict::kAccepted},
          Row{"tel:+19005550199", "tel:+12025550100", Verdict::kWrong},
          Row{"tel:+12025550100", "sip:+12025550100@a.example", Verdict::kWrong},
          Row{"tel:100;phone-context=b.example", "tel:100;phone-context=a.example",
              Verdict::kWrong},
          Row{"urn:service:sos", "urn:service:sos", Verdict::kAccepted},
          Row{"urn:service:sos.fire", "urn:service:sos.police", Verdict::kWrong},
          Row{"urn:service:sos", "tel:110", Verdict::kWrong},
          Row{"sips:bob@a.example", "sip:bob@a.example", Verdict::kWrong},
          Row{"sip:bob@a.example;user=phone", "sip:bob@A.example:5060", Verdict::kAccepted}}) {
        SCOPED_TRACE(row.asked);
        request_uri_ = row.asked;
        Client client;
        client.uri = row.hashed;
        EXPECT_EQ(check(line(client, nonce())).verdict, row.verdict);
    }
}

TEST_F(AuthenticatorTest, B2BUA_H23_no_credentials) {
    EXPECT_EQ(check({}).verdict, Verdict::kNone);
}

TEST_F(AuthenticatorTest, B2BUA_H23_right_but_stale) {
    const std::string used = nonce();
    EXPECT_EQ(check(line({}, used)).verdict, Verdict::kAccepted);
    EXPECT_EQ(check(line({}, used)).verdict, Verdict::kStale) << "a replay";
    Client next;
    next.nc = "00000002";
    EXPECT_EQ(check(line(next, used)).verdict, Verdict::kAccepted);
    const std::string old = nonce();
    EXPECT_EQ(check(line({}, old), kNow + Millis{300'000}).verdict, Verdict::kStale);
    EXPECT_EQ(check(line({}, "0123456789abcdef")).verdict, Verdict::kStale)
        << "the nonce of a process that is gone: the password is right";
    Client wrong;
    wrong.password = "guess";
    EXPECT_EQ(check(line(wrong, old), kNow + Millis{300'000}).verdict, Verdict::kWrong)
        << "whoever does not know the password is not told about the nonce";
}

TEST_F(AuthenticatorTest, B2BUA_H23_clients_without_qop_by_option) {
    ours_.emplace(users_, kSecret, ShardId{}, Authenticator::Settings{true});
    Client old;
    old.qop = "";
    old.algorithm = "";
    const std::string once = nonce();
    EXPECT_EQ(check(line(old, once)).verdict, Verdict::kAccepted);
    EXPECT_EQ(check(line(old, once)).verdict, Verdict::kStale) << "no count: good once";
}

TEST_F(AuthenticatorTest, B2BUA_H23_challenge) {
    const std::string lines = ours_->challenge(Challenger::kProxy, kRealm, true, kNow);
    const std::size_t second = lines.find("\r\n") + 2;
    const std::string_view text(lines);
    const auto strong = sip::Digest::parse(text.substr(20, second - 22));
    const auto weak = sip::Digest::parse(text.substr(second + 20, lines.size() - second - 22));
    EXPECT_TRUE(lines.starts_with("Proxy-Authenticate: Digest "));
    EXPECT_TRUE(lines.substr(second).starts_with("Proxy-Authenticate: Digest "));
    ASSERT_TRUE(strong.ok() && weak.ok()) << lines;
    EXPECT_EQ(strong->algorithm, "SHA-256");
    EXPECT_EQ(weak->algorithm, "MD5");
    EXPECT_EQ(strong->nonce, weak->nonce);
    for (const auto& one : {*strong, *weak}) {
        EXPECT_EQ(one.realm, kRealm);
        EXPECT_EQ(one.qop, "auth");
        EXPECT_EQ(one.stale, "true");
        EXPECT_FALSE(one.opaque.empty());
    }
    EXPECT_EQ(ours_->challenge(Challenger::kProxy, kRealm, false, kNow).find("stale"),
              std::string::npos);
}

TEST_F(AuthenticatorTest, B2BUA_H23_offers_what_every_user_of_the_domain_has) {
    const std::string lines = ours_->challenge(Challenger::kRegistrar, "md5.example", false, kNow);
    EXPECT_TRUE(lines.starts_with("WWW-Authenticate: Digest "));
    EXPECT_EQ(lines.find("SHA-256"), std::string::npos)
        << "carol has none, and the challenge must be the same for everybody";
    EXPECT_NE(lines.find("algorithm=MD5"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::policy
