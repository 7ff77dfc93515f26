// SPDX-License-Identifier: Apache-2.0
// headers = "?" header *( "&" header ), header = hname "=" hvalue (RFC 3261 s.25.1).
#include "b2bua/sip/uri_headers.h"

#include "b2bua/sip/params.h"

namespace sallyport::sip {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char upper = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    return upper >= 'A' && upper <= 'F' ? upper - 'A' + 10 : -1;
}

/// hnv-unreserved / unreserved (RFC 3261 s.25.1).
bool stands_for_itself(char c) noexcept {
    constexpr std::string_view kMarks = "[]/?:+$-_.!~*'()";
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return alnum || kMarks.find(c) != std::string_view::npos;
}

}  // namespace

std::optional<UriHeader> find_uri_header(std::string_view headers, std::string_view name) {
    while (!headers.empty()) {
        const auto end = headers.find('&');
        const std::string_view header = headers.substr(0, end);
        const auto equals = header.find('=');
        if (equals != std::string_view::npos &&
            iequals(unescaped(header.substr(0, equals)), name)) {
            return UriHeader{header.substr(0, equals), header.substr(equals + 1)};
        }
        headers.remove_prefix(end == std::string_view::npos ? headers.size() : end + 1);
    }
    return std::nullopt;
}

std::string unescaped(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        if (low >= 0) {
            plain.push_back(static_cast<char>(high * 16 + low));
            i += 2;
        } else {
            plain.push_back(text[i]);
        }
    }
    return plain;
}

std::string escaped_header_value(std::string_view text) {
    std::string escaped;
    escaped.reserve(text.size() * 2);
    for (const char c : text) {
        if (stands_for_itself(c)) {
            escaped.push_back(c);
            continue;
        }
        const auto octet = static_cast<unsigned char>(c);
        escaped.push_back('%');
        escaped.push_back(kHex[octet >> 4]);
        escaped.push_back(kHex[octet & 0xf]);
    }
    return escaped;
}

}  // namespace sallyport::sip
