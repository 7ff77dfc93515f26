// SPDX-License-Identifier: Apache-2.0
#include "b2bua/policy/identifiers.h"

#include <algorithm>

namespace sallyport {
namespace {

constexpr std::size_t kRandomDigits = 32;
constexpr std::size_t kCookieDigits = 16;

void add_hex(std::string& text, std::uint64_t bits, std::size_t digits) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (; digits > 0; --digits, bits >>= 4) {
        text.push_back(kDigits[bits & 0xf]);
    }
}

std::string hex(Randomness& random, std::size_t digits) {
    std::string text;
    text.reserve(digits);
    while (text.size() < digits) {
        add_hex(text, random.next(), std::min<std::size_t>(digits - text.size(), 16));
    }
    return text;
}

std::string cookie(const HashKey& key, std::string_view random, RealmId to, std::string_view user) {
    std::string text;
    add_hex(text, KeyedHash(key).field(random).number(to.value).field(user).finish(),
            kCookieDigits);
    return text;
}

}  // namespace

std::uint8_t shard_of_call_id(std::string_view call_id, std::uint8_t shards) noexcept {
    // FNV-1a: cheap, and an uneven spread only costs balance. Nobody gains by choosing their shard.
    std::uint32_t hash = 2166136261U;
    for (const char c : call_id) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    }
    return shards <= 1 ? std::uint8_t{0} : static_cast<std::uint8_t>((hash >> 8) % shards);
}

std::string Identifiers::call_id() {
    // One in `shards` random values is ours: a handful of tries, and no visible structure in the
    // identifier.
    for (;;) {
        std::string text = hex(random_, kRandomDigits + kCookieDigits);
        if (shard_of_call_id(text, shards_) == self_.value) {
            return text;
        }
    }
}

std::string Identifiers::call_id(RealmId to, std::string_view user) {
    for (;;) {
        std::string text = hex(random_, kRandomDigits);
        text += cookie(cookie_key_, text, to, user);
        if (shard_of_call_id(text, shards_) == self_.value) {
            return text;
        }
    }
}

bool Identifiers::minted(std::string_view call_id, RealmId to,
                         std::string_view user) const noexcept {
    return call_id.size() == kRandomDigits + kCookieDigits &&
           call_id.substr(kRandomDigits) ==
               cookie(cookie_key_, call_id.substr(0, kRandomDigits), to, user);
}

std::string Identifiers::tag() {
    return hex(random_, 16);
}

std::string Identifiers::branch() {
    return "z9hG4bK" + hex(random_, 24);
}

std::uint32_t Identifiers::first_cseq() {
    return static_cast<std::uint32_t>(random_.next() % ((1U << 30) - 1)) + 1;
}

}  // namespace sallyport
