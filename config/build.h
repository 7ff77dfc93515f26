// SPDX-License-Identifier: Apache-2.0
// Gives settings their meaning: looks up every key, reads every value, fills in defaults, misses
// what is required.
#pragma once

#include "config/config.h"
#include "config/fault.h"
#include "config/source.h"

#include <cstddef>

namespace sallyport::config {

/// Whoever keeps a table with a row per realm, peer, group or route may rely on these.
inline constexpr std::size_t kMostRealms = 16;
inline constexpr std::size_t kMostPeers = 1000;
inline constexpr std::size_t kMostGroups = 1000;
inline constexpr std::size_t kMostRoutes = 1000;

/// Realm, peer, group and route i of the result stand in section i of their scope in source.
/// Settings whose values are faulty are marked refused there, and what they set keeps its initial
/// value.
[[nodiscard]] Config build(Source& source, Faults& faults);

}  // namespace sallyport::config
