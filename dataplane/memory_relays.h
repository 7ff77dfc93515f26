// SPDX-License-Identifier: Apache-2.0
// RelayControl without packets: the twin of relay_control.h for tests and simulations of the
// control plane. The same port pools with the same quarantine, driven by the clock it is given; it
// keeps what it was told, and reports what a test says has happened. Deterministic: the same calls
// with the same seed give the same ports and handles. Thread: one.
#pragma once

#include "config/config.h"
#include "dataplane/port_pool.h"
#include "dataplane/relay.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace sallyport::dataplane {

class MemoryRelays final : public RelayControl {
public:
    struct SideView {
        RealmId realm{};
        MediaPorts ports;
        bool told{false};  // set_remote was called
        RemoteMedia remote{};
        std::size_t changes{0};  // calls of set_remote that changed something
    };

    MemoryRelays(std::span<const Realm> realms, std::uint64_t seed, std::function<Moment()> now,
                 Millis quarantine = kQuarantine);

    Result<RelayPorts, RelayFault> create(RealmId a, RealmId b) noexcept override;
    Outcome<RelayFault> set_remote(RelayId id, Side side,
                                   const RemoteMedia& remote) noexcept override;
    Result<RelayPorts, RelayFault> branch(RelayId base) noexcept override;
    Outcome<RelayFault> select(RelayId id) noexcept override;
    Outcome<RelayFault> destroy(RelayId id) noexcept override;
    Result<RelayReading, RelayFault> read(RelayId id) const noexcept override;
    std::size_t events(std::span<RelayEvent> out) noexcept override;
    void tick() noexcept override;

    // What tests look at and cause.
    /// Relays alive; zero after a scenario, or something leaked.
    [[nodiscard]] std::size_t live() const noexcept { return relays_.size(); }
    [[nodiscard]] std::vector<RelayId> ids() const;
    /// Null: no such relay (any more).
    [[nodiscard]] const SideView* side(RelayId id, Side side) const noexcept;
    /// Of the relays that share its B-side ports, this is the one whose B-side media goes on.
    [[nodiscard]] bool selected(RelayId id) const noexcept;
    /// The relay and side that own a media address of ours; of branches that share it the selected
    /// one; none: not in use.
    [[nodiscard]] std::pair<RelayId, Side> owner_of(const Endpoint& ours) const noexcept;
    [[nodiscard]] const PortPool& pool(RealmId realm) const noexcept {
        return realms_[realm.value].pool;
    }
    void happen(const RelayEvent& event) { events_.push_back(event); }
    /// What read() gives from now on; ignored when the relay is gone.
    void set_reading(RelayId id, const RelayReading& reading) noexcept;
    /// The next creations fail like this.
    void refuse_creations(std::size_t how_many, RelayFault fault) noexcept;

private:
    struct Relay {
        std::array<SideView, 2> sides;
        RelayReading reading;
        bool selected{true};
    };
    struct RealmPorts {
        IpAddr address;
        PortPool pool;
    };
    [[nodiscard]] Relay* find(RelayId id) noexcept;
    [[nodiscard]] const Relay* find(RelayId id) const noexcept;
    [[nodiscard]] static bool share(const Relay& one, const Relay& other) noexcept;
    [[nodiscard]] Relay* successor_of(const Relay& leaving) noexcept;
    [[nodiscard]] SideView view(RealmId realm, Port rtp) const noexcept;

    std::function<Moment()> now_;
    std::vector<RealmPorts> realms_;
    std::map<RelayId, Relay> relays_;
    std::deque<RelayEvent> events_;
    std::uint32_t issued_{0};
    std::size_t refusals_{0};
    RelayFault refusal_{RelayFault::kNoPorts};
};

}  // namespace sallyport::dataplane
