// SPDX-License-Identifier: Apache-2.0
// hostport of URIs and sent-by of Via (RFC 3261 s.25.1): hostname, IPv4address or IPv6reference,
// then an optional port. LWS around the colon only where the caller allows it (Via, A15). Internal
// to b2bua/sip. Pure.
#pragma once

#include "b2bua/sip/parse_error.h"
#include "config/types/ip.h"
#include "config/types/result.h"

#include <optional>
#include <string_view>

namespace sallyport::sip {

enum class AroundColon : bool { kNothing, kLws };

struct HostPort {
    std::string_view host;  // IPv6 with its brackets
    std::optional<Port> port;
    const char* rest{nullptr};  // first character that is not part of it

    /// kBadHost or kBadPort; a scope id is a bad host (B21).
    [[nodiscard]] static Result<HostPort, ParseError> parse(std::string_view text,
                                                            AroundColon around) noexcept;
};

}  // namespace sallyport::sip
