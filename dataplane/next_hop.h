// SPDX-License-Identifier: Apache-2.0
// Last stage before the wire: destination address -> next hop (adjacency.h), Ethernet header on, or
// wait for the kernel to resolve it. Worker's thread; the table is the one current in this loop.
#pragma once

#include "dataplane/adjacency.h"
#include "dataplane/neighbour_queue.h"
#include "dataplane/packet.h"
#include "dataplane/realm_table.h"

#include <span>

namespace sallyport::dataplane {

/// Packets with edge kForward. Afterwards each is kForward with a complete frame that begins at its
/// mbuf's data, or kDrop, or waits in queue (mbuf null). IP and UDP must be finished; l3, family
/// and egress are used.
void next_hop(const RealmTable& realms, const AdjacencyTable& table, NeighbourQueue& queue,
              const BurstContext& context, std::span<Packet*> packets) noexcept;

}  // namespace sallyport::dataplane
