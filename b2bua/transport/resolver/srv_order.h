// SPDX-License-Identifier: Apache-2.0
// The order in which servers with a priority and a weight are tried (RFC 2782; I3, and I4 for the
// members of a trunk group). Pure: the randomness is handed in.
#pragma once

#include "b2bua/policy/randomness.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sallyport::resolver {

struct Rank {
    std::uint16_t priority{0};  // the lowest comes first
    std::uint16_t weight{0};    // share of the first places among those of the same priority
};

/// Indices into ranks, first to be tried first; each exactly once.
[[nodiscard]] std::vector<std::size_t> order_by_rank(std::span<const Rank> ranks,
                                                     Randomness& randomness);

}  // namespace sallyport::resolver
