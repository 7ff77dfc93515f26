// SPDX-License-Identifier: Apache-2.0
// From a captured frame to its UDP datagram: link layer, IPv4 or IPv6 with extension headers, UDP.
// Pure; every length is checked against the octets that are there.
#pragma once

#include "config/types/ip.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sallyport::explain {

enum class Link : std::uint8_t { kUnknown, kEthernet, kCooked, kCooked2, kRawIp };

enum class Content : std::uint8_t {
    kUdp,
    kTcp,
    kFragment,  // of a larger datagram
    kCut,       // the capture has not all of its octets
    kOther,
};

/// A piece of a datagram, as the IP header has it.
struct Fragment {
    IpAddr source;
    IpAddr destination;
    std::uint32_t id{0};
    std::uint8_t protocol{0};
    std::size_t offset{0};  // octets from the start of the datagram
    bool more{false};       // others follow
    std::string_view octets;
};

struct Layers {
    Content content{Content::kOther};
    Endpoint source;  // with the payload: of kUdp only
    Endpoint destination;
    std::string_view payload;  // a view into the frame
    Fragment fragment;         // of kFragment
};

/// frame: the captured octets.
[[nodiscard]] Layers peel(Link link, std::string_view frame) noexcept;

/// The same for what stood behind the IP header of a datagram that came in pieces.
[[nodiscard]] Layers peel_datagram(const Fragment& whose, std::string_view octets) noexcept;

}  // namespace sallyport::explain
