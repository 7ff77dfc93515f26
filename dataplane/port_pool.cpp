// SPDX-License-Identifier: Apache-2.0
// The free queue of port pairs. Because release order is quarantine order, only the first cooling
// pair can be ready.
#include "dataplane/port_pool.h"

#include <utility>

namespace sallyport::dataplane {

namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): one multiplication-mixed value per step; enough to spread
/// ports, not a secret.
std::uint64_t next_random(std::uint64_t& state) noexcept {
    state += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

std::uint32_t first_even(PortRange range) noexcept {
    return (range.first + 1U) & ~1U;
}

std::uint32_t pairs_of(PortRange range) noexcept {
    const std::uint32_t first = first_even(range);
    const std::uint32_t end = (range.last + 1U) & ~1U;  // one past the last whole pair
    return end > first ? (end - first) / 2 : 0;
}

}  // namespace

PortRange share_of(PortRange range, std::uint8_t shard, std::uint8_t shards) noexcept {
    const std::uint32_t pairs = pairs_of(range);
    const std::uint32_t from = pairs * shard / shards;
    const std::uint32_t to = pairs * (shard + 1U) / shards;
    if (from == to) {
        return {1, 0};
    }
    const std::uint32_t first = first_even(range);
    return {static_cast<std::uint16_t>(first + 2 * from),
            static_cast<std::uint16_t>(first + 2 * to - 1)};
}

PortPool::PortPool(PortRange range, std::uint64_t seed, Millis quarantine)
    : queue_(pairs_of(range)), free_(queue_.size()), quarantine_(quarantine) {
    for (std::size_t i = 0; i < queue_.size(); ++i) {
        queue_[i].rtp = static_cast<std::uint16_t>(first_even(range) + 2 * i);
    }
    for (std::size_t left = queue_.size(); left > 1; --left) {  // Fisher-Yates
        std::swap(queue_[left - 1].rtp, queue_[next_random(seed) % left].rtp);
    }
}

std::optional<Port> PortPool::take(Moment now) noexcept {
    if (free_ == 0 || (queue_[head_].cooling && now < queue_[head_].ready)) {
        return std::nullopt;
    }
    Pair& pair = queue_[head_];
    if (pair.cooling) {
        pair.cooling = false;
        --cooling_;
    }
    head_ = behind(1);
    --free_;
    return Port{pair.rtp};
}

void PortPool::release(Port rtp, Moment now) noexcept {
    queue_[behind(free_)] = {rtp.value, true, now + quarantine_};
    ++free_;
    ++cooling_;
}

void PortPool::put_back(Port rtp) noexcept {
    head_ = behind(queue_.size() - 1);
    queue_[head_] = {rtp.value, false, {}};
    ++free_;
}

std::optional<Port> PortPool::cooled(Moment now) noexcept {
    if (cooling_ == 0) {
        return std::nullopt;
    }
    Pair& oldest = queue_[behind(free_ - cooling_)];
    if (now < oldest.ready) {
        return std::nullopt;
    }
    oldest.cooling = false;
    --cooling_;
    return Port{oldest.rtp};
}

}  // namespace sallyport::dataplane
