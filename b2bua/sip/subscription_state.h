// SPDX-License-Identifier: Apache-2.0
// Subscription-State (RFC 6665 s.8.2.3): what a NOTIFY says about the subscription that it belongs
// to. Pure.
#pragma once

#include "b2bua/sip/parse_error.h"
#include "config/types/result.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::sip {

enum class Substate : std::uint8_t {
    kActive,
    kPending,
    kTerminated,
    kOther,  // an extension: the subscription lives (RFC 6665 s.4.1.3)
};

struct SubscriptionState {
    Substate state{Substate::kOther};
    std::optional<std::uint32_t> expires;  // s; 2^32-1 stands for more, too (A9)

    [[nodiscard]] static Result<SubscriptionState, ParseError> parse(
        std::string_view text) noexcept;
};

}  // namespace sallyport::sip
