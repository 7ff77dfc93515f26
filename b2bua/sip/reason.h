// SPDX-License-Identifier: Apache-2.0
// One value of Reason: why a request is sent (RFC 3326): protocol *(SEMI reason-params). Views into
// the message. Pure.
#pragma once

#include "b2bua/sip/parse_error.h"
#include "config/types/result.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::sip {

struct Reason {
    std::string_view protocol;           // "SIP", "Q.850", ...
    std::optional<std::uint32_t> cause;  // absent, or no number
    std::string_view text;               // without its quotes

    [[nodiscard]] static Result<Reason, ParseError> parse(std::string_view value) noexcept;
};

}  // namespace sallyport::sip
