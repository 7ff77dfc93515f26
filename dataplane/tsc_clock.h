// SPDX-License-Identifier: Apache-2.0
// One monotonic clock for workers and relays: the CPU's time stamp counter, in milliseconds since
// the data plane started.
#pragma once

#include "config/types/units.h"

#include <rte_cycles.h>

#include <cstdint>

namespace sallyport::dataplane {

class TscClock {
public:
    /// After the EAL has started: it calibrates the counter.
    TscClock() noexcept : start_(rte_rdtsc()), hz_(rte_get_tsc_hz()), per_ms_(hz_ / 1000) {}

    [[nodiscard]] std::uint64_t ms_at(std::uint64_t tsc) const noexcept {
        // Counters of different CPUs may differ by a few cycles: never before the start.
        return tsc <= start_ ? 0 : (tsc - start_) / per_ms_;
    }
    [[nodiscard]] Moment now() const noexcept {
        return {Millis{static_cast<std::int64_t>(ms_at(rte_rdtsc()))}};
    }
    [[nodiscard]] std::uint64_t hz() const noexcept { return hz_; }

private:
    std::uint64_t start_;
    std::uint64_t hz_;
    std::uint64_t per_ms_;
};

}  // namespace sallyport::dataplane
