// SPDX-License-Identifier: Apache-2.0
#include "b2bua/routing/steer.h"

#include "b2bua/policy/identifiers.h"

#include <algorithm>

namespace sallyport::routing {
namespace {

/// A19: a header section is never longer; what stands behind is not searched.
constexpr std::size_t kHeaderSection = 32768;

constexpr bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t';
}
constexpr bool is_line_space(char c) noexcept {
    return is_blank(c) || c == '\r' || c == '\n';
}

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_call_id(std::string_view name) noexcept {
    constexpr std::string_view kLong = "call-id";
    if (name.size() == 1) {
        return lower(name[0]) == 'i';
    }
    return name.size() == kLong.size() && std::equal(name.begin(), name.end(), kLong.begin(),
                                                     [](char a, char b) { return lower(a) == b; });
}

/// text: from after the colon to the end of the datagram. The value may start on a folded line.
std::string_view value_at(std::string_view text) noexcept {
    std::size_t begin = 0;
    while (begin < text.size() && is_line_space(text[begin])) {
        if (text[begin] == '\n' && (begin + 1 == text.size() || !is_blank(text[begin + 1]))) {
            return {};
        }
        ++begin;
    }
    std::size_t end = begin;
    while (end < text.size() && text[end] != '\r' && text[end] != '\n') {
        ++end;
    }
    while (end > begin && is_blank(text[end - 1])) {
        --end;
    }
    return text.substr(begin, end - begin);
}

}  // namespace

std::string_view find_call_id(std::string_view payload) noexcept {
    payload = payload.substr(0, kHeaderSection);
    const std::size_t start = payload.find_first_not_of("\r\n");  // A2: leading CRLFs
    std::size_t line = start == std::string_view::npos ? start : payload.find('\n', start);
    while (line != std::string_view::npos && ++line < payload.size()) {
        const char first = payload[line];
        if (first == '\r' || first == '\n') {
            return {};  // the end of the headers
        }
        // "Call-ID" with blanks before the colon has at most so many octets worth looking at.
        const std::string_view head = payload.substr(line, 24);
        const std::size_t colon = head.find(':');
        if ((lower(first) == 'c' || lower(first) == 'i') && colon != std::string_view::npos) {
            std::string_view name = head.substr(0, colon);
            while (!name.empty() && is_blank(name.back())) {
                name.remove_suffix(1);
            }
            if (is_call_id(name)) {
                return value_at(payload.substr(line + colon + 1));
            }
        }
        line = payload.find('\n', line);
    }
    return {};
}

std::uint8_t steer_by_call_id(std::string_view payload, std::uint8_t shards) noexcept {
    if (shards <= 1) {
        return 0;
    }
    const std::string_view call_id = find_call_id(payload);
    return call_id.empty() ? std::uint8_t{0} : shard_of_call_id(call_id, shards);
}

}  // namespace sallyport::routing
