// SPDX-License-Identifier: Apache-2.0
// Two messages side by side, or one after the other where the page is narrow, with the reasons of
// what changed as numbered notes below. Plain text. Pure.
#pragma once

#include "b2bua/explain/message_lines.h"
#include "b2bua/explain/reasons.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::explain {

inline constexpr std::size_t kSideBySide = 120;  // columns that it takes at least

struct Sides {
    std::span<const Line> before;
    std::span<const Line> after;
    std::string_view before_title;
    std::string_view after_title;
};

/// Ends in a line end.
[[nodiscard]] std::string compare(const Sides& sides, const Crossed& crossed, std::size_t width);

}  // namespace sallyport::explain
