// SPDX-License-Identifier: Apache-2.0
// The strings of the worker: what shards receive and send, what waits for neighbours, what is cut
// in fragments and joined, what crosses between kernel and wire. The books must balance after each
// test.
#include "tests/unit/dataplane/device/worker_rig.h"

#include <gtest/gtest.h>
#include <rte_ip.h>

namespace sallyport::dataplane::test {
namespace {

using Changes = std::map<std::string, std::uint64_t>;

const Octets kSip = frame(kPhone, kOurs, kText);
const Octets kArp =
    hex("ffffffffffff 0200000000fe 0806 0001 0800 06 04 0001 0200000000fe 0a0a0007 000000000000 "
        "0a0a0001");

TEST(Worker, receive_says_who_where_and_what) {
    WorkerRig rig;
    rig.wire_in(kAccess, kSip);
    rig.settle();
    std::array<Datagram, 4> got;
    ASSERT_EQ(rig.port->receive(got), 1U);
    EXPECT_EQ(got[0].realm, kAccess);
    EXPECT_EQ(got[0].local, kOurs);
    EXPECT_EQ(got[0].remote, kPhone);
    EXPECT_EQ(got[0].payload, "OPTIONS");
}

TEST(Worker, frames_of_the_kernel_leave_unchanged) {
    WorkerRig rig;
    rig.kernel_in(kCore, kArp);
    rig.settle();
    EXPECT_EQ(rig.wire_out(kCore), std::vector<Octets>{kArp});
    EXPECT_EQ(rig.delta(), (Changes{{"tap_in", 1}}));
}

TEST(Worker, B2BUA_B24_sent_datagram_is_whole_and_marked_cs5) {
    WorkerRig rig;
    rig.neighbours({{kCore, kTrunk.ip, {2, 0, 0, 0, 0, 0x42}}});
    EXPECT_EQ(rig.port->send(kCore, kOursCore, kTrunk, "OPTIONS"), SendResult::kQueued);
    rig.settle();
    const std::vector<Octets> out = rig.wire_out(kCore);
    ASSERT_EQ(out.size(), 1U);
    EXPECT_EQ(Octets(out[0].begin(), out[0].begin() + 12), hex("020000000042 020000000001"));
    const auto read = read_frame(out[0]);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->from, kOursCore);
    EXPECT_EQ(read->to, kTrunk);
    EXPECT_EQ(read->payload, kText);
    EXPECT_EQ(read->tos, 0xA0);
    EXPECT_EQ(read->ttl, 64);
    EXPECT_TRUE(read->ip_checksum_right);
    EXPECT_TRUE(read->udp_checksum_right);
    EXPECT_EQ(rig.delta(), (Changes{{"signalling_out", 1}}));
}

TEST(Worker, sent_datagram_ipv6) {
    WorkerRig rig;
    rig.neighbours({{kCore6, kTrunk6.ip, {2, 0, 0, 0, 0, 0x42}}});
    EXPECT_EQ(rig.port->send(kCore6, kOurs6, kTrunk6, "OPTIONS"), SendResult::kQueued);
    rig.settle();
    const std::vector<Octets> out = rig.wire_out(kCore6);
    ASSERT_EQ(out.size(), 1U);
    const auto read = read_frame(out[0]);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->to, kTrunk6);
    EXPECT_EQ(read->tos, 0xA0);
    EXPECT_TRUE(read->udp_checksum_right);
}

TEST(Worker, B2BUA_G14_and_G15_sent_from_a_media_port) {
    WorkerRig rig;
    rig.neighbours({{kCore6, kTrunk6.ip, {2, 0, 0, 0, 0, 0x42}}});
    const Endpoint media = with_port(kOurs6, bench_config().realms[kCore6.value].media_ports.first);
    EXPECT_EQ(rig.port->send(kCore6, media, kTrunk6, "x"), SendResult::kQueued);
    rig.settle();
    const std::vector<Octets> out = rig.wire_out(kCore6);
    ASSERT_EQ(out.size(), 1U);
    const auto read = read_frame(out[0]);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->from, media);
    EXPECT_EQ(read->tos, 46 << 2);
}

TEST(Worker, send_refuses_what_it_must) {
    WorkerRig rig;
    const std::string too_long(65508, 'x');
    EXPECT_EQ(rig.port->send(kCore, kOurs, kTrunk, "x"), SendResult::kNotOurs);
    EXPECT_EQ(rig.port->send(kCore, with_port(kOursCore, 5061), kTrunk, "x"), SendResult::kNotOurs);
    EXPECT_EQ(rig.port->send(RealmId{9}, kOursCore, kTrunk, "x"), SendResult::kNotOurs);
    EXPECT_EQ(rig.port->send(kCore, kOursCore, kTrunk, too_long), SendResult::kTooLarge);
    EXPECT_EQ(rig.port->send(kCore, kOursCore, endpoint("192.0.2.1", 5060), "x"),
              SendResult::kNoRoute);
    EXPECT_EQ(rig.port->send(kCore, kOursCore, kOursCore, "x"), SendResult::kNoRoute);
    EXPECT_EQ(rig.port->send(kCore, kOursCore, kTrunk6, "x"), SendResult::kNoRoute);
    EXPECT_EQ(rig.delta(), (Changes{{"no_route", 3}}));
    EXPECT_EQ(rig.booked_mbufs(), 0U);
}

TEST(Worker, first_packet_waits_for_its_neighbour) {
    WorkerRig rig;
    EXPECT_EQ(rig.port->send(kCore, kOursCore, kTrunk, "OPTIONS"), SendResult::kQueued);
    rig.settle();
    EXPECT_TRUE(rig.wire_out(kCore).empty());
    EXPECT_EQ(rig.booked_mbufs(), 1U);
    ResolveRequests::Request asked;
    ASSERT_TRUE(rig.resolve.take(asked));
    EXPECT_EQ(asked.next_hop, kTrunk.ip);
    EXPECT_EQ(asked.realm, kCore);
    EXPECT_FALSE(rig.resolve.take(asked));
    rig.neighbours({{kCore, kTrunk.ip, {2, 0, 0, 0, 0, 0x42}}});
    rig.settle();
    EXPECT_EQ(rig.wire_out(kCore).size(), 1U);
    EXPECT_EQ(rig.delta(),
              (Changes{{"signalling_out", 1}, {"neighbour_waits", 1}, {"neighbour_requests", 1}}));
    EXPECT_EQ(rig.booked_mbufs(), 0U);
}

TEST(Worker, what_waited_for_its_neighbour_goes_before_what_comes_then) {
    constexpr int kWaiting = 40;  // more than one burst
    WorkerRig rig;
    for (int i = 0; i < kWaiting; ++i) {
        EXPECT_EQ(rig.port->send(kCore, kOursCore, kTrunk, std::to_string(i)), SendResult::kQueued);
        rig.settle();
    }
    rig.neighbours({{kCore, kTrunk.ip, {2, 0, 0, 0, 0, 0x42}}});
    EXPECT_EQ(rig.port->send(kCore, kOursCore, kTrunk, std::to_string(kWaiting)),
              SendResult::kQueued);
    rig.settle();
    const std::vector<Octets> out = rig.wire_out(kCore);
    ASSERT_EQ(out.size(), kWaiting + 1U);
    for (int i = 0; i <= kWaiting; ++i) {
        const auto read = read_frame(out[static_cast<std::size_t>(i)]);
        ASSERT_TRUE(read);
        EXPECT_EQ(std::string(read->payload.begin(), read->payload.end()), std::to_string(i));
    }
}

TEST(Worker, waiting_is_bounded_per_next_hop) {
    WorkerRig rig;
    for (std::size_t i = 0; i < NeighbourQueue::kPerNextHop + 6; ++i) {
        EXPECT_EQ(rig.port->send(kCore, kOursCore, kTrunk, "OPTIONS"), SendResult::kQueued);
        rig.settle();
    }
    EXPECT_EQ(rig.delta()["neighbour_queue_full"], 6U);
    EXPECT_EQ(rig.booked_mbufs(), NeighbourQueue::kPerNextHop);
}

TEST(Worker, overloaded_shard_costs_named_drops) {
    constexpr std::size_t kInbox = 2047;
    WorkerRig rig;
    for (std::size_t i = 0; i < kInbox + 5; ++i) {
        rig.wire_in(kAccess, kSip);
        rig.settle();
    }
    EXPECT_EQ(rig.delta(), (Changes{{"signalling_in", kInbox}, {"shard_ring_full", 5}}));
    EXPECT_EQ(rig.booked_mbufs(), kInbox);
    std::array<Datagram, 64> batch;
    std::size_t got = 0;
    while (const std::size_t n = rig.port->receive(batch)) {
        got += n;
    }
    EXPECT_EQ(got, kInbox);
    EXPECT_EQ(rig.booked_mbufs(), 0U);
}

TEST(Worker, media_crosses_from_door_to_door) {
    WorkerRig rig;
    rig.neighbours({{kCore, kTrunk.ip, {2, 0, 0, 0, 0, 0x42}}});
    const auto ports = rig.relays->create(kAccess, kCore);
    ASSERT_TRUE(ports);
    RemoteMedia phone;
    phone.rtp = with_port(kPhone, 7078);
    RemoteMedia trunk;
    trunk.rtp = with_port(kTrunk, 40000);
    ASSERT_TRUE(rig.relays->set_remote(ports->id, Side::kA, phone));
    ASSERT_TRUE(rig.relays->set_remote(ports->id, Side::kB, trunk));
    rig.wire_in(kAccess, frame(phone.rtp, ports->a.rtp, rtp(0, 1, 0x1234)));
    rig.settle();
    const std::vector<Octets> out = rig.wire_out(kCore);
    ASSERT_EQ(out.size(), 1U);
    EXPECT_EQ(Octets(out[0].begin(), out[0].begin() + 12), hex("020000000042 020000000001"));
    const auto read = read_frame(out[0]);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->from, ports->b.rtp);
    EXPECT_EQ(read->to, trunk.rtp);
    EXPECT_EQ(read->payload, rtp(0, 1, 0x1234));
    EXPECT_TRUE(read->udp_checksum_right);
    EXPECT_EQ(rig.booked_mbufs(), 0U);
    EXPECT_EQ(rig.delta()["relayed_packets"], 1U);
}

TEST(Worker, ports_with_one_queue_are_shared_by_two_workers) {
    WorkerRig rig(2);
    rig.neighbours(
        {{kCore, kTrunk.ip, {2, 0, 0, 0, 0, 0x42}}, {kAccess, kPhone.ip, {2, 0, 0, 0, 0, 0x43}}});
    const auto ports = rig.relays->create(kAccess, kCore);
    ASSERT_TRUE(ports);
    RemoteMedia phone;
    phone.rtp = with_port(kPhone, 7078);
    RemoteMedia trunk;
    trunk.rtp = with_port(kTrunk, 40000);
    ASSERT_TRUE(rig.relays->set_remote(ports->id, Side::kA, phone));
    ASSERT_TRUE(rig.relays->set_remote(ports->id, Side::kB, trunk));
    for (std::uint16_t i = 0; i < 50; ++i) {
        rig.wire_in(kAccess, frame(phone.rtp, ports->a.rtp, rtp(0, i, 0x1234)));
        rig.wire_in(kCore, frame(trunk.rtp, ports->b.rtp, rtp(0, i, 0x4321)));
        rig.wire_in(kCore, kArp);
        EXPECT_EQ(rig.port->send(kCore, kOursCore, kTrunk, "OPTIONS"), SendResult::kQueued);
    }
    rig.settle();
    EXPECT_EQ(rig.wire_out(kCore).size(), 100U);
    EXPECT_EQ(rig.wire_out(kAccess).size(), 50U);
    EXPECT_EQ(rig.kernel_out(kCore).size(), 50U);
    EXPECT_EQ(rig.booked_mbufs(), 0U);
}

TEST(Worker, B2BUA_B11_media_longer_than_the_way_out_is_fragmented) {
    WorkerRig rig;
    rig.realms[kCore].mtu = 1000;
    rig.neighbours({{kCore, kTrunk.ip, {2, 0, 0, 0, 0, 0x42}}});
    const auto ports = rig.relays->create(kAccess, kCore);
    ASSERT_TRUE(ports);
    RemoteMedia phone;
    phone.rtp = with_port(kPhone, 7078);
    RemoteMedia trunk;
    trunk.rtp = with_port(kTrunk, 40000);
    ASSERT_TRUE(rig.relays->set_remote(ports->id, Side::kA, phone));
    ASSERT_TRUE(rig.relays->set_remote(ports->id, Side::kB, trunk));
    rig.wire_in(kAccess, frame(phone.rtp, ports->a.rtp, rtp(0, 1, 0x1234, 1400)));
    rig.settle();
    const std::vector<Octets> out = rig.wire_out(kCore);
    ASSERT_EQ(out.size(), 2U);
    EXPECT_LE(out[0].size(), 1014U);
    EXPECT_EQ(out[0].size() + out[1].size(), 2 * 34 + 8 + 12 + 1400U);
    EXPECT_EQ(rig.delta()["fragmented_out"], 1U);
    EXPECT_EQ(rig.booked_mbufs(), 0U);
}

/// An IPv4 frame in two fragments (RFC 791 s.3.2), the first with that many octets of IP payload.
std::array<Octets, 2> in_two(const Octets& whole, std::size_t first) {
    std::array<Octets, 2> pieces{whole, Octets(whole.begin(), whole.begin() + 34)};
    pieces[1].insert(pieces[1].end(), whole.begin() + 34 + static_cast<std::ptrdiff_t>(first),
                     whole.end());
    pieces[0].resize(34 + first);
    const std::array<std::size_t, 2> where{0x2000, first / 8};  // more to come; offset
    for (std::size_t i = 0; i < 2; ++i) {
        Octets& f = pieces[i];
        const std::size_t length = f.size() - 14;
        f[16] = static_cast<std::uint8_t>(length >> 8);
        f[17] = static_cast<std::uint8_t>(length);
        f[20] = static_cast<std::uint8_t>(where[i] >> 8);
        f[21] = static_cast<std::uint8_t>(where[i]);
        f[24] = f[25] = 0;
        auto* header = reinterpret_cast<rte_ipv4_hdr*>(&f[14]);
        header->hdr_checksum = rte_ipv4_cksum(header);
    }
    return pieces;
}

TEST(Worker, B2BUA_G16_media_in_fragments_is_relayed_whole) {
    WorkerRig rig;
    rig.neighbours({{kCore, kTrunk.ip, {2, 0, 0, 0, 0, 0x42}}});
    const auto ports = rig.relays->create(kAccess, kCore);
    ASSERT_TRUE(ports);
    RemoteMedia phone;
    phone.rtp = with_port(kPhone, 7078);
    RemoteMedia trunk;
    trunk.rtp = with_port(kTrunk, 40000);
    ASSERT_TRUE(rig.relays->set_remote(ports->id, Side::kA, phone));
    ASSERT_TRUE(rig.relays->set_remote(ports->id, Side::kB, trunk));
    const Octets video = rtp(96, 1, 0x1234, 1300);
    for (const Octets& piece : in_two(frame(phone.rtp, ports->a.rtp, video), 800)) {
        rig.wire_in(kAccess, piece);
    }
    rig.settle();
    const std::vector<Octets> out = rig.wire_out(kCore);
    ASSERT_EQ(out.size(), 1U);
    const auto read = read_frame(out[0]);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->from, ports->b.rtp);
    EXPECT_EQ(read->to, trunk.rtp);
    EXPECT_EQ(read->payload, video);
    EXPECT_TRUE(read->udp_checksum_right);
    const auto counted = rig.delta();
    EXPECT_EQ(counted.at("reassembled"), 1U);
    EXPECT_EQ(counted.at("relayed_packets"), 1U);
    EXPECT_EQ(rig.booked_mbufs(), 0U);
}

TEST(Worker, B2BUA_B11_long_datagram_leaves_in_fragments_and_comes_back_whole) {
    WorkerRig rig;
    rig.neighbours({{kCore, kTrunk.ip, {2, 0, 0, 0, 0, 1}}});
    std::string text;
    for (int i = 0; i < 6000; ++i) {
        text.push_back(static_cast<char>('a' + i % 26));
    }
    EXPECT_EQ(rig.port->send(kCore, kOursCore, kTrunk, text), SendResult::kQueued);
    rig.settle();
    std::vector<Octets> fragments = rig.wire_out(kCore);
    ASSERT_EQ(fragments.size(), 5U);
    for (Octets& fragment : fragments) {  // the answer: the same datagram from the trunk
        EXPECT_LE(fragment.size(), 1514U);
        std::swap_ranges(fragment.begin() + 26, fragment.begin() + 30, fragment.begin() + 30);
    }
    std::swap(fragments[0], fragments[4]);
    for (const Octets& fragment : fragments) {
        rig.wire_in(kCore, fragment);
    }
    rig.settle();
    std::array<Datagram, 4> got;
    ASSERT_EQ(rig.port->receive(got), 1U);
    EXPECT_EQ(got[0].payload, text);
    EXPECT_EQ(got[0].remote, kTrunk);
    EXPECT_EQ(rig.delta(), (Changes{{"signalling_out", 1},
                                    {"fragmented_out", 1},
                                    {"fragments_in", 5},
                                    {"reassembled", 1},
                                    {"signalling_in", 1}}));
    EXPECT_EQ(rig.port->receive(got), 0U);
    EXPECT_EQ(rig.booked_mbufs(), 0U);
}

}  // namespace
}  // namespace sallyport::dataplane::test
