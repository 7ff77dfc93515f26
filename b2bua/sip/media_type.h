// SPDX-License-Identifier: Apache-2.0
// Content-Type, of a message or of one part of a body: "type/subtype;name=value" (RFC 3261 s.20.15,
// s.25.1 media-type; RFC 2045 s.5.1). Views into the message. Pure; no allocation.
#pragma once

#include "b2bua/sip/parse_error.h"
#include "config/types/result.h"

#include <string_view>

namespace sallyport::sip {

struct MediaType {
    std::string_view type;
    std::string_view subtype;
    std::string_view params;  // from the first ";" on; empty when there are none

    [[nodiscard]] static Result<MediaType, ParseError> parse(std::string_view text) noexcept;

    /// Compared without case (RFC 2045 s.5.1).
    [[nodiscard]] bool is(std::string_view wanted_type,
                          std::string_view wanted_subtype) const noexcept;
    /// The parameter's value without its quotes; empty when absent.
    [[nodiscard]] std::string_view param(std::string_view name) const noexcept;
};

}  // namespace sallyport::sip
