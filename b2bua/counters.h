// SPDX-License-Identifier: Apache-2.0
// The control plane's own counters and the set-up time histogram of one shard. Written by that
// shard's thread only, read by the metrics thread: relaxed atomics, no ordering between cells is
// promised.
#pragma once

#include "b2bua/sip/method.h"
#include "b2bua/sip/parse_error.h"
#include "config/types/counter.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace sallyport {

/// Upper bounds of the set-up time histogram, in milliseconds; a last bucket is unbounded.
inline constexpr std::array<std::int64_t, 12> kSetupBounds{5,   10,   25,   50,   100,   250,
                                                           500, 1000, 2500, 5000, 10000, 30000};

/// Requests by method; responses by method and class (1xx..6xx at 1..6).
struct MessageCounts {
    std::array<std::array<Counter, 7>, sip::kMethodCount>
        by_class{};  // [method][0: request, 1..6: class]
    void count(sip::Method method, int status) noexcept {
        const auto row = static_cast<std::size_t>(method);
        const auto column = status == 0 ? 0 : static_cast<std::size_t>(status / 100);
        if (column < by_class[row].size()) {
            by_class[row][column].add();
        }
    }
};

inline constexpr std::size_t kMaxRealms = 16;

struct Counters {
#define SALLYPORT_COUNTER(name, help) Counter name;
#include "b2bua/counters.def"
#undef SALLYPORT_COUNTER
    std::array<MessageCounts, kMaxRealms> received{};
    std::array<MessageCounts, kMaxRealms> sent{};
    std::array<Counter, sip::kParseFaults> parse_faults{};  // by sip::ParseFault
    std::array<Counter, kSetupBounds.size() + 1> setup_buckets{};
    Counter setup_sum_ms;
    // Table sizes, set by the shard's loop.
    Counter calls, subscriptions, dialogs, client_transactions, server_transactions, registrations,
        timers, surviving;
};

}  // namespace sallyport
