// SPDX-License-Identifier: Apache-2.0
// A whole data plane on a bench, without NIC, kernel or threads: two realms on ring devices, taps
// that are socket pairs, one worker stepped by hand, one shard. Frames go in at a realm; what
// leaves each door is read back as octets.
#pragma once

#include "config/config.h"
#include "dataplane/datagram_port.h"
#include "dataplane/relay_control.h"
#include "dataplane/worker.h"
#include "tests/unit/dataplane/media/wire.h"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sallyport::dataplane::test {

inline constexpr RealmId kAccess{0};  // nat = true: strangers live here
inline constexpr RealmId kCore{1};
inline constexpr RealmId kCore6{2};

// The far ends and our listen points in each realm.
inline const Endpoint kPhone = endpoint("10.10.0.7", 5062);
inline const Endpoint kOurs = endpoint("10.10.0.1", 5060);
inline const Endpoint kTrunk = endpoint("10.20.0.2", 5060);
inline const Endpoint kOursCore = endpoint("10.20.0.1", 5060);
inline const Endpoint kTrunk6 = endpoint("2001:db8:20::2", 5060);
inline const Endpoint kOurs6 = endpoint("2001:db8:20::1", 5060);
inline const Octets kText{'O', 'P', 'T', 'I', 'O', 'N', 'S'};

[[nodiscard]] Endpoint with_port(Endpoint endpoint, std::uint16_t port);

[[nodiscard]] Config bench_config();
[[nodiscard]] std::uint8_t first_octet_steer(std::string_view payload,
                                             std::uint8_t shards) noexcept;

class WorkerRig {
public:
    /// With more than one worker each port has still one queue: they share out and hand over.
    explicit WorkerRig(std::uint8_t workers = 1);
    ~WorkerRig();
    WorkerRig(const WorkerRig&) = delete;
    WorkerRig& operator=(const WorkerRig&) = delete;

    /// Puts a frame on the wire of a realm; the next step receives it.
    void wire_in(RealmId realm, const Octets& frame);
    /// Everything that left on the wire of a realm since the last call.
    std::vector<Octets> wire_out(RealmId realm);
    void kernel_in(RealmId realm, const Octets& frame);
    std::vector<Octets> kernel_out(RealmId realm);
    /// Steps until nothing moves any more.
    void settle();
    /// Counters and drops that changed since the last call, by name; packets and octets in and out
    /// and mbufs left out.
    std::map<std::string, std::uint64_t> delta();
    /// mbufs that left the pool and did not come back, and what the books say of it: equal, and 0
    /// at rest.
    [[nodiscard]] std::size_t missing_mbufs() const;
    [[nodiscard]] std::uint64_t booked_mbufs() const;
    /// Publishes routes (each realm's own network on the link) and the given neighbours.
    void neighbours(const std::vector<NeighbourEntry>& known);

    Config config = bench_config();
    TscClock clock;
    RealmTable realms{config};
    AdjacencyBoard board;
    Epoch epoch;
    FlowTable flows{3, 64};
    RelayEvents relay_events;
    ResolveRequests resolve;
    ShardInbox inbox;
    std::array<CounterBlock, 4> counters;  // workers, then the shard in the last

private:
    struct Door {
        RingHandle in;
        RingHandle out;
        std::string device;
        RingHandle outgoing;
        RingHandle handoff;
        Tap tap;
        int kernel{-1};
    };
    void make_door(std::size_t realm, bool shared);
    [[nodiscard]] std::vector<WorkerPlan> plan(std::uint8_t workers);
    [[nodiscard]] CountersSnapshot sum() const;

    struct FreePool {
        void operator()(rte_mempool* pool) const noexcept { rte_mempool_free(pool); }
    };
    std::unique_ptr<rte_mempool, FreePool> pool_;
    unsigned full_{0};
    std::vector<Door> doors_;
    std::vector<rte_ring*> outgoing_;
    std::atomic<std::uint32_t> identification_{7};
    std::array<ShardInbox*, 1> inboxes_{&inbox};
    std::vector<std::unique_ptr<Worker>> workers_;
    CountersSnapshot last_;

public:
    std::unique_ptr<EthDatagramPort> port;
    std::unique_ptr<ShardRelays> relays;
};

}  // namespace sallyport::dataplane::test
