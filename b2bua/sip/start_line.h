// SPDX-License-Identifier: Apache-2.0
// Request-Line and Status-Line (RFC 3261 s.7.1, s.7.2). Internal to b2bua/sip. Pure.
#pragma once

#include "b2bua/sip/method.h"
#include "b2bua/sip/parse_error.h"

#include <optional>
#include <string_view>

namespace sallyport::sip {

struct StartLine {
    bool request{false};
    Method method{Method::kUnknown};
    std::string_view method_name;
    std::string_view request_uri;  // without the ?headers of a SIP URI (A12)
    int status{0};
    std::string_view reason;
    std::optional<ParseError>
        fault;  // status 0 in status_for(): nothing behind this line is worth reading

    /// line: without its line end, at least one octet. uri_limit: A19.
    [[nodiscard]] static StartLine parse(std::string_view line, std::size_t uri_limit) noexcept;
};

}  // namespace sallyport::sip
