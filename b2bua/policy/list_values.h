// SPDX-License-Identifier: Apache-2.0
// The elements of one header field's value, and a value put together again from the elements that
// stay. Commas in quotes and in <> do not separate (A5, RFC 3261 s.7.3.1). Pure; no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace sallyport::policy {

/// Walks the elements of one field, trimmed; empty elements are skipped. separator: ',' or ';'.
class ListValues {
public:
    explicit ListValues(std::string_view value, char separator = ',') noexcept
        : rest_(value), separator_(separator) {}
    std::optional<std::string_view> next() noexcept;

private:
    std::string_view rest_;
    char separator_;
};

/// Joins elements; folds inside an element become spaces (A3).
class JoinedValue {
public:
    explicit JoinedValue(char separator = ',') noexcept : separator_(separator) {}
    void add(std::string_view element) noexcept;
    [[nodiscard]] bool empty() const noexcept { return used_ == 0; }
    [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), used_}; }

private:
    // A header line has at most 8,192 octets (A19); joining adds one space per separator.
    std::array<char, 16384> text_;
    std::size_t used_{0};
    char separator_;
};

}  // namespace sallyport::policy
