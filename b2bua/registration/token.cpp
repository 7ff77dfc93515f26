// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/token.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

namespace sallyport::registration {

TokenKey TokenKey::from(Randomness& random) noexcept {
    TokenKey key;
    for (std::size_t i = 0; i < key.octets.size(); i += 8) {
        const std::uint64_t bits = random.next();
        for (std::size_t j = 0; j < 8; ++j) {
            key.octets[i + j] = static_cast<std::uint8_t>(bits >> (8 * j));
        }
    }
    return key;
}

std::string token_of(const TokenKey& key, std::string_view registrar, std::string_view aor,
                     std::string_view contact_uri, std::string_view instance) {
    std::string input;
    input.reserve(registrar.size() + aor.size() + contact_uri.size() + instance.size() + 3);
    // Nothing here holds a NUL, so that no two quadruples give the same octets.
    input.append(registrar).push_back('\0');
    input.append(aor).push_back('\0');
    input.append(contact_uri).push_back('\0');
    input.append(instance);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    HMAC(EVP_sha256(), key.octets.data(), static_cast<int>(key.octets.size()),
         reinterpret_cast<const unsigned char*>(input.data()), input.size(), digest.data(),
         &length);
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string token;
    token.reserve(kTokenLength);
    for (std::size_t i = 0; i < kTokenLength / 2; ++i) {
        token.push_back(kDigits[digest[i] >> 4]);
        token.push_back(kDigits[digest[i] & 0xf]);
    }
    return token;
}

bool looks_like_token(std::string_view user) noexcept {
    return user.size() == kTokenLength && std::all_of(user.begin(), user.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

}  // namespace sallyport::registration
