// SPDX-License-Identifier: Apache-2.0
#include "b2bua/policy/identifiers.h"

#include <array>

namespace sallyport {
namespace {

std::string hex(Randomness& random, std::size_t digits) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(digits);
    while (text.size() < digits) {
        std::uint64_t bits = random.next();
        for (int i = 0; i < 16 && text.size() < digits; ++i, bits >>= 4) {
            text.push_back(kDigits[bits & 0xf]);
        }
    }
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
        std::string text = hex(random_, 32);
        if (shard_of_call_id(text, shards_) == self_.value) {
            return text;
        }
    }
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
