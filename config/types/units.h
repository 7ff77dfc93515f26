// SPDX-License-Identifier: Apache-2.0
// Time as the control plane knows it: milliseconds of a monotonic clock that is handed in, never
// read here.
#pragma once

#include <chrono>
#include <cstdint>

namespace sallyport {

using Millis = std::chrono::duration<std::int64_t, std::milli>;

/// A moment on the injected monotonic clock. Its zero is the start of the process or of the
/// simulation.
struct Moment {
    Millis since_start{0};
    constexpr auto operator<=>(const Moment&) const noexcept = default;
    friend constexpr Moment operator+(Moment m, Millis d) noexcept { return {m.since_start + d}; }
    friend constexpr Millis operator-(Moment a, Moment b) noexcept {
        return a.since_start - b.since_start;
    }
};

}  // namespace sallyport
