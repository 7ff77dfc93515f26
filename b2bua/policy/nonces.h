// SPDX-License-Identifier: Apache-2.0
// Nonces of our challenges (H23, RFC 7616 s.3.3, s.5.4): time, shard and serial number under an
// HMAC, so that a challenge costs no memory and nobody makes one up. Memory is spent on nonces that
// were answered rightly, and bounded: what had to be forgotten is stale, never good a second time.
// Owner: one Shard; the clock is handed in.
#pragma once

#include "config/types/id.h"
#include "config/types/units.h"

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sallyport::policy {

class Nonces {
public:
    static constexpr Millis kLife{300'000};
    /// Requests of one client that overtake each other (RFC 7616 s.3.4.5 allows such a window).
    static constexpr std::uint32_t kWindow = 64;

    /// secret: the process's, the same on every shard; a key of our own is derived from it. It must
    /// not outlive the process: what was used up is not remembered beyond it.
    Nonces(std::span<const std::uint8_t> secret, ShardId self, std::size_t capacity) noexcept;

    /// A new one, bound to that realm.
    [[nodiscard]] std::string mint(std::string_view realm, Moment now);

    /// Takes one use of a nonce whose response was found right. False: it is none of this shard's,
    /// too old, or was used with that count before; the client needs a new one (stale=true).
    /// count: the value of nc; nullopt: the client sent none, and the nonce is good once.
    [[nodiscard]] bool use(std::string_view nonce, std::string_view realm,
                           std::optional<std::uint32_t> count, Moment now);

    /// Nonces whose uses are remembered.
    [[nodiscard]] std::size_t size() const noexcept { return uses_.size(); }

private:
    struct Use {
        std::uint32_t highest{0};
        std::bitset<kWindow> seen;  // [i]: the count highest - i was used
    };

    [[nodiscard]] std::string seal(std::string_view front, std::string_view realm) const;
    /// When it was minted; nullopt: not by this shard.
    [[nodiscard]] std::optional<Moment> minted(std::string_view nonce,
                                               std::string_view realm) const;
    void forget_dead(Moment now);
    void make_room();
    void forget_first();

    std::array<std::uint8_t, 32> key_{};
    ShardId self_;
    std::size_t capacity_;
    std::uint32_t serial_{0};
    std::unordered_map<std::string, Use> uses_;
    std::deque<std::pair<Moment, std::string>> order_;  // when minted, as first used
    std::optional<Moment> forgotten_;  // nonces minted until then may have been used and forgotten
};

}  // namespace sallyport::policy
