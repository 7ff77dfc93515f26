// SPDX-License-Identifier: Apache-2.0
// From a captured frame to its UDP datagram: link layer, IPv4 or IPv6 with extension headers, UDP.
// Pure; every length is checked against the octets that are there.
#pragma once

#include "config/types/ip.h"

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

struct Layers {
    Content content{Content::kOther};
    Endpoint source;  // with the payload: of kUdp only
    Endpoint destination;
    std::string_view payload;  // a view into the frame
};

/// frame: the captured octets.
[[nodiscard]] Layers peel(Link link, std::string_view frame) noexcept;

}  // namespace sallyport::explain
