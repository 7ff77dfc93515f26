// SPDX-License-Identifier: Apache-2.0
// Counters of the transaction layer, from counters.def. Written by the shard's thread only, read by
// the metrics thread: relaxed atomics, no order between counters is promised.
#pragma once

#include "config/types/counter.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace sallyport::transaction {

struct Counters {
#define SALLYPORT_TRANSACTION_COUNTER(name, help) Counter name;
#include "b2bua/transaction/counters.def"
#undef SALLYPORT_TRANSACTION_COUNTER
};

/// For whoever publishes them: name, help text, member.
struct CounterRow {
    std::string_view name;
    std::string_view help;
    Counter Counters::*counter;
};
inline constexpr std::array kCounterRows{
#define SALLYPORT_TRANSACTION_COUNTER(name, help) CounterRow{#name, help, &Counters::name},
#include "b2bua/transaction/counters.def"
#undef SALLYPORT_TRANSACTION_COUNTER
};

}  // namespace sallyport::transaction
