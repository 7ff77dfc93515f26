// SPDX-License-Identifier: Apache-2.0
// One value of Warning: warn-code SP warn-agent SP warn-text (RFC 3261 s.20.43). Views into the
// message. Pure.
#pragma once

#include "b2bua/sip/parse_error.h"
#include "config/types/result.h"

#include <string_view>

namespace sallyport::sip {

struct Warning {
    std::string_view code;   // three digits
    std::string_view agent;  // host and port, or a pseudonym
    std::string_view text;   // with its quotes

    [[nodiscard]] static Result<Warning, ParseError> parse(std::string_view value) noexcept;
};

}  // namespace sallyport::sip
