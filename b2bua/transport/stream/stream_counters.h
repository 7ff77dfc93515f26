// SPDX-License-Identifier: Apache-2.0
// Why connections end, and the counters of a server of streams: written by its thread only, read by
// the metrics thread.
#pragma once

#include "b2bua/transport/stream/stream_framer.h"
#include "config/types/counter.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace sallyport {

enum class CloseReason : std::uint8_t {
// The faults first, so that each is its own reason.
#define SALLYPORT_STREAM_FAULT(name, status, help) name,
#include "b2bua/transport/stream/stream_faults.def"
#undef SALLYPORT_STREAM_FAULT
#define SALLYPORT_STREAM_CLOSE(name, help) name,
#include "b2bua/transport/stream/close_reasons.def"
#undef SALLYPORT_STREAM_CLOSE
};

/// Enumerators as metrics labels.
inline constexpr std::string_view kCloseLabels[] = {
#define SALLYPORT_STREAM_FAULT(name, status, help) #name,
#include "b2bua/transport/stream/stream_faults.def"
#undef SALLYPORT_STREAM_FAULT
#define SALLYPORT_STREAM_CLOSE(name, help) #name,
#include "b2bua/transport/stream/close_reasons.def"
#undef SALLYPORT_STREAM_CLOSE
};
inline constexpr std::size_t kCloseReasons = std::size(kCloseLabels);

[[nodiscard]] constexpr std::string_view label_for(CloseReason reason) noexcept {
    return kCloseLabels[static_cast<std::size_t>(reason)];
}

[[nodiscard]] constexpr CloseReason reason_of(StreamFault fault) noexcept {
    return static_cast<CloseReason>(fault);
}

struct StreamCounters {
#define SALLYPORT_STREAM_COUNTER(name, help) Counter name;
#include "b2bua/transport/stream/counters.def"
#undef SALLYPORT_STREAM_COUNTER
    std::array<Counter, kCloseReasons> closes{};  // by CloseReason
    Counter open;                                 // connections there are

    void count(CloseReason reason) noexcept {
        closes[static_cast<std::size_t>(reason)].add();
    }
    [[nodiscard]] std::uint64_t closed(CloseReason reason) const noexcept {
        return closes[static_cast<std::size_t>(reason)].read();
    }
};

}  // namespace sallyport
