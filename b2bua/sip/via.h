// SPDX-License-Identifier: Apache-2.0
// One Via value (RFC 3261 s.20.42, s.25.1; rport RFC 3581). LWS allowed around "/", ":", ";", "="
// (A15). Pure.
#pragma once

#include "b2bua/sip/parse_error.h"
#include "config/types/ip.h"
#include "config/types/result.h"

#include <optional>
#include <string_view>

namespace sallyport::sip {

struct Via {
    std::string_view text;       // the whole value, without the list comma
    std::string_view transport;  // "UDP", any case, unknown tokens too
    std::string_view host;       // sent-by host; IPv6 with its brackets
    std::optional<Port> port;
    std::string_view params;                // from the first ";"
    std::string_view branch;                // empty when absent
    std::string_view received;              // without brackets; empty when absent
    std::optional<std::string_view> rport;  // present; empty value: asked for (RFC 3581 s.3)
    bool rfc3261_branch{
        false};  // branch starts with the magic cookie and has something after it (A15)

    [[nodiscard]] static Result<Via, ParseError> parse(std::string_view text) noexcept;
    /// The same in place. host is empty after a fault that leaves nowhere to answer to (kBadVia);
    /// after a fault in the parameters it is set (A13, A20).
    [[nodiscard]] Outcome<ParseError> assign(std::string_view value) noexcept;
};

}  // namespace sallyport::sip
