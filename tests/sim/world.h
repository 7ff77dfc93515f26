// SPDX-License-Identifier: Apache-2.0
// One world: a gateway, the carrier and the phones of a plan on a virtual network, run to its end
// and judged. Worlds share nothing, so each one replays alone from its seed. Tests only.
#pragma once

#include "dataplane/memory_relays.h"
#include "tests/sim/checker/checker.h"
#include "tests/sim/gate.h"
#include "tests/sim/peers/phone.h"
#include "tests/sim/plan.h"
#include "tests/sim/side_traffic.h"
#include "tests/sim/tally.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sallyport::sim {

class World final : private Tap {
public:
    explicit World(std::uint64_t seed);
    World(std::uint64_t seed, const Plan& plan);

    /// Each message at the gateway's ports goes there, as one line.
    void trace(std::function<void(const std::string&)> to) { trace_ = std::move(to); }
    /// Hears what the checker hears; none: nobody. It outlives the world's last packet.
    void listen(Tap* also) noexcept { also_ = also; }
    /// At least so long, and then until nothing is left of any call.
    void run(Millis at_least = Millis{100'000});

    // For scenarios made by hand.
    [[nodiscard]] Network& network() noexcept { return network_; }
    [[nodiscard]] Gate& gate() noexcept { return gate_; }
    [[nodiscard]] const Phone& caller(std::size_t call) const { return *calls_[call].caller; }
    [[nodiscard]] const Phone& callee(std::size_t call, std::size_t n = 0) const {
        return *calls_[call].callees[n];
    }

    [[nodiscard]] const std::vector<Finding>& findings() { return checker_.findings().all(); }
    [[nodiscard]] Tally tally() const;

private:
    struct Call {
        const CallPlan* plan;
        std::unique_ptr<Phone> caller;
        std::vector<std::unique_ptr<Phone>> callees;
    };

    void on_arrival(RealmId realm, const Packet& packet, Moment now) override;
    void on_handled(Moment now) override;
    void on_sent(RealmId realm, const Packet& packet, Moment now) override;
    void note(const char* arrow, const Packet& packet, const Endpoint& peer, Moment now);

    void stage(const CallPlan& plan);
    void treat(const std::string& callee, Treatment how);
    void start(Call& call);
    void look_at_media();
    void check_media(const Call& call);
    [[nodiscard]] std::string wrong_side(const AgreedLine& line, dataplane::RelayId relay,
                                         dataplane::Side side);
    [[nodiscard]] std::string left_over();

    Plan plan_;
    Network network_;
    Gate gate_;
    Checker checker_;
    Carrier carrier_;
    std::unique_ptr<Carrier> busy_;  // a peer that answers every INVITE with 503
    SideTraffic beside_;
    std::vector<Call> calls_;
    std::function<void(const std::string&)> trace_;
    Tap* also_{nullptr};
    std::uint64_t media_checks_{0}, messages_{0};
};

}  // namespace sallyport::sim
