// SPDX-License-Identifier: Apache-2.0
// Reading and writing of conditions. read() leaves out untouched unless it returns nothing.
#include "config/condition_values.h"

#include "config/text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace sallyport::config {
namespace {

constexpr std::string_view kAny = "any";

bool is_alphanumeric(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

/// RFC 3261 s.25.1: unreserved and user-unreserved; anything else is escaped.
bool is_user_character(char c) noexcept {
    return is_alphanumeric(c) ||
           std::string_view("-_.!~*'()&=+$,;?/").find(c) != std::string_view::npos;
}

/// 16 for what is no digit.
std::size_t hex_value(char c) noexcept {
    constexpr std::string_view kDigits = "0123456789abcdef0123456789ABCDEF";
    const std::size_t at = kDigits.find(c);
    return at == std::string_view::npos ? 16 : at % 16;
}

/// The octet that a text with an escape at its front stands for.
std::optional<char> escaped_octet(std::string_view text) noexcept {
    const std::size_t high = text.size() < 3 ? 16 : hex_value(text[1]);
    const std::size_t low = text.size() < 3 ? 16 : hex_value(text[2]);
    return high < 16 && low < 16 ? std::optional(static_cast<char>(high * 16 + low)) : std::nullopt;
}

/// RFC 3261 s.25.1: hostname; its last label begins with a letter.
bool is_host_name(std::string_view text) noexcept {
    char before = '.';
    for (const char c : text) {
        if (!(is_alphanumeric(c) || c == '-' || c == '.') || (c == '.' && before == '.')) {
            return false;
        }
        before = c;
    }
    const std::string_view top = text.substr(text.rfind('.') + 1);
    return text.size() <= 253 && !top.empty() && is_alphanumeric(top.front()) &&
           !(top.front() >= '0' && top.front() <= '9');
}

}  // namespace

Verdict MethodName::read(const Context&, std::string_view text, std::string& out) {
    constexpr std::array<std::string_view, 6> kOfDialogs{"ACK",  "BYE",   "CANCEL",
                                                         "INFO", "PRACK", "UPDATE"};
    if (text == "REGISTER") {
        return Misfit{
            "another method: registrations go to the first peer of the route without "
            "conditions",
            "remove the line, or name another method"};
    }
    if (std::find(kOfDialogs.begin(), kOfDialogs.end(), text) != kOfDialogs.end()) {
        return Misfit{"a method that may begin something: this one goes where its dialog goes",
                      "write for instance 'method = MESSAGE'"};
    }
    std::string upper(text);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    if (!is_token(text) || (text != kAny && text == lower_case(text) && text != upper)) {
        return Misfit{"any, or a method as it stands in requests",
                      is_token(text) ? "write " + upper : "write for instance 'method = INVITE'"};
    }
    out = text == kAny ? std::string_view{} : text;
    return std::nullopt;
}

std::string UserPart::write(const Config&, const std::string& value) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string text;
    for (const char c : value) {
        // One that is called as the word that stands for all of them is not that word.
        if (is_user_character(c) && !(value == kAny && text.empty())) {
            text.push_back(c);
            continue;
        }
        const auto octet = static_cast<unsigned char>(c);
        text.append("%").append(1, kHex[octet / 16]).append(1, kHex[octet % 16]);
    }
    return text.empty() ? std::string(kAny) : text;
}

Verdict UserPart::read(const Context&, std::string_view text, std::string& out) {
    std::string plain;
    std::string_view rest = text == kAny ? std::string_view{} : text;
    bool good = !text.empty();
    while (good && !rest.empty()) {
        const auto octet = rest.front() == '%' ? escaped_octet(rest) : std::nullopt;
        good = octet || is_user_character(rest.front());
        plain.push_back(octet.value_or(rest.front()));
        rest.remove_prefix(octet ? 3 : 1);
    }
    if (!good) {
        return Misfit{"any, or a user part or number as in a SIP URI, %23 for #",
                      "write for instance +49"};
    }
    out = std::move(plain);
    return std::nullopt;
}

Verdict UserPattern::read(const Context&, std::string_view text, Pattern& out) {
    if (text == kAny) {
        out = Pattern{};
        return std::nullopt;
    }
    auto pattern = Pattern::compile(text);
    if (!pattern.ok()) {
        return Misfit{"any, or a regular expression (" + pattern.error() + ")",
                      "write for instance 0[1-9].*"};
    }
    out = std::move(*pattern);
    return std::nullopt;
}

Verdict HostPattern::read(const Context&, std::string_view text, std::string& out) {
    const bool bracketed = text.starts_with('[') && text.ends_with(']');
    const auto ip = IpAddr::parse(bracketed ? text.substr(1, text.size() - 2) : text);
    if (ip && ip->is_v6()) {
        const std::string written = "[" + ip->to_string() + "]";
        if (!bracketed) {
            return Misfit{"brackets around an IPv6 address", "write " + written};
        }
        out = written;
        return std::nullopt;
    }
    const std::string_view name = text.substr(text.starts_with("*.") ? 2 : 0);
    if (text != kAny && !(ip && !bracketed) && !is_host_name(name)) {
        return Misfit{"any, a host without a port, or *.HOST for all below it",
                      "write for instance example.com"};
    }
    out = text == kAny ? std::string{} : lower_case(text);
    return std::nullopt;
}

std::string HeaderTest::write(const Config&, const HeaderCondition& value) {
    if (value.name.empty()) {
        return std::string(kAny);
    }
    return value.value ? value.name + ": " + *value.value : value.name;
}

Verdict HeaderTest::read(const Context&, std::string_view text, HeaderCondition& out) {
    const std::size_t colon = text.find(':');
    const std::string_view name = trim(text.substr(0, colon));
    const std::string_view value =
        colon == std::string_view::npos ? std::string_view{} : trim(text.substr(colon + 1));
    if (!is_token(name) || (colon != std::string_view::npos && value.empty())) {
        return Misfit{"any, the name of a header, or NAME: VALUE",
                      "write for instance X-Line: gold"};
    }
    HeaderCondition condition;
    if (text != kAny) {
        condition.name = name;
    }
    if (!value.empty()) {
        condition.value = std::string(value);
    }
    out = std::move(condition);
    return std::nullopt;
}

Verdict DialPrefix::read(const Context&, std::string_view text, std::string& out) {
    constexpr std::size_t kLongest = 32;
    const std::string_view digits = text.substr(text.starts_with('+') ? 1 : 0);
    const bool good = !text.empty() && text.size() <= kLongest &&
                      digits.find_first_not_of("0123456789*") == std::string_view::npos;
    if (text != "none" && !good) {
        return Misfit{"none, or up to 32 digits, with + in front if need be",
                      "write for instance +49"};
    }
    out = text == "none" ? std::string_view{} : text;
    return std::nullopt;
}

}  // namespace sallyport::config
