// SPDX-License-Identifier: Apache-2.0
// The one pool of packet buffers. Thread: made and freed on the main thread; used by all.
#pragma once

#include <cstdint>

struct rte_mempool;

namespace sallyport::dataplane {

/// What decides how the buffers may lie in memory.
enum class PoolLayout : std::uint8_t {
    kPageAware,  // no buffer crosses a page whose neighbour may be elsewhere: what a NIC's DMA
                 // wants
    kPacked,     // no gaps: what af_xdp wants, which takes the pool for count * object size octets
};

/// count: buffers of RTE_MBUF_DEFAULT_BUF_SIZE with private_octets each; cache: per lcore; ops:
/// name of a mempool driver. nullptr when there is no memory.
[[nodiscard]] rte_mempool* make_packet_pool(unsigned count, unsigned cache,
                                            std::uint16_t private_octets, const char* ops,
                                            PoolLayout layout) noexcept;

}  // namespace sallyport::dataplane
