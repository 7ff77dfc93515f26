// SPDX-License-Identifier: Apache-2.0
// Retry-After = delta-seconds [comment] *(SEMI retry-param) (RFC 3261 s.20.33). Pure.
#pragma once

#include "b2bua/sip/parse_error.h"
#include "config/types/result.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::sip {

struct RetryAfter {
    std::uint32_t seconds{0};
    std::optional<std::uint32_t> duration;  // how long the party will be there after that

    [[nodiscard]] static Result<RetryAfter, ParseError> parse(std::string_view text) noexcept;
};

}  // namespace sallyport::sip
