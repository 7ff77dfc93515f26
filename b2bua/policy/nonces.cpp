// SPDX-License-Identifier: Apache-2.0
// A nonce is hex: time (16 digits), shard (2), serial number (8), HMAC-SHA256 cut to 128 bits (32).
#include "b2bua/policy/nonces.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <charconv>

namespace sallyport::policy {
namespace {

constexpr std::size_t kTime = 16;
constexpr std::size_t kShard = 2;
constexpr std::size_t kSerial = 8;
constexpr std::size_t kFront = kTime + kShard + kSerial;
constexpr std::size_t kSeal = 32;
constexpr std::string_view kPurpose = "digest nonces";

using Hash = std::array<unsigned char, EVP_MAX_MD_SIZE>;

Hash keyed_hash(std::span<const std::uint8_t> key, std::string_view text) {
    Hash hash{};
    unsigned int length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data(), &length);
    return hash;
}

void append_hex(std::string& out, std::uint64_t value, std::size_t digits) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (std::size_t i = digits; i-- > 0;) {
        out.push_back(kDigits[(value >> (4 * i)) & 0xf]);
    }
}

std::optional<std::uint64_t> read_hex(std::string_view text) noexcept {
    std::uint64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return fault == std::errc{} && end == text.data() + text.size() ? std::optional(value)
                                                                    : std::nullopt;
}

}  // namespace

Nonces::Nonces(std::span<const std::uint8_t> secret, ShardId self, std::size_t capacity) noexcept
    : self_(self), capacity_(capacity) {
    const Hash derived = keyed_hash(secret, kPurpose);
    std::copy_n(derived.begin(), key_.size(), key_.begin());
}

std::string Nonces::seal(std::string_view front, std::string_view realm) const {
    const Hash hash = keyed_hash(key_, std::string(front).append(realm));
    std::string hex;
    for (std::size_t i = 0; i < kSeal / 2; ++i) {
        append_hex(hex, hash[i], 2);
    }
    return hex;
}

std::string Nonces::mint(std::string_view realm, Moment now) {
    std::string nonce;
    nonce.reserve(kFront + kSeal);
    append_hex(nonce, static_cast<std::uint64_t>(now.since_start.count()), kTime);
    append_hex(nonce, self_.value, kShard);
    append_hex(nonce, ++serial_, kSerial);
    return nonce.append(seal(nonce, realm));
}

std::optional<Moment> Nonces::minted(std::string_view nonce, std::string_view realm) const {
    if (nonce.size() != kFront + kSeal) {
        return std::nullopt;
    }
    const std::string_view front = nonce.substr(0, kFront);
    const std::string expected = seal(front, realm);
    if (CRYPTO_memcmp(expected.data(), nonce.data() + kFront, kSeal) != 0) {
        return std::nullopt;
    }
    const auto time = read_hex(front.substr(0, kTime));
    if (!time || read_hex(front.substr(kTime, kShard)) != self_.value) {
        return std::nullopt;
    }
    return Moment{Millis{static_cast<std::int64_t>(*time)}};
}

bool Nonces::use(std::string_view nonce, std::string_view realm, std::optional<std::uint32_t> count,
                 Moment now) {
    forget_dead(now);
    const auto born = minted(nonce, realm);
    if (!born || *born + kLife <= now) {
        return false;
    }
    const auto found = uses_.find(std::string(nonce));
    if (found == uses_.end()) {
        if (forgotten_ && *born <= *forgotten_) {
            return false;
        }
        make_room();
        Use first;
        first.highest = count.value_or(0);
        first.seen.set(0);
        order_.emplace_back(*born, nonce);
        uses_.emplace(nonce, first);
        return true;
    }
    if (!count) {
        return false;
    }
    Use& use = found->second;
    if (*count > use.highest) {
        const std::uint32_t step = *count - use.highest;
        use.seen = step < kWindow ? use.seen << step : std::bitset<kWindow>{};
        use.seen.set(0);
        use.highest = *count;
        return true;
    }
    const std::uint32_t behind = use.highest - *count;
    if (behind >= kWindow || use.seen.test(behind)) {
        return false;
    }
    use.seen.set(behind);
    return true;
}

/// Drops what has lived its life.
void Nonces::forget_dead(Moment now) {
    while (!order_.empty() && order_.front().first + kLife <= now) {
        forget_first();
    }
}

/// For one more: of those in use the one that was used first has had the most of it.
void Nonces::make_room() {
    while (!order_.empty() && uses_.size() >= capacity_) {
        forget_first();
    }
}

void Nonces::forget_first() {
    forgotten_ = std::max(forgotten_.value_or(order_.front().first), order_.front().first);
    uses_.erase(order_.front().second);
    order_.pop_front();
}

}  // namespace sallyport::policy
