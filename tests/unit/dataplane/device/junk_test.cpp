// SPDX-License-Identifier: Apache-2.0
// Frames nobody should send: mutated, cut, random. Each lies in a heap block of exactly its length,
// so that the address sanitizer sees the first octet read too far; whatever parse and classify say
// of it must hold.
#include "dataplane/buffers.h"
#include "dataplane/classify.h"
#include "dataplane/parse.h"
#include "tests/unit/dataplane/device/worker_rig.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

namespace sallyport::dataplane::test {
namespace {

constexpr int kRounds = 200'000;

void keep_block(void*, void*) {}  // the block is the test's

class Junk : public testing::Test {
protected:
    Junk() : pool_(rte_pktmbuf_pool_create("j_pool", 31, 0, kPrivateSize, 0, SOCKET_ID_ANY)) {
        for (const RealmId realm : {kAccess, kCore, kCore6}) {
            realms_[realm].mac = {2, 0, 0, 0, 0, 1};
        }
    }

    void judge(RealmId realm, const Octets& octets) {
        std::unique_ptr<std::uint8_t[]> block(new std::uint8_t[octets.size()]);
        std::copy(octets.begin(), octets.end(), block.get());
        rte_mbuf* mbuf = rte_pktmbuf_alloc(pool_.get());
        ASSERT_NE(mbuf, nullptr);
        rte_mbuf_ext_shared_info shared{};
        shared.free_cb = keep_block;
        rte_mbuf_ext_refcnt_set(&shared, 1);
        const auto length = static_cast<std::uint16_t>(octets.size());
        rte_pktmbuf_attach_extbuf(mbuf, block.get(), 0, length, &shared);
        if (random_() % 2 == 0) {  // as if the device had found the checksums right: deeper in
            mbuf->ol_flags |= RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD;
        }
        mbuf->data_off = 0;
        mbuf->data_len = length;
        mbuf->pkt_len = length;
        Packet packet;
        packet.mbuf = mbuf;
        packet.realm = realm;
        parse(realms_[realm], packet);
        classify(realms_[realm], packet);
        expect_sound(packet);
        rte_pktmbuf_free(mbuf);
    }

    static void expect_sound(const Packet& packet) {
        const std::uint32_t length = packet.mbuf->pkt_len;
        switch (packet.edge) {
            case Edge::kSignalling:
            case Edge::kMedia:
                ASSERT_LE(packet.payload + packet.payload_length, static_cast<int>(length));
                ASSERT_LE(packet.l4 + 8, static_cast<int>(packet.payload));
                ASSERT_NE(packet.source_port, 0);
                break;
            case Edge::kReassemble:
                ASSERT_TRUE(packet.fragment);
                ASSERT_EQ(packet.l3 + packet.ip_length, static_cast<int>(length));
                break;
            case Edge::kDrop:
                ASSERT_LT(packet.drop, Drop::kCount);
                break;
            case Edge::kTap:
                break;
            case Edge::kForward:
                FAIL() << "classify forwards nothing";
        }
    }

    MempoolHandle pool_;
    Config config_ = bench_config();
    RealmTable realms_{config_};
    std::mt19937 random_{20260101};
};

TEST_F(Junk, is_never_read_past_its_end) {
    const std::vector<std::pair<RealmId, Octets>> seeds{
        {kAccess, frame(kPhone, kOurs, kText)},
        {kAccess, frame(kPhone, kOurs, kText, {.vlan_priority_tag = true, .ip_options = 12})},
        {kAccess, frame(kPhone, with_port(kOurs, 20000), rtp(0, 1, 7, 20))},
        {kCore6, frame(kTrunk6, kOurs6, kText)},
        {kCore6, frame(kTrunk6, with_port(kOurs6, 30000), rtcp(7))}};
    std::uniform_int_distribution<unsigned> any(0, 255);
    for (int round = 0; round < kRounds && !HasFatalFailure(); ++round) {
        auto [realm, octets] = seeds[random_() % seeds.size()];
        for (unsigned changes = random_() % 4; changes > 0; --changes) {
            octets[12 + random_() % (octets.size() - 12)] = static_cast<std::uint8_t>(any(random_));
        }
        if (random_() % 3 == 0) {
            octets.resize(random_() % octets.size() + 1);
        }
        judge(realm, octets);
    }
}

TEST_F(Junk, every_cut_of_a_sound_frame_is_named) {
    for (const auto& [realm, whole] : {std::pair{kAccess, frame(kPhone, kOurs, kText)},
                                       std::pair{kCore6, frame(kTrunk6, kOurs6, kText)}}) {
        for (std::size_t length = 1; length <= whole.size(); ++length) {
            judge(realm,
                  Octets(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)));
        }
    }
}

}  // namespace
}  // namespace sallyport::dataplane::test
