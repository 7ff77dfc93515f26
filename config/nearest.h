// SPDX-License-Identifier: Apache-2.0
// Finds the name somebody meant when they mistyped one.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace sallyport::config {

/// The candidate that differs from name by the fewest insertions, deletions, changes and swaps of
/// neighbours; nothing when none is close (a third of its letters). What comes back points into
/// candidates.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view name,
                                                      std::span<const std::string_view> candidates);

}  // namespace sallyport::config
