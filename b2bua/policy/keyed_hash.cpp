// SPDX-License-Identifier: Apache-2.0
// SipHash-2-4: two rounds for each word of eight octets, four at the end. See keyed_hash.h.
#include "b2bua/policy/keyed_hash.h"

#include <bit>

namespace sallyport {
namespace {

std::uint8_t lower(char c) noexcept {
    const auto octet = static_cast<std::uint8_t>(c);
    return octet >= 'A' && octet <= 'Z' ? static_cast<std::uint8_t>(octet + ('a' - 'A')) : octet;
}

}  // namespace

KeyedHash::KeyedHash(const HashKey& key) noexcept
    : v_{key[0] ^ 0x736f6d6570736575U, key[1] ^ 0x646f72616e646f6dU, key[0] ^ 0x6c7967656e657261U,
         key[1] ^ 0x7465646279746573U} {}  // the paper's constants, section 2.1

void KeyedHash::round() noexcept {
    v_[0] += v_[1];
    v_[1] = std::rotl(v_[1], 13) ^ v_[0];
    v_[0] = std::rotl(v_[0], 32);
    v_[2] += v_[3];
    v_[3] = std::rotl(v_[3], 16) ^ v_[2];
    v_[0] += v_[3];
    v_[3] = std::rotl(v_[3], 21) ^ v_[0];
    v_[2] += v_[1];
    v_[1] = std::rotl(v_[1], 17) ^ v_[2];
    v_[2] = std::rotl(v_[2], 32);
}

void KeyedHash::octet(std::uint8_t value) noexcept {
    word_ |= std::uint64_t{value} << (8 * (length_ % 8));
    if (++length_ % 8 == 0) {
        v_[3] ^= word_;
        round();
        round();
        v_[0] ^= word_;
        word_ = 0;
    }
}

KeyedHash& KeyedHash::octets(std::string_view text) noexcept {
    for (const char c : text) {
        octet(static_cast<std::uint8_t>(c));
    }
    return *this;
}

KeyedHash& KeyedHash::field(std::string_view text) noexcept {
    return number(text.size()).octets(text);
}

KeyedHash& KeyedHash::field_nocase(std::string_view text) noexcept {
    number(text.size());
    for (const char c : text) {
        octet(lower(c));
    }
    return *this;
}

KeyedHash& KeyedHash::number(std::uint64_t value) noexcept {
    for (unsigned shift = 0; shift < 64; shift += 8) {
        octet(static_cast<std::uint8_t>(value >> shift));
    }
    return *this;
}

std::uint64_t KeyedHash::finish() noexcept {
    const std::uint64_t last = word_ | (length_ << 56);
    v_[3] ^= last;
    round();
    round();
    v_[0] ^= last;
    v_[2] ^= 0xff;
    for (int i = 0; i < 4; ++i) {
        round();
    }
    return v_[0] ^ v_[1] ^ v_[2] ^ v_[3];
}

}  // namespace sallyport
