// SPDX-License-Identifier: Apache-2.0
// A worker: one lcore's loop over its queues, rings and taps. It only strings the stages together:
// receive, parse, classify, then every packet along its one edge. Runs to completion; no lock, no
// allocation. Built and joined on the main thread.
#pragma once

#include "config/config.h"
#include "dataplane/adjacency.h"
#include "dataplane/epoch.h"
#include "dataplane/idle_backoff.h"
#include "dataplane/media_stage.h"
#include "dataplane/neighbour_queue.h"
#include "dataplane/packet.h"
#include "dataplane/port_output.h"
#include "dataplane/realm_table.h"
#include "dataplane/reassembly.h"
#include "dataplane/refragment.h"
#include "dataplane/signalling_stage.h"
#include "dataplane/tap_pump.h"
#include "dataplane/tsc_clock.h"

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

namespace sallyport::dataplane {

/// What all workers share. Everything outlives them.
struct WorkerTables {
    const RealmTable& realms;
    const AdjacencyBoard& board;
    Epoch& epoch;
    FlowTable& flows;
    RelayEvents& relay_events;
    ResolveRequests& resolve;
    const TscClock& clock;
    rte_mempool* pool;
    std::span<ShardInbox* const> inboxes;
    Steer steer;
};

/// What one worker does, decided before it starts (dataplane.cpp).
struct WorkerPlan {
    struct Receive {
        RealmId realm;
        std::uint16_t ethdev{0};
        std::uint16_t queue{0};
    };
    struct Home {  // a port whose tap this worker reads and whose rings it serves
        RealmId realm;
        rte_ring* outgoing{nullptr};  // packets built by shards
        rte_ring* handoff{nullptr};   // frames of workers without a queue there
    };
    WorkerId id;
    Idle idle{Idle::kAdaptive};
    std::vector<Receive> receive;
    std::vector<Home> homes;
    std::vector<PortOutput::Way> ways;  // per realm
    std::vector<const Tap*> taps;       // per realm: any worker may write to a tap
};

class Worker {
public:
    Worker(const WorkerTables& tables, WorkerPlan plan, CounterBlock& counters);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    [[nodiscard]] bool ok() const noexcept { return reassembly_.ok(); }

    /// The lcore's main function; returns after stop().
    void run() noexcept;
    /// What run() repeats: one loop over everything; returns how many packets it moved. The caller
    /// has joined the epoch.
    std::size_t step() noexcept;
    /// What run() ends with: nothing that waited is forgotten in the books or left in a ring.
    void drain() noexcept;
    /// Any thread.
    void stop() noexcept { stopping_.store(true, std::memory_order_release); }

private:
    struct HomePort {
        WorkerPlan::Home plan;
        TapPump pump;
    };
    [[nodiscard]] std::size_t loop(const BurstContext& context) noexcept;
    [[nodiscard]] std::size_t receive(const BurstContext& context,
                                      const WorkerPlan::Receive& from) noexcept;
    [[nodiscard]] std::size_t serve_home(const BurstContext& context, HomePort& home,
                                         bool busy) noexcept;
    [[nodiscard]] std::size_t take_outgoing(const BurstContext& context,
                                            const WorkerPlan::Home& home) noexcept;
    [[nodiscard]] std::size_t take_handoff(const BurstContext& context,
                                           const HomePort& home) noexcept;
    [[nodiscard]] std::size_t take_resolved(const BurstContext& context) noexcept;
    void reassemble(const BurstContext& context, std::span<Packet> packets) noexcept;
    void dispatch(const BurstContext& context, std::span<Packet> packets) noexcept;
    void forward(const BurstContext& context, std::span<Packet*> packets) noexcept;
    void send(const BurstContext& context, std::span<Packet*> packets) noexcept;
    void forward_in_fragments(const BurstContext& context, Packet& packet) noexcept;
    void drop(const BurstContext& context, Packet& packet) noexcept;
    [[nodiscard]] BurstContext context_now() noexcept;

    WorkerTables tables_;
    WorkerPlan plan_;
    CounterBlock& counters_;
    IdleBackoff idle_;
    Reassembly reassembly_;
    NeighbourQueue neighbours_;
    SignallingStage signalling_;
    MediaTables media_;
    Refragmenter refragmenter_;
    std::vector<PortOutput> outputs_;  // per realm
    std::vector<HomePort> homes_;
    const AdjacencyTable* adjacencies_{nullptr};  // one table for the whole of a loop
    std::uint64_t last_tsc_;
    std::uint64_t last_housekeeping_ms_{0};
    std::atomic<bool> stopping_{false};
};

}  // namespace sallyport::dataplane
