// SPDX-License-Identifier: Apache-2.0
// The real worker loop with nothing around it: two ring devices joined crosswise, and relays whose
// two remote ends are each other. What a worker sends out of one port comes in again at the other,
// right for the same relay, so that a fixed set of packets goes round for ever and one core's time
// is all that limits it.
#pragma once

#include "config/config.h"
#include "dataplane/relay_control.h"
#include "dataplane/resolve_requests.h"
#include "dataplane/worker.h"

#include <array>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

struct rte_ring;

namespace sallyport::dataplane::bench {

class WorkerLoop {
public:
    /// One packet in flight per flow; at most 30,000.
    explicit WorkerLoop(std::size_t flow_count);
    ~WorkerLoop();
    WorkerLoop(const WorkerLoop&) = delete;
    WorkerLoop& operator=(const WorkerLoop&) = delete;

    struct Lap {
        double seconds{0};
        std::uint64_t packets{0};
    };
    /// Lets it run for a fifth of a second; seconds are CPU time of the worker.
    [[nodiscard]] Lap measure();

private:
    [[nodiscard]] double worker_seconds();
    void open_ports(std::size_t flow_count);
    void make_relays(std::size_t flow_count);
    void inject(const Endpoint& from, const Endpoint& to, std::size_t ring);

    Config config_;
    RealmTable realms_;
    TscClock clock_;
    FlowTable flows_;
    Epoch epoch_{1};
    RelayEvents events_{1, 1};
    AdjacencyBoard board_;
    ResolveRequests resolve_{"loop_resolve"};
    std::unique_ptr<CounterBlock> counters_ = std::make_unique<CounterBlock>();
    ShardRelays relays_;
    rte_mempool* pool_;
    std::array<rte_ring*, 2> rings_{};  // what comes in at port 0 and 1
    std::array<std::uint16_t, 2> ports_{};
    std::optional<Worker> worker_;
    std::thread thread_;
};

}  // namespace sallyport::dataplane::bench
