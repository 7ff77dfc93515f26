// SPDX-License-Identifier: Apache-2.0
// Packets that wait for the kernel to learn their next hop's MAC, so that the first message to a
// new neighbour is not lost (RFC 1122 s.2.3.2.2). One per worker, its thread only. Bounded in all,
// per next hop and in time.
#pragma once

#include "dataplane/adjacency.h"
#include "dataplane/packet.h"
#include "dataplane/resolve_requests.h"

#include <array>
#include <cstdint>
#include <vector>

namespace sallyport::dataplane {

class NeighbourQueue {
public:
    static constexpr std::size_t kCapacity = 512;
    static constexpr std::size_t kPerNextHop = 64;
    /// The kernel sends three requests one second apart before it gives up (RFC 4861 s.10, neigh
    /// mcast_solicit).
    static constexpr std::uint64_t kTimeoutMs = 3500;
    static constexpr std::uint64_t kAskAgainMs = 1000;

    explicit NeighbourQueue(ResolveRequests& requests);

    /// Takes the packet over (mbuf becomes null) or sets kDrop.
    void hold(const BurstContext& context, Packet& packet, const IpAddr& next_hop) noexcept;

    /// Gives back, at most out.size() per call, packets that can go now (kForward) or that waited
    /// too long (kDrop). Cheap when the table is the one of the last call and no second has passed.
    [[nodiscard]] std::size_t ready(const BurstContext& context, const AdjacencyTable& table,
                                    std::span<Packet> out) noexcept;

    /// Gives everything back as kDrop (shutdown); repeat until 0.
    [[nodiscard]] std::size_t empty_into(std::span<Packet> out) noexcept;

private:
    struct Waiting {
        Packet packet;
        IpAddr next_hop;
        std::uint64_t since_ms{0};
        std::uint64_t asked_ms{0};
    };
    [[nodiscard]] bool settle(const BurstContext& context, const AdjacencyTable& table,
                              Waiting& waiting) noexcept;
    ResolveRequests& requests_;
    std::vector<Waiting> waiting_;
    std::uint64_t seen_version_{0};
    std::uint64_t seen_ms_{0};
};

}  // namespace sallyport::dataplane
