// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/resolver/domain_name.h"

#include <algorithm>

namespace sallyport::resolver {
namespace {

constexpr std::size_t kLongestName = 253;  // RFC 1035 s.2.3.4: 255 octets on the wire
constexpr std::size_t kLongestLabel = 63;

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool is_label_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
}

bool is_label(std::string_view label) noexcept {
    return !label.empty() && label.size() <= kLongestLabel &&
           std::ranges::all_of(label, is_label_character);
}

bool ends_with_label(std::string_view name, std::string_view label) noexcept {
    return name == label || (name.ends_with(label) && name[name.size() - label.size() - 1] == '.');
}

}  // namespace

std::optional<std::string> domain_name(std::string_view text) {
    if (text.ends_with('.')) {
        text.remove_suffix(1);
    }
    if (text.empty() || text.size() > kLongestName) {
        return std::nullopt;
    }
    std::string name(text);
    for (char& c : name) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    std::string_view rest = name;
    std::string_view label;
    for (bool more = true; more;) {
        const auto dot = rest.find('.');
        label = rest.substr(0, dot);
        if (!is_label(label)) {
            return std::nullopt;
        }
        more = dot != std::string_view::npos;
        rest.remove_prefix(more ? dot + 1 : 0);
    }
    if (std::ranges::all_of(label, is_digit)) {  // RFC 1123 s.2.1: the highest label is no number
        return std::nullopt;
    }
    return name;
}

bool is_reserved_name(std::string_view name) noexcept {
    return ends_with_label(name, "invalid") || ends_with_label(name, "localhost");
}

}  // namespace sallyport::resolver
