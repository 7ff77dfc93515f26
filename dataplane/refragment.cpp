// SPDX-License-Identifier: Apache-2.0
// Reads addresses, ports and payload back out of the packet and builds the datagram again.
#include "dataplane/refragment.h"

#include <netinet/in.h>

namespace sallyport::dataplane {

std::size_t Refragmenter::rebuild(rte_mempool* pool, std::uint16_t mtu, const Packet& packet,
                                  std::span<rte_mbuf*> out) noexcept {
    const bool v4 = packet.family == Family::kIpv4;
    const std::size_t header = v4 ? sizeof(rte_ipv4_hdr) : sizeof(rte_ipv6_hdr);
    const std::uint8_t protocol = v4 ? packet.ipv4()->next_proto_id : packet.ipv6()->proto;
    const std::size_t body = packet.l3 + header + sizeof(rte_udp_hdr);
    if (protocol != IPPROTO_UDP || packet.mbuf->pkt_len < body || packet.mbuf->data_len < body) {
        return 0;
    }
    const auto* udp = packet.at<const rte_udp_hdr>(packet.l3 + header);
    const std::size_t length = packet.mbuf->pkt_len - body;
    const auto* payload = static_cast<const char*>(
        rte_pktmbuf_read(packet.mbuf, static_cast<std::uint32_t>(body),
                         static_cast<std::uint32_t>(length), scratch_->data()));
    if (payload == nullptr || length > kMaxUdpPayload) {
        return 0;
    }
    Outgoing datagram;
    datagram.local = {Packet::address_from(packet.source_octets(), packet.family),
                      Port{rte_be_to_cpu_16(udp->src_port)}};
    datagram.remote = {Packet::address_from(packet.destination_octets(), packet.family),
                       Port{rte_be_to_cpu_16(udp->dst_port)}};
    datagram.tos = v4 ? packet.ipv4()->type_of_service
                      : static_cast<std::uint8_t>(rte_be_to_cpu_32(packet.ipv6()->vtc_flow) >> 20);
    datagram.mtu = mtu;
    datagram.identification = ++identification_;
    datagram.payload = {payload, length};
    return build_datagram(pool, datagram, out);
}

}  // namespace sallyport::dataplane
