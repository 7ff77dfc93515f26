// SPDX-License-Identifier: Apache-2.0
// The media stage under a trapping allocator: latches, relayed packets, refusals and full event
// rings take no memory.
#include "tests/unit/dataplane/media/media_rig.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// Part of the sanitizers' run-time libraries; g++ 12 does not ship its header.
extern "C" int __sanitizer_install_malloc_and_free_hooks(  // NOLINT(bugprone-reserved-identifier)
    void (*on_malloc)(const volatile void*, std::size_t), void (*on_free)(const volatile void*));
#define SALLYPORT_SANITIZED_ALLOCATOR 1
#endif

namespace {

thread_local bool armed = false;
std::atomic<std::size_t> trapped{0};

void note_allocation() noexcept {
    if (armed) {
        trapped.fetch_add(1, std::memory_order_relaxed);
    }
}

}  // namespace

#ifndef SALLYPORT_SANITIZED_ALLOCATOR
// glibc lets a program replace its allocator; these count and hand on.
extern "C" {
void* __libc_malloc(std::size_t);  // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* malloc(std::size_t size) {
    note_allocation();
    return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
    note_allocation();
    return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) {
    note_allocation();
    return __libc_realloc(old, size);
}
}
#endif

namespace sallyport::dataplane {
namespace {

using namespace test;

void watch_allocator() {
#ifdef SALLYPORT_SANITIZED_ALLOCATOR
    static const int installed = __sanitizer_install_malloc_and_free_hooks(
        [](const volatile void*, std::size_t) { note_allocation(); }, [](const volatile void*) {});
    ASSERT_NE(installed, 0);
#endif
}

TEST(NoAllocation, TheTrapWorks) {
    watch_allocator();
    armed = true;
    auto* volatile sample = new int(1);
    armed = false;
    delete sample;
    EXPECT_GE(trapped.exchange(0), 1U);
}

TEST(NoAllocation, MediaStageTakesNoMemory) {
    watch_allocator();
    MediaRig rig;
    const Endpoint phone = endpoint("10.10.0.50", 61000);
    const Endpoint far = endpoint("203.0.113.20", 16000);
    const RelayPorts ports = rig.relays.create(kInside, kOutside).value();
    ASSERT_TRUE(rig.relays.set_remote(ports.id, Side::kA, behind_nat(phone, "10.10.0.50")).ok());
    ASSERT_TRUE(rig.relays.set_remote(ports.id, Side::kB, trunk(far)).ok());
    std::vector<Packet> packets;
    for (std::uint16_t i = 0; i < 64; ++i) {
        packets.push_back(rig.load(kInside, frame(phone, ports.a.rtp, rtp(8, i, 1))));
        packets.push_back(rig.load(kInside, frame(phone, ports.a.rtcp, rtcp(1))));
        packets.push_back(rig.load(kOutside, frame(far, ports.b.rtp, rtp(8, i, 1))));
        packets.push_back(rig.load(kInside, frame(far, ports.a.rtp, rtp(8, i, 1))));
        packets.push_back(rig.load(kInside, frame(phone, ports.a.rtp, hex("16feff"))));
    }
    std::vector<Packet*> burst;
    for (Packet& p : packets) {
        burst.push_back(&p);
    }
    const BurstContext context = rig.context();
    while (rig.rings.push(WorkerId{0}, ShardId{0}, {})) {
    }
    armed = true;
    media_stage(rig.tables, context, burst);
    armed = false;
    EXPECT_EQ(trapped.exchange(0), 0U);
    std::size_t relayed = 0;
    for (Packet& p : packets) {
        relayed += p.edge == Edge::kForward ? 1 : 0;
        rte_pktmbuf_free(p.mbuf);
    }
    EXPECT_EQ(relayed, 3U * 64);
    EXPECT_GE(rig.counters->get(Counter::relay_events_lost), 2U);
}

}  // namespace
}  // namespace sallyport::dataplane
