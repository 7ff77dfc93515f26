// SPDX-License-Identifier: Apache-2.0
// One packet as the stages see it: the mbuf, where its headers are, and where it goes next. A
// worker parses a burst into an array of Packets that stays in its first-level cache; stages are
// free functions
//     void stage(<its tables>&, const BurstContext&, std::span<Packet*>) noexcept
// that give every packet exactly one next edge. Only the drop and transmit steps of the worker free
// mbufs. Offsets count from rte_pktmbuf_mtod(mbuf). All headers lie in the first segment once
// parsed (parse.cpp).
#pragma once

#include "config/types/id.h"
#include "config/types/ip.h"
#include "dataplane/counters.h"

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_udp.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace sallyport::dataplane {

/// Most packets a worker takes from one queue at a time.
inline constexpr std::size_t kBurst = 32;

/// Where a packet goes after the stage that set it.
enum class Edge : std::uint8_t {
    kDrop,        // Packet::drop says why
    kTap,         // to the kernel of its realm, as it came
    kReassemble,  // an IP fragment for one of our addresses
    kSignalling,  // for a listen point: to a shard
    kMedia,       // for the realm's media port range: media stage
    kForward,  // IP and UDP rewritten and finished; the next_hop stage puts Ethernet on and sends
               // it out of `egress`
};

class AdjacencyHint;

struct Packet {
    rte_mbuf* mbuf{nullptr};
    AdjacencyHint* hint{nullptr};  // kForward only, until the end of the loop: where the MAC of
                                   // this destination is remembered
    std::uint32_t flow{0};  // kForward only, until the end of the loop: the FlowIndex whose cells
                            // count it; 0: none
    RealmId realm{};        // where it came in; also the index of the port
    RealmId egress{};       // kForward only: the realm it leaves by
    Edge edge{Edge::kDrop};
    Drop drop{Drop::truncated_ethernet};
    Family family{Family::kNone};  // kNone: not IP
    std::uint8_t protocol{0};      // upper-layer protocol after IPv6 extension headers
    std::uint8_t ttl{0};           // TTL or hop limit as received
    std::uint8_t tos{0};           // DSCP and ECN as received (IPv6: traffic class)
    bool fragment{false};          // a piece of a datagram; ports and payload are not known
    std::uint16_t vlan{0};         // VLAN id; 0: untagged or priority-tagged
    std::uint16_t l3{0};           // offset of the IP header
    std::uint16_t ip_length{0};  // octets from l3 to the end of the IP packet, link padding cut off
    std::uint16_t l4{0};         // offset of the UDP header (or of whatever follows IP)
    std::uint16_t payload{0};    // offset of the UDP payload
    std::uint16_t payload_length{0};  // UDP payload octets; link padding is cut off
    std::uint16_t source_port{0};     // host order
    std::uint16_t destination_port{0};
    std::uint16_t fragment_header{0};  // IPv6: offset of the fragment header, 0: none

    template <class Header>
    [[nodiscard]] Header* at(std::size_t offset) const noexcept {
        return rte_pktmbuf_mtod_offset(mbuf, Header*, offset);
    }
    [[nodiscard]] rte_ether_hdr* ether() const noexcept { return at<rte_ether_hdr>(0); }
    [[nodiscard]] rte_ipv4_hdr* ipv4() const noexcept { return at<rte_ipv4_hdr>(l3); }
    [[nodiscard]] rte_ipv6_hdr* ipv6() const noexcept { return at<rte_ipv6_hdr>(l3); }
    [[nodiscard]] rte_udp_hdr* udp() const noexcept { return at<rte_udp_hdr>(l4); }
    /// First octet of the UDP payload. Contiguous for payload_length octets only when mbuf->nb_segs
    /// is 1.
    [[nodiscard]] const std::uint8_t* payload_octets() const noexcept {
        return at<const std::uint8_t>(payload);
    }

    /// The addresses as they stand in the header: 4 or 16 octets, network order.
    [[nodiscard]] const std::uint8_t* source_octets() const noexcept {
        return at<const std::uint8_t>(l3 + (family == Family::kIpv4 ? 12U : 8U));
    }
    [[nodiscard]] const std::uint8_t* destination_octets() const noexcept {
        return at<const std::uint8_t>(l3 + (family == Family::kIpv4 ? 16U : 24U));
    }
    [[nodiscard]] std::size_t address_length() const noexcept {
        return family == Family::kIpv4 ? 4U : 16U;
    }
    [[nodiscard]] Endpoint source() const noexcept {
        return {address_from(source_octets(), family), Port{source_port}};
    }
    [[nodiscard]] Endpoint destination() const noexcept {
        return {address_from(destination_octets(), family), Port{destination_port}};
    }

    void drop_for(Drop reason) noexcept {
        edge = Edge::kDrop;
        drop = reason;
    }

    [[nodiscard]] static IpAddr address_from(const std::uint8_t* octets, Family f) noexcept {
        if (f == Family::kIpv4) {
            return IpAddr::v4((std::uint32_t{octets[0]} << 24) | (std::uint32_t{octets[1]} << 16) |
                              (std::uint32_t{octets[2]} << 8) | octets[3]);
        }
        std::array<std::uint8_t, 16> all{};
        std::memcpy(all.data(), octets, all.size());
        return IpAddr::v6(all);
    }
};

/// What a stage may use besides its tables and packets. Made by the worker once per burst.
struct BurstContext {
    WorkerId worker;
    std::uint64_t tsc{0};     // read once per burst
    std::uint64_t now_ms{0};  // monotonic milliseconds of the same moment
    CounterBlock& counters;   // this worker's own
};

}  // namespace sallyport::dataplane
