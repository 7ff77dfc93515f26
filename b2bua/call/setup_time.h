// SPDX-License-Identifier: Apache-2.0
// From INVITE to 2xx, as a histogram (J13 sallyport_call_setup_seconds).
#pragma once

#include "b2bua/counters.h"
#include "config/types/units.h"

namespace sallyport::call {

inline void count_setup_time(Counters& counters, Millis elapsed) noexcept {
    std::size_t bucket = 0;
    while (bucket < kSetupBounds.size() && elapsed.count() > kSetupBounds[bucket]) {
        ++bucket;
    }
    counters.setup_buckets[bucket].add();
    counters.setup_sum_ms.add(static_cast<std::uint64_t>(elapsed.count()));
}

}  // namespace sallyport::call
