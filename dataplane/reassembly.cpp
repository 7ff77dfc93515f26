// SPDX-License-Identifier: Apache-2.0
// Bounds around rte_ip_frag, and its death row emptied with the reason counted.
#define ALLOW_EXPERIMENTAL_API  // rte_ip_frag_table_del_expired_entries, stable in later DPDK
#include "dataplane/reassembly.h"

#include "dataplane/buffers.h"

#include <rte_cycles.h>
#include <rte_lcore.h>

#include <algorithm>
#include <cstring>

namespace sallyport::dataplane {

namespace {

constexpr std::uint32_t kBuckets = 1024;
constexpr std::uint32_t kBucketEntries = 4;
constexpr std::size_t kMaxDatagram = 65535;

/// Octets of the whole datagram that this fragment says there are at least, IP header included.
std::size_t reach_of(const Packet& packet) noexcept {
    const std::size_t body = packet.l3 + std::size_t{packet.ip_length} - packet.l4;
    if (packet.family == Family::kIpv4) {
        const std::uint16_t field = rte_be_to_cpu_16(packet.ipv4()->fragment_offset);
        return (field & RTE_IPV4_HDR_OFFSET_MASK) * RTE_IPV4_HDR_OFFSET_UNITS + body +
               (packet.l4 - packet.l3);
    }
    const auto* header = packet.at<const rte_ipv6_fragment_ext>(packet.fragment_header);
    return (rte_be_to_cpu_16(header->frag_data) & RTE_IPV6_EHDR_FO_MASK) + body;
}

/// rte_ip_frag knows the IPv6 fragment header only right after the fixed header.
bool supported(const Packet& packet) noexcept {
    return packet.family == Family::kIpv4 ||
           packet.fragment_header == packet.l3 + sizeof(rte_ipv6_hdr);
}

}  // namespace

Reassembly::Reassembly(std::uint64_t tsc_hz)
    : table_(rte_ip_frag_table_create(kBuckets, kBucketEntries, kBuckets * kBucketEntries,
                                      tsc_hz * kTimeoutMs / 1000,
                                      static_cast<int>(rte_socket_id()))) {}

Reassembly::~Reassembly() {
    if (table_ != nullptr) {
        rte_ip_frag_table_destroy(table_);
    }
}

std::size_t Reassembly::slot_of(const Packet& fragment) noexcept {
    std::uint64_t network = 0;
    std::memcpy(&network, fragment.source_octets(), fragment.family == Family::kIpv4 ? 3 : 7);
    network *= 0x9E3779B97F4A7C15ULL;                // 2^64 / golden ratio
    return static_cast<std::size_t>(network >> 52);  // 12 bits: kSlots
}

rte_mbuf* Reassembly::give(const BurstContext& context, Packet& packet) noexcept {
    rte_mbuf* mbuf = packet.mbuf;
    if (packet.family == Family::kIpv4) {
        return rte_ipv4_frag_reassemble_packet(table_, &dead_, mbuf, context.tsc, packet.ipv4());
    }
    return rte_ipv6_frag_reassemble_packet(
        table_, &dead_, mbuf, context.tsc, packet.ipv6(),
        packet.at<rte_ipv6_fragment_ext>(packet.fragment_header));
}

void Reassembly::take(const BurstContext& context, Packet& packet) noexcept {
    if (!supported(packet) || reach_of(packet) > kMaxDatagram) {
        return packet.drop_for(Drop::fragment_invalid);
    }
    rte_mbuf* mbuf = packet.mbuf;
    // What rte_ip_frag cuts off the following fragments.
    mbuf->l2_len = packet.l3 & 0x7FU;
    mbuf->l3_len = static_cast<std::uint16_t>(packet.l4 - packet.l3) & 0x1FFU;
    const std::size_t slot = slot_of(packet);
    if (per_source_[slot] >= kPerSource || waiting_ >= kInAll) {
        return packet.drop_for(Drop::fragment_limit);
    }
    context.counters.add(Counter::fragments_in);
    fragment_facts_of(mbuf).slot = static_cast<std::uint16_t>(slot);
    ++per_source_[slot];
    ++waiting_;
    rte_mbuf* whole = give(context, packet);
    packet.mbuf = nullptr;
    bury(context, Drop::fragment_invalid);
    if (whole == nullptr) {
        return;
    }
    leave(whole);
    context.counters.add(Counter::reassembled);
    Packet again;
    again.mbuf = whole;
    again.realm = packet.realm;
    again.edge = Edge::kTap;
    if (packet.family == Family::kIpv4) {  // rte_ip_frag leaves the checksum to others
        auto* ip = rte_pktmbuf_mtod_offset(whole, rte_ipv4_hdr*, whole->l2_len);
        ip->hdr_checksum = 0;
        ip->hdr_checksum = rte_ipv4_cksum(ip);
    }
    whole->ol_flags &= ~(RTE_MBUF_F_RX_L4_CKSUM_MASK | RTE_MBUF_F_RX_IP_CKSUM_MASK);
    packet = again;
}

/// A fragment, or several in one chain, is no longer held here.
void Reassembly::leave(rte_mbuf* fragment) noexcept {
    std::uint16_t& held = per_source_[fragment_facts_of(fragment).slot];
    held = static_cast<std::uint16_t>(held - fragment->nb_segs);
    waiting_ -= fragment->nb_segs;
}

void Reassembly::bury(const BurstContext& context, Drop reason) noexcept {
    for (std::uint32_t i = 0; i < dead_.cnt; ++i) {
        leave(dead_.row[i]);
        context.counters.add(reason, dead_.row[i]->nb_segs);
        release(context.counters, dead_.row[i]);
    }
    dead_.cnt = 0;
}

void Reassembly::expire(const BurstContext& context) noexcept {
    // Each call visits the oldest; it stops when the death row is full, so a few rounds may be
    // needed.
    for (int round = 0; round < 8; ++round) {
        rte_ip_frag_table_del_expired_entries(table_, &dead_, context.tsc);
        if (dead_.cnt == 0) {
            return;
        }
        bury(context, Drop::fragment_timeout);
    }
}

}  // namespace sallyport::dataplane
