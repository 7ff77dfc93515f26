// SPDX-License-Identifier: Apache-2.0
// In which order one call tries the members of a trunk group (I4): by priority, and among those of
// one priority by chance, in proportion to their weights, as RFC 2782 does it for SRV records.
// Pure but for the chance, which is handed in.
#pragma once

#include "b2bua/policy/randomness.h"
#include "config/config.h"

#include <cstdint>
#include <span>
#include <vector>

namespace sallyport::routing {

/// Indices into Config::peers. members: by priority. A weight of 0 beside others is hardly ever
/// drawn first; where all are 0 the members stay in their order. Draws nothing where there is
/// nothing to choose.
[[nodiscard]] std::vector<std::uint16_t> in_order(std::span<const GroupMember> members,
                                                  Randomness& random);

}  // namespace sallyport::routing
