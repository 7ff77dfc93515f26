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

}  // namespace

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
