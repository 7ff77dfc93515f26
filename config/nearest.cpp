// SPDX-License-Identifier: Apache-2.0
// Restricted Damerau-Levenshtein distance over three rows; names longer than kLongest are nobody's
// typing error.
#include "config/nearest.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace sallyport::config {
namespace {

constexpr std::size_t kLongest = 48;
using Row = std::array<std::size_t, kLongest + 1>;

std::size_t distance(std::string_view a, std::string_view b) {
    Row before_last{};
    Row last{};
    Row now{};
    for (std::size_t j = 0; j <= b.size(); ++j) {
        now[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before_last = last;
        last = now;
        now[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                now[j] = std::min(now[j], before_last[j - 2] + 1);
            }
        }
    }
    return now[b.size()];
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view name,
                                        std::span<const std::string_view> candidates) {
    std::optional<std::string_view> best;
    std::size_t best_distance = 0;
    if (name.empty() || name.size() > kLongest) {
        return best;
    }
    for (const std::string_view candidate : candidates) {
        if (candidate.size() > kLongest) {
            continue;
        }
        const std::size_t d = distance(name, candidate);
        const std::size_t allowed = std::max<std::size_t>(1, candidate.size() / 3);
        if (d <= allowed && (!best || d < best_distance)) {
            best = candidate;
            best_distance = d;
        }
    }
    return best;
}

}  // namespace sallyport::config
