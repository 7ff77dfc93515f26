// SPDX-License-Identifier: Apache-2.0
// What goes on beside the calls of one world: requests outside dialogs, and subscriptions, from the
// plan. Owner: a World. Tests only.
#pragma once

#include "tests/sim/gate.h"
#include "tests/sim/peers/carrier.h"
#include "tests/sim/peers/standalone_peers.h"
#include "tests/sim/plan.h"
#include "tests/sim/tally.h"

#include <memory>
#include <string>
#include <vector>

namespace sallyport::sim {

/// Where the peers of one plan stand, and the URI by which the one asks for the other.
struct Stage {
    AgentPlace asks;
    std::vector<AgentPlace> answers;
    std::string uri;
};

class SideTraffic {
public:
    SideTraffic(Network& network, const Gate& gate, Carrier& carrier)
        : network_(network), gate_(gate), carrier_(carrier) {}

    void stage(const StandalonePlan& plan);
    void stage(const SubscriptionPlan& plan);
    void count(Tally& tally) const;

private:
    struct Exchange {
        std::unique_ptr<StandaloneClient> client;
        std::unique_ptr<StandaloneServer> server;
    };

    struct Subscription {
        std::unique_ptr<Subscriber> subscriber;
        std::vector<std::unique_ptr<Notifier>> notifiers;
    };

    [[nodiscard]] Stage place(int number, bool inbound, std::size_t answering) const;
    void treat(const Stage& at, bool inbound, Treatment how);

    Network& network_;
    const Gate& gate_;
    Carrier& carrier_;
    std::vector<Exchange> exchanges_;
    std::vector<Subscription> subscriptions_;
};

}  // namespace sallyport::sim
