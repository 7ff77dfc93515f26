// SPDX-License-Identifier: Apache-2.0
// SIP and SIPS URIs (RFC 3261 s.19.1, s.25.1); other schemes keep only scheme and text. Views into
// the message; nothing is decoded (A14). Pure.
#pragma once

#include "b2bua/sip/parse_error.h"
#include "config/types/ip.h"
#include "config/types/result.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::sip {

enum class Scheme : std::uint8_t { kSip, kSips, kTel, kUrn, kOther };

struct Uri {
    std::string_view text;  // the whole URI as received
    Scheme scheme{Scheme::kOther};
    std::string_view user;  // as received, with ":password" cut off; empty when absent
    std::string_view password;
    std::string_view host;  // IPv6 with its brackets
    std::optional<Port> port;
    std::string_view params;   // from the first ";" to "?" or the end; empty when none
    std::string_view headers;  // after "?"
    bool has_userinfo{false};  // "@" was present

    [[nodiscard]] static Result<Uri, ParseError> parse(std::string_view text) noexcept;
    /// The host as an address, if it is a literal.
    [[nodiscard]] std::optional<IpAddr> ip() const noexcept;
};

/// RFC 3261 s.19.1.4 comparison on decoded copies.
[[nodiscard]] bool equivalent(const Uri& a, const Uri& b) noexcept;

}  // namespace sallyport::sip
