// SPDX-License-Identifier: Apache-2.0
// Moves frames between the kernel's side of an exception tap and a port. Reading is the home
// worker's; any worker writes.
#pragma once

#include "dataplane/packet.h"
#include "dataplane/port_output.h"
#include "dataplane/tap.h"

#include <cstdint>

struct rte_mempool;

namespace sallyport::dataplane {

/// Gives a frame to the kernel and frees it.
void to_kernel(const Tap& tap, const BurstContext& context, rte_mbuf* frame) noexcept;

class TapPump {
public:
    /// tap and pool outlive this; pause_cycles: how long a busy worker leaves a silent tap alone.
    TapPump(const Tap& tap, rte_mempool* pool, std::uint64_t pause_cycles) noexcept
        : tap_(tap), pool_(pool), pause_cycles_(pause_cycles) {}

    /// Takes up to a burst of frames from the kernel to out. Returns how many. Looking costs a
    /// system call, so a worker that is busy otherwise looks only every pause_cycles.
    std::size_t from_kernel(const BurstContext& context, PortOutput& out, bool busy) noexcept;
    /// Gives back the spare buffer (shutdown).
    void close() noexcept;

private:
    const Tap& tap_;
    rte_mempool* pool_;
    std::uint64_t pause_cycles_;
    std::uint64_t last_look_{0};
    bool flowing_{false};
    rte_mbuf* spare_{nullptr};  // where the next frame will be read into; not counted as held
};

}  // namespace sallyport::dataplane
