// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/stream/content_length.h"

#include "b2bua/sip/header.h"

#include <algorithm>
#include <optional>

namespace sallyport {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kLws = " \t\r\n";  // folds included (A3)

bool blank(char c) noexcept {
    return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) noexcept {
    const auto first = std::min(text.find_first_not_of(kLws), text.size());
    text.remove_prefix(first);
    return text.substr(0, text.find_last_not_of(kLws) + 1);
}

/// The first header line with its folds and without its line end; taken off the front.
std::string_view take_line(std::string_view& section) noexcept {
    std::size_t end = section.find(kLineEnd);
    const auto folded = [&section](std::size_t at) {
        const std::size_t next = at + kLineEnd.size();
        return at != std::string_view::npos && next < section.size() && blank(section[next]);
    };
    while (folded(end)) {
        end = section.find(kLineEnd, end + kLineEnd.size());
    }
    const std::string_view line = section.substr(0, end);
    section.remove_prefix(std::min(line.size() + kLineEnd.size(), section.size()));
    return line;
}

/// limit + 1: anything above the limit; nullopt: no number.
std::optional<std::size_t> number(std::string_view text, std::size_t limit) noexcept {
    std::size_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        value = std::min(value * 10 + static_cast<std::size_t>(c - '0'), limit + 1);
    }
    return text.empty() ? std::nullopt : std::optional(value);
}

}  // namespace

Result<std::size_t, StreamFault> content_length(std::string_view section,
                                                std::size_t limit) noexcept {
    std::optional<std::size_t> length;
    bool typed = false;
    take_line(section);  // the start line
    while (!section.empty()) {
        const std::string_view line = take_line(section);
        const std::size_t colon = std::min(line.find(':'), line.size());
        const sip::HeaderId id = sip::header_id(trimmed(line.substr(0, colon)));
        typed = typed || id == sip::HeaderId::kContentType;
        if (id != sip::HeaderId::kContentLength || colon == line.size()) {
            continue;
        }
        const auto told = number(trimmed(line.substr(colon + 1)), limit);
        if (!told) {
            return Failure{StreamFault::bad_content_length};
        }
        if (length && *length != *told) {
            return Failure{StreamFault::content_lengths_differ};
        }
        length = told;
    }
    if (!length && typed) {
        return Failure{StreamFault::no_content_length};
    }
    if (length.value_or(0) > limit) {
        return Failure{StreamFault::body_too_large};
    }
    return length.value_or(0);
}

}  // namespace sallyport
