// SPDX-License-Identifier: Apache-2.0
// One subscription usage of a dialog pair (RFC 6665 s.4, RFC 5057): made by SUBSCRIBE, or implied
// by REFER (RFC 3515 s.2.4). It keeps its dialogs alive after the INVITE usage has ended. Values
// only; what happens to them stands in usage.cpp. Owner: a Call, on its shard's thread.
#pragma once

#include "config/types/units.h"
#include "dataplane/relay.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace sallyport::call {

/// Stands for Call::root, until a message of the far side makes a pair.
inline constexpr std::size_t kRootPair = ~std::size_t{0};

struct Subscription {
    std::uint32_t serial{0};
    std::size_t pair{kRootPair};
    dataplane::Side subscriber{dataplane::Side::kA};
    std::string package;
    std::string id;  // parameter of Event, the same on both legs; unused when REFER made it
    // CSeq numbers of the REFER that made it, on the subscriber's leg and on the other: what id
    // says there (RFC 3515 s.2.4.6). 0: SUBSCRIBE made it.
    std::uint32_t near_refer{0};
    std::uint32_t far_refer{0};
    bool notified{false};           // the first NOTIFY has come: Timer N is over
    std::optional<Moment> granted;  // as the last 2xx to SUBSCRIBE has it
    Moment until{};                 // forgotten then
};

/// What an exchange is to a subscription.
enum class UsageStep : std::uint8_t { kNone, kOpen, kRefresh, kNotify, kTerminate };

struct ExchangeUsage {
    std::uint32_t serial{0};
    UsageStep step{UsageStep::kNone};
};

}  // namespace sallyport::call
