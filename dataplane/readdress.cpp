// SPDX-License-Identifier: Apache-2.0
// New IP header, old UDP header, incremental checksum (RFC 1624 eqn. 3). Sums are kept as the
// headers hold their words: the one's complement sum does not care for byte order (RFC 1071 s.2.B).
// No checksum offload is asked of any port: once the addresses are summed the rest is an addition,
// and an offload would hide damage instead of passing it on.
#include "dataplane/readdress.h"

#include "dataplane/relay.h"

#include <rte_byteorder.h>

#include <bit>

namespace sallyport::dataplane {

namespace {

constexpr std::uint16_t kEther = sizeof(rte_ether_hdr);
constexpr std::uint16_t kDontFragment = RTE_IPV4_HDR_DF_FLAG;

std::uint16_t fold(std::uint64_t sum) noexcept {
    sum = (sum & 0xffffffffU) + (sum >> 32);
    sum = (sum & 0xffffffffU) + (sum >> 32);
    sum = (sum & 0xffffU) + (sum >> 16);
    sum = (sum & 0xffffU) + (sum >> 16);
    return static_cast<std::uint16_t>(sum);
}

/// Halves, so that two of them and a few words cannot overflow 64 bits.
std::uint64_t sum_of(const AddressWords& a) noexcept {
    return (a.first & 0xffffffffU) + (a.first >> 32) + (a.second & 0xffffffffU) + (a.second >> 32);
}

struct Before {
    std::uint64_t addresses{0};  // sum of both
    std::uint64_t ports{0};      // sum of both
    std::uint16_t checksum{0};   // of UDP, as it stands
    bool may_fragment{true};
};

Before read_headers(const Packet& p) noexcept {
    Before b;
    b.addresses = sum_of(AddressWords::of(p.source_octets(), p.family)) +
                  sum_of(AddressWords::of(p.destination_octets(), p.family));
    const rte_udp_hdr& udp = *p.udp();
    b.ports = std::uint64_t{udp.src_port} + udp.dst_port;
    b.checksum = udp.dgram_cksum;
    if (p.family == Family::kIpv4) {
        b.may_fragment = (rte_be_to_cpu_16(p.ipv4()->fragment_offset) & kDontFragment) == 0;
    } else {
        // RFC 7915 s.5.1: what fits the smallest IPv6 link may be fragmented after translation,
        // larger ones not.
        b.may_fragment = p.payload_length + sizeof(rte_udp_hdr) + sizeof(rte_ipv6_hdr) <= 1280;
    }
    return b;
}

/// Length and protocol are the same words for both families (RFC 768, RFC 8200 s.8.1).
std::uint64_t pseudo_header(std::uint64_t addresses, std::uint16_t udp_length) noexcept {
    return addresses + rte_cpu_to_be_16(IPPROTO_UDP) + std::uint64_t{rte_cpu_to_be_16(udp_length)};
}

bool place_headers(Packet& p, std::uint16_t ip_header) noexcept {
    rte_mbuf* m = p.mbuf;
    const int surplus = p.l4 - (kEther + ip_header);
    if (surplus < 0) {
        if (rte_pktmbuf_prepend(m, static_cast<std::uint16_t>(-surplus)) == nullptr) {
            return false;
        }
    } else if (surplus > 0) {
        rte_pktmbuf_adj(m, static_cast<std::uint16_t>(surplus));
    }
    p.l3 = kEther;
    p.l4 = static_cast<std::uint16_t>(kEther + ip_header);
    p.payload = static_cast<std::uint16_t>(p.l4 + sizeof(rte_udp_hdr));
    p.ip_length = static_cast<std::uint16_t>(p.payload + p.payload_length - kEther);
    const std::uint32_t end = std::uint32_t{p.payload} + p.payload_length;
    if (m->pkt_len > end) {  // link padding
        rte_pktmbuf_trim(m, static_cast<std::uint16_t>(m->pkt_len - end));
    }
    return true;
}

std::uint8_t traffic_class(const Packet& p, const Readdress& to) noexcept {
    return to.dscp == kPreserveDscp ? p.tos
                                    : static_cast<std::uint8_t>(to.dscp << 2 | (p.tos & 0x03));
}

void write_ipv4(const Packet& p, const Readdress& to, bool may_fragment) noexcept {
    rte_ipv4_hdr ip{};
    ip.version_ihl = RTE_IPV4_VHL_DEF;
    ip.type_of_service = traffic_class(p, to);
    ip.total_length = rte_cpu_to_be_16(p.ip_length);
    ip.packet_id = may_fragment ? (*to.next_ip_id)++ : std::uint16_t{0};
    ip.fragment_offset = may_fragment ? std::uint16_t{0} : rte_cpu_to_be_16(kDontFragment);
    ip.time_to_live = kMediaTtl;
    ip.next_proto_id = IPPROTO_UDP;
    ip.src_addr = static_cast<rte_be32_t>(to.source.first);
    ip.dst_addr = static_cast<rte_be32_t>(to.destination.first);
    const auto words = std::bit_cast<std::array<std::uint32_t, 5>>(ip);
    ip.hdr_checksum = static_cast<std::uint16_t>(
        ~fold(std::uint64_t{words[0]} + words[1] + words[2] + words[3] + words[4]));
    std::memcpy(p.ipv4(), &ip, sizeof ip);
}

void write_ipv6(const Packet& p, const Readdress& to) noexcept {
    rte_ipv6_hdr ip{};
    ip.vtc_flow = rte_cpu_to_be_32(6U << 28 | std::uint32_t{traffic_class(p, to)} << 20);
    ip.payload_len = rte_cpu_to_be_16(static_cast<std::uint16_t>(p.ip_length - sizeof ip));
    ip.proto = IPPROTO_UDP;
    ip.hop_limits = kMediaTtl;
    std::memcpy(ip.src_addr, &to.source, sizeof ip.src_addr);
    std::memcpy(ip.dst_addr, &to.destination, sizeof ip.dst_addr);
    std::memcpy(p.ipv6(), &ip, sizeof ip);
}

/// The sum of everything, for a datagram that came without (RFC 768: optional over IPv4, ours never
/// is).
std::uint16_t full_checksum(const Packet& p, const Readdress& to) noexcept {
    const auto length = static_cast<std::uint16_t>(p.payload_length + sizeof(rte_udp_hdr));
    p.udp()->dgram_cksum = 0;
    std::uint16_t body = 0;
    rte_raw_cksum_mbuf(p.mbuf, p.l4, length, &body);
    return static_cast<std::uint16_t>(
        ~fold(pseudo_header(sum_of(to.source) + sum_of(to.destination), length) + body));
}

/// RFC 1624 eqn. 3: takes the old addresses and ports out of the sum and the new ones in.
std::uint16_t carried_checksum(const Before& before, const Readdress& to,
                               const rte_udp_hdr& udp) noexcept {
    const std::uint16_t added =
        fold(sum_of(to.source) + sum_of(to.destination) + udp.src_port + udp.dst_port);
    const std::uint16_t removed = fold(before.addresses + before.ports);
    const auto kept = static_cast<std::uint16_t>(~before.checksum);
    return static_cast<std::uint16_t>(
        ~fold(std::uint64_t{kept} + added + static_cast<std::uint16_t>(~removed)));
}

}  // namespace

bool readdress(Packet& packet, const Readdress& to) noexcept {
    const Before before = read_headers(packet);
    const bool v4 = to.family == Family::kIpv4;
    if (!place_headers(packet, v4 ? sizeof(rte_ipv4_hdr) : sizeof(rte_ipv6_hdr))) {
        return false;
    }
    packet.family = to.family;
    if (v4) {
        write_ipv4(packet, to, before.may_fragment);
    } else {
        write_ipv6(packet, to);
    }
    rte_udp_hdr& udp = *packet.udp();
    udp.src_port = rte_cpu_to_be_16(to.source_port);
    udp.dst_port = rte_cpu_to_be_16(to.destination_port);
    const std::uint16_t checksum =
        before.checksum == 0 ? full_checksum(packet, to) : carried_checksum(before, to, udp);
    udp.dgram_cksum = checksum == 0 ? 0xffff : checksum;  // 0 would mean: none (RFC 768)
    return true;
}

}  // namespace sallyport::dataplane
