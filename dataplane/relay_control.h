// SPDX-License-Identifier: Apache-2.0
// The RelayControl of one shard over the shared flow table (relay.h says what it promises). Every
// change of what signalling knows makes new flows, publishes them in place of the old ones and
// retires those until every worker has passed a quiescent state (epoch.h); a latch that the change
// does not concern is carried over (B2BUA-G7). Thread: the shard's, except add_gauges. Memory is
// taken at construction.
#pragma once

#include "config/config.h"
#include "dataplane/counters.h"
#include "dataplane/epoch.h"
#include "dataplane/flow_table.h"
#include "dataplane/port_pool.h"
#include "dataplane/relay.h"
#include "dataplane/relay_events.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace sallyport::dataplane {

struct RelaySetup {
    ShardId shard{};
    std::uint8_t shards{1};
    std::span<const Realm>
        realms;                   // address and media_ports are used; read during construction only
    std::uint64_t seed{0};        // order in which ports are first used (G1)
    std::function<Moment()> now;  // the clock of BurstContext::now_ms
};

/// Flows for every media port of the realms in use at once, and as many again for changes in
/// flight.
[[nodiscard]] std::uint32_t flows_for(std::span<const Realm> realms) noexcept;

class ShardRelays final : public RelayControl {
public:
    ShardRelays(FlowTable& flows, Epoch& epoch, RelayEvents& events, const RelaySetup& setup);

    Result<RelayPorts, RelayFault> create(RealmId a, RealmId b) noexcept override;
    Outcome<RelayFault> set_remote(RelayId id, Side side,
                                   const RemoteMedia& remote) noexcept override;
    Result<RelayPorts, RelayFault> branch(RelayId base) noexcept override;
    Outcome<RelayFault> select(RelayId id) noexcept override;
    Outcome<RelayFault> destroy(RelayId id) noexcept override;
    Result<RelayReading, RelayFault> read(RelayId id) const noexcept override;
    std::size_t events(std::span<RelayEvent> out) noexcept override;
    void tick() noexcept override;

    /// Any thread: adds this shard's relays and ports to the gauges.
    void add_gauges(CountersSnapshot& snapshot) const noexcept;

private:
    /// Sums of a flow's second line and of its notes.
    struct Cells {
        std::uint64_t packets_in{0};
        std::uint64_t octets_in{0};
        std::uint64_t stopped_packets{0};
        std::uint64_t stopped_octets{0};
        FlowDrops drops;
        Cells& operator+=(const Cells& more) noexcept;
        Cells& operator-=(const Cells& less) noexcept;
    };
    struct SideState {
        RealmId realm{};
        Port rtp{};        // the even port of its pair
        bool told{false};  // set_remote was called
        RemoteMedia remote{};
        std::array<FlowIndex, 2> flows{};  // [component]
        std::array<Cells, 2> before{};     // [component]: what retired flows had counted
    };
    struct Relay {
        std::uint32_t generation{0};
        bool live{false};
        bool lingering{false};   // destroyed, but its B-side flows still say whose sources are not
                                 // the others' (G8: locked out at 2xx)
        bool selected{true};     // its B-side flows are the published ones
        std::uint32_t next{0};   // ring of the relays that share B-side ports; itself: alone
        std::uint64_t order{0};  // of creation
        Moment begun{};
        std::array<SideState, 2> sides{};
        [[nodiscard]] SideState& of(Side s) noexcept { return sides[static_cast<std::size_t>(s)]; }
        [[nodiscard]] const SideState& of(Side s) const noexcept {
            return sides[static_cast<std::size_t>(s)];
        }
    };
    struct Retired {
        FlowIndex flow{kNoFlow};
        Epoch::Token token{0};
        RelayId relay;
        Side side{Side::kA};
        Component component{Component::kRtp};
        Cells counted;  // when it was retired
    };
    struct Lingering {
        RelayId relay;
        Moment until;
    };
    /// What a replaced flow does with the latch window of the one before it.
    enum class Window : std::uint8_t {
        kAsChanged,  // opens when the far end's address changed (G7)
        kRenewed,    // as before, but an open one counts from now (E12: dialog switch)
        kForgotten,  // open, and nothing that was learned is kept
    };
    struct RealmPorts {
        IpAddr address;
        PortPool pool;
        std::uint16_t first{0};                         // of the pool's share
        std::vector<std::array<Endpoint, 2>> former{};  // [pair][component]: heard there last (G9)
        [[nodiscard]] std::array<Endpoint, 2>& former_at(Port rtp) noexcept {
            return former[(rtp.value - first) / 2U];
        }
    };
    struct PortGauges {
        std::atomic<std::uint64_t> in_use{0};
        std::atomic<std::uint64_t> cooling{0};
    };

    [[nodiscard]] Relay* find(RelayId id) noexcept;
    [[nodiscard]] const Relay* find(RelayId id) const noexcept;
    [[nodiscard]] bool have_flows(std::size_t wanted) noexcept;
    [[nodiscard]] FlowIndex take_flow() noexcept;
    [[nodiscard]] bool take_ports(Relay& relay, RealmId a, RealmId b) noexcept;
    RelayPorts begin(std::uint32_t index) noexcept;
    void replace_flows(RelayId id, Relay& relay, Side side, Window window = Window::kAsChanged,
                       const RelayEvent* moved = nullptr) noexcept;
    void publish_flows(const SideState& state) noexcept;
    void close_port(const SideState& state, Moment now) noexcept;
    void retire_side(RelayId id, Side side) noexcept;
    void write_flow(RelayId id, const Relay& relay, Side side, Component component) noexcept;
    void succeed(FlowIndex fresh, FlowIndex old, Window window) noexcept;
    void lock_to_moved(FlowIndex fresh, const RelayEvent& moved) noexcept;
    /// G7, mobility: a worker has seen a locked sender come from another IP. False: it has been
    /// followed already, or signalling has changed the flow meanwhile. Else the event is
    /// kRelatched.
    [[nodiscard]] bool follow(RelayEvent& moving) noexcept;
    void connect(const Relay& relay) noexcept;
    void retire(RelayId id, Side side, Component component, FlowIndex flow) noexcept;
    void recycle() noexcept;
    [[nodiscard]] Cells cells_of(FlowIndex index) const noexcept;
    [[nodiscard]] Cells counted(const SideState& state, Component c) const noexcept;
    [[nodiscard]] FlowReading reading_of(const Relay& relay, Side side, Component c) const noexcept;
    [[nodiscard]] Millis since(std::uint64_t at_ms) const noexcept;
    [[nodiscard]] LatchReading latch_of(FlowIndex index) const noexcept;
    [[nodiscard]] RefusedReading refused_by(FlowIndex index) const noexcept;
    void publish_gauges() noexcept;

    // Branches (relay_branches.cpp).
    template <typename Found>
    [[nodiscard]] Relay* find_branch(std::uint32_t of, Found found) noexcept;
    [[nodiscard]] bool has_live_branch(std::uint32_t of) noexcept;
    [[nodiscard]] std::size_t branches(std::uint32_t of) const noexcept;
    [[nodiscard]] RelayId id_of(const Relay& relay) const noexcept;
    [[nodiscard]] Relay* successor_of(const Relay& leaving) noexcept;
    [[nodiscard]] bool is_doubtful(const Relay& relay) const noexcept;
    [[nodiscard]] Relay* usurper_of(const Relay& relay, const Endpoint& rtp) noexcept;
    void link_branches(std::uint32_t of) noexcept;
    void leave(RelayId id, Relay& relay) noexcept;
    void close(RelayId id, Relay& relay) noexcept;
    void bury(std::uint32_t index) noexcept;
    void bury_all(std::uint32_t of) noexcept;
    void bury_oldest() noexcept;
    void bury_by_address(const Relay& relay, const Endpoint& rtp) noexcept;

    FlowTable& flows_;
    Epoch& epoch_;
    RelayEvents& events_;
    ShardId shard_;
    std::function<Moment()> now_;
    std::vector<RealmPorts> realms_;
    std::vector<Relay> relays_;
    std::vector<std::uint32_t> free_relays_;
    std::vector<FlowIndex> free_flows_;
    std::vector<Retired> retired_;  // ring
    std::size_t retired_head_{0};
    std::size_t retired_count_{0};
    std::vector<Lingering> lingering_;  // ring, oldest first; may name relays that are gone
    std::size_t lingering_head_{0};
    std::size_t lingering_count_{0};
    std::uint64_t created_{0};
    std::size_t spare_flows_{0};      // kept back from create() for set_remote()
    std::vector<PortGauges> gauges_;  // [realm]; written by the shard, read by the scrape, relaxed
    std::atomic<std::uint64_t> live_{0};
};

}  // namespace sallyport::dataplane
