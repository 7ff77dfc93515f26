// SPDX-License-Identifier: Apache-2.0
// Event (RFC 6665 s.8.2.1): the package that a subscription is to, and the id that tells two
// subscriptions of one dialog apart. Package and id are compared octet by octet. Pure.
#pragma once

#include "b2bua/sip/parse_error.h"
#include "config/types/result.h"

#include <string_view>

namespace sallyport::sip {

struct Event {
    std::string_view package;  // with its templates: "presence.winfo"
    std::string_view id;       // empty: none
    std::string_view params;   // all of them, from the first ";"

    [[nodiscard]] static Result<Event, ParseError> parse(std::string_view text) noexcept;
};

}  // namespace sallyport::sip
