// SPDX-License-Identifier: Apache-2.0
// Rings for wires, socket pairs for taps.
#include "tests/unit/dataplane/device/worker_rig.h"

#include "dataplane/worker_plan.h"

#include <gtest/gtest.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <sys/socket.h>

#include <unistd.h>

namespace sallyport::dataplane::test {

namespace {

constexpr unsigned kMbufs = 4095;
constexpr unsigned kSlots = 1024;
constexpr std::size_t kRoom = 4096;

int next_number() {
    static int number = 0;
    return number++;
}

Realm realm_of(const char* name, const char* prefix, PortRange media, bool nat) {
    Realm realm;
    realm.name = name;
    realm.address = Prefix::parse(prefix).value();
    realm.listen = {ListenPoint{Transport::kUdp, Port{5060}}};
    realm.media_ports = media;
    realm.nat = nat;
    return realm;
}

RingHandle ring(const std::string& name) {
    return RingHandle(rte_ring_create(name.c_str(), kSlots, SOCKET_ID_ANY, 0));
}

}  // namespace

Config bench_config() {
    Config config;
    config.realms = {realm_of("access", "10.10.0.1/24", {20000, 20009}, true),
                     realm_of("core", "10.20.0.1/24", {30000, 30009}, false),
                     realm_of("core6", "2001:db8:20::1/64", {30000, 30009}, false)};
    return config;
}

Endpoint with_port(Endpoint endpoint, std::uint16_t port) {
    endpoint.port = Port{port};
    return endpoint;
}

std::uint8_t first_octet_steer(std::string_view payload, std::uint8_t shards) noexcept {
    return payload.empty()
               ? std::uint8_t{0}
               : static_cast<std::uint8_t>(static_cast<unsigned char>(payload[0]) % shards);
}

WorkerRig::WorkerRig(std::uint8_t workers)
    : epoch(workers + 1U),
      relay_events(workers, 1),
      resolve("t_resolve" + std::to_string(next_number())),
      inbox("t_inbox" + std::to_string(next_number())) {
    const std::string name = "t_pool" + std::to_string(next_number());
    pool_.reset(rte_pktmbuf_pool_create(name.c_str(), kMbufs, 0, kPrivateSize,
                                        RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY));
    EXPECT_NE(pool_, nullptr);
    full_ = rte_mempool_avail_count(pool_.get());
    for (std::size_t i = 0; i < config.realms.size(); ++i) {
        make_door(i, workers > 1);
        outgoing_.push_back(doors_.back().outgoing.get());
    }
    const WorkerTables tables{realms,  board, epoch,       flows,    relay_events,
                              resolve, clock, pool_.get(), inboxes_, first_octet_steer};
    for (WorkerPlan& one : plan(workers)) {
        CounterBlock& own = counters.at(one.id.value);
        epoch.join(one.id.value);
        workers_.push_back(std::make_unique<Worker>(tables, std::move(one), own));
    }
    const DatagramPaths paths{realms, board, epoch, pool_.get(), outgoing_, identification_};
    port = std::make_unique<EthDatagramPort>(paths, workers, inbox, counters.back());
    RelaySetup setup;
    setup.realms = config.realms;
    setup.now = [this] { return clock.now(); };
    relays = std::make_unique<ShardRelays>(flows, epoch, relay_events, setup);
    neighbours({});
}

void WorkerRig::make_door(std::size_t realm, bool shared) {
    const std::string number = std::to_string(next_number());
    Door door;
    door.in = ring("t_in" + number);
    door.out = ring("t_out" + number);
    door.outgoing = ring("t_send" + number);
    if (shared) {
        door.handoff = ring("t_hand" + number);
    }
    door.device = "t_wire" + number;
    rte_ring* in = door.in.get();
    rte_ring* out = door.out.get();
    const int ethdev = rte_eth_from_rings(door.device.c_str(), &in, 1, &out, 1, 0);
    ASSERT_GE(ethdev, 0);
    const auto id = static_cast<std::uint16_t>(ethdev);
    const rte_eth_conf conf{};
    ASSERT_EQ(rte_eth_dev_configure(id, 1, 1, &conf), 0);
    ASSERT_EQ(rte_eth_rx_queue_setup(id, 0, kSlots, 0, nullptr, pool_.get()), 0);
    ASSERT_EQ(rte_eth_tx_queue_setup(id, 0, kSlots, 0, nullptr), 0);
    ASSERT_EQ(rte_eth_dev_start(id), 0);
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends.data()), 0);
    door.tap = Tap::adopt(ends[0], "tap" + number);
    door.kernel = ends[1];
    RealmEntry& entry = realms[RealmId{static_cast<std::uint8_t>(realm)}];
    entry.ethdev = id;
    entry.mac = {2, 0, 0, 0, 0, 1};  // wire.h sends to it
    doors_.push_back(std::move(door));
}

std::vector<WorkerPlan> WorkerRig::plan(std::uint8_t workers) {
    std::vector<PlannedPort> ports;
    for (std::size_t i = 0; i < doors_.size(); ++i) {
        ports.push_back({realms[RealmId{static_cast<std::uint8_t>(i)}].ethdev, 1, false,
                         &doors_[i].tap, doors_[i].outgoing.get(), doors_[i].handoff.get()});
    }
    return plan_workers(ports, workers, Idle::kPoll);
}

WorkerRig::~WorkerRig() {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        workers_[i]->drain();
        epoch.leave(static_cast<std::uint32_t>(i));
    }
    for (std::size_t i = 0; i < doors_.size(); ++i) {
        (void)wire_out(RealmId{static_cast<std::uint8_t>(i)});
        ::close(doors_[i].kernel);
        const std::uint16_t id = realms[RealmId{static_cast<std::uint8_t>(i)}].ethdev;
        rte_eth_dev_stop(id);
        rte_eth_dev_close(id);
    }
}

void WorkerRig::wire_in(RealmId realm, const Octets& frame) {
    rte_mbuf* mbuf = rte_pktmbuf_alloc(pool_.get());
    ASSERT_NE(mbuf, nullptr);
    ASSERT_LE(frame.size(), rte_pktmbuf_tailroom(mbuf));
    std::memcpy(rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(frame.size())), frame.data(),
                frame.size());
    ASSERT_EQ(rte_ring_enqueue(doors_[realm.value].in.get(), mbuf), 0);
}

std::vector<Octets> WorkerRig::wire_out(RealmId realm) {
    std::vector<Octets> frames;
    void* raw = nullptr;
    while (rte_ring_dequeue(doors_[realm.value].out.get(), &raw) == 0) {
        auto* mbuf = static_cast<rte_mbuf*>(raw);
        const auto* data = rte_pktmbuf_mtod(mbuf, const std::uint8_t*);
        EXPECT_EQ(mbuf->nb_segs, 1);
        frames.emplace_back(data, data + mbuf->data_len);
        rte_pktmbuf_free(mbuf);
    }
    return frames;
}

void WorkerRig::kernel_in(RealmId realm, const Octets& frame) {
    ASSERT_EQ(::send(doors_[realm.value].kernel, frame.data(), frame.size(), 0),
              static_cast<ssize_t>(frame.size()));
}

std::vector<Octets> WorkerRig::kernel_out(RealmId realm) {
    std::vector<Octets> frames;
    Octets room(kRoom);
    for (;;) {
        const ssize_t n = ::recv(doors_[realm.value].kernel, room.data(), room.size(), 0);
        if (n <= 0) {
            return frames;
        }
        frames.emplace_back(room.begin(), room.begin() + n);
    }
}

void WorkerRig::settle() {
    // The tap is looked at seldom while there is other work: silence counts only when it is silent
    // twice.
    for (int quiet = 0; quiet < 2;) {
        std::size_t moved = 0;
        for (const auto& worker : workers_) {
            moved += worker->step();
        }
        quiet = moved > 0 ? 0 : quiet + 1;
    }
}

CountersSnapshot WorkerRig::sum() const {
    CountersSnapshot now;
    for (const CounterBlock& block : counters) {
        now.add(block);
    }
    return now;
}

std::map<std::string, std::uint64_t> WorkerRig::delta() {
    constexpr std::array kLeftOut{Counter::rx_packets,     Counter::rx_octets,
                                  Counter::tx_packets,     Counter::tx_octets,
                                  Counter::mbufs_acquired, Counter::mbufs_released};
    const CountersSnapshot now = sum();
    std::map<std::string, std::uint64_t> changed;
    for (std::size_t i = 0; i < kCounters; ++i) {
        const auto counter = static_cast<Counter>(i);
        if (now.counters[i] != last_.counters[i] &&
            std::find(kLeftOut.begin(), kLeftOut.end(), counter) == kLeftOut.end()) {
            changed[std::string(name_of(counter))] = now.counters[i] - last_.counters[i];
        }
    }
    for (std::size_t i = 0; i < kDrops; ++i) {
        if (now.drops[i] != last_.drops[i]) {
            changed[std::string(name_of(static_cast<Drop>(i)))] = now.drops[i] - last_.drops[i];
        }
    }
    last_ = now;
    return changed;
}

std::size_t WorkerRig::missing_mbufs() const {
    return full_ - rte_mempool_avail_count(pool_.get());
}

std::uint64_t WorkerRig::booked_mbufs() const {
    const CountersSnapshot now = sum();
    return now.of(Counter::mbufs_acquired) - now.of(Counter::mbufs_released);
}

void WorkerRig::neighbours(const std::vector<NeighbourEntry>& known) {
    static std::uint64_t version = 0;
    std::vector<RouteEntry> routes;
    for (std::size_t i = 0; i < config.realms.size(); ++i) {
        const RealmId realm{static_cast<std::uint8_t>(i)};
        const Prefix& own = config.realms[i].address;
        Prefix network = own;
        std::array<std::uint8_t, 16> octets = own.address.octets();
        octets[own.address.is_v4() ? 3 : 15] = 0;
        network.address = own.address.is_v4() ? Packet::address_from(octets.data(), Family::kIpv4)
                                              : IpAddr::v6(octets);
        routes.push_back({realm, network, {}, false, 0});
        routes.push_back({realm,
                          {own.address, static_cast<std::uint8_t>(own.address.is_v4() ? 32 : 128)},
                          {},
                          true,
                          0});
    }
    (void)board.publish(std::make_unique<AdjacencyTable>(routes, known, ++version));
}

}  // namespace sallyport::dataplane::test
