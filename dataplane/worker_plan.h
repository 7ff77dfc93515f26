// SPDX-License-Identifier: Apache-2.0
// Shares ports, queues, taps and rings out among the workers. Pure arithmetic over what the devices
// offered.
#pragma once

#include "dataplane/worker.h"

#include <cstdint>
#include <span>
#include <vector>

namespace sallyport::dataplane {

/// One realm's port as the planner sees it.
struct PlannedPort {
    std::uint16_t ethdev{0};
    std::uint16_t queues{1};  // receive and transmit
    bool segments{false};
    const Tap* tap{nullptr};
    rte_ring* outgoing{nullptr};
    rte_ring* handoff{nullptr};  // null when every worker has its own queue
};

/// Queue q of port p belongs to worker (p + q) mod workers; the worker of queue 0 is the port's
/// home, so that ports with one queue spread over the workers.
[[nodiscard]] std::vector<WorkerPlan> plan_workers(std::span<const PlannedPort> ports,
                                                   std::uint8_t workers, Idle idle);

}  // namespace sallyport::dataplane
