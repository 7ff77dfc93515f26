// SPDX-License-Identifier: Apache-2.0
// Identifiers that we mint: Call-IDs, tags, branches (RFC 3261 s.8.1.1.7, s.19.3; D3), and which
// shard a Call-ID belongs to. A minted Call-ID hashes to the shard that minted it, so that every
// later message of the leg comes back there. The Call-ID of an INVITE carries a keyed cookie by
// which its minter knows it again when it returns (RFC 5393 s.4, C21). Owner: one Shard, on its
// thread.
#pragma once

#include "b2bua/policy/keyed_hash.h"
#include "b2bua/policy/randomness.h"
#include "config/types/id.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport {

/// Owning shard of a Call-ID: 0 .. shards-1. Stable for the life of the process.
[[nodiscard]] std::uint8_t shard_of_call_id(std::string_view call_id, std::uint8_t shards) noexcept;

class Identifiers {
public:
    Identifiers(Randomness& random, ShardId self, std::uint8_t shards) noexcept
        : random_(random),
          self_(self),
          shards_(shards),
          cookie_key_{random.next(), random.next()} {}

    [[nodiscard]] std::string call_id();  // 192 random bits, lower-case hex, no host part
    /// Of an INVITE into that realm for that user: 128 random bits and a cookie, of the same form.
    [[nodiscard]] std::string call_id(RealmId to, std::string_view user);
    /// Whether call_id(to, user) made it.
    [[nodiscard]] bool minted(std::string_view call_id, RealmId to,
                              std::string_view user) const noexcept;
    [[nodiscard]] std::string tag();           // 64 random bits
    [[nodiscard]] std::string branch();        // magic cookie and 96 random bits
    [[nodiscard]] std::uint32_t first_cseq();  // 1 .. 2^30-1 (D5)
    [[nodiscard]] std::uint64_t number() noexcept { return random_.next(); }
    /// Where they come from.
    [[nodiscard]] Randomness& randomness() noexcept { return random_; }

private:
    Randomness& random_;
    ShardId self_;
    std::uint8_t shards_;
    HashKey cookie_key_;
};

}  // namespace sallyport
