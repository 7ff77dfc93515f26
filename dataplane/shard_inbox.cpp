// SPDX-License-Identifier: Apache-2.0
// The ring, the eventfd and the handshake between a shard that falls asleep and a worker that has
// mail for it.
#include "dataplane/shard_inbox.h"

#include <rte_ring_peek.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cstdint>
#include <poll.h>
#include <unistd.h>

namespace sallyport::dataplane {

ShardInbox::ShardInbox(const std::string& name)
    // Relaxed tail sync: a worker that lost its CPU inside an enqueue must not stop the others.
    : ring_(
          rte_ring_create(name.c_str(), kSlots, SOCKET_ID_ANY, RING_F_MP_RTS_ENQ | RING_F_SC_DEQ)),
      bell_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

ShardInbox::~ShardInbox() {
    if (bell_ >= 0) {
        ::close(bell_);
    }
}

void ShardInbox::ring_bell() noexcept {
    if (sleeping_.exchange(false, std::memory_order_acq_rel)) {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t n = ::write(bell_, &one, sizeof one);
    }
}

std::size_t ShardInbox::pop(std::span<rte_mbuf*> out) noexcept {
    return rte_ring_dequeue_burst(ring_.get(), reinterpret_cast<void**>(out.data()),
                                  static_cast<unsigned>(out.size()), nullptr);
}

/// rte_ring_empty reads without atomics, which is no order at all for the handshake below.
bool ShardInbox::is_empty() noexcept {
    void* first = nullptr;
    const unsigned waiting = rte_ring_dequeue_burst_start(ring_.get(), &first, 1, nullptr);
    if (waiting > 0) {
        rte_ring_dequeue_finish(ring_.get(), 0);
    }
    return waiting == 0;
}

void ShardInbox::wait(Millis at_most) noexcept {
    sleeping_.exchange(true, std::memory_order_acq_rel);
    if (is_empty()) {
        pollfd bell{bell_, POLLIN, 0};
        const auto timeout = std::clamp<std::int64_t>(at_most.count(), 0, 60'000);
        ::poll(&bell, 1, static_cast<int>(timeout));
    }
    sleeping_.exchange(false,
                       std::memory_order_acq_rel);  // not a store: it must see what a worker pushed
    std::uint64_t rung = 0;
    [[maybe_unused]] const ssize_t n = ::read(bell_, &rung, sizeof rung);
}

}  // namespace sallyport::dataplane
