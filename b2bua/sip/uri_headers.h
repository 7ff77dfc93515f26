// SPDX-License-Identifier: Apache-2.0
// The headers of a SIP URI, "?Replaces=...&Require=..." (RFC 3261 s.19.1.1), and the escapes of
// their names and values (RFC 3261 s.19.1.2, s.25.1). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::sip {

struct UriHeader {
    std::string_view name;   // as received
    std::string_view value;  // as received; may be empty
};

/// First header of that name in the part of a URI behind "?"; names compared decoded and without
/// case.
[[nodiscard]] std::optional<UriHeader> find_uri_header(std::string_view headers,
                                                       std::string_view name);

/// With "%41" as "A". A "%" that starts no escape stays.
[[nodiscard]] std::string unescaped(std::string_view text);

/// As value of a URI header: what hvalue does not allow is escaped.
[[nodiscard]] std::string escaped_header_value(std::string_view text);

}  // namespace sallyport::sip
