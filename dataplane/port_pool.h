// SPDX-License-Identifier: Apache-2.0
// Media port pairs of one realm that belong to one shard (B2BUA-G1, F11; RFC 3550 s.11: RTP even,
// RTCP the odd port above it). Free pairs stand in one queue: at first in pseudo-random order over
// the range, afterwards in the order of their release, so that a port rests as long as possible
// before it is used again. A released pair is in quarantine (cooling) for at least 64 s. Owner: one
// shard's thread; no locks, no clock, no allocation after construction.
#pragma once

#include "config/config.h"
#include "config/types/ip.h"
#include "config/types/units.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace sallyport::dataplane {

/// Twice the maximum segment lifetime that a network path may hold a packet, and our own answer to
/// G1.
inline constexpr Millis kQuarantine{64'000};

/// One shard's part of a range, cut at even ports. Ranges of all shards together cover the whole of
/// it, none twice.
[[nodiscard]] PortRange share_of(PortRange range, std::uint8_t shard, std::uint8_t shards) noexcept;

class PortPool {
public:
    /// range: inclusive; odd ends are trimmed to whole pairs. seed: decides the first order of use.
    PortPool(PortRange range, std::uint64_t seed, Millis quarantine = kQuarantine);

    /// The even port of a pair, or nothing when every pair is in use or cooling.
    [[nodiscard]] std::optional<Port> take(Moment now) noexcept;
    /// rtp: the even port of a pair that take() gave and that was not released since.
    void release(Port rtp, Moment now) noexcept;
    /// Undoes the last take(): nothing was ever sent to or from the pair, so it keeps its place at
    /// the front.
    void put_back(Port rtp) noexcept;
    /// The next pair whose quarantine is over, each exactly once; nothing when there is none.
    [[nodiscard]] std::optional<Port> cooled(Moment now) noexcept;

    [[nodiscard]] std::size_t total() const noexcept { return queue_.size(); }
    [[nodiscard]] std::size_t in_use() const noexcept { return total() - free_; }
    [[nodiscard]] std::size_t cooling() const noexcept { return cooling_; }

private:
    struct Pair {
        std::uint16_t rtp{0};
        bool cooling{false};
        Moment ready{};
    };
    [[nodiscard]] std::size_t behind(std::size_t steps) const noexcept {
        return (head_ + steps) % queue_.size();
    }

    std::vector<Pair> queue_;  // ring; free_ pairs from head_, cooling ones at its end
    std::size_t head_{0};
    std::size_t free_{0};     // cooling ones included
    std::size_t cooling_{0};  // of these: quarantine not yet reported as over by cooled()
    Millis quarantine_;
};

}  // namespace sallyport::dataplane
