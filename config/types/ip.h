// SPDX-License-Identifier: Apache-2.0
// IP addresses, ports and endpoints as values; equal when the whole value is equal. No sockets, no
// resolver. Textual forms: RFC 4632 dotted quad for IPv4, RFC 5952 for IPv6; brackets where SIP
// wants them (RFC 3261 s.25.1).
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport {

enum class Family : std::uint8_t { kNone, kIpv4, kIpv6 };

/// One address. IPv4 uses the first four octets, network order; the rest stay zero so that ==
/// compares whole values.
class IpAddr {
public:
    constexpr IpAddr() noexcept = default;
    static constexpr IpAddr v4(std::uint32_t host_order) noexcept {
        IpAddr a;
        a.family_ = Family::kIpv4;
        for (std::size_t i = 0; i < 4; ++i) {
            a.octets_[i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
        }
        return a;
    }
    static constexpr IpAddr v6(const std::array<std::uint8_t, 16>& octets) noexcept {
        IpAddr a;
        a.family_ = Family::kIpv6;
        a.octets_ = octets;
        return a;
    }
    /// Dotted quad or IPv6 text without brackets or scope id (B21). Nothing else, no names.
    [[nodiscard]] static std::optional<IpAddr> parse(std::string_view text) noexcept;

    [[nodiscard]] constexpr Family family() const noexcept { return family_; }
    [[nodiscard]] constexpr bool is_v4() const noexcept { return family_ == Family::kIpv4; }
    [[nodiscard]] constexpr bool is_v6() const noexcept { return family_ == Family::kIpv6; }
    [[nodiscard]] constexpr const std::array<std::uint8_t, 16>& octets() const noexcept {
        return octets_;
    }
    /// Host order; 0 when not IPv4.
    [[nodiscard]] constexpr std::uint32_t v4_host_order() const noexcept {
        return is_v4() ? (std::uint32_t{octets_[0]} << 24) | (std::uint32_t{octets_[1]} << 16) |
                             (std::uint32_t{octets_[2]} << 8) | octets_[3]
                       : 0;
    }
    [[nodiscard]] bool is_unspecified() const noexcept;  // 0.0.0.0 or ::
    [[nodiscard]] bool is_loopback() const noexcept;     // 127.0.0.0/8, ::1
    [[nodiscard]] bool is_multicast() const noexcept;    // 224.0.0.0/4, ff00::/8
    [[nodiscard]] bool is_private()
        const noexcept;  // RFC 1918, RFC 6598, RFC 3927, RFC 4193, fe80::/10
    [[nodiscard]] std::string to_string() const;

    constexpr auto operator<=>(const IpAddr&) const noexcept = default;

private:
    std::array<std::uint8_t, 16> octets_{};
    Family family_{Family::kNone};
};

/// A UDP or TCP port, host order.
struct Port {
    std::uint16_t value{0};
    constexpr auto operator<=>(const Port&) const noexcept = default;
};

struct Endpoint {
    IpAddr ip;
    Port port;
    constexpr auto operator<=>(const Endpoint&) const noexcept = default;
    /// "192.0.2.1:5060" or "[2001:db8::1]:5060".
    [[nodiscard]] std::string to_string() const;
};

/// An address with the length of its network, as `ip addr` writes it: 10.10.0.1/24.
struct Prefix {
    IpAddr address;
    std::uint8_t length{0};
    constexpr auto operator<=>(const Prefix&) const noexcept = default;
    [[nodiscard]] static std::optional<Prefix> parse(std::string_view text) noexcept;
    [[nodiscard]] bool contains(const IpAddr& ip) const noexcept;
    [[nodiscard]] std::string to_string() const;
};

}  // namespace sallyport

template <>
struct std::hash<sallyport::IpAddr> {
    std::size_t operator()(const sallyport::IpAddr& ip) const noexcept;
};
template <>
struct std::hash<sallyport::Endpoint> {
    std::size_t operator()(const sallyport::Endpoint& e) const noexcept;
};
