// SPDX-License-Identifier: Apache-2.0
// Text forms, classification and hashes of config/types/ip.h. Strict both ways: what parse() takes
// has one reading only, and to_string() writes the canonical form (RFC 5952 s.4, s.5). No
// allocation except for the returned strings.
#include "config/types/ip.h"

#include <charconv>

namespace sallyport {
namespace {

constexpr std::size_t kGroups = 8;  // 16-bit groups of an IPv6 address, RFC 4291 s.2.2
using Octets = std::array<std::uint8_t, 16>;

/// A decimal number without sign or leading zeros ("010" is read as 8 by some and as 10 by others:
/// refused).
std::optional<std::uint32_t> decimal(std::string_view text, std::uint32_t max) noexcept {
    if (text.empty() || text.size() > 3 || (text.size() > 1 && text.front() == '0')) {
        return std::nullopt;
    }
    std::uint32_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, 10);
    if (fault != std::errc{} || end != text.data() + text.size() || value > max) {
        return std::nullopt;
    }
    return value;
}

std::optional<std::uint32_t> parse_v4(std::string_view text) noexcept {
    std::uint32_t host_order = 0;
    for (int i = 0; i < 4; ++i) {
        const std::size_t dot = text.find('.');
        if ((dot == std::string_view::npos) != (i == 3)) {
            return std::nullopt;
        }
        const auto octet = decimal(text.substr(0, dot), 255);
        if (!octet) {
            return std::nullopt;
        }
        host_order = (host_order << 8) | *octet;
        text.remove_prefix(i == 3 ? text.size() : dot + 1);
    }
    return host_order;
}

/// Groups read so far and where "::" stood among them.
struct Groups {
    std::array<std::uint16_t, kGroups> value{};
    std::size_t count{0};
    std::optional<std::size_t> gap;

    [[nodiscard]] bool push(std::uint32_t group) noexcept {
        if (count == kGroups) {
            return false;
        }
        value[count++] = static_cast<std::uint16_t>(group);
        return true;
    }
};

bool push_hex(Groups& groups, std::string_view text) noexcept {
    std::uint16_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return text.size() >= 1 && text.size() <= 4 && fault == std::errc{} &&
           end == text.data() + text.size() && groups.push(value);
}

/// The last group may be written as a dotted quad that fills two (RFC 4291 s.2.2 form 3).
bool push_last(Groups& groups, std::string_view text) noexcept {
    if (text.find('.') == std::string_view::npos) {
        return push_hex(groups, text);
    }
    const auto quad = parse_v4(text);
    return quad && groups.push(*quad >> 16) && groups.push(*quad & 0xffff);
}

std::optional<Groups> read_groups(std::string_view text) noexcept {
    Groups groups;
    if (text.starts_with("::")) {
        groups.gap = 0;
        text.remove_prefix(2);
    }
    while (!text.empty()) {
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos) {
            return push_last(groups, text) ? std::optional(groups) : std::nullopt;
        }
        if (!push_hex(groups, text.substr(0, colon))) {
            return std::nullopt;
        }
        text.remove_prefix(colon + 1);
        if (text.empty()) {
            return std::nullopt;  // ends in a single colon
        }
        if (text.front() == ':') {
            if (groups.gap) {
                return std::nullopt;  // a second "::" would be ambiguous
            }
            groups.gap = groups.count;
            text.remove_prefix(1);
        }
    }
    return groups;
}

std::optional<Octets> parse_v6(std::string_view text) noexcept {
    const auto groups = read_groups(text);
    // "::" stands for at least one group of zeros.
    if (!groups || (groups->gap ? groups->count >= kGroups : groups->count != kGroups)) {
        return std::nullopt;
    }
    Octets octets{};
    const std::size_t zeros = kGroups - groups->count;
    for (std::size_t i = 0; i < groups->count; ++i) {
        const std::size_t at = i < groups->gap.value_or(kGroups) ? i : i + zeros;
        octets[2 * at] = static_cast<std::uint8_t>(groups->value[i] >> 8);
        octets[2 * at + 1] = static_cast<std::uint8_t>(groups->value[i]);
    }
    return octets;
}

template <class Int>
void append_number(std::string& out, Int value, int base) {
    std::array<char, 8> text;
    const auto [end, fault] =
        std::to_chars(text.data(), text.data() + text.size(), value, base);  // at most five digits
    out.append(text.data(), end);
}

void append_v4(std::string& out, const Octets& octets, std::size_t first) {
    for (std::size_t i = 0; i < 4; ++i) {
        if (i != 0) {
            out += '.';
        }
        append_number(out, unsigned{octets[first + i]}, 10);
    }
}

/// ::ffff:0:0/96, RFC 4291 s.2.5.5.2.
bool is_v4_mapped(const Octets& octets) noexcept {
    for (std::size_t i = 0; i < 10; ++i) {
        if (octets[i] != 0) {
            return false;
        }
    }
    return octets[10] == 0xff && octets[11] == 0xff;
}

struct Run {
    std::size_t first{kGroups};
    std::size_t length{0};
};

/// The longest run of two or more zero groups, the first of equals (RFC 5952 s.4.2.2, s.4.2.3).
Run longest_zero_run(const std::array<std::uint16_t, kGroups>& groups) noexcept {
    Run best;
    std::size_t length = 0;
    for (std::size_t i = 0; i < kGroups; ++i) {
        length = groups[i] == 0 ? length + 1 : 0;
        if (length >= 2 && length > best.length) {
            best = {i + 1 - length, length};
        }
    }
    return best;
}

std::string v6_text(const Octets& octets) {
    std::string out;
    if (is_v4_mapped(octets)) {
        out = "::ffff:";  // the well-known prefix is written in mixed form, RFC 5952 s.5
        append_v4(out, octets, 12);
        return out;
    }
    std::array<std::uint16_t, kGroups> groups{};
    for (std::size_t i = 0; i < kGroups; ++i) {
        groups[i] = static_cast<std::uint16_t>((octets[2 * i] << 8) | octets[2 * i + 1]);
    }
    const Run zeros = longest_zero_run(groups);
    for (std::size_t i = 0; i < kGroups; ++i) {
        if (i == zeros.first) {
            out += "::";
            i += zeros.length - 1;
            continue;
        }
        if (!out.empty() && out.back() != ':') {
            out += ':';
        }
        append_number(out, groups[i], 16);
    }
    return out;
}

constexpr bool in_v4(std::uint32_t ip, std::uint32_t network, int length) noexcept {
    return (ip >> (32 - length)) == (network >> (32 - length));
}

/// The IPv4 address that decides the class of an address: its own or the one mapped into it, so
/// that ::ffff:127.0.0.1 is as much loopback as 127.0.0.1.
std::optional<std::uint32_t> inner_v4(const IpAddr& ip) noexcept {
    if (ip.is_v4()) {
        return ip.v4_host_order();
    }
    const Octets& o = ip.octets();
    if (!ip.is_v6() || !is_v4_mapped(o)) {
        return std::nullopt;
    }
    return (std::uint32_t{o[12]} << 24) | (std::uint32_t{o[13]} << 16) |
           (std::uint32_t{o[14]} << 8) | o[15];
}

std::uint64_t load64(const Octets& octets, std::size_t first) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        value = (value << 8) | octets[first + i];
    }
    return value;
}

/// Finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit.
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

}  // namespace

std::optional<IpAddr> IpAddr::parse(std::string_view text) noexcept {
    if (text.find(':') != std::string_view::npos) {
        const auto octets = parse_v6(text);
        return octets ? std::optional(v6(*octets)) : std::nullopt;
    }
    const auto host_order = parse_v4(text);
    return host_order ? std::optional(v4(*host_order)) : std::nullopt;
}

bool IpAddr::is_unspecified() const noexcept {
    if (const auto ip = inner_v4(*this)) {
        return *ip == 0;
    }
    return is_v6() && octets_ == Octets{};
}

bool IpAddr::is_loopback() const noexcept {
    if (const auto ip = inner_v4(*this)) {
        return in_v4(*ip, 0x7f000000, 8);
    }
    return is_v6() && load64(octets_, 0) == 0 && load64(octets_, 8) == 1;
}

bool IpAddr::is_multicast() const noexcept {
    if (const auto ip = inner_v4(*this)) {
        return in_v4(*ip, 0xe0000000, 4);
    }
    return is_v6() && octets_[0] == 0xff;
}

bool IpAddr::is_private() const noexcept {
    if (const auto ip = inner_v4(*this)) {
        return in_v4(*ip, 0x0a000000, 8) || in_v4(*ip, 0xac100000, 12) ||
               in_v4(*ip, 0xc0a80000, 16) ||  // RFC 1918 s.3
               in_v4(*ip, 0x64400000, 10) ||  // shared address space, RFC 6598 s.7
               in_v4(*ip, 0xa9fe0000, 16);    // link-local, RFC 3927 s.2.1
    }
    return is_v6() && ((octets_[0] & 0xfe) == 0xfc ||                         // RFC 4193 s.3.1
                       (octets_[0] == 0xfe && (octets_[1] & 0xc0) == 0x80));  // RFC 4291 s.2.5.6
}

std::string IpAddr::to_string() const {
    switch (family_) {
        case Family::kIpv4: {
            std::string out;
            append_v4(out, octets_, 0);
            return out;
        }
        case Family::kIpv6:
            return v6_text(octets_);
        case Family::kNone:
            break;
    }
    return "none";
}

std::string Endpoint::to_string() const {
    std::string out = ip.is_v6() ? '[' + ip.to_string() + ']' : ip.to_string();
    out += ':';
    append_number(out, port.value, 10);
    return out;
}

std::optional<Prefix> Prefix::parse(std::string_view text) noexcept {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto address = IpAddr::parse(text.substr(0, slash));
    if (!address) {
        return std::nullopt;
    }
    const auto length = decimal(text.substr(slash + 1), address->is_v4() ? 32 : 128);
    if (!length) {
        return std::nullopt;
    }
    return Prefix{*address, static_cast<std::uint8_t>(*length)};
}

bool Prefix::contains(const IpAddr& ip) const noexcept {
    if (address.family() == Family::kNone || ip.family() != address.family()) {
        return false;
    }
    const std::size_t whole = length / 8;
    for (std::size_t i = 0; i < whole; ++i) {
        if (ip.octets()[i] != address.octets()[i]) {
            return false;
        }
    }
    if (length % 8 == 0) {
        return true;
    }
    const auto mask = static_cast<std::uint8_t>(0xff << (8 - length % 8));
    return ((ip.octets()[whole] ^ address.octets()[whole]) & mask) == 0;
}

std::string Prefix::to_string() const {
    std::string out = address.to_string();
    out += '/';
    append_number(out, unsigned{length}, 10);
    return out;
}

}  // namespace sallyport

std::size_t std::hash<sallyport::IpAddr>::operator()(const sallyport::IpAddr& ip) const noexcept {
    using namespace sallyport;
    const std::uint64_t high = load64(ip.octets(), 0) + static_cast<std::uint64_t>(ip.family());
    return static_cast<std::size_t>(mix(mix(high) ^ load64(ip.octets(), 8)));
}

std::size_t std::hash<sallyport::Endpoint>::operator()(
    const sallyport::Endpoint& e) const noexcept {
    const std::size_t ip = std::hash<sallyport::IpAddr>{}(e.ip);
    return static_cast<std::size_t>(sallyport::mix(ip + e.port.value));
}
