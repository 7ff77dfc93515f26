// SPDX-License-Identifier: Apache-2.0
// Lines and fields of RFC 8866 s.9 and RFC 3605 s.2.1 as views. No allocation, no exceptions.
#include "sdp-rewrite/grammar.h"

#include <algorithm>
#include <charconv>

namespace sallyport::sdp {
namespace {

constexpr bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t';
}
constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_letter(char c) noexcept {
    return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}
constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

constexpr std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

/// The part of text before the separator; text keeps what follows it and is empty without one.
std::string_view take_until(std::string_view& text, char separator) noexcept {
    const std::size_t at = std::min(text.find(separator), text.size());
    const std::string_view head(text.data(), at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return head;
}

/// A host name, that is: not an IP address gone wrong such as 10.0.0.300 (RFC 1123 s.2.1: the
/// last label is not all digits).
bool is_name(std::string_view host) noexcept {
    if (host.empty() || host.size() > 255) {
        return false;
    }
    const bool characters = std::all_of(host.begin(), host.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
    });
    return characters && std::any_of(host.begin(), host.end(), is_letter);
}

/// An address of the family that addrtype names; nullopt when the two do not agree.
std::optional<IpAddr> parse_typed(std::string_view addrtype, std::string_view host) noexcept {
    const bool v4 = equal_ignoring_case(addrtype, "IP4");
    if (!v4 && !equal_ignoring_case(addrtype, "IP6")) {
        return std::nullopt;
    }
    const auto ip = IpAddr::parse(host);
    if (!ip) {
        return is_name(host) ? std::optional(IpAddr{}) : std::nullopt;
    }
    return ip->is_v4() == v4 ? ip : std::nullopt;
}

}  // namespace

Line LineCursor::next() noexcept {
    Line line;
    line.offset = position_;
    std::string_view rest = text_;
    rest.remove_prefix(position_);
    const std::size_t newline = rest.find('\n');
    const std::size_t length = newline == std::string_view::npos ? rest.size() : newline + 1;
    line.whole = {rest.data(), length};
    position_ += length;

    std::string_view content = line.whole;
    if (newline != std::string_view::npos) {
        content.remove_suffix(1);
        if (content.ends_with('\r')) {
            content.remove_suffix(1);
        }
    }
    line.end = {content.data() + content.size(), line.whole.size() - content.size()};
    if (content.empty()) {
        return line;
    }
    line.well_formed = content.size() >= 2 && is_letter(content[0]) && content[1] == '=' &&
                       content.find_first_of(std::string_view("\0\r", 2)) == content.npos;
    line.type = content[0];
    line.value = content;
    line.value.remove_prefix(std::min<std::size_t>(2, content.size()));
    return line;
}

std::string_view take_token(std::string_view& rest) noexcept {
    while (!rest.empty() && is_blank(rest.front())) {
        rest.remove_prefix(1);
    }
    const auto* const end = std::find_if(rest.begin(), rest.end(), is_blank);
    const std::string_view token(rest.data(), static_cast<std::size_t>(end - rest.begin()));
    rest.remove_prefix(token.size());
    return token;
}

std::string_view take_last_token(std::string_view& rest) noexcept {
    while (!rest.empty() && is_blank(rest.back())) {
        rest.remove_suffix(1);
    }
    std::string_view token(rest.data() + rest.size(), 0);
    while (!rest.empty() && !is_blank(rest.back())) {
        rest.remove_suffix(1);
        token = {token.data() - 1, token.size() + 1};
    }
    return token;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return to_lower(x) == to_lower(y); });
}

std::optional<std::uint16_t> parse_u16(std::string_view text) noexcept {
    std::uint16_t number = 0;
    const auto* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, number);
    if (text.empty() || error != std::errc{} || end != last) {
        return std::nullopt;
    }
    return number;
}

std::uint64_t parse_bandwidth(std::string_view value) noexcept {
    constexpr std::uint64_t kMost = 1'000'000'000'000;  // bit/s
    const std::size_t colon = value.find(':');
    if (colon == std::string_view::npos) {
        return 0;
    }
    const bool as = equal_ignoring_case(value.substr(0, colon), "AS");
    const std::string_view digits = trim(value.substr(colon + 1));
    std::uint64_t number = 0;
    const auto* const last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, number);
    const bool known = as || equal_ignoring_case(value.substr(0, colon), "TIAS");
    if (!known || error != std::errc{} || end != last || number > kMost) {
        return 0;
    }
    const std::uint64_t bits = as ? number * 1000 : number;
    return bits <= kMost ? bits : 0;
}

std::optional<OriginFields> parse_origin(std::string_view value) noexcept {
    OriginFields origin;
    origin.address = take_last_token(value);
    origin.addrtype = take_last_token(value);
    origin.nettype = take_last_token(value);
    origin.sess_version = take_last_token(value);
    origin.sess_id = take_last_token(value);
    origin.username = trim(value);
    if (origin.username.empty()) {
        return std::nullopt;
    }
    return origin;
}

Connection parse_connection(std::string_view value) noexcept {
    Connection c;
    c.nettype = take_token(value);
    c.addrtype = take_token(value);
    c.address = take_token(value);
    std::string_view suffix = c.address;
    c.host = take_until(suffix, '/');
    const auto ip = parse_typed(c.addrtype, c.host);
    c.ip = ip.value_or(IpAddr{});
    c.multicast = c.host.size() != c.address.size() || c.ip.is_multicast();
    c.valid = ip.has_value() && equal_ignoring_case(c.nettype, "IN") && trim(value).empty();
    return c;
}

std::optional<Media> parse_media(std::string_view value) noexcept {
    Media m;
    m.media = take_token(value);
    m.port_token = take_token(value);
    m.proto = take_token(value);
    m.formats = trim(value);
    std::string_view count = m.port_token;
    m.port_text = take_until(count, '/');
    const auto port = parse_u16(m.port_text);
    const bool counted = m.port_text.size() != m.port_token.size();
    const auto pairs = counted ? parse_u16(count) : std::optional<std::uint16_t>(1);
    if (!port || !pairs || *pairs == 0 || m.proto.empty()) {
        return std::nullopt;
    }
    m.port = {*port};
    m.port_count = *pairs;
    return m;
}

Attribute parse_attribute(std::string_view value) noexcept {
    Attribute attribute;
    attribute.name = trim(take_until(value, ':'));
    attribute.value = value;
    return attribute;
}

std::optional<Rtcp> parse_rtcp(std::string_view value) noexcept {
    Rtcp rtcp;
    rtcp.port_text = take_token(value);
    rtcp.nettype = take_token(value);
    rtcp.addrtype = take_token(value);
    rtcp.address = take_token(value);
    const auto port = parse_u16(rtcp.port_text);
    if (!port || !trim(value).empty()) {
        return std::nullopt;
    }
    rtcp.port = {*port};
    if (rtcp.nettype.empty()) {
        return rtcp;
    }
    const auto ip = parse_typed(rtcp.addrtype, rtcp.address);
    if (!ip || !equal_ignoring_case(rtcp.nettype, "IN")) {
        return std::nullopt;
    }
    rtcp.ip = *ip;
    return rtcp;
}

}  // namespace sallyport::sdp
