// SPDX-License-Identifier: Apache-2.0
// See worker_plan.h.
#include "dataplane/worker_plan.h"

namespace sallyport::dataplane {

namespace {

WorkerPlan plan_one(std::span<const PlannedPort> ports, std::size_t worker, std::size_t workers) {
    WorkerPlan plan;
    plan.id = WorkerId{static_cast<std::uint8_t>(worker)};
    for (std::size_t p = 0; p < ports.size(); ++p) {
        const PlannedPort& port = ports[p];
        const RealmId realm{static_cast<std::uint8_t>(p)};
        const std::size_t queue = (worker + workers - p % workers) % workers;
        PortOutput::Way way{port.ethdev, 0, port.handoff, port.segments};
        if (queue < port.queues) {
            const auto own = static_cast<std::uint16_t>(queue);
            plan.receive.push_back({realm, port.ethdev, own});
            way.queue = own;
            way.handoff = nullptr;
        }
        if (queue == 0) {
            plan.homes.push_back({realm, port.outgoing, port.handoff});
        }
        plan.ways.push_back(way);
        plan.taps.push_back(port.tap);
    }
    return plan;
}

}  // namespace

std::vector<WorkerPlan> plan_workers(std::span<const PlannedPort> ports, std::uint8_t workers,
                                     Idle idle) {
    std::vector<WorkerPlan> plans;
    for (std::size_t worker = 0; worker < workers; ++worker) {
        plans.push_back(plan_one(ports, worker, workers));
        plans.back().idle = idle;
    }
    return plans;
}

}  // namespace sallyport::dataplane
