// SPDX-License-Identifier: Apache-2.0
// Rings of whole events by value. Their memory is the process heap, so that no DPDK name has to be
// unique.
#include "dataplane/relay_events.h"

#include <rte_ring.h>

#include <cstdlib>
#include <new>
#include <type_traits>

namespace sallyport::dataplane {

namespace {

// A burst of new calls latches four ports each; a shard reads every few milliseconds.
constexpr unsigned kRingSize = 4096;
constexpr unsigned kElement = sizeof(RelayEvent);
static_assert(kElement % 4 == 0, "rte_ring copies words of four octets");
static_assert(std::is_trivially_copyable_v<RelayEvent>);

}  // namespace

RelayEvents::RelayEvents(std::uint8_t workers, std::uint8_t shards)
    : workers_(workers), shards_(shards) {
    const auto size = static_cast<std::size_t>(rte_ring_get_memsize_elem(kElement, kRingSize));
    const std::size_t rounded = (size + RTE_CACHE_LINE_SIZE - 1) & ~(RTE_CACHE_LINE_SIZE - 1UL);
    for (std::size_t i = 0; i < workers_ * shards_; ++i) {
        Ring made(static_cast<rte_ring*>(std::aligned_alloc(RTE_CACHE_LINE_SIZE, rounded)));
        if (!made ||
            rte_ring_init(made.get(), "relay_events", kRingSize, RING_F_SP_ENQ | RING_F_SC_DEQ)) {
            throw std::bad_alloc();
        }
        rings_.push_back(std::move(made));
    }
}

void RelayEvents::Free::operator()(rte_ring* ring) const noexcept {
    std::free(ring);
}

bool RelayEvents::push(WorkerId worker, ShardId shard, const RelayEvent& event) noexcept {
    return rte_ring_sp_enqueue_elem(ring(worker.value, shard), const_cast<RelayEvent*>(&event),
                                    kElement) == 0;
}

std::size_t RelayEvents::pop(ShardId shard, std::span<RelayEvent> out) noexcept {
    std::size_t got = 0;
    for (std::size_t worker = 0; worker < workers_ && got < out.size(); ++worker) {
        got += rte_ring_sc_dequeue_burst_elem(ring(worker, shard), &out[got], kElement,
                                              static_cast<unsigned>(out.size() - got), nullptr);
    }
    return got;
}

}  // namespace sallyport::dataplane
