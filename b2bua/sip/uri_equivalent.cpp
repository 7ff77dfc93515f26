// SPDX-License-Identifier: Apache-2.0
// RFC 3261 s.19.1.4: when two URIs name the same resource. Escapes are decoded on the fly, octet by
// octet, so that no copy is made and "%00" stays an octet like any other (A14).
#include "b2bua/sip/params.h"
#include "b2bua/sip/scan.h"
#include "b2bua/sip/uri.h"

#include <array>
#include <string_view>

namespace sallyport::sip {
namespace {

constexpr std::string_view kReserved =
    ";/?:@&=+$,";  // RFC 3261 s.25.1; their escapes are not equivalent to them

enum class Case : bool { kSensitive, kInsensitive };

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char l = scan::lower(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

struct Decoded {
    char octet;
    bool escaped_reserved;
    bool operator==(const Decoded&) const noexcept = default;
};

/// Takes one octet off the front; a "%" without two hexadecimal digits is itself.
Decoded take(std::string_view& text, Case sensitivity) noexcept {
    Decoded out{text.front(), false};
    std::size_t used = 1;
    if (out.octet == '%' && text.size() >= 3) {
        const int high = hex_value(text[1]);
        const int low = hex_value(text[2]);
        if (high >= 0 && low >= 0) {
            out.octet = static_cast<char>(high * 16 + low);
            out.escaped_reserved = kReserved.find(out.octet) != std::string_view::npos;
            used = 3;
        }
    }
    text.remove_prefix(used);
    if (sensitivity == Case::kInsensitive) {
        out.octet = scan::lower(out.octet);
    }
    return out;
}

bool same(std::string_view a, std::string_view b, Case sensitivity) noexcept {
    while (!a.empty() && !b.empty()) {
        if (take(a, sensitivity) != take(b, sensitivity)) {
            return false;
        }
    }
    return a.empty() && b.empty();
}

bool same_host(const Uri& a, const Uri& b) noexcept {
    if (iequals(a.host, b.host)) {
        return true;
    }
    const auto left = a.ip();
    return left && left == b.ip();  // B21: addresses compare as addresses
}

bool matters_alone(std::string_view name) noexcept {
    static constexpr std::array<std::string_view, 5> kNames = {"user", "ttl", "method", "maddr",
                                                               "transport"};
    for (const auto known : kNames) {
        if (same(name, known, Case::kInsensitive)) {
            return true;
        }
    }
    return false;
}

std::optional<Param> find_decoded(std::string_view params, std::string_view name) noexcept {
    ParamCursor cursor(params);
    while (const auto param = cursor.next()) {
        if (same(param->name, name, Case::kInsensitive)) {
            return param;
        }
    }
    return std::nullopt;
}

/// Each parameter of a is in b with the same value, or is one that may be missing there.
bool params_match(const Uri& a, const Uri& b) noexcept {
    ParamCursor cursor(a.params);
    while (const auto param = cursor.next()) {
        const auto other = find_decoded(b.params, param->name);
        if (!other) {
            if (matters_alone(param->name)) {
                return false;
            }
            continue;
        }
        if (param->value.has_value() != other->value.has_value() ||
            (param->value && !same(*param->value, *other->value, Case::kInsensitive))) {
            return false;
        }
    }
    return !cursor.failed();
}

std::string_view take_header(std::string_view& headers) noexcept {
    const std::string_view first = headers.substr(0, headers.find('&'));
    headers.remove_prefix(first.size() == headers.size() ? first.size() : first.size() + 1);
    return first;
}

/// Each header of a stands in b too, as often. Values compare octet by octet after decoding:
/// stricter than the rules of s.20 for each header, never laxer.
bool headers_match(const Uri& a, const Uri& b) noexcept {
    const auto count = [](std::string_view headers, std::string_view wanted) {
        std::size_t n = 0;
        while (!headers.empty()) {
            const auto header = take_header(headers);
            const auto name = header.substr(0, header.find('='));
            const auto other = wanted.substr(0, wanted.find('='));
            n += same(name, other, Case::kInsensitive) &&
                         same(header.substr(name.size()), wanted.substr(other.size()),
                              Case::kSensitive)
                     ? 1U
                     : 0U;
        }
        return n;
    };
    std::string_view rest = a.headers;
    while (!rest.empty()) {
        const auto header = take_header(rest);
        if (count(a.headers, header) != count(b.headers, header)) {
            return false;
        }
    }
    return a.headers.empty() == b.headers.empty();
}

}  // namespace

bool equivalent(const Uri& a, const Uri& b) noexcept {
    if (a.text == b.text) {
        return true;  // even with a parameter given twice, which matches nothing below
    }
    if (a.scheme != b.scheme) {
        return false;
    }
    if (a.scheme != Scheme::kSip && a.scheme != Scheme::kSips) {
        const auto scheme_end = a.text.find(':');
        return scheme_end == b.text.find(':') &&
               iequals(a.text.substr(0, scheme_end), b.text.substr(0, scheme_end)) &&
               a.text.substr(scheme_end) == b.text.substr(scheme_end);
    }
    return a.has_userinfo == b.has_userinfo && same(a.user, b.user, Case::kSensitive) &&
           (a.password.data() == nullptr) == (b.password.data() == nullptr) &&
           same(a.password, b.password, Case::kSensitive) && same_host(a, b) && a.port == b.port &&
           params_match(a, b) && params_match(b, a) && headers_match(a, b) && headers_match(b, a);
}

}  // namespace sallyport::sip
