// SPDX-License-Identifier: Apache-2.0
// What happens in one world, from its seed: the weather, and per call who calls whom, how the
// carrier treats it and what the phones do; and what goes on beside the calls. The same seed gives
// the same plan on every machine. Tests only.
#pragma once

#include "tests/sim/network.h"
#include "tests/sim/peers/carrier.h"
#include "tests/sim/peers/script.h"
#include "tests/sim/peers/standalone_peers.h"
#include "tests/sim/peers/subscription_peers.h"

#include <optional>
#include <vector>

namespace sallyport::sim {

/// What the gateway's route to the outside leads to.
enum class Outside : std::uint8_t {
    kCarrier,
    kRecurse,    // the carrier, whose 3xx the gateway follows (I11)
    kDeadFirst,  // a peer that says nothing, then the carrier (I6, I10)
    kBusyFirst,  // a peer that answers 503, then the carrier
};

struct CallPlan {
    int number{0};
    bool inbound{false};  // from the carrier's side to a registered phone
    Millis begins{0};
    Script caller;
    std::vector<Script> callees;  // more than one: the carrier forks
    Treatment treatment;          // targets are filled in by the world
    /// A phone breaks the rules: what crosses end to end is then not the gateway's fault.
    bool vicious{false};
    bool redirected{false};    // the carrier names the callees in a 302, best first
    bool dead_contact{false};  // and before them one where nobody is
};

/// Requests outside dialogs, from one peer to another.
struct StandalonePlan {
    int number{0};  // of no call
    bool inbound{false};
    Millis begins{0};
    StandaloneScript script;
};

/// A subscription outside calls; more than one notifier: the carrier forks.
struct SubscriptionPlan {
    int number{0};  // of no call
    bool inbound{false};
    Millis begins{0};
    SubscriberScript subscriber;
    std::vector<NotifierScript> notifiers;
    RecordRoute record_route{RecordRoute::kNone};
};

struct Plan {
    Weather weather;
    Outside outside{Outside::kCarrier};
    std::vector<CallPlan> calls;
    std::vector<StandalonePlan> standalone;
    std::vector<SubscriptionPlan> subscriptions;
    std::optional<Millis> carrier_restart;
};

inline constexpr int kCallsPerWorld = 8;

[[nodiscard]] Plan plan_of(std::uint64_t seed);

}  // namespace sallyport::sim
