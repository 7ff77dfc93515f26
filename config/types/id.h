// SPDX-License-Identifier: Apache-2.0
// Tagged integers: a RealmId is never taken for a ShardId. Handle: an index that knows its
// generation, so that a handle kept past the life of its object finds nothing.
#pragma once

#include <compare>
#include <cstdint>

namespace sallyport {

template <class Tag, class Int = std::uint32_t>
struct Id {
    Int value{};
    constexpr auto operator<=>(const Id&) const noexcept = default;
};

using RealmId = Id<struct RealmTag, std::uint8_t>;    // index into Config::realms
using ShardId = Id<struct ShardTag, std::uint8_t>;    // 0 .. shards-1
using WorkerId = Id<struct WorkerTag, std::uint8_t>;  // 0 .. workers-1

template <class Tag>
struct Handle {
    std::uint32_t index{0};
    std::uint32_t generation{0};  // 0: never issued
    constexpr auto operator<=>(const Handle&) const noexcept = default;
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return generation != 0; }
};

}  // namespace sallyport
