// SPDX-License-Identifier: Apache-2.0
// Content-Disposition, of a message or of one part of a body: what the recipient is to do with it,
// and what to do when it cannot (RFC 3261 s.20.11, RFC 5621 s.8). Views into the message. Pure; no
// allocation.
#pragma once

#include "b2bua/sip/parse_error.h"
#include "config/types/result.h"

#include <string_view>

namespace sallyport::sip {

struct Disposition {
    std::string_view type;    // "session", "early-session", "render", ...
    std::string_view params;  // from the first ";" on; empty when there are none

    [[nodiscard]] static Result<Disposition, ParseError> parse(std::string_view text) noexcept;

    /// Compared without case.
    [[nodiscard]] bool is(std::string_view wanted) const noexcept;
    /// handling=optional; absent or anything else means required (RFC 3261 s.20.11).
    [[nodiscard]] bool optional() const noexcept;
};

}  // namespace sallyport::sip
