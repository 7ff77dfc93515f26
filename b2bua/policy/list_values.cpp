// SPDX-License-Identifier: Apache-2.0
#include "b2bua/policy/list_values.h"

namespace sallyport::policy {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// Where the separator that ends the first element stands; the text's length when none does.
std::size_t end_of_element(std::string_view text, char separator) noexcept {
    bool quoted = false;
    bool bracketed = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '\\') {
            ++i;
        } else if (c == '"' && !bracketed) {
            quoted = !quoted;
        } else if (!quoted && (c == '<' || c == '>')) {
            bracketed = c == '<';
        } else if (c == separator && !quoted && !bracketed) {
            return i;
        }
    }
    return text.size();
}

}  // namespace

std::optional<std::string_view> ListValues::next() noexcept {
    while (!rest_.empty()) {
        const std::size_t end = end_of_element(rest_, separator_);
        const std::string_view element = trimmed(rest_.substr(0, end));
        rest_.remove_prefix(end < rest_.size() ? end + 1 : end);
        if (!element.empty()) {
            return element;
        }
    }
    return std::nullopt;
}

void JoinedValue::add(std::string_view element) noexcept {
    const bool spaced = separator_ == ',';
    if (used_ + element.size() + 2 > text_.size()) {
        return;  // cannot happen below the line limit of A19
    }
    if (used_ != 0) {
        text_[used_++] = separator_;
        if (spaced) {
            text_[used_++] = ' ';
        }
    }
    for (const char c : element) {
        text_[used_++] = c == '\r' || c == '\n' ? ' ' : c;
    }
}

}  // namespace sallyport::policy
