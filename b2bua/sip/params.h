// SPDX-License-Identifier: Apache-2.0
// ;name=value lists of Via, From, Contact and URIs (RFC 3261 s.25.1 generic-param). Views into the
// message; LWS around
// ";" and "=" is accepted. Pure.
#pragma once

#include "b2bua/sip/parse_error.h"

#include <optional>
#include <string_view>

namespace sallyport::sip {

struct Param {
    std::string_view name;
    std::optional<std::string_view> value;  // nullopt: no "="; quotes kept; never empty
};

/// Walks one parameter list: text starts at or before the first ";" and holds nothing else.
class ParamCursor {
public:
    explicit ParamCursor(std::string_view text) noexcept
        : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}
    /// The next parameter; nullopt at the end or at a fault, which failed() then tells apart.
    std::optional<Param> next() noexcept;
    [[nodiscard]] bool failed() const noexcept { return error_.has_value(); }
    /// Empty parameter, unterminated quote or other; offset from the start of the list. Only after
    /// failed().
    [[nodiscard]] ParseError error() const noexcept { return error_.value_or(ParseError{}); }

private:
    std::optional<Param> fail(ParseFault fault, const char* at) noexcept;
    std::optional<Param> read_value(Param param) noexcept;

    const char* begin_;
    const char* at_;
    const char* end_;
    std::optional<ParseError> error_;
};

/// First parameter of that name, compared without case.
[[nodiscard]] std::optional<Param> find_param(std::string_view params,
                                              std::string_view name) noexcept;

[[nodiscard]] bool iequals_same_size(std::string_view a, std::string_view b) noexcept;

/// Equal without regard to ASCII case.
[[nodiscard]] inline bool iequals(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && iequals_same_size(a, b);
}

}  // namespace sallyport::sip
