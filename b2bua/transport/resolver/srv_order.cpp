// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/resolver/srv_order.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace sallyport::resolver {
namespace {

/// Against this many draws per unit of weight there is one for all of weight 0: the "very small
/// chance" of RFC 2782.
constexpr std::uint64_t kDrawsPerUnit = 64;

/// Uniform in 0 .. most.
std::uint64_t draw(Randomness& randomness, std::uint64_t most) noexcept {
    return randomness.next() % (most + 1);
}

/// One of rest, which all have the same priority; those of weight 0 stand first.
/// deviates: RFC 2782 draws from 0 to the sum, both included. Without weight 0 that gives the first
/// of 3 and 1 four of five calls, not three of four; so 0 is drawn only where a weight of 0 stands.
std::size_t choose(std::span<const Rank> ranks, std::span<const std::size_t> rest,
                   Randomness& randomness) {
    std::uint64_t sum = 0;
    std::size_t weightless = 0;
    for (const std::size_t index : rest) {
        sum += ranks[index].weight;
        weightless += ranks[index].weight == 0 ? 1 : 0;
    }
    const std::uint64_t least = weightless == 0 ? 1 : 0;
    const std::uint64_t drawn = least + draw(randomness, sum * kDrawsPerUnit - least);
    if (drawn == 0) {
        return static_cast<std::size_t>(draw(randomness, weightless - 1));
    }
    std::uint64_t running = 0;
    for (std::size_t i = weightless; i < rest.size(); ++i) {
        running += ranks[rest[i]].weight * kDrawsPerUnit;
        if (running >= drawn) {
            return i;
        }
    }
    return rest.size() - 1;
}

}  // namespace

std::vector<std::size_t> order_by_rank(std::span<const Rank> ranks, Randomness& randomness) {
    std::vector<std::size_t> order(ranks.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [ranks](std::size_t i) {
        return std::pair{ranks[i].priority, ranks[i].weight != 0};
    });
    for (auto at = order.begin(); at != order.end(); ++at) {
        const std::uint16_t priority = ranks[*at].priority;
        const auto end = std::find_if(at, order.end(),
                                      [&](std::size_t i) { return ranks[i].priority != priority; });
        const auto chosen = choose(ranks, {at, end}, randomness);
        // Those before it move up, so that weight 0 stays first.
        std::rotate(at, at + static_cast<std::ptrdiff_t>(chosen),
                    at + static_cast<std::ptrdiff_t>(chosen) + 1);
    }
    return order;
}

}  // namespace sallyport::resolver
