// SPDX-License-Identifier: Apache-2.0
// The UDP checksum with its pseudo-header (RFC 768, RFC 8200 s.8.1) over packets of one or more
// segments.
#pragma once

#include "dataplane/packet.h"

#include <netinet/in.h>
#include <rte_byteorder.h>
#include <rte_ip.h>
#include <rte_mbuf.h>

#include <cstdint>

namespace sallyport::dataplane {

/// One's complement sum of pseudo-header, UDP header and payload: 0xFFFF when the checksum in the
/// header is right. 0 when the mbuf is shorter than the UDP length says.
[[nodiscard]] inline std::uint16_t udp_sum(const Packet& packet) noexcept {
    const rte_udp_hdr* udp = packet.udp();
    const std::uint16_t length = rte_be_to_cpu_16(udp->dgram_len);
    std::uint16_t body = 0;
    if (rte_raw_cksum_mbuf(packet.mbuf, packet.l4, length, &body) != 0) {
        return 0;
    }
    std::uint32_t sum = __rte_raw_cksum(packet.source_octets(), 2 * packet.address_length(), body);
    sum += rte_cpu_to_be_16(IPPROTO_UDP);
    sum += udp->dgram_len;
    return __rte_raw_cksum_reduce(sum);
}

/// The checksum to write: computed over a header whose checksum field is 0; never 0 itself.
[[nodiscard]] inline std::uint16_t udp_checksum(const Packet& packet) noexcept {
    const auto sum = static_cast<std::uint16_t>(~udp_sum(packet));
    return sum == 0 ? std::uint16_t{0xFFFF} : sum;
}

}  // namespace sallyport::dataplane
