// SPDX-License-Identifier: Apache-2.0
// Gives a UDP datagram new addresses and ports: a fresh IP header, also of the other family, before
// the UDP header that is already there. The payload is never touched (B2BUA-G11) and its checksum
// is carried over (RFC 1624), so that damage done to it before us is still found by whoever
// receives it.
#pragma once

#include "config/types/ip.h"
#include "dataplane/flow.h"
#include "dataplane/packet.h"

#include <cstdint>

namespace sallyport::dataplane {

/// What the datagram shall say. Addresses are of one family; ports in host order.
struct Readdress {
    Family family{Family::kIpv4};
    AddressWords source;
    AddressWords destination;
    std::uint16_t source_port{0};
    std::uint16_t destination_port{0};
    std::uint8_t dscp{
        0};  // six bits, or kPreserveDscp; ECN is copied from the packet (G15, RFC 2474 s.3)
    std::uint16_t* next_ip_id{
        nullptr};  // the worker's; used when the datagram may be fragmented (RFC 6864 s.4)
};

/// TTL and hop limit of what we originate (RFC 1700; G11: reset).
inline constexpr std::uint8_t kMediaTtl = 64;

/// packet: parsed, UDP, not a fragment. Afterwards its l3, l4, payload and family describe the new
/// headers, l3 is behind room for Ethernet, and checksums are right. False, packet untouched: no
/// headroom in its buffer.
[[nodiscard]] bool readdress(Packet& packet, const Readdress& to) noexcept;

}  // namespace sallyport::dataplane
