// SPDX-License-Identifier: Apache-2.0
// Who holds packet memory: every mbuf that the gateway takes over or gives away is counted by the
// thread that does it, so that acquired - released is what it holds now, whatever the devices keep
// in their queues.
#pragma once

#include "config/types/id.h"
#include "config/types/ip.h"
#include "dataplane/counters.h"

#include <rte_mbuf.h>

#include <cstdint>
#include <memory>

namespace sallyport::dataplane {

/// Travels in the private area of an mbuf between a worker and a shard.
struct SignalFacts {
    Endpoint local;
    Endpoint remote;
    RealmId realm{};
    Family family{Family::kNone};
    std::uint16_t l3{0};
    std::uint16_t payload{0};
    std::uint16_t payload_length{0};
};

inline constexpr std::uint16_t kPrivateSize = 64;
static_assert(sizeof(SignalFacts) <= kPrivateSize && kPrivateSize % RTE_MBUF_PRIV_ALIGN == 0);

/// The same area while a fragment waits for the rest (reassembly.h): which bound it counts against.
struct FragmentFacts {
    std::uint16_t slot{0};
};

[[nodiscard]] inline FragmentFacts& fragment_facts_of(rte_mbuf* mbuf) noexcept {
    return *static_cast<FragmentFacts*>(rte_mbuf_to_priv(mbuf));
}

[[nodiscard]] inline SignalFacts& facts_of(rte_mbuf* mbuf) noexcept {
    return *static_cast<SignalFacts*>(rte_mbuf_to_priv(mbuf));
}

/// Frees a packet that this thread holds.
inline void release(CounterBlock& counters, rte_mbuf* mbuf) noexcept {
    counters.add(Counter::mbufs_released, mbuf->nb_segs);
    rte_pktmbuf_free(mbuf);
}

/// The pool of all packet memory; given back with its owner.
struct FreeMempool {
    void operator()(rte_mempool* pool) const noexcept { rte_mempool_free(pool); }
};
using MempoolHandle = std::unique_ptr<rte_mempool, FreeMempool>;

}  // namespace sallyport::dataplane
