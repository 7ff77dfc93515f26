// SPDX-License-Identifier: Apache-2.0
// Header checks in the order of the wire. Every length is checked against what the frame really
// holds before a byte is read; loops over extension headers are bounded.
#include "dataplane/parse.h"

#include "dataplane/udp_checksum.h"

#include <netinet/in.h>
#include <rte_byteorder.h>

#include <cstring>

namespace sallyport::dataplane {

namespace {

constexpr std::size_t kMaxExtensionHeaders = 8;
constexpr std::uint16_t kVlanIdMask = 0x0FFF;

bool has(const Packet& packet, std::size_t end) noexcept {
    return packet.mbuf->data_len >= end;
}

/// Link header. True when an untagged or priority-tagged frame for us follows, with its ethertype
/// in host order.
bool parse_link(const RealmEntry& realm, Packet& packet, std::uint16_t& ethertype) noexcept {
    if (!has(packet, sizeof(rte_ether_hdr))) {
        packet.drop_for(Drop::truncated_ethernet);
        return false;
    }
    const rte_ether_hdr* ether = packet.ether();
    if (rte_is_unicast_ether_addr(&ether->dst_addr) &&
        std::memcmp(ether->dst_addr.addr_bytes, realm.mac.data(), realm.mac.size()) != 0) {
        packet.drop_for(Drop::foreign_mac);
        return false;
    }
    ethertype = rte_be_to_cpu_16(ether->ether_type);
    packet.l3 = sizeof(rte_ether_hdr);
    if (ethertype == RTE_ETHER_TYPE_VLAN) {
        if (!has(packet, sizeof(rte_ether_hdr) + sizeof(rte_vlan_hdr))) {
            packet.drop_for(Drop::truncated_ethernet);
            return false;
        }
        const auto* tag = packet.at<rte_vlan_hdr>(sizeof(rte_ether_hdr));
        packet.vlan = rte_be_to_cpu_16(tag->vlan_tci) & kVlanIdMask;
        ethertype = rte_be_to_cpu_16(tag->eth_proto);
        packet.l3 = sizeof(rte_ether_hdr) + sizeof(rte_vlan_hdr);
    }
    packet.edge = Edge::kTap;
    return true;
}

void parse_ipv4(Packet& packet) noexcept {
    if (!has(packet, packet.l3 + sizeof(rte_ipv4_hdr))) {
        return packet.drop_for(Drop::truncated_ip);
    }
    const rte_ipv4_hdr* ip = packet.ipv4();
    const std::size_t header = (ip->version_ihl & RTE_IPV4_HDR_IHL_MASK) * RTE_IPV4_IHL_MULTIPLIER;
    const std::size_t total = rte_be_to_cpu_16(ip->total_length);
    if ((ip->version_ihl >> 4) != IPVERSION || header < sizeof(rte_ipv4_hdr) || total < header) {
        return packet.drop_for(Drop::bad_ip_header);
    }
    if (!has(packet, packet.l3 + header) || packet.mbuf->pkt_len < packet.l3 + total) {
        return packet.drop_for(Drop::truncated_ip);
    }
    // RFC 1122 s.3.2.1.2: a host must verify the header checksum and silently discard a bad one.
    const std::uint64_t seen = packet.mbuf->ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK;
    if (seen != RTE_MBUF_F_RX_IP_CKSUM_GOOD &&
        (seen == RTE_MBUF_F_RX_IP_CKSUM_BAD ||
         static_cast<std::uint16_t>(~rte_raw_cksum(ip, header)) != 0)) {
        return packet.drop_for(Drop::bad_ip_checksum);
    }
    packet.family = Family::kIpv4;
    packet.protocol = ip->next_proto_id;
    packet.ttl = ip->time_to_live;
    packet.tos = ip->type_of_service;
    packet.fragment = (rte_be_to_cpu_16(ip->fragment_offset) &
                       (RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK)) != 0;
    packet.l4 = static_cast<std::uint16_t>(packet.l3 + header);
    packet.ip_length = static_cast<std::uint16_t>(total);
}

bool is_extension(std::uint8_t protocol) noexcept {
    return protocol == IPPROTO_HOPOPTS || protocol == IPPROTO_DSTOPTS ||
           protocol == IPPROTO_FRAGMENT;
}

/// Steps over one extension header. False: the chain ends here, for good (drop set) or because a
/// fragment begins.
bool step_over(Packet& packet, std::size_t& offset) noexcept {
    // All three have the next header first and are at least 8 octets (RFC 8200 s.4).
    if (!has(packet, offset + 8)) {
        packet.drop_for(Drop::bad_ip_options);
        return false;
    }
    const auto* octets = packet.at<const std::uint8_t>(offset);
    if (packet.protocol == IPPROTO_FRAGMENT) {
        const std::uint16_t field = static_cast<std::uint16_t>((octets[2] << 8) | octets[3]);
        packet.fragment_header = static_cast<std::uint16_t>(offset);
        packet.protocol = octets[0];
        offset += 8;
        // Offset 0 and no more to come: an atomic fragment, whole in itself (RFC 6946).
        packet.fragment = (field & 0xFFF9) != 0;
        return !packet.fragment;
    }
    packet.protocol = octets[0];
    offset += (octets[1] + 1U) * 8U;
    return true;
}

void parse_ipv6(Packet& packet) noexcept {
    if (!has(packet, packet.l3 + sizeof(rte_ipv6_hdr))) {
        return packet.drop_for(Drop::truncated_ip);
    }
    const rte_ipv6_hdr* ip = packet.ipv6();
    const std::uint32_t first = rte_be_to_cpu_32(ip->vtc_flow);
    if ((first >> 28) != 6) {
        return packet.drop_for(Drop::bad_ip_header);
    }
    const std::size_t total = sizeof(rte_ipv6_hdr) + rte_be_to_cpu_16(ip->payload_len);
    if (packet.mbuf->pkt_len < packet.l3 + total || total > UINT16_MAX) {
        return packet.drop_for(Drop::truncated_ip);
    }
    packet.protocol = ip->proto;
    std::size_t offset = packet.l3 + sizeof(rte_ipv6_hdr);
    for (std::size_t i = 0; is_extension(packet.protocol); ++i) {
        if (i == kMaxExtensionHeaders) {
            return packet.drop_for(Drop::bad_ip_options);
        }
        if (!step_over(packet, offset)) {
            break;
        }
    }
    if (packet.edge == Edge::kDrop) {
        return;
    }
    if (offset > packet.l3 + total) {
        return packet.drop_for(Drop::bad_ip_options);
    }
    packet.family = Family::kIpv6;
    packet.ttl = ip->hop_limits;
    packet.tos = static_cast<std::uint8_t>(first >> 20);
    packet.l4 = static_cast<std::uint16_t>(offset);
    packet.ip_length = static_cast<std::uint16_t>(total);
}

}  // namespace

void parse(const RealmEntry& realm, Packet& packet) noexcept {
    std::uint16_t ethertype = 0;
    if (!parse_link(realm, packet, ethertype)) {
        return;
    }
    if (ethertype == RTE_ETHER_TYPE_IPV4) {
        parse_ipv4(packet);
    } else if (ethertype == RTE_ETHER_TYPE_IPV6) {
        parse_ipv6(packet);
    }
}

bool parse_udp(Packet& packet) noexcept {
    const std::size_t room = packet.l3 + std::size_t{packet.ip_length} - packet.l4;
    if (!has(packet, packet.l4 + sizeof(rte_udp_hdr)) || room < sizeof(rte_udp_hdr)) {
        packet.drop_for(Drop::truncated_udp);
        return false;
    }
    const rte_udp_hdr* udp = packet.udp();
    const std::size_t length = rte_be_to_cpu_16(udp->dgram_len);
    if (length < sizeof(rte_udp_hdr) || length > room) {
        packet.drop_for(Drop::truncated_udp);
        return false;
    }
    packet.source_port = rte_be_to_cpu_16(udp->src_port);
    packet.destination_port = rte_be_to_cpu_16(udp->dst_port);
    packet.payload = static_cast<std::uint16_t>(packet.l4 + sizeof(rte_udp_hdr));
    packet.payload_length = static_cast<std::uint16_t>(length - sizeof(rte_udp_hdr));
    return true;
}

bool check_udp_checksum(Packet& packet) noexcept {
    if (packet.udp()->dgram_cksum == 0) {
        if (packet.family == Family::kIpv6) {
            packet.drop_for(Drop::no_udp_checksum);  // RFC 8200 s.8.1
            return false;
        }
        return true;
    }
    const std::uint64_t seen = packet.mbuf->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;
    if (seen == RTE_MBUF_F_RX_L4_CKSUM_GOOD) {
        return true;
    }
    const bool bad = seen == RTE_MBUF_F_RX_L4_CKSUM_BAD || udp_sum(packet) != 0xFFFF;
    if (bad) {
        packet.drop_for(Drop::bad_udp_checksum);
    }
    return !bad;
}

}  // namespace sallyport::dataplane
