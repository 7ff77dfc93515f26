// SPDX-License-Identifier: Apache-2.0
// name-addr / addr-spec with header parameters: From, To, Contact, Route, Record-Route, Refer-To
// ... (RFC 3261 s.20.10, s.25.1). Without <> everything after ";" is a header parameter (A13).
// Views into the message. Pure.
#pragma once

#include "b2bua/sip/params.h"
#include "b2bua/sip/parse_error.h"
#include "config/types/result.h"

#include <string_view>

namespace sallyport::sip {

struct NameAddr {
    std::string_view text;     // the whole value
    std::string_view display;  // as received, quotes kept; empty when none
    std::string_view uri;      // without <>; "*" for the wildcard Contact
    std::string_view params;   // header parameters, from the first ";"; empty when none
    std::string_view tag;      // value of the tag parameter; empty when none

    [[nodiscard]] static Result<NameAddr, ParseError> parse(std::string_view text) noexcept;
    /// The same in place. After a fault text is still set, so that the line can be echoed (A20);
    /// uri is then empty.
    [[nodiscard]] Outcome<ParseError> assign(std::string_view value) noexcept;
};

}  // namespace sallyport::sip
