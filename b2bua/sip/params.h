// SPDX-License-Identifier: Apache-2.0
// ;name=value lists of Via, From, Contact and URIs (RFC 3261 s.25.1 generic-param). Views into the message; LWS around
// ";" and "=" is accepted. Pure.
#pragma once

#include <optional>
#include <string_view>

namespace sallyport::sip {

struct Param {
    std::string_view name;
    std::optional<std::string_view> value;  // nullopt: no "="; quotes kept
};

/// Walks one parameter list: text starts at or before the first ";" and holds nothing else.
class ParamCursor {
public:
    explicit ParamCursor(std::string_view text) noexcept : rest_(text) {}
    /// The next parameter; nullopt at the end or at a fault, which failed() then tells apart.
    std::optional<Param> next() noexcept;
    [[nodiscard]] bool failed() const noexcept { return failed_; }

private:
    std::string_view rest_;
    bool failed_{false};
};

/// First parameter of that name, compared without case.
[[nodiscard]] std::optional<Param> find_param(std::string_view params, std::string_view name) noexcept;

/// Equal without regard to ASCII case.
[[nodiscard]] bool iequals(std::string_view a, std::string_view b) noexcept;

}  // namespace sallyport::sip
