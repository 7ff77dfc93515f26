// SPDX-License-Identifier: Apache-2.0
// Makes the IP packets of one UDP datagram that we originate: headers, checksums (RFC 768), and
// fragments where it exceeds the MTU (B11; RFC 791 s.2.3, RFC 8200 s.4.5). The mbufs begin with the
// IP header; next_hop puts Ethernet before. Any thread that has a mempool to take from.
#pragma once

#include "config/types/ip.h"

#include <cstdint>
#include <span>
#include <string_view>

struct rte_mbuf;
struct rte_mempool;

namespace sallyport::dataplane {

/// CS5: class selector 5, what RFC 4594 s.3 gives to signalling (B24).
inline constexpr std::uint8_t kSignallingTos = 40 << 2;
/// Of what a shard itself sends from a media port: expedited forwarding (G15).
inline constexpr std::uint8_t kMediaTos = 46 << 2;
inline constexpr std::uint8_t kTtl = 64;
/// IPv6 links carry at least this much (RFC 8200 s.5): what is fragmented at all is fragmented to
/// this (B11).
inline constexpr std::uint16_t kIpv6MinimumMtu = 1280;
inline constexpr std::size_t kMaxUdpPayload = 65507;
/// 65,507 octets in fragments of an IPv6 minimum link.
inline constexpr std::size_t kMaxFragments = 56;

struct Outgoing {
    Endpoint local;
    Endpoint remote;
    std::uint8_t tos{kSignallingTos};
    std::uint16_t mtu{1500};
    std::uint32_t identification{0};  // IPv4 uses the lower half
    std::string_view payload;
};

/// Fills out with 1 .. kMaxFragments packets, each in one segment; 0 when the pool is empty
/// (nothing is held then). local and remote are of one family; payload at most kMaxUdpPayload; mtu
/// at least 576; out holds kMaxFragments.
[[nodiscard]] std::size_t build_datagram(rte_mempool* pool, const Outgoing& datagram,
                                         std::span<rte_mbuf*> out) noexcept;

}  // namespace sallyport::dataplane
