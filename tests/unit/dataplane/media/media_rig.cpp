// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/dataplane/media/media_rig.h"

#include "dataplane/classify.h"
#include "dataplane/parse.h"

#include <gtest/gtest.h>
#include <rte_mbuf.h>

#include <algorithm>

namespace sallyport::dataplane::test {

namespace {

Realm realm(std::string name, std::string_view prefix, std::uint16_t first_port) {
    Realm r;
    r.name = std::move(name);
    r.address = Prefix::parse(prefix).value();
    r.media_ports = {first_port, static_cast<std::uint16_t>(first_port + 19)};
    r.listen = {ListenPoint{}};
    return r;
}

}  // namespace

Config rig_config() {
    Config config;
    config.realms.push_back(realm("inside", "10.10.0.1/24", 20000));
    config.realms.push_back(realm("outside", "198.51.100.1/24", 30000));
    config.realms.push_back(realm("six", "2001:db8:6::1/64", 40000));
    return config;
}

MediaRig::MediaRig(std::uint32_t flow_count, std::uint8_t workers)
    : flows(config.realms.size(), flow_count),
      epoch(workers),
      rings(workers, 1),
      relays(flows, epoch, rings,
             RelaySetup{.shard = ShardId{0},
                        .shards = 1,
                        .realms = config.realms,
                        .seed = 7,
                        .now = [this] { return now; }}),
      pool_(rte_pktmbuf_pool_create("rig", 1023, 0, 64, RTE_MBUF_DEFAULT_BUF_SIZE, 0)) {
    EXPECT_NE(pool_, nullptr);
    for (std::uint8_t i = 0; i < realms.size(); ++i) {
        realms[RealmId{i}].mac = {2, 0, 0, 0, 0, 1};  // the destination of wire.cpp's frames
    }
    delta();
}

MediaRig::~MediaRig() {
    EXPECT_EQ(mbufs_in_use(), 0U);
    rte_mempool_free(pool_);
}

std::size_t MediaRig::mbufs_in_use() const {
    return rte_mempool_in_use_count(pool_);
}

Packet MediaRig::load(RealmId realm, const Octets& frame, std::size_t segment) {
    Packet packet;
    packet.realm = realm;
    rte_mbuf* head = nullptr;
    for (std::size_t at = 0; at < frame.size();) {
        const std::size_t take = std::min(segment == 0 ? frame.size() : segment, frame.size() - at);
        rte_mbuf* m = rte_pktmbuf_alloc(pool_);
        auto* to = reinterpret_cast<std::uint8_t*>(
            rte_pktmbuf_append(m, static_cast<std::uint16_t>(take)));
        std::copy_n(frame.begin() + static_cast<std::ptrdiff_t>(at), take, to);
        if (head == nullptr) {
            head = m;
        } else {
            EXPECT_EQ(rte_pktmbuf_chain(head, m), 0);
        }
        at += take;
    }
    packet.mbuf = head;
    parse(realms[realm], packet);
    if (packet.edge == Edge::kTap) {
        classify(realms[realm], packet);
    }
    return packet;
}

Octets MediaRig::octets_of(const rte_mbuf* mbuf) {
    Octets out;
    for (; mbuf != nullptr; mbuf = mbuf->next) {
        const auto* at = rte_pktmbuf_mtod(mbuf, const std::uint8_t*);
        out.insert(out.end(), at, at + mbuf->data_len);
    }
    return out;
}

Relayed MediaRig::pass(RealmId realm, const Octets& frame, std::size_t segment) {
    Packet packet = load(realm, frame, segment);
    Packet* burst[] = {&packet};
    if (packet.edge == Edge::kMedia) {
        const BurstContext ctx = context();
        media_stage(tables, ctx, burst);
    }
    Relayed out{packet.edge, packet.edge == Edge::kDrop ? packet.drop : Drop::kCount, packet.egress,
                std::nullopt};
    if (packet.edge == Edge::kForward) {
        // What next_hop does: its Ethernet header stands right before the IP header.
        rte_pktmbuf_adj(packet.mbuf, static_cast<std::uint16_t>(packet.l3 - sizeof(rte_ether_hdr)));
        packet.l3 = sizeof(rte_ether_hdr);
        packet.ether()->ether_type = rte_cpu_to_be_16(
            packet.family == Family::kIpv4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
        out.frame = read_frame(octets_of(packet.mbuf));
    }
    rte_pktmbuf_free(packet.mbuf);
    return out;
}

std::map<std::string, std::uint64_t> MediaRig::delta() {
    std::map<std::string, std::uint64_t> now_all;
    std::map<std::string, std::uint64_t> changed;
    for (std::size_t i = 0; i < kCounters; ++i) {
        const auto c = static_cast<Counter>(i);
        now_all[std::string(name_of(c))] = counters->get(c);
    }
    for (std::size_t i = 0; i < kDrops; ++i) {
        const auto d = static_cast<Drop>(i);
        now_all[std::string(name_of(d))] = counters->get(d);
    }
    for (const auto& [name, value] : now_all) {
        if (value != last_[name]) {
            changed[name] = value - last_[name];
        }
    }
    last_ = now_all;
    return changed;
}

std::vector<RelayEvent> MediaRig::events() {
    std::vector<RelayEvent> all(64);
    all.resize(relays.events(all));
    return all;
}

RemoteMedia behind_nat(const Endpoint& sdp, std::string_view signalling_source) {
    RemoteMedia remote;
    remote.rtp = sdp;
    remote.rtcp = {sdp.ip, Port{static_cast<std::uint16_t>(sdp.port.value + 1)}};
    remote.signalling_source = IpAddr::parse(signalling_source).value();
    remote.latch = LatchMode::kSignalling;
    remote.send_before_latch = false;
    remote.payload_types.set(0).set(8).set(101);
    return remote;
}

RemoteMedia trunk(const Endpoint& sdp) {
    RemoteMedia remote;
    remote.rtp = sdp;
    remote.rtcp = {sdp.ip, Port{static_cast<std::uint16_t>(sdp.port.value + 1)}};
    remote.latch = LatchMode::kOff;
    return remote;
}

}  // namespace sallyport::dataplane::test
