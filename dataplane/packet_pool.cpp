// SPDX-License-Identifier: Apache-2.0
#include "dataplane/packet_pool.h"

#include <rte_mbuf.h>
#include <rte_mempool.h>

namespace sallyport::dataplane {

rte_mempool* make_packet_pool(unsigned count, unsigned cache, std::uint16_t private_octets,
                              const char* ops, PoolLayout layout) noexcept {
    // DPDK's own constructor leaves gaps at page ends. The af_xdp driver registers count * object
    // size octets with the kernel, so buffers beyond that would be handed to it as invalid
    // descriptors: it drops them without a word and without giving them back.
    const unsigned flags = layout == PoolLayout::kPacked ? RTE_MEMPOOL_F_NO_IOVA_CONTIG : 0;
    const unsigned element =
        static_cast<unsigned>(sizeof(rte_mbuf)) + private_octets + RTE_MBUF_DEFAULT_BUF_SIZE;
    rte_mempool* pool =
        rte_mempool_create_empty("sp_packets", count, element, cache,
                                 sizeof(rte_pktmbuf_pool_private), SOCKET_ID_ANY, flags);
    if (pool == nullptr) {
        return nullptr;
    }
    rte_pktmbuf_pool_private room{};
    room.mbuf_data_room_size = RTE_MBUF_DEFAULT_BUF_SIZE;
    room.mbuf_priv_size = private_octets;
    const bool ready = rte_mempool_set_ops_byname(pool, ops, nullptr) == 0;
    if (ready) {
        rte_pktmbuf_pool_init(pool, &room);
    }
    if (!ready || rte_mempool_populate_default(pool) < 0) {
        rte_mempool_free(pool);
        return nullptr;
    }
    rte_mempool_obj_iter(pool, rte_pktmbuf_init, nullptr);
    return pool;
}

}  // namespace sallyport::dataplane
