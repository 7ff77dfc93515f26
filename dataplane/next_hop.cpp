// SPDX-License-Identifier: Apache-2.0
// Adjacency and Ethernet header.
#include "dataplane/next_hop.h"

#include <cstring>

namespace sallyport::dataplane {

namespace {

/// Moves the start of the mbuf to 14 octets before the IP header and writes the link header there.
bool put_ethernet(Packet& packet, const MacAddress& to, const MacAddress& from) noexcept {
    const int room = packet.l3 - static_cast<int>(sizeof(rte_ether_hdr));
    if (room >= 0) {
        rte_pktmbuf_adj(packet.mbuf, static_cast<std::uint16_t>(room));
    } else if (rte_pktmbuf_prepend(packet.mbuf, static_cast<std::uint16_t>(-room)) == nullptr) {
        return false;
    }
    packet.l3 = sizeof(rte_ether_hdr);
    rte_ether_hdr* ether = packet.ether();
    std::memcpy(ether->dst_addr.addr_bytes, to.data(), to.size());
    std::memcpy(ether->src_addr.addr_bytes, from.data(), from.size());
    ether->ether_type = packet.family == Family::kIpv4 ? RTE_BE16(RTE_ETHER_TYPE_IPV4)
                                                       : RTE_BE16(RTE_ETHER_TYPE_IPV6);
    return true;
}

/// True when the packet's flow remembers its MAC of this very table.
bool recalled(Packet& packet, const RealmTable& realms, std::uint64_t version) noexcept {
    MacAddress mac;
    if (packet.hint == nullptr || !packet.hint->recall(version, mac)) {
        return false;
    }
    if (!put_ethernet(packet, mac, realms[packet.egress].mac)) {
        packet.drop_for(Drop::no_mbuf);
    }
    return true;
}

}  // namespace

void next_hop(const RealmTable& realms, const AdjacencyTable& table, NeighbourQueue& queue,
              const BurstContext& context, std::span<Packet*> packets) noexcept {
    for (Packet* packet : packets) {
        if (recalled(*packet, realms, table.version())) {
            continue;
        }
        const IpAddr destination =
            Packet::address_from(packet->destination_octets(), packet->family);
        const Adjacency adjacency = table.find(packet->egress, destination);
        switch (adjacency.state) {
            case Adjacency::State::kResolved:
                if (packet->hint != nullptr) {
                    packet->hint->keep(table.version(), adjacency.mac);
                }
                if (!put_ethernet(*packet, adjacency.mac, realms[packet->egress].mac)) {
                    packet->drop_for(Drop::no_mbuf);
                }
                break;
            case Adjacency::State::kUnresolved:
                packet->hint = nullptr;  // its flow may be gone when the packet goes on
                queue.hold(context, *packet, adjacency.next_hop);
                break;
            case Adjacency::State::kNoRoute:
                packet->drop_for(Drop::no_route);
                break;
        }
    }
}

}  // namespace sallyport::dataplane
