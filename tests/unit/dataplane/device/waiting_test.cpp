// SPDX-License-Identifier: Apache-2.0
// What waits: fragments for the rest of their datagram (B1), packets for their neighbour, shards
// for mail. Time is the test's where a stage takes it as an argument.
#include "dataplane/buffers.h"
#include "dataplane/classify.h"
#include "dataplane/datagram_build.h"
#include "dataplane/neighbour_queue.h"
#include "dataplane/parse.h"
#include "dataplane/reassembly.h"
#include "dataplane/shard_inbox.h"
#include "tests/unit/dataplane/device/worker_rig.h"
#include "tests/unit/dataplane/media/wire.h"

#include <gtest/gtest.h>
#include <rte_cycles.h>

#include <chrono>
#include <set>
#include <thread>

namespace sallyport::dataplane::test {
namespace {

constexpr std::uint64_t kHz =
    1'000'000;  // the test's time stamp counter: one cycle is a microsecond

std::string name(const char* stem) {
    static int number = 0;
    return stem + std::to_string(number++);
}

class Fragments : public testing::Test {
protected:
    Fragments()
        : pool_(rte_pktmbuf_pool_create(name("w_pool").c_str(), 2047, 0, kPrivateSize,
                                        RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY)) {
        for (const RealmId realm : {kAccess, kCore6}) {
            realms_[realm].mac = {2, 0, 0, 0, 0, 1};
        }
    }

    [[nodiscard]] BurstContext at_ms(std::uint64_t ms) {
        return {WorkerId{0}, 1 + ms * kHz / 1000, ms, counters_};
    }

    /// A datagram of that many payload octets, in fragments as they come from the wire.
    std::vector<rte_mbuf*> datagram(const Endpoint& from, const Endpoint& to, std::size_t length,
                                    std::uint32_t id) {
        payload_.assign(length, 'a');
        for (std::size_t i = 0; i < length; ++i) {
            payload_[i] = static_cast<char>('a' + i % 23);
        }
        std::array<rte_mbuf*, kMaxFragments> pieces{};
        const std::size_t count =
            build_datagram(pool_.get(), {from, to, 0, 1500, id, payload_}, pieces);
        for (std::size_t i = 0; i < count; ++i) {
            auto* ether = reinterpret_cast<rte_ether_hdr*>(
                rte_pktmbuf_prepend(pieces[i], sizeof(rte_ether_hdr)));
            ether->dst_addr = {{2, 0, 0, 0, 0, 1}};
            ether->src_addr = {{2, 0, 0, 0, 0, 9}};
            ether->ether_type = rte_cpu_to_be_16(from.ip.is_v4() ? 0x0800 : 0x86DD);
        }
        return {pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(count)};
    }

    /// One fragment through parse, classify and reassembly; true when a whole datagram came out,
    /// which is freed.
    bool take(rte_mbuf* mbuf, RealmId realm, std::uint64_t ms) {
        counters_.add(Counter::mbufs_acquired);
        Packet packet;
        packet.mbuf = mbuf;
        packet.realm = realm;
        parse(realms_[realm], packet);
        classify(realms_[realm], packet);
        EXPECT_EQ(packet.edge, Edge::kReassemble);
        const BurstContext context = at_ms(ms);
        reassembly_.take(context, packet);
        if (packet.mbuf == nullptr) {
            return false;
        }
        const bool whole = packet.edge != Edge::kDrop;
        if (whole) {
            parse(realms_[realm], packet);
            classify(realms_[realm], packet);
            EXPECT_EQ(packet.edge, Edge::kSignalling);
            std::string got(packet.payload_length, 0);
            const void* read =
                rte_pktmbuf_read(packet.mbuf, packet.payload, packet.payload_length, got.data());
            EXPECT_EQ(std::string(static_cast<const char*>(read), packet.payload_length), payload_);
        } else {
            counters_.add(packet.drop);
        }
        release(counters_, packet.mbuf);
        return whole;
    }
    [[nodiscard]] std::uint64_t held() const {
        return counters_.get(Counter::mbufs_acquired) - counters_.get(Counter::mbufs_released);
    }

    MempoolHandle pool_;
    Config config_ = bench_config();
    RealmTable realms_{config_};
    CounterBlock counters_;
    Reassembly reassembly_{kHz};
    std::string payload_;
    Endpoint phone_ = endpoint("10.10.0.7", 5062);
    Endpoint ours_ = endpoint("10.10.0.1", 5060);
    Endpoint phone6_ = endpoint("2001:db8:20::7", 5062);
    Endpoint ours6_ = endpoint("2001:db8:20::1", 5060);
};

TEST_F(Fragments, B2BUA_B1_in_any_order) {
    std::vector<std::size_t> order{0, 1, 2, 3};
    std::uint32_t id = 1;
    do {
        const auto pieces = datagram(phone_, ours_, 5500, ++id);
        ASSERT_EQ(pieces.size(), 4U);
        for (std::size_t i = 0; i < 4; ++i) {
            EXPECT_EQ(take(pieces[order[i]], kAccess, 10), i == 3);
        }
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_EQ(counters_.get(Counter::reassembled), 24U);
    EXPECT_EQ(reassembly_.waiting(), 0U);
    EXPECT_EQ(held(), 0U);
}

TEST_F(Fragments, B2BUA_B1_ipv6) {
    const auto pieces = datagram(phone6_, ours6_, 4000, 77);
    ASSERT_EQ(pieces.size(), 4U);  // fragmented to 1,280 octets (B11)
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(take(pieces[3 - i], kCore6, 10), i == 3);
    }
    EXPECT_EQ(held(), 0U);
}

TEST_F(Fragments, B2BUA_B1_incomplete_set_goes_after_2_s) {
    const auto pieces = datagram(phone_, ours_, 5500, 3);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_FALSE(take(pieces[i], kAccess, 100));
    }
    reassembly_.expire(at_ms(2000));
    EXPECT_EQ(reassembly_.waiting(), 3U);
    reassembly_.expire(at_ms(2200));
    EXPECT_EQ(reassembly_.waiting(), 0U);
    EXPECT_EQ(counters_.get(Drop::fragment_timeout), 3U);
    EXPECT_FALSE(take(pieces[3], kAccess, 2300));
    reassembly_.expire(at_ms(5000));
    EXPECT_EQ(held(), 0U);
}

TEST_F(Fragments, RFC5722_s4_overlap_drops_the_set) {
    const auto pieces = datagram(phone_, ours_, 5500, 4);
    auto* second = rte_pktmbuf_mtod_offset(pieces[1], rte_ipv4_hdr*, 14);
    // The second fragment says that it begins 8 octets earlier.
    second->fragment_offset =
        rte_cpu_to_be_16(static_cast<std::uint16_t>(rte_be_to_cpu_16(second->fragment_offset) - 1));
    second->hdr_checksum = 0;
    second->hdr_checksum = rte_ipv4_cksum(second);
    for (rte_mbuf* piece : pieces) {
        EXPECT_FALSE(take(piece, kAccess, 10));
    }
    reassembly_.expire(at_ms(3000));
    EXPECT_EQ(counters_.get(Drop::fragment_invalid) + counters_.get(Drop::fragment_timeout), 4U);
    EXPECT_EQ(held(), 0U);
}

TEST_F(Fragments, longer_than_any_datagram_is_refused) {
    const auto pieces = datagram(phone_, ours_, 1600, 5);
    auto* last = rte_pktmbuf_mtod_offset(pieces[1], rte_ipv4_hdr*, 14);
    last->fragment_offset = rte_cpu_to_be_16(8190);  // 65,520 octets in, and 136 more
    last->hdr_checksum = 0;
    last->hdr_checksum = rte_ipv4_cksum(last);
    EXPECT_FALSE(take(pieces[1], kAccess, 10));
    EXPECT_EQ(counters_.get(Drop::fragment_invalid), 1U);
    EXPECT_FALSE(take(pieces[0], kAccess, 10));
    reassembly_.expire(at_ms(3000));
    EXPECT_EQ(held(), 0U);
}

TEST_F(Fragments, B2BUA_B1_one_network_fills_only_its_own_share) {
    for (std::uint32_t id = 0; id < Reassembly::kPerSource + 10; ++id) {
        const Endpoint from{IpAddr::v4(0x0A0A0000 + id % 200 + 2), Port{5062}};
        const auto pieces = datagram(from, ours_, 1600, id);
        EXPECT_FALSE(take(pieces[0], kAccess, 10));
        rte_pktmbuf_free(pieces[1]);
    }
    EXPECT_EQ(counters_.get(Drop::fragment_limit), 10U);
    const auto pieces = datagram(endpoint("10.11.0.7", 5062), ours_, 1600, 9);
    EXPECT_FALSE(take(pieces[0], kAccess, 20));
    EXPECT_TRUE(take(pieces[1], kAccess, 20));
    reassembly_.expire(at_ms(3000));
    EXPECT_EQ(counters_.get(Drop::fragment_timeout), std::uint64_t{Reassembly::kPerSource});
    EXPECT_EQ(held(), 0U);
}

TEST_F(Fragments, every_length_is_cut_and_joined_again) {
    std::uint32_t id = 1000;
    for (const std::size_t length : {1473, 1480, 1481, 2951, 2952, 2953, 8000, 11000}) {
        const auto pieces = datagram(phone_, ours_, length, ++id);
        std::size_t whole = 0;
        for (rte_mbuf* piece : pieces) {
            EXPECT_LE(piece->pkt_len, 1514U);
            whole += take(piece, kAccess, 10) ? 1U : 0U;
        }
        EXPECT_EQ(whole, 1U) << length;
    }
    EXPECT_EQ(held(), 0U);
}

TEST(NeighbourWait, gives_up_in_time_and_asks_again_until_then) {
    ResolveRequests requests(name("w_resolve"));
    NeighbourQueue queue(requests);
    CounterBlock counters;
    const MempoolHandle pool(rte_pktmbuf_pool_create(name("w_pool").c_str(), 63, 0, kPrivateSize,
                                                     RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY));
    Packet packet;
    packet.mbuf = rte_pktmbuf_alloc(pool.get());
    packet.egress = kCore;
    const IpAddr hop = IpAddr::v4(0x0A140002);
    rte_mbuf* const mbuf = packet.mbuf;
    queue.hold({WorkerId{0}, 0, 1000, counters}, packet, hop);
    EXPECT_EQ(packet.mbuf, nullptr);
    const AdjacencyTable nothing;
    std::array<Packet, 4> out;
    std::size_t asked = 0;
    std::uint64_t given_up = 0;
    ResolveRequests::Request request;
    for (std::uint64_t ms = 1000; ms < 6000 && given_up == 0; ms += 10) {
        if (queue.ready({WorkerId{0}, 0, ms, counters}, nothing, out) == 1) {
            given_up = ms;
        }
        while (requests.take(request)) {
            EXPECT_EQ(request.next_hop, hop);
            ++asked;
        }
    }
    EXPECT_NEAR(static_cast<double>(given_up), 1000.0 + NeighbourQueue::kTimeoutMs, 60.0);
    EXPECT_EQ(asked, 4U);
    EXPECT_EQ(out[0].edge, Edge::kDrop);
    EXPECT_EQ(out[0].drop, Drop::neighbour_timeout);
    EXPECT_EQ(out[0].mbuf, mbuf);
    rte_pktmbuf_free(mbuf);
}

TEST(ShardInbox, sleeper_wakes_for_mail) {
    using Clock = std::chrono::steady_clock;
    ShardInbox inbox(name("w_inbox"));
    ASSERT_TRUE(inbox.ok());
    const MempoolHandle pool(rte_pktmbuf_pool_create(name("w_pool").c_str(), 63, 0, kPrivateSize,
                                                     RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY));
    rte_mbuf* const mbuf = rte_pktmbuf_alloc(pool.get());
    std::array<rte_mbuf*, 1> got{};
    std::size_t count = 0;
    const auto start = Clock::now();
    std::thread shard([&] {
        while ((count = inbox.pop(got)) == 0) {
            inbox.wait(Millis{10'000});
        }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ASSERT_TRUE(inbox.push(mbuf));
    inbox.ring_bell();
    shard.join();
    EXPECT_LT(Clock::now() - start, std::chrono::seconds(5));
    EXPECT_EQ(got[0], mbuf);
    rte_pktmbuf_free(mbuf);
}

TEST(ShardInbox, wait_ends_with_its_time) {
    using Clock = std::chrono::steady_clock;
    ShardInbox inbox(name("w_inbox"));
    const auto start = Clock::now();
    inbox.wait(Millis{20});
    EXPECT_GE(Clock::now() - start, std::chrono::milliseconds(18));
}

}  // namespace
}  // namespace sallyport::dataplane::test
