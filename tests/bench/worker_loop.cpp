// SPDX-License-Identifier: Apache-2.0
// Each relay: side A's remote end is side B's own address and port, and the other way round.
#include "tests/bench/worker_loop.h"

#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <pthread.h>
#include <string>

namespace sallyport::dataplane::bench {

namespace {

constexpr unsigned kRingSlots = 32768;
constexpr std::uint16_t kPayloadOctets = 12 + 160;
constexpr MacAddress kMac{2, 0, 0, 0, 0, 9};

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "relay_bench: %s\n", what);
    std::exit(1);
}

Config two_realms() {
    Config config;
    for (const std::uint32_t address : {0x0a0a0001U, 0x0a140001U}) {
        Realm realm;
        realm.address = {IpAddr::v4(address), 24};
        realm.media_ports = {1024, 65535};
        config.realms.push_back(realm);
    }
    return config;
}

std::unique_ptr<const AdjacencyTable> routes_across(const Config& config) {
    std::vector<RouteEntry> routes;
    std::vector<NeighbourEntry> neighbours;
    for (std::uint8_t i = 0; i < 2; ++i) {
        const IpAddr router = IpAddr::v4(config.realms[i].address.address.v4_host_order() + 253);
        routes.push_back({RealmId{i}, {IpAddr::v4(0), 0}, router, false, 0});
        neighbours.push_back({RealmId{i}, router, kMac});
    }
    return std::make_unique<const AdjacencyTable>(routes, neighbours, 1);
}

std::uint8_t any_shard(std::string_view, std::uint8_t) noexcept {
    return 0;
}

}  // namespace

WorkerLoop::WorkerLoop(std::size_t flow_count)
    : config_(two_realms()),
      realms_(config_),
      flows_(config_.realms.size(), flows_for(config_.realms)),
      relays_(flows_, epoch_, events_,
              RelaySetup{.shard = ShardId{0},
                         .shards = 1,
                         .realms = config_.realms,
                         .seed = 1,
                         .now = [this] { return clock_.now(); }}),
      pool_(rte_pktmbuf_pool_create("loop", static_cast<unsigned>(flow_count) + 1023, 0, 64,
                                    RTE_MBUF_DEFAULT_BUF_SIZE, 0)) {
    if (pool_ == nullptr) {
        fail("no memory for packet buffers");
    }
    static_cast<void>(board_.publish(routes_across(config_)));
    open_ports(flow_count);
    make_relays(flow_count);
    const WorkerTables tables{realms_,  board_, epoch_, flows_, events_,
                              resolve_, clock_, pool_,  {},     any_shard};
    WorkerPlan plan;
    plan.idle = Idle::kPoll;
    plan.taps = {nullptr, nullptr};  // nothing here is for the kernel
    for (std::uint8_t i = 0; i < 2; ++i) {
        plan.receive.push_back({RealmId{i}, ports_[i], 0});
        plan.ways.push_back({ports_[i], 0, nullptr, true});
    }
    worker_.emplace(tables, plan, *counters_);
    if (!worker_->ok()) {
        fail("the worker cannot be made");
    }
    thread_ = std::thread([this] { worker_->run(); });
}

WorkerLoop::~WorkerLoop() {
    worker_->stop();
    thread_.join();
    for (std::size_t i = 0; i < 2; ++i) {
        rte_eth_dev_stop(ports_[i]);
        rte_eth_dev_close(ports_[i]);
    }
    for (rte_ring* ring : rings_) {
        void* mbuf = nullptr;
        while (rte_ring_dequeue(ring, &mbuf) == 0) {
            rte_pktmbuf_free(static_cast<rte_mbuf*>(mbuf));
        }
        rte_ring_free(ring);
    }
    rte_mempool_free(pool_);
}

void WorkerLoop::open_ports(std::size_t flow_count) {
    static int serial = 0;  // device names are not free again at once
    if (flow_count >= kRingSlots) {
        fail("more flows than ring slots");
    }
    for (std::size_t i = 0; i < 2; ++i) {
        const std::string name = "loop" + std::to_string(serial++);
        rings_[i] = rte_ring_create(name.c_str(), kRingSlots, 0, RING_F_SP_ENQ | RING_F_SC_DEQ);
    }
    for (std::size_t i = 0; i < 2; ++i) {
        const std::string name = "loop_port" + std::to_string(serial++);
        rte_ring* in = rings_[i];
        rte_ring* out = rings_[1 - i];
        const int port = rte_eth_from_rings(name.c_str(), &in, 1, &out, 1, 0);
        if (port < 0) {
            fail("no ring device");
        }
        ports_[i] = static_cast<std::uint16_t>(port);
        const rte_eth_conf conf{};
        if (rte_eth_dev_configure(ports_[i], 1, 1, &conf) != 0 ||
            rte_eth_rx_queue_setup(ports_[i], 0, 256, 0, nullptr, pool_) != 0 ||
            rte_eth_tx_queue_setup(ports_[i], 0, 256, 0, nullptr) != 0 ||
            rte_eth_dev_start(ports_[i]) != 0) {
            fail("the ring device does not start");
        }
        RealmEntry& realm = realms_[RealmId{static_cast<std::uint8_t>(i)}];
        realm.ethdev = ports_[i];
        realm.mac = kMac;
    }
}

void WorkerLoop::make_relays(std::size_t flow_count) {
    for (std::size_t i = 0; i < flow_count / 2; ++i) {
        const auto made = relays_.create(RealmId{0}, RealmId{1});
        if (!made) {
            fail("too many flows for the ports");
        }
        RemoteMedia a;
        RemoteMedia b;
        a.rtp = made->b.rtp;
        b.rtp = made->a.rtp;
        if (!relays_.set_remote(made->id, Side::kA, a).ok() ||
            !relays_.set_remote(made->id, Side::kB, b).ok()) {
            fail("no flow left");
        }
        inject(made->b.rtp, made->a.rtp, 0);
        inject(made->a.rtp, made->b.rtp, 1);
    }
}

void WorkerLoop::inject(const Endpoint& from, const Endpoint& to, std::size_t ring) {
    rte_mbuf* m = rte_pktmbuf_alloc(pool_);
    auto* ether =
        reinterpret_cast<rte_ether_hdr*>(rte_pktmbuf_append(m, 14 + 20 + 8 + kPayloadOctets));
    *ether = {};
    std::copy(kMac.begin(), kMac.end(), ether->dst_addr.addr_bytes);
    ether->ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4);
    auto* ip = reinterpret_cast<rte_ipv4_hdr*>(ether + 1);
    *ip = {};
    ip->version_ihl = RTE_IPV4_VHL_DEF;
    ip->total_length = RTE_BE16(20 + 8 + kPayloadOctets);
    ip->fragment_offset = RTE_BE16(RTE_IPV4_HDR_DF_FLAG);
    ip->time_to_live = 64;
    ip->next_proto_id = IPPROTO_UDP;
    ip->src_addr = rte_cpu_to_be_32(from.ip.v4_host_order());
    ip->dst_addr = rte_cpu_to_be_32(to.ip.v4_host_order());
    ip->hdr_checksum = rte_ipv4_cksum(ip);
    auto* udp = reinterpret_cast<rte_udp_hdr*>(ip + 1);
    *udp = {rte_cpu_to_be_16(from.port.value), rte_cpu_to_be_16(to.port.value),
            RTE_BE16(8 + kPayloadOctets), 0};
    auto* rtp = reinterpret_cast<std::uint8_t*>(udp + 1);
    std::fill_n(rtp, kPayloadOctets, std::uint8_t{0x5a});
    rtp[0] = 0x80;
    rtp[1] = 8;
    udp->dgram_cksum = rte_ipv4_udptcp_cksum(ip, udp);
    if (rte_ring_enqueue(rings_[ring], m) != 0) {
        fail("the ring is full");
    }
}

WorkerLoop::Lap WorkerLoop::measure() {
    const std::uint64_t before = counters_->get(Counter::relayed_packets);
    const double start = worker_seconds();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    const std::uint64_t after = counters_->get(Counter::relayed_packets);
    return {worker_seconds() - start, after - before};
}

double WorkerLoop::worker_seconds() {
    clockid_t clock{};
    timespec t{};
    if (::pthread_getcpuclockid(thread_.native_handle(), &clock) != 0 ||
        ::clock_gettime(clock, &t) != 0) {
        fail("no CPU clock for the worker");
    }
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

}  // namespace sallyport::dataplane::bench
