// SPDX-License-Identifier: Apache-2.0
// A real shard of the given configuration that nothing leaves: what it would send is kept for
// reading, its relays are in memory, its numbers come from a fixed seed, and its clock moves by a
// moment for each message, so that no timer of the calls fires. What is explained is what happens,
// because it happened here. Thread: one.
#pragma once

#include "b2bua/policy/randomness.h"
#include "b2bua/routing/router.h"
#include "b2bua/transport/flow.h"
#include "config/config.h"
#include "config/types/units.h"
#include "dataplane/relay.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::explain {

/// Relays without packets, on that clock.
using MakeRelays =
    std::function<std::unique_ptr<dataplane::RelayControl>(std::function<Moment()> now)>;

struct Sent {
    Flow flow;
    std::string octets;
};

struct Counted {
    std::string_view name;
    std::string_view help;
};

/// What one message led to.
struct Effects {
    std::vector<Sent> sent;                // in order
    std::vector<routing::Choice> choices;  // where new requests may go, and why
    std::vector<Counted> counted;          // the counters that moved
    std::vector<std::string> journal;
};

class DryRun {
public:
    DryRun(const Config& config, const MakeRelays& make_relays);
    ~DryRun();
    DryRun(const DryRun&) = delete;
    DryRun& operator=(const DryRun&) = delete;

    [[nodiscard]] Effects play(const Flow& flow, std::string_view octets);

private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace sallyport::explain
