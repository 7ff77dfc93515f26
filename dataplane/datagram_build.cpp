// SPDX-License-Identifier: Apache-2.0
// Lays headers and payload pieces into fresh mbufs.
#include "dataplane/datagram_build.h"

#include <netinet/in.h>
#include <rte_byteorder.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_udp.h>

#include <algorithm>
#include <cstring>

namespace sallyport::dataplane {

namespace {

constexpr int kUdp = IPPROTO_UDP;
constexpr int kFragment = IPPROTO_FRAGMENT;

struct FragmentHeader {  // RFC 8200 s.4.5
    std::uint8_t next;
    std::uint8_t reserved;
    rte_be16_t offset_and_more;
    rte_be32_t identification;
};
static_assert(sizeof(FragmentHeader) == 8);

/// One piece of the IP payload, which is UDP header and payload in a row.
struct Piece {
    std::size_t offset{0};
    std::size_t length{0};
    bool more{false};
    bool fragmented{false};
};

rte_udp_hdr udp_header(const Outgoing& datagram) noexcept {
    const auto length = static_cast<std::uint16_t>(sizeof(rte_udp_hdr) + datagram.payload.size());
    rte_udp_hdr udp{};
    udp.src_port = rte_cpu_to_be_16(datagram.local.port.value);
    udp.dst_port = rte_cpu_to_be_16(datagram.remote.port.value);
    udp.dgram_len = rte_cpu_to_be_16(length);
    const std::size_t address = datagram.local.ip.is_v4() ? 4 : 16;
    std::uint32_t sum = __rte_raw_cksum(datagram.local.ip.octets().data(), address, 0);
    sum = __rte_raw_cksum(datagram.remote.ip.octets().data(), address, sum);
    sum = __rte_raw_cksum(&udp, sizeof udp, sum);
    sum = __rte_raw_cksum(datagram.payload.data(), datagram.payload.size(), sum);
    sum += rte_cpu_to_be_16(IPPROTO_UDP);
    sum += udp.dgram_len;
    const auto checksum = static_cast<std::uint16_t>(~__rte_raw_cksum_reduce(sum));
    udp.dgram_cksum = checksum == 0 ? std::uint16_t{0xFFFF} : checksum;
    return udp;
}

std::uint8_t* put_ipv4(rte_mbuf* mbuf, const Outgoing& datagram, const Piece& piece) noexcept {
    auto* ip = rte_pktmbuf_mtod(mbuf, rte_ipv4_hdr*);
    *ip = {};
    ip->version_ihl = RTE_IPV4_VHL_DEF;
    ip->type_of_service = datagram.tos;
    ip->total_length = rte_cpu_to_be_16(static_cast<std::uint16_t>(sizeof *ip + piece.length));
    ip->packet_id = rte_cpu_to_be_16(static_cast<std::uint16_t>(datagram.identification));
    ip->fragment_offset = rte_cpu_to_be_16(
        static_cast<std::uint16_t>((piece.offset >> 3) | (piece.more ? RTE_IPV4_HDR_MF_FLAG : 0)));
    ip->time_to_live = kTtl;
    ip->next_proto_id = IPPROTO_UDP;
    std::memcpy(&ip->src_addr, datagram.local.ip.octets().data(), 4);
    std::memcpy(&ip->dst_addr, datagram.remote.ip.octets().data(), 4);
    ip->hdr_checksum = rte_ipv4_cksum(ip);
    return reinterpret_cast<std::uint8_t*>(ip + 1);
}

std::uint8_t* put_ipv6(rte_mbuf* mbuf, const Outgoing& datagram, const Piece& piece) noexcept {
    auto* ip = rte_pktmbuf_mtod(mbuf, rte_ipv6_hdr*);
    const std::size_t extension = piece.fragmented ? sizeof(FragmentHeader) : 0;
    ip->vtc_flow = rte_cpu_to_be_32((6U << 28) | (std::uint32_t{datagram.tos} << 20));
    ip->payload_len = rte_cpu_to_be_16(static_cast<std::uint16_t>(piece.length + extension));
    ip->proto = static_cast<std::uint8_t>(piece.fragmented ? kFragment : kUdp);
    ip->hop_limits = kTtl;
    std::memcpy(ip->src_addr, datagram.local.ip.octets().data(), 16);
    std::memcpy(ip->dst_addr, datagram.remote.ip.octets().data(), 16);
    auto* next = reinterpret_cast<std::uint8_t*>(ip + 1);
    if (piece.fragmented) {
        const FragmentHeader header{
            IPPROTO_UDP, 0,
            rte_cpu_to_be_16(static_cast<std::uint16_t>(piece.offset | (piece.more ? 1U : 0U))),
            rte_cpu_to_be_32(datagram.identification)};
        std::memcpy(next, &header, sizeof header);
        next += sizeof header;
    }
    return next;
}

/// Copies the piece's part of the UDP header and of the payload.
void put_body(std::uint8_t* to, const rte_udp_hdr& udp, std::string_view payload,
              const Piece& piece) noexcept {
    std::size_t from = piece.offset;
    std::size_t left = piece.length;
    if (from == 0) {
        std::memcpy(to, &udp, sizeof udp);
        to += sizeof udp;
        from = sizeof udp;
        left -= sizeof udp;
    }
    if (left > 0) {
        std::memcpy(to, payload.data() + (from - sizeof udp), left);
    }
}

/// Most octets of IP payload in one packet; all when it need not be fragmented.
std::size_t piece_room(const Outgoing& datagram, std::size_t body) noexcept {
    if (datagram.local.ip.is_v4()) {
        const std::size_t room = datagram.mtu - sizeof(rte_ipv4_hdr);
        return body <= room ? body : room & ~std::size_t{7};
    }
    if (body + sizeof(rte_ipv6_hdr) <= datagram.mtu) {
        return body;
    }
    const std::size_t mtu = std::min(datagram.mtu, kIpv6MinimumMtu);
    return (mtu - sizeof(rte_ipv6_hdr) - sizeof(FragmentHeader)) & ~std::size_t{7};
}

}  // namespace

std::size_t build_datagram(rte_mempool* pool, const Outgoing& datagram,
                           std::span<rte_mbuf*> out) noexcept {
    const std::size_t body = sizeof(rte_udp_hdr) + datagram.payload.size();
    const std::size_t room = piece_room(datagram, body);
    const std::size_t count = (body + room - 1) / room;
    if (count > out.size() ||
        rte_pktmbuf_alloc_bulk(pool, out.data(), static_cast<unsigned>(count)) != 0) {
        return 0;
    }
    const rte_udp_hdr udp = udp_header(datagram);
    for (std::size_t i = 0; i < count; ++i) {
        Piece piece;
        piece.offset = i * room;
        piece.length = std::min(room, body - piece.offset);
        piece.more = i + 1 < count;
        piece.fragmented = count > 1;
        std::uint8_t* start = rte_pktmbuf_mtod(out[i], std::uint8_t*);
        std::uint8_t* at = datagram.local.ip.is_v4() ? put_ipv4(out[i], datagram, piece)
                                                     : put_ipv6(out[i], datagram, piece);
        put_body(at, udp, datagram.payload, piece);
        const auto length =
            static_cast<std::uint16_t>((at - start) + static_cast<std::ptrdiff_t>(piece.length));
        out[i]->data_len = length;
        out[i]->pkt_len = length;
    }
    return count;
}

}  // namespace sallyport::dataplane
