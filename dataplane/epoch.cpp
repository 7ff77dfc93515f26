// SPDX-License-Identifier: Apache-2.0
// Allocation and enrolment of the shared rte_rcu_qsbr. The memory is the process heap, not DPDK's:
// its lifetime is ours.
#include "dataplane/epoch.h"

#include <cstdlib>
#include <new>

namespace sallyport::dataplane {

Epoch::Epoch(std::uint32_t readers) {
    const std::size_t size = rte_rcu_qsbr_get_memsize(readers);
    const std::size_t rounded = (size + RTE_CACHE_LINE_SIZE - 1) & ~(RTE_CACHE_LINE_SIZE - 1UL);
    memory_.reset(std::aligned_alloc(RTE_CACHE_LINE_SIZE, rounded));
    if (!memory_ || rte_rcu_qsbr_init(rcu(), readers) != 0) {
        throw std::bad_alloc();
    }
}

void Epoch::Free::operator()(void* memory) const noexcept {
    std::free(memory);
}

void Epoch::join(std::uint32_t reader) noexcept {
    rte_rcu_qsbr_thread_register(rcu(), reader);
    rte_rcu_qsbr_thread_online(rcu(), reader);
}

void Epoch::leave(std::uint32_t reader) noexcept {
    rte_rcu_qsbr_thread_offline(rcu(), reader);
    rte_rcu_qsbr_thread_unregister(rcu(), reader);
}

void Epoch::enroll(std::uint32_t reader) noexcept {
    rte_rcu_qsbr_thread_register(rcu(), reader);
}

}  // namespace sallyport::dataplane
