// SPDX-License-Identifier: Apache-2.0
// The decision tree of classify.h, most frequent packets first.
#include "dataplane/classify.h"

#include "dataplane/parse.h"

#include <netinet/in.h>

#include <cstring>

namespace sallyport::dataplane {

namespace {

bool is_for(const RealmEntry& realm, const Packet& packet) noexcept {
    return packet.vlan == 0 && packet.family == realm.family && packet.family != Family::kNone &&
           std::memcmp(packet.destination_octets(), realm.octets.data(), packet.address_length()) ==
               0;
}

/// No host may send from these (RFC 1122 s.3.2.1.3, RFC 4291 s.2.5-2.7); nor may anybody else send
/// from our own.
bool source_impossible(const RealmEntry& realm, const Packet& packet) noexcept {
    const std::uint8_t* source = packet.source_octets();
    if (std::memcmp(source, realm.octets.data(), packet.address_length()) == 0) {
        return true;
    }
    if (packet.family == Family::kIpv4) {
        return source[0] == 0 || source[0] == 127 || source[0] >= 224;
    }
    static constexpr std::uint8_t kZeros[15] = {};
    const bool unspecified_or_loopback = std::memcmp(source, kZeros, 15) == 0 && source[15] <= 1;
    return source[0] == 0xFF || unspecified_or_loopback;
}

/// Cuts link padding off, so that what is forwarded or reassembled is the IP packet alone.
void trim(Packet& packet) noexcept {
    const std::uint32_t wanted = packet.l3 + std::uint32_t{packet.ip_length};
    const std::uint32_t surplus = packet.mbuf->pkt_len - wanted;
    if (surplus > 0 && surplus <= rte_pktmbuf_lastseg(packet.mbuf)->data_len) {
        rte_pktmbuf_trim(packet.mbuf, static_cast<std::uint16_t>(surplus));
    }
}

/// Steady media is not summed up: the relay carries its checksum over (readdress.h), so that the
/// receiver still finds damage. The media stage sums up what wants to latch.
bool media_checksum_plausible(Packet& packet) noexcept {
    if (packet.udp()->dgram_cksum == 0 && packet.family == Family::kIpv6) {
        packet.drop_for(Drop::no_udp_checksum);  // RFC 8200 s.8.1
        return false;
    }
    if ((packet.mbuf->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK) == RTE_MBUF_F_RX_L4_CKSUM_BAD) {
        packet.drop_for(Drop::bad_udp_checksum);
        return false;
    }
    return true;
}

void sort_by_port(const RealmEntry& realm, Packet& packet) noexcept {
    const bool media = realm.media_port(packet.destination_port);
    if (!media && !realm.listens_on(packet.destination_port)) {
        if (realm.access) {
            packet.drop_for(Drop::udp_unknown_port);  // B24: no ICMP for strangers
        }
        return;
    }
    if (packet.source_port == 0) {
        return packet.drop_for(Drop::udp_port_zero);
    }
    if (media ? media_checksum_plausible(packet) : check_udp_checksum(packet)) {
        packet.edge = media ? Edge::kMedia : Edge::kSignalling;
    }
}

/// Destination unreachable, source quench, time exceeded, parameter problem; for IPv6 packet too
/// big, too.
bool is_error(Family family, std::uint8_t type) noexcept {
    return family == Family::kIpv4 ? type == 3 || type == 4 || type == 11 || type == 12
                                   : type >= 1 && type <= 4;
}

/// Offset of the UDP header behind the IP header at l3; 0: no UDP follows, or it is not ours.
std::size_t quoted_udp(const RealmEntry& realm, const Packet& packet, std::size_t l3) noexcept {
    if (packet.family == Family::kIpv4) {
        const auto* ip = packet.at<rte_ipv4_hdr>(l3);
        const bool ours = ip->version == 4 && ip->next_proto_id == IPPROTO_UDP &&
                          std::memcmp(&ip->src_addr, realm.octets.data(), 4) == 0;
        return ours ? l3 + std::size_t{ip->ihl} * 4U : 0;
    }
    const auto* ip = packet.at<rte_ipv6_hdr>(l3);
    const bool ours =
        ip->proto == IPPROTO_UDP && std::memcmp(ip->src_addr, realm.octets.data(), 16) == 0;
    return ours ? l3 + sizeof(rte_ipv6_hdr) : 0;
}

}  // namespace

bool is_error_about_media(const RealmEntry& realm, const Packet& packet) noexcept {
    const bool icmp = packet.family == Family::kIpv4 ? packet.protocol == IPPROTO_ICMP
                                                     : packet.protocol == IPPROTO_ICMPV6;
    if (!icmp || packet.fragment || !is_for(realm, packet)) {
        return false;
    }
    constexpr std::size_t kIcmpHeader = 8;
    constexpr std::size_t kPorts = 4;
    const std::size_t quoted = packet.l4 + kIcmpHeader;
    const std::size_t fixed =
        packet.family == Family::kIpv4 ? sizeof(rte_ipv4_hdr) : sizeof(rte_ipv6_hdr);
    const std::size_t held = rte_pktmbuf_data_len(packet.mbuf);
    if (held < quoted + fixed ||
        !is_error(packet.family, *packet.at<const std::uint8_t>(packet.l4))) {
        return false;
    }
    const std::size_t udp = quoted_udp(realm, packet, quoted);
    return udp != 0 && held >= udp + kPorts &&
           realm.media_port(rte_be_to_cpu_16(packet.at<rte_udp_hdr>(udp)->src_port));
}

void classify(const RealmEntry& realm, Packet& packet) noexcept {
    if (packet.edge != Edge::kTap || packet.protocol != IPPROTO_UDP || !is_for(realm, packet)) {
        return;
    }
    if (source_impossible(realm, packet)) {
        return packet.drop_for(Drop::bad_ip_source);
    }
    trim(packet);
    if (packet.fragment) {
        packet.edge = Edge::kReassemble;
        return;
    }
    if (parse_udp(packet)) {
        sort_by_port(realm, packet);
    }
}

}  // namespace sallyport::dataplane
