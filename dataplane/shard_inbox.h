// SPDX-License-Identifier: Apache-2.0
// From workers to one shard: a ring of signalling datagrams (facts in their private area) and a
// bell for a shard that sleeps. Writers: any worker. Reader: the shard's thread. A bell is rung
// only when the shard said that it sleeps, so a busy shard costs its workers no system call.
#pragma once

#include "config/types/units.h"

#include <rte_ring.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

struct rte_mbuf;

namespace sallyport::dataplane {

struct FreeRing {
    void operator()(rte_ring* ring) const noexcept { rte_ring_free(ring); }
};
using RingHandle = std::unique_ptr<rte_ring, FreeRing>;

class ShardInbox {
public:
    /// Null ring on failure: see ok().
    explicit ShardInbox(const std::string& name);
    ~ShardInbox();
    ShardInbox(const ShardInbox&) = delete;
    ShardInbox& operator=(const ShardInbox&) = delete;
    [[nodiscard]] bool ok() const noexcept { return ring_ != nullptr && bell_ >= 0; }

    /// Worker: false when full; the mbuf stays the caller's.
    [[nodiscard]] bool push(rte_mbuf* mbuf) noexcept {
        return rte_ring_enqueue(ring_.get(), mbuf) == 0;
    }
    /// Worker: once after a burst of pushes.
    void ring_bell() noexcept;

    /// Shard: takes up to out.size(), oldest first.
    [[nodiscard]] std::size_t pop(std::span<rte_mbuf*> out) noexcept;
    /// Shard: sleeps until the bell rings or the time is over; returns at once when something
    /// waits.
    void wait(Millis at_most) noexcept;

private:
    [[nodiscard]] bool is_empty() noexcept;
    static constexpr unsigned kSlots = 2048;
    RingHandle ring_;
    int bell_{-1};
    // Exchanged by the shard (true) before it looks at the ring for the last time, and by a worker
    // (false) after it has pushed. Whoever comes second in the order of these exchanges sees what
    // the first did before: the worker sees the sleeper, or the sleeper sees the mail.
    alignas(64) std::atomic<bool> sleeping_{false};
};

}  // namespace sallyport::dataplane
