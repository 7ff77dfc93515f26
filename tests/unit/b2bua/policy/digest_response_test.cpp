// SPDX-License-Identifier: Apache-2.0
// B2BUA-H23: the arithmetic of digest authentication against the examples of RFC 7616 s.3.9.1 and
// RFC 2617 s.3.5, whose results others computed.
#include "b2bua/policy/digest_response.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::policy {
namespace {

constexpr std::string_view kRealm = "http-auth@example.org";
constexpr std::string_view kNonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";

std::string rfc7616(std::string_view algorithm) {
    return "Digest username=\"Mufasa\", realm=\"" + std::string(kRealm) +
           "\", uri=\"/dir/index.html\", algorithm=" + std::string(algorithm) + ", nonce=\"" +
           std::string(kNonce) +
           "\", nc=00000001, cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth";
}

std::string response_to(const std::string& text, std::string_view password) {
    const auto credentials = sip::Digest::parse(text);
    EXPECT_TRUE(credentials.ok());
    const auto named = algorithm_of(*credentials);
    EXPECT_TRUE(named.has_value());
    const std::string ha1 =
        ha1_of(named->algorithm, credentials->username, credentials->realm, password);
    return expected_response(*credentials, *named, ha1, "GET");
}

TEST(DigestResponse, B2BUA_H23_examples_of_the_rfcs) {
    EXPECT_EQ(response_to(rfc7616("MD5"), "Circle of Life"), "8ca523f5e9506fed4657c9700eebdbec");
    EXPECT_EQ(response_to(rfc7616("SHA-256"), "Circle of Life"),
              "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
    EXPECT_EQ(response_to("Digest username=\"Mufasa\", realm=\"testrealm@host.com\", "
                          "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
                          "uri=\"/dir/index.html\", qop=auth, nc=00000001, cnonce=\"0a4f113b\", "
                          "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
                          "Circle Of Life"),
              "6629fae49393a05397450978507c4ef1");
}

// RFC 2617 s.3.2.2.1 without qop, computed with coreutils' md5sum:
// md5(md5("alice:a.example:secret") ":n1:" md5("GET:sip:a.example")).
TEST(DigestResponse, B2BUA_H23_without_qop) {
    EXPECT_EQ(response_to("Digest username=\"alice\", realm=\"a.example\", nonce=\"n1\", "
                          "uri=\"sip:a.example\"",
                          "secret"),
              "696fdcf6de6acaeff57da92e324d720c");
}

// RFC 7616 s.3.4.2, -sess: computed likewise.
TEST(DigestResponse, B2BUA_H23_session_variant) {
    EXPECT_EQ(response_to("Digest username=\"alice\", realm=\"a.example\", nonce=\"n1\", "
                          "uri=\"sip:a.example\", algorithm=MD5-sess, qop=auth, nc=00000001, "
                          "cnonce=\"c1\"",
                          "secret"),
              "42c07c2ece46d39d4b0ac27476e5760f");
}

TEST(DigestResponse, B2BUA_H23_algorithms_by_name) {
    struct Row {
        const char* name;
        bool known;
        DigestAlgorithm algorithm;
        bool session;
    };
    for (const Row& row : {Row{"MD5", true, DigestAlgorithm::kMd5, false},
                           Row{"md5-SESS", true, DigestAlgorithm::kMd5, true},
                           Row{"sha-256", true, DigestAlgorithm::kSha256, false},
                           Row{"SHA-256-sess", true, DigestAlgorithm::kSha256, true},
                           Row{"SHA-512-256", false, DigestAlgorithm::kMd5, false},
                           Row{"-sess", false, DigestAlgorithm::kMd5, false},
                           Row{"AKAv1-MD5", false, DigestAlgorithm::kMd5, false}}) {
        SCOPED_TRACE(row.name);
        sip::Digest digest;
        digest.algorithm = row.name;
        const auto named = algorithm_of(digest);
        ASSERT_EQ(named.has_value(), row.known);
        if (named) {
            EXPECT_EQ(named->algorithm, row.algorithm);
            EXPECT_EQ(named->session, row.session);
        }
    }
    EXPECT_EQ(algorithm_of({})->algorithm, DigestAlgorithm::kMd5) << "absent: RFC 7616 s.3.3";
}

TEST(DigestResponse, same_hash_looks_at_every_digit_and_no_case) {
    const std::string hash = "8ca523f5e9506fed4657c9700eebdbec";
    EXPECT_TRUE(same_hash(hash, "8CA523F5E9506FED4657C9700EEBDBEC"));
    for (std::size_t i = 0; i < hash.size(); ++i) {
        std::string other = hash;
        other[i] = other[i] == '0' ? '1' : '0';
        EXPECT_FALSE(same_hash(hash, other)) << i;
    }
    EXPECT_FALSE(same_hash(hash, hash.substr(1)));
    EXPECT_FALSE(same_hash(hash, {}));
    EXPECT_FALSE(same_hash(std::string(1000, 'a'), std::string(1000, 'a'))) << "no hash is so long";
}

}  // namespace
}  // namespace sallyport::policy
