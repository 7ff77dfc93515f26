// SPDX-License-Identifier: Apache-2.0
#include "b2bua/routing/trunk_group.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace sallyport::routing {
namespace {

/// RFC 2782 draws "between 0 and the sum, inclusive". Of small sums the inclusive end alone would
/// be a large part (0 to 4 for weights 3 and 1: four fifths for the first), so a unit of weight is
/// this many steps.
constexpr std::uint64_t kSteps = 1024;

std::uint64_t weight_of(std::span<const GroupMember> members) {
    return std::accumulate(
        members.begin(), members.end(), std::uint64_t{0},
        [](std::uint64_t sum, const GroupMember& member) { return sum + member.weight; });
}

/// Which one comes first.
std::size_t draw(std::span<const GroupMember> left, std::uint64_t sum, Randomness& random) {
    const std::uint64_t drawn = random.next() % (sum * kSteps + 1);
    std::uint64_t running = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
        running += left[i].weight * kSteps;
        if (running >= drawn) {
            return i;
        }
    }
    return left.size() - 1;
}

/// Members of one priority.
void append(std::vector<GroupMember> left, Randomness& random, std::vector<std::uint16_t>& out) {
    // RFC 2782: those with weight 0 stand first, so that only a draw of 0 takes one.
    std::stable_partition(left.begin(), left.end(),
                          [](const GroupMember& member) { return member.weight == 0; });
    while (!left.empty()) {
        const std::uint64_t sum = weight_of(left);
        const std::size_t next = left.size() == 1 || sum == 0 ? 0 : draw(left, sum, random);
        out.push_back(left[next].peer);
        left.erase(left.begin() + static_cast<std::ptrdiff_t>(next));
    }
}

}  // namespace

std::vector<std::uint16_t> in_order(std::span<const GroupMember> members, Randomness& random) {
    std::vector<std::uint16_t> out;
    while (!members.empty()) {
        const auto end = std::find_if(members.begin(), members.end(), [&](const GroupMember& m) {
            return m.priority != members.front().priority;
        });
        append({members.begin(), end}, random, out);
        members = {end, members.end()};
    }
    return out;
}

}  // namespace sallyport::routing
