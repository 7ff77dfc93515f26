// SPDX-License-Identifier: Apache-2.0
// Pieces of what an operator wrote. Views into the argument. Pure.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace sallyport::config {

/// Without blanks at either end.
[[nodiscard]] inline std::string_view trim(std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Digits and nothing else.
[[nodiscard]] inline std::optional<std::uint64_t> whole_number(std::string_view text) noexcept {
    std::uint64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, 10);
    if (text.empty() || fault != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

/// A token of RFC 3261 s.25.1, such as the name of a header or a method.
[[nodiscard]] inline bool is_token(std::string_view text) noexcept {
    constexpr std::string_view kToken =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~";
    return !text.empty() && text.find_first_not_of(kToken) == std::string_view::npos;
}

/// The element before the next comma, trimmed; takes it off text, which is nullopt after the last.
[[nodiscard]] inline std::string_view take_item(std::optional<std::string_view>& text) noexcept {
    const std::string_view whole = text.value_or(std::string_view{});
    const std::size_t comma = whole.find(',');
    text = comma == std::string_view::npos ? std::nullopt : std::optional(whole.substr(comma + 1));
    return trim(whole.substr(0, comma));
}

}  // namespace sallyport::config
