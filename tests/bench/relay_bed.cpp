// SPDX-License-Identifier: Apache-2.0
// Realms 2n and 2n+1 are the two sides of relays; one pair of realms holds 32,256 of them.
#include "tests/bench/relay_bed.h"

#include "dataplane/classify.h"
#include "dataplane/parse.h"
#include "dataplane/udp_checksum.h"

#include <rte_byteorder.h>
#include <rte_mbuf.h>

#include <cstdlib>
#include <iostream>
#include <string>

namespace sallyport::dataplane::bench {

namespace {

constexpr std::size_t kRelaysPerPair = (65536 - 1024) / 2;

[[noreturn]] void fail(const char* what) {
    std::cerr << "relay_bench: " << what << '\n';
    std::exit(1);
}

std::uint32_t address_of(std::size_t realm) {
    return 0x0a000001U + (static_cast<std::uint32_t>(realm) << 16);  // 10.realm.0.1
}

Config config_for(std::size_t flow_count) {
    const std::size_t pairs = (flow_count / 2 + kRelaysPerPair - 1) / kRelaysPerPair;
    Config config;
    for (std::size_t i = 0; i < 2 * pairs; ++i) {
        Realm realm;
        realm.name = std::to_string(i);
        realm.address = {IpAddr::v4(address_of(i)), 24};
        realm.media_ports = {1024, 65535};
        config.realms.push_back(realm);
    }
    return config;
}

/// Everything beyond a realm is behind one router, as at an operator's edge.
AdjacencyTable adjacency_for(const Config& config) {
    std::vector<RouteEntry> routes;
    std::vector<NeighbourEntry> neighbours;
    for (std::uint8_t i = 0; i < config.realms.size(); ++i) {
        const IpAddr router = IpAddr::v4(address_of(i) + 253);
        routes.push_back({RealmId{i}, {IpAddr::v4(0), 0}, router, false, 0});
        routes.push_back({RealmId{i}, {IpAddr::v4(address_of(i) - 1), 24}, {}, false, 0});
        routes.push_back({RealmId{i}, {IpAddr::v4(address_of(i)), 32}, {}, true, 0});
        neighbours.push_back({RealmId{i}, router, {2, 0, 0, 0, 1, i}});
    }
    return {routes, neighbours, 1};
}

}  // namespace

RelayBed::RelayBed(std::size_t flow_count)
    : config(config_for(flow_count)),
      realms(config),
      flows(config.realms.size(), flows_for(config.realms)),
      adjacency(adjacency_for(config)),
      relays_(flows, epoch, events,
              RelaySetup{.shard = ShardId{0},
                         .shards = 1,
                         .realms = config.realms,
                         .seed = 1,
                         .now = [] { return Moment{Millis{1'000'000}}; }}),
      sources_(config.realms.size()),
      pool_(rte_pktmbuf_pool_create("bench", 4095, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0)),
      lap_(kLap) {
    if (pool_ == nullptr) {
        fail("no memory for packet buffers");
    }
    for (std::uint32_t i = 0; i < flow_count / 2; ++i) {
        add_relay(relays_, i);
    }
    for (Packet& packet : lap_) {
        packet.mbuf = rte_pktmbuf_alloc(pool_);
        rte_pktmbuf_append(packet.mbuf, 14 + 20 + 8 + kPayload);
    }
}

RelayBed::~RelayBed() {
    for (const Packet& packet : lap_) {
        rte_pktmbuf_free(packet.mbuf);
    }
    rte_mempool_free(pool_);
}

void RelayBed::add_relay(ShardRelays& relays, std::uint32_t number) {
    const auto pair = static_cast<std::uint8_t>(number / kRelaysPerPair);
    const std::array<RealmId, 2> realm{RealmId{static_cast<std::uint8_t>(2 * pair)},
                                       RealmId{static_cast<std::uint8_t>(2 * pair + 1)}};
    const auto made = relays.create(realm[0], realm[1]);
    if (!made) {
        fail("too many flows for the ports");
    }
    for (const Side side : {Side::kA, Side::kB}) {
        const auto s = static_cast<std::size_t>(side);
        // Many remote hosts, a few thousand ports each.
        const Endpoint remote{
            IpAddr::v4(0xac100000U + (number & 0x3fffU) + static_cast<std::uint32_t>(s << 15)),
            Port{static_cast<std::uint16_t>(10'000 + 2 * (number >> 14))}};
        RemoteMedia media;
        media.rtp = remote;
        if (!relays.set_remote(made->id, side, media).ok()) {
            fail("no flow left");
        }
        const Endpoint& ours = side == Side::kA ? made->a.rtp : made->b.rtp;
        sources_[realm[s].value].push_back({realm[s], remote.ip.v4_host_order(), remote.port.value,
                                            ours.ip.v4_host_order(), ours.port.value});
    }
}

void RelayBed::write(Packet& packet, const Source& source) noexcept {
    rte_mbuf* m = packet.mbuf;
    packet = Packet{};
    packet.mbuf = m;
    packet.realm = source.realm;
    auto* ether = rte_pktmbuf_mtod(m, rte_ether_hdr*);
    *ether = {};
    ether->ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4);
    auto* ip = reinterpret_cast<rte_ipv4_hdr*>(ether + 1);
    *ip = {};
    ip->version_ihl = RTE_IPV4_VHL_DEF;
    ip->total_length = rte_cpu_to_be_16(20 + 8 + kPayload);
    ip->fragment_offset = RTE_BE16(RTE_IPV4_HDR_DF_FLAG);
    ip->time_to_live = 60;
    ip->next_proto_id = IPPROTO_UDP;
    ip->src_addr = rte_cpu_to_be_32(source.remote);
    ip->dst_addr = rte_cpu_to_be_32(source.ours);
    ip->hdr_checksum = rte_ipv4_cksum(ip);
    auto* udp = reinterpret_cast<rte_udp_hdr*>(ip + 1);
    *udp = {rte_cpu_to_be_16(source.remote_port), rte_cpu_to_be_16(source.our_port),
            rte_cpu_to_be_16(8 + kPayload), 0};
    auto* rtp = reinterpret_cast<std::uint8_t*>(udp + 1);
    rtp[0] = 0x80;
    rtp[1] = 8;
    udp->dgram_cksum = rte_ipv4_udptcp_cksum(ip, udp);
}

void RelayBed::fill() {
    std::size_t burst = random_();
    for (std::size_t i = 0; i < lap_.size(); ++i) {
        burst += i % kBurst == 0 ? 1 : 0;
        const std::vector<Source>& of_realm = sources_[burst % sources_.size()];
        write(lap_[i], of_realm[random_() % of_realm.size()]);
    }
}

void RelayBed::sort_burst(std::span<Packet> burst) noexcept {
    const RealmEntry& realm = realms[burst.front().realm];
    for (Packet& packet : burst) {
        parse(realm, packet);
        classify(realm, packet);
    }
}

std::size_t RelayBed::count(Edge edge) const noexcept {
    std::size_t found = 0;
    for (const Packet& packet : lap_) {
        found += packet.edge == edge ? 1 : 0;
    }
    return found;
}

}  // namespace sallyport::dataplane::bench
