// SPDX-License-Identifier: Apache-2.0
// SIP messages out of a pcap or pcapng file (libpcap reads both): Ethernet with or without VLAN
// tags, Linux cooked v1 and v2, raw IP; UDP over IPv4 and IPv6. Bounded: what a hostile file says
// about itself is never believed.
#pragma once

#include "b2bua/explain/arrival.h"
#include "config/types/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::explain {

inline constexpr std::size_t kMostMessages = 500;

struct Capture {
    std::vector<Arrival> messages;   // in the order of the file
    std::vector<std::string> notes;  // what else was in it, and why it is not here
};

/// The first octets are those of a capture, whatever comes after them.
[[nodiscard]] bool is_capture(std::string_view octets) noexcept;

/// The fault is one that libpcap found, or a link layer that is not known here.
[[nodiscard]] Result<Capture, std::string> read_capture(std::string_view octets);

}  // namespace sallyport::explain
