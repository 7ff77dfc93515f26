// SPDX-License-Identifier: Apache-2.0
#include "b2bua/routing/dialled_number.h"

#include "b2bua/sip/params.h"
#include "b2bua/sip/uri_headers.h"

#include <algorithm>
#include <cstddef>

namespace sallyport::routing {
namespace {

constexpr bool is_digit(char c) noexcept {
    return (c >= '0' && c <= '9') || c == '*' || c == '#';
}

/// RFC 3966 s.3: visual-separator.
constexpr bool is_separator(char c) noexcept {
    return c == '-' || c == '.' || c == '(' || c == ')';
}

/// Where the number stands: the user part, or what a tel URI has before its parameters.
std::string_view place_of_number(const sip::Uri& uri) noexcept {
    const std::string_view subscriber =
        uri.scheme == sip::Scheme::kTel ? uri.text.substr(uri.text.find(':') + 1) : uri.user;
    return subscriber.substr(0, subscriber.find(';'));
}

std::string without_separators(std::string_view number) {
    std::string plain(number);
    std::erase_if(plain, is_separator);
    return plain;
}

/// Digits, with a + in front or not; empty: it is a name.
std::string number_in(std::string_view text) {
    std::string number = without_separators(sip::unescaped(text));
    const std::string_view digits = std::string_view(number).substr(number.starts_with('+'));
    return !digits.empty() && std::all_of(digits.begin(), digits.end(), is_digit) ? number
                                                                                  : std::string{};
}

/// "#" does not stand for itself in a user part (RFC 3261 s.25.1).
std::string in_uri(std::string_view number) {
    std::string text;
    for (const char c : number) {
        c == '#' ? text.append("%23") : text.append(1, c);
    }
    return text;
}

/// The parameters of a tel URI as a part of a user part. A context that the number is no longer of
/// is left out.
std::string subscriber_params(const sip::Uri& tel) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    const std::size_t begin = std::min(tel.text.find(';'), tel.text.size());
    std::string out;
    sip::ParamCursor cursor(tel.text.substr(begin));
    while (const auto param = cursor.next()) {
        if (sip::iequals(param->name, "phone-context")) {
            continue;
        }
        std::string text(param->name);
        text.append(param->value ? "=" : "").append(param->value.value_or(std::string_view{}));
        out.append(";");
        for (const char c : text) {
            if (c == '[' || c == ']' || c == ':' || c == '"') {
                const auto octet = static_cast<unsigned char>(c);
                out.append("%").append(1, kHex[octet / 16]).append(1, kHex[octet % 16]);
            } else {
                out.push_back(c);
            }
        }
    }
    return out;
}

}  // namespace

std::string dialled_user(const sip::Uri& uri) {
    return uri.scheme == sip::Scheme::kTel ? without_separators(place_of_number(uri))
                                           : sip::unescaped(uri.user);
}

std::optional<std::string> renumbered(const NumberRule& rule, const sip::Uri& uri,
                                      std::string_view host) {
    const std::string_view place = place_of_number(uri);
    const std::string number = number_in(place);
    if (number.empty() || (rule.strip == 0 && rule.prefix.empty())) {
        return std::string(uri.text);
    }
    if (number.size() <= rule.strip) {
        return std::nullopt;
    }
    const std::string changed = in_uri(rule.prefix + number.substr(rule.strip));
    if (uri.scheme == sip::Scheme::kTel) {
        return "sip:" + changed + subscriber_params(uri) + "@" + std::string(host) + ";user=phone";
    }
    return std::string(uri.text).replace(static_cast<std::size_t>(place.data() - uri.text.data()),
                                         place.size(), changed);
}

}  // namespace sallyport::routing
