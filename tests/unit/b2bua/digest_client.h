// SPDX-License-Identifier: Apache-2.0
// The client's half of digest authentication (RFC 7616 s.3.4): credentials for the last challenge
// line of a 401 or 407. Tests only.
#pragma once

#include "b2bua/policy/digest_response.h"
#include "b2bua/sip/digest.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace sallyport {

struct DigestClient {
    std::string user;
    std::string password;

    /// The HA1 of that user by both algorithms.
    [[nodiscard]] User secret(std::string_view realm) const {
        User both;
        both.ha1[0] = policy::ha1_of(DigestAlgorithm::kMd5, user, realm, password);
        both.ha1[1] = policy::ha1_of(DigestAlgorithm::kSha256, user, realm, password);
        return both;
    }

    /// Value of Authorization or Proxy-Authorization. challenge: value of the header in the
    /// response.
    [[nodiscard]] std::string answer(std::string_view challenge, std::string_view method,
                                     std::string_view uri, std::string_view nc = "00000001") const {
        const auto asked = sip::Digest::parse(challenge);
        EXPECT_TRUE(asked.ok()) << challenge;
        std::string text = "Digest username=\"" + user + "\", realm=\"" +
                           std::string(asked->realm) + "\", nonce=\"" + std::string(asked->nonce) +
                           "\", opaque=\"" + std::string(asked->opaque) +
                           "\", algorithm=" + std::string(asked->algorithm) + ", uri=\"" +
                           std::string(uri) + "\", qop=auth, nc=" + std::string(nc) +
                           ", cnonce=\"0a4f113b\"";
        const auto credentials = sip::Digest::parse(text);
        EXPECT_TRUE(credentials.ok()) << text;
        const auto named = policy::algorithm_of(*credentials);
        EXPECT_TRUE(named.has_value()) << text;
        const std::string ha1 = policy::ha1_of(named->algorithm, user, asked->realm, password);
        return text + ", response=\"" +
               policy::expected_response(*credentials, *named, ha1, method) + "\"";
    }
};

}  // namespace sallyport
