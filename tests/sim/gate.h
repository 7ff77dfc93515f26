// SPDX-License-Identifier: Apache-2.0
// A whole shard on the virtual network: inside realm 10.10.0.1, outside realm 10.20.0.1, memory
// relays, virtual time.
#pragma once

#include "b2bua/shard.h"
#include "dataplane/memory_relays.h"
#include "tests/sim/network.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sallyport::sim {

inline constexpr RealmId kInside{0};
inline constexpr RealmId kOutside{1};

/// Two realms, a carrier at 10.20.0.2, routes both ways: the example of the README.
[[nodiscard]] Config example_config();

/// Hears everything that crosses the gate's ports: what reached it, and what it sent, before the
/// weather.
class Tap {
public:
    virtual ~Tap() = default;
    virtual void on_arrival(RealmId realm, const Packet& packet, Moment now) = 0;
    /// The gate has done with the packet that arrived last.
    virtual void on_handled(Moment now) = 0;
    virtual void on_sent(RealmId realm, const Packet& packet, Moment now) = 0;
};

class Gate {
public:
    Gate(Network& network, std::uint64_t seed, Config config = example_config());

    [[nodiscard]] Endpoint inside() const {
        return {config_.realms[0].address.address, Port{5060}};
    }
    [[nodiscard]] Endpoint outside() const {
        return {config_.realms[1].address.address, Port{5060}};
    }
    /// Summed over the shards.
    [[nodiscard]] ShardGauges gauges() const;
    [[nodiscard]] const Counters& counters() const { return counters_; }
    [[nodiscard]] dataplane::MemoryRelays& relays() { return relays_; }
    [[nodiscard]] const std::vector<std::string>& journal() const { return journal_.lines; }
    Shard& shard() { return *shards_.front(); }
    [[nodiscard]] const Config& config() const noexcept { return config_; }
    /// Everything is forgotten, as by a new process on the same ports.
    void restart();
    /// From now on nothing can be sent there, and the gateway is told so (a transport error).
    void unreachable(const Endpoint& at) { unreachable_.push_back(at); }
    /// One at a time; it outlives the gate's last packet.
    void tap(Tap* tap) noexcept { tap_ = tap; }

private:
    struct Wire final : Sender {
        explicit Wire(Gate& from) : gate(from) {}
        bool send(const Flow& flow, std::string_view message) noexcept override {
            if (std::find(gate.unreachable_.begin(), gate.unreachable_.end(), flow.remote) !=
                gate.unreachable_.end()) {
                return false;
            }
            Packet packet{flow.local, flow.remote, std::string(message)};
            if (gate.tap_ != nullptr) {
                gate.tap_->on_sent(flow.realm, packet, gate.network_.now());
            }
            gate.network_.send(std::move(packet));
            return true;
        }
        Gate& gate;
    };
    struct Lines final : Journal {
        void write(LogLevel, std::string_view line) noexcept override { lines.emplace_back(line); }
        std::vector<std::string> lines;
    };
    void start();
    void deliver(RealmId realm, const Packet& packet);
    void wake(Millis at_least);

    Network& network_;
    Config config_;
    Counters counters_;
    SeededRandomness random_;
    Wire wire_;
    Lines journal_;
    dataplane::MemoryRelays relays_;
    template <class Change>
    void tell_others(std::size_t self, const Change& change);

    std::vector<std::unique_ptr<Shard>> shards_;  // Config::shards of them
    Tap* tap_{nullptr};
    std::vector<Endpoint> unreachable_;
    std::optional<Moment> wakes_;
};

}  // namespace sallyport::sim
