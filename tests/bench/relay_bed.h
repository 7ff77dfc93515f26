// SPDX-License-Identifier: Apache-2.0
// A gateway's media half under load: realms with every port, one relay per two flows, and a lap of
// real mbufs that are filled with one RTP packet each, of flows in random order. Filling is never
// timed.
#pragma once

#include "config/config.h"
#include "dataplane/adjacency.h"
#include "dataplane/counters.h"
#include "dataplane/epoch.h"
#include "dataplane/flow_table.h"
#include "dataplane/media_stage.h"
#include "dataplane/neighbour_queue.h"
#include "dataplane/packet.h"
#include "dataplane/realm_table.h"
#include "dataplane/relay_control.h"
#include "dataplane/relay_events.h"
#include "dataplane/resolve_requests.h"

#include <rte_mempool.h>

#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace sallyport::dataplane::bench {

/// As many packets as a pair of receive rings holds: their lines fit no first-level cache.
inline constexpr std::size_t kLap = 2048;
/// G.711, 20 ms (RFC 3551 s.4.5.14).
inline constexpr std::uint16_t kPayload = 12 + 160;

class RelayBed {
public:
    explicit RelayBed(std::size_t flow_count);
    ~RelayBed();
    RelayBed(const RelayBed&) = delete;
    RelayBed& operator=(const RelayBed&) = delete;

    /// Fills the lap anew: bursts of one realm each, like a receive queue gives them.
    void fill();
    /// Only what a worker does before its stages: parse and classify, here or timed by the caller.
    void sort_burst(std::span<Packet> burst) noexcept;
    [[nodiscard]] std::span<Packet> lap() noexcept { return lap_; }
    [[nodiscard]] BurstContext context() noexcept { return {WorkerId{0}, 0, 1'000'000, counters}; }
    /// How many packets of the lap have this edge now.
    [[nodiscard]] std::size_t count(Edge edge) const noexcept;

    Config config;
    RealmTable realms;
    FlowTable flows;
    Epoch epoch{1};
    RelayEvents events{1, 1};
    CounterBlock counters;
    MediaTables tables{flows, realms, events};
    AdjacencyTable adjacency;
    ResolveRequests resolve{"bench_resolve"};
    NeighbourQueue neighbours{resolve};

private:
    struct Source {
        RealmId realm;
        std::uint32_t remote{0};  // host order
        std::uint16_t remote_port{0};
        std::uint32_t ours{0};
        std::uint16_t our_port{0};
    };
    void add_relay(ShardRelays& relays, std::uint32_t number);
    void write(Packet& packet, const Source& source) noexcept;

    ShardRelays relays_;
    std::vector<std::vector<Source>> sources_;  // [realm]
    std::mt19937 random_{42};
    rte_mempool* pool_;
    std::vector<Packet> lap_;
};

}  // namespace sallyport::dataplane::bench
