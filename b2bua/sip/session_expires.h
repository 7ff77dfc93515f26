// SPDX-License-Identifier: Apache-2.0
// Session-Expires and Min-SE (RFC 4028 s.4, s.5): how long a session lasts without a refresh, who
// refreshes it, and how short that may be. Pure.
#pragma once

#include "b2bua/sip/parse_error.h"
#include "config/types/result.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::sip {

/// Of the transaction that negotiated it: the sender of the request, or the one who answered.
enum class Refresher : std::uint8_t { kUac, kUas };

struct SessionExpires {
    std::uint32_t seconds{0};  // 2^32-1 stands for more, too (A9)
    std::optional<Refresher> refresher;

    [[nodiscard]] static Result<SessionExpires, ParseError> parse(std::string_view text) noexcept;
};

struct MinSe {
    std::uint32_t seconds{0};

    [[nodiscard]] static Result<MinSe, ParseError> parse(std::string_view text) noexcept;
};

}  // namespace sallyport::sip
