// SPDX-License-Identifier: Apache-2.0
// Puts the data plane together, in the order in which faults are cheapest: taps, EAL, memory,
// devices, mirror, rings, workers. The members of Parts stand in that order too, so that
// destruction undoes it from the end.
#include "dataplane/dataplane.h"

#include "dataplane/buffers.h"
#include "dataplane/datagram_port.h"
#include "dataplane/device.h"
#include "dataplane/eal.h"
#include "dataplane/eth_port.h"
#include "dataplane/kernel_mirror.h"
#include "dataplane/packet_pool.h"
#include "dataplane/relay_control.h"
#include "dataplane/tap.h"
#include "dataplane/wire_checks.h"
#include "dataplane/worker.h"
#include "dataplane/worker_plan.h"

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_random.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <deque>
#include <optional>

namespace sallyport::dataplane {

namespace {

constexpr unsigned kMbufBase = 8191;  // rings, reassembly, neighbour queues, shards
constexpr unsigned kMbufPerQueue =
    4096;  // both directions of one device queue (af_xdp fills 2,048 alone)
constexpr unsigned kMbufCache = 256;
constexpr std::uint64_t kMbufBytes = RTE_MBUF_DEFAULT_BUF_SIZE + kPrivateSize + 256;
constexpr std::uint64_t kRingBytes = 32ULL * 1024 * 1024;
constexpr unsigned kOutgoingSlots = 2048;
// Relaxed tail sync for pool and rings: a shard thread that loses its CPU inside an operation must
// not stop a worker.
constexpr const char* kMempoolOps = "ring_mt_rts";
constexpr unsigned kRingFlags = RING_F_MP_RTS_ENQ | RING_F_SC_DEQ;

using Fault = std::optional<std::string>;

unsigned mbufs_for(const Config& config) {
    const auto queues = static_cast<unsigned>(config.realms.size() * config.workers);
    return kMbufBase + kMbufPerQueue * queues;
}

/// One device serves one realm.
Fault same_device(const Config& config, std::size_t realm) {
    const std::string& device = config.realms[realm].device;
    for (std::size_t i = 0; i < realm; ++i) {
        const std::string& other = config.realms[i].device;
        const bool same_wire =
            wire_interface(device) && wire_interface(device) == wire_interface(other);
        if (same_wire || device_name(device) == device_name(other)) {
            return "realm " + config.realms[realm].name + ": device " + device +
                   " is already that of realm " + config.realms[i].name +
                   "; give each realm its own";
        }
    }
    return {};
}

int run_worker(void* worker) {
    static_cast<Worker*>(worker)->run();
    return 0;
}

}  // namespace

struct Dataplane::Parts {
    std::vector<Tap> taps;  // indexed by RealmId, like all of these
    std::unique_ptr<Eal> eal;
    MempoolHandle pool;
    std::vector<EthPort> ports;
    RealmTable realms;
    std::optional<TscClock> clock;
    std::optional<Epoch> epoch;
    AdjacencyBoard board;
    std::optional<ResolveRequests> resolve;
    std::deque<CounterBlock> worker_counters;
    std::deque<CounterBlock> shard_counters;
    std::vector<RingHandle> outgoing;
    std::vector<RingHandle> handoffs;
    std::vector<rte_ring*> outgoing_view;
    std::deque<ShardInbox> inboxes;
    std::vector<ShardInbox*> inbox_view;
    std::atomic<std::uint32_t> identification{0};
    std::optional<FlowTable> flows;
    std::optional<RelayEvents> relay_events;
    std::deque<ShardRelays> relays;
    std::deque<EthDatagramPort> datagrams;
    std::unique_ptr<KernelMirror> mirror;
    std::deque<Worker> workers;
    bool running{false};

    ~Parts() { stop_workers(); }
    Fault open_taps(const Config& config);
    Fault start_eal(const Config& config);
    Fault open_ports(const Config& config);
    Fault make_rings(const Config& config);
    Fault start_mirror(const Config& config);
    void make_relays(const Config& config);
    void make_datagrams(const Config& config);
    Fault start_workers(const Config& config, Steer steer);
    void tell(const Config& config) const;
    void stop_workers() noexcept;
    [[nodiscard]] CountersSnapshot read() const;
};

Fault Dataplane::Parts::open_taps(const Config& config) {
    for (const Realm& realm : config.realms) {
        auto tap = Tap::open(realm.tap);
        if (!tap) {
            return "realm " + realm.name + ": " + tap.error();
        }
        taps.push_back(std::move(*tap));
    }
    return {};
}

Fault Dataplane::Parts::start_eal(const Config& config) {
    EalRequest request;
    request.workers = config.workers;
    request.memory_bytes = mbufs_for(config) * kMbufBytes + kRingBytes;
    for (const Realm& realm : config.realms) {
        if (is_pci_device(realm.device)) {
            request.pci_devices.push_back(realm.device);
        }
    }
    auto started = Eal::start(request);
    if (!started) {
        return started.error();
    }
    eal = std::move(*started);
    clock.emplace();
    epoch.emplace(static_cast<std::uint32_t>(config.workers + config.shards));
    const PoolLayout layout =
        request.pci_devices.empty() ? PoolLayout::kPacked : PoolLayout::kPageAware;
    pool.reset(make_packet_pool(mbufs_for(config), kMbufCache, kPrivateSize, kMempoolOps, layout));
    if (!pool) {
        return "no memory for " + std::to_string(mbufs_for(config)) +
               " packet buffers; free memory or reserve hugepages (sysctl vm.nr_hugepages)";
    }
    return {};
}

Fault Dataplane::Parts::open_ports(const Config& config) {
    realms = RealmTable(config);
    for (std::size_t i = 0; i < config.realms.size(); ++i) {
        const Realm& realm = config.realms[i];
        if (Fault twice = same_device(config, i)) {
            return twice;
        }
        auto port = EthPort::open(realm.device, config.workers, pool.get());
        if (!port) {
            return "realm " + realm.name + ": " + port.error();
        }
        ports.push_back(std::move(*port));
        RealmEntry& entry = realms[RealmId{static_cast<std::uint8_t>(i)}];
        entry.mac = ports.back().mac();
        entry.ethdev = ports.back().id();
        entry.mtu = ports.back().mtu();
        if (auto up = taps[i].configure(entry.mac, entry.mtu, realm.address); !up) {
            return "realm " + realm.name + ": " + up.error();
        }
        warn_about_wire(realm);
    }
    warn_about_forwarding(config);
    return {};
}

Fault Dataplane::Parts::make_rings(const Config& config) {
    for (std::size_t i = 0; i < config.realms.size(); ++i) {
        const std::string number = std::to_string(i);
        outgoing.emplace_back(rte_ring_create(("sp_out_" + number).c_str(), kOutgoingSlots,
                                              SOCKET_ID_ANY, kRingFlags));
        outgoing_view.push_back(outgoing.back().get());
        const bool shared = ports[i].queues() < config.workers;
        if (shared) {
            spdlog::warn("realm {}: device {} has {} queues for {} workers; they share",
                         config.realms[i].name, config.realms[i].device, ports[i].queues(),
                         config.workers);
        }
        handoffs.emplace_back(shared ? rte_ring_create(("sp_hand_" + number).c_str(),
                                                       kOutgoingSlots, SOCKET_ID_ANY, kRingFlags)
                                     : nullptr);
        if (!outgoing.back() || (shared && !handoffs.back())) {
            return "no memory for the rings of realm " + config.realms[i].name +
                   "; free memory or reserve hugepages (sysctl vm.nr_hugepages)";
        }
    }
    for (std::size_t i = 0; i < config.shards; ++i) {
        inbox_view.push_back(&inboxes.emplace_back("sp_shard_" + std::to_string(i)));
        if (!inboxes.back().ok()) {
            return "no memory or file descriptor for the inbox of shard " + std::to_string(i) +
                   "; raise LimitNOFILE or free memory";
        }
    }
    return {};
}

Fault Dataplane::Parts::start_mirror(const Config&) {
    resolve.emplace("sp_resolve");
    if (!resolve->ok()) {
        return "no memory or file descriptor for neighbour requests; raise LimitNOFILE or free "
               "memory";
    }
    std::vector<int> interfaces;
    for (const Tap& tap : taps) {
        interfaces.push_back(tap.ifindex());
    }
    auto started = KernelMirror::start(std::move(interfaces), board, *epoch, *resolve);
    if (!started) {
        return started.error();
    }
    mirror = std::move(*started);
    return {};
}

void Dataplane::Parts::make_relays(const Config& config) {
    flows.emplace(config.realms.size(), flows_for(config.realms));
    relay_events.emplace(config.workers, config.shards);
    for (std::uint8_t shard = 0; shard < config.shards; ++shard) {
        RelaySetup setup;
        setup.shard = ShardId{shard};
        setup.shards = config.shards;
        setup.realms = config.realms;
        setup.seed = rte_rand();
        setup.now = [this] { return clock->now(); };
        relays.emplace_back(*flows, *epoch, *relay_events, setup);
    }
}

void Dataplane::Parts::make_datagrams(const Config& config) {
    identification = static_cast<std::uint32_t>(rte_rand());
    shard_counters.resize(config.shards);
    const DatagramPaths paths{realms, board, *epoch, pool.get(), outgoing_view, identification};
    for (std::uint8_t shard = 0; shard < config.shards; ++shard) {
        datagrams.emplace_back(paths, static_cast<std::uint32_t>(config.workers + shard),
                               inboxes[shard], shard_counters[shard]);
    }
}

Fault Dataplane::Parts::start_workers(const Config& config, Steer steer) {
    std::vector<PlannedPort> planned;
    for (std::size_t i = 0; i < ports.size(); ++i) {
        planned.push_back({ports[i].id(), ports[i].queues(), ports[i].sends_segments(), &taps[i],
                           outgoing[i].get(), handoffs[i].get()});
    }
    const WorkerTables tables{realms,   board,  *epoch,     *flows,     *relay_events,
                              *resolve, *clock, pool.get(), inbox_view, steer};
    worker_counters.resize(config.workers);
    for (WorkerPlan& plan : plan_workers(planned, config.workers, config.idle)) {
        CounterBlock& counters = worker_counters[plan.id.value];
        if (!workers.emplace_back(tables, std::move(plan), counters).ok()) {
            return "no memory for IP reassembly; free memory or reserve hugepages";
        }
    }
    for (std::size_t i = 0; i < ports.size(); ++i) {
        if (auto up = ports[i].start(); !up) {
            return "realm " + config.realms[i].name + ": " + up.error();
        }
    }
    running = true;
    for (std::size_t i = 0; i < workers.size(); ++i) {
        rte_eal_remote_launch(run_worker, &workers[i], eal->worker_lcores()[i]);
    }
    return {};
}

void Dataplane::Parts::tell(const Config& config) const {
    for (std::size_t i = 0; i < ports.size(); ++i) {
        const Realm& realm = config.realms[i];
        spdlog::info("realm {}: device {}, {} queues, MTU {}, tap {} at {}", realm.name,
                     realm.device, ports[i].queues(), ports[i].mtu(), realm.tap,
                     realm.address.to_string());
    }
}

void Dataplane::Parts::stop_workers() noexcept {
    if (!running) {
        return;
    }
    running = false;
    for (Worker& worker : workers) {
        worker.stop();
    }
    rte_eal_mp_wait_lcore();
    for (EthPort& port : ports) {
        port.stop();
    }
}

CountersSnapshot Dataplane::Parts::read() const {
    CountersSnapshot snapshot;
    snapshot.realms.resize(ports.size());
    for (const CounterBlock& block : worker_counters) {
        snapshot.add(block);
        const auto hz = static_cast<double>(clock->hz());
        snapshot.workers.push_back({static_cast<double>(block.busy_cycles()) / hz,
                                    static_cast<double>(block.total_cycles()) / hz});
    }
    for (const CounterBlock& block : shard_counters) {
        snapshot.add(block);
    }
    for (const ShardRelays& shard : relays) {
        shard.add_gauges(snapshot);
    }
    for (std::size_t i = 0; i < ports.size(); ++i) {
        ports[i].add_gauges(snapshot.realms[i]);
    }
    const std::uint64_t released = snapshot.of(Counter::mbufs_released);
    const std::uint64_t acquired = snapshot.of(Counter::mbufs_acquired);
    snapshot.mbufs_in_use = acquired > released ? acquired - released : 0;
    snapshot.mbufs_free = rte_mempool_avail_count(pool.get());
    snapshot.mbufs_total = pool->size;
    return snapshot;
}

Dataplane::Dataplane(std::unique_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {}

Dataplane::~Dataplane() {
    stop();
}

Result<std::unique_ptr<Dataplane>, StartFault> Dataplane::start(const Config& config, Steer steer) {
    auto parts = std::make_unique<Parts>();
    Parts& p = *parts;
    Fault fault = p.open_taps(config);
    if (!fault) {
        fault = p.start_eal(config);
    }
    if (!fault) {
        fault = p.open_ports(config);
    }
    if (!fault) {
        fault = p.make_rings(config);
    }
    if (!fault) {
        fault = p.start_mirror(config);
    }
    if (!fault) {
        p.make_relays(config);
        p.make_datagrams(config);
        fault = p.start_workers(config, steer);
    }
    if (fault) {
        return Failure{StartFault{std::move(*fault)}};
    }
    p.tell(config);
    return std::unique_ptr<Dataplane>(new Dataplane(std::move(parts)));
}

DatagramPort& Dataplane::datagrams(ShardId shard) noexcept {
    return parts_->datagrams[shard.value];
}

RelayControl& Dataplane::relays(ShardId shard) noexcept {
    return parts_->relays[shard.value];
}

CountersSnapshot Dataplane::counters() const {
    const std::lock_guard lock(reading_);
    return parts_ ? parts_->read() : last_;
}

void Dataplane::stop() {
    const std::lock_guard lock(reading_);
    if (parts_) {
        parts_->stop_workers();
        last_ = parts_->read();
        parts_.reset();
    }
}

}  // namespace sallyport::dataplane
