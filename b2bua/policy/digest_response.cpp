// SPDX-License-Identifier: Apache-2.0
#include "b2bua/policy/digest_response.h"

#include "b2bua/sip/params.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <initializer_list>

namespace sallyport::policy {
namespace {

constexpr std::string_view kSession = "-sess";

/// H(parts joined by colons) in hex.
std::string hash(DigestAlgorithm algorithm, std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view& part : parts) {
        text.append(&part == parts.begin() ? "" : ":").append(part);
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    const EVP_MD* const function = algorithm == DigestAlgorithm::kMd5 ? EVP_md5() : EVP_sha256();
    EVP_Digest(text.data(), text.size(), digest.data(), &length, function, nullptr);
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    hex.reserve(std::size_t{2} * length);
    for (unsigned int i = 0; i < length; ++i) {
        hex.push_back(kDigits[digest[i] >> 4]);
        hex.push_back(kDigits[digest[i] & 0xf]);
    }
    return hex;
}

}  // namespace

std::string_view name_of(DigestAlgorithm algorithm) noexcept {
    return algorithm == DigestAlgorithm::kMd5 ? "MD5" : "SHA-256";
}

std::optional<NamedAlgorithm> algorithm_of(const sip::Digest& digest) noexcept {
    std::string_view name = digest.algorithm;
    if (name.empty()) {
        return NamedAlgorithm{};
    }
    NamedAlgorithm named;
    if (name.size() > kSession.size() &&
        sip::iequals(name.substr(name.size() - kSession.size()), kSession)) {
        named.session = true;
        name.remove_suffix(kSession.size());
    }
    for (const DigestAlgorithm known : {DigestAlgorithm::kMd5, DigestAlgorithm::kSha256}) {
        if (sip::iequals(name, name_of(known))) {
            named.algorithm = known;
            return named;
        }
    }
    return std::nullopt;
}

std::string ha1_of(DigestAlgorithm algorithm, std::string_view user, std::string_view realm,
                   std::string_view password) {
    return hash(algorithm, {user, realm, password});
}

std::string expected_response(const sip::Digest& credentials, NamedAlgorithm named,
                              std::string_view ha1, std::string_view method) {
    const DigestAlgorithm algorithm = named.algorithm;
    const std::string a1 = named.session
                               ? hash(algorithm, {ha1, credentials.nonce, credentials.cnonce})
                               : std::string(ha1);
    const std::string a2 = hash(algorithm, {method, credentials.uri});
    if (credentials.qop.empty()) {
        return hash(algorithm, {a1, credentials.nonce, a2});  // RFC 2069
    }
    return hash(algorithm,
                {a1, credentials.nonce, credentials.nc, credentials.cnonce, credentials.qop, a2});
}

bool same_hash(std::string_view expected, std::string_view received) noexcept {
    constexpr std::size_t kLongest = 2 * EVP_MAX_MD_SIZE;
    if (expected.size() != received.size() || expected.size() > kLongest) {
        return false;
    }
    std::array<char, kLongest> lower{};
    std::transform(received.begin(), received.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
    return CRYPTO_memcmp(expected.data(), lower.data(), expected.size()) == 0;
}

}  // namespace sallyport::policy
