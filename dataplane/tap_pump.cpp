// SPDX-License-Identifier: Apache-2.0
// Reads straight into a spare mbuf, so that looking at a silent tap allocates nothing.
#include "dataplane/tap_pump.h"

#include "dataplane/buffers.h"

namespace sallyport::dataplane {

void to_kernel(const Tap& tap, const BurstContext& context, rte_mbuf* frame) noexcept {
    if (tap.write(*frame)) {
        context.counters.add(Counter::tap_out);
    } else {
        context.counters.add(Drop::tap_write);
    }
    release(context.counters, frame);
}

std::size_t TapPump::from_kernel(const BurstContext& context, PortOutput& out, bool busy) noexcept {
    if (busy && !flowing_ && context.tsc - last_look_ < pause_cycles_) {
        return 0;
    }
    last_look_ = context.tsc;
    std::size_t moved = 0;
    while (moved < kBurst) {
        if (spare_ == nullptr && (spare_ = rte_pktmbuf_alloc(pool_)) == nullptr) {
            break;  // the frame stays in the kernel's queue
        }
        const std::size_t length =
            tap_.read(rte_pktmbuf_mtod(spare_, void*), rte_pktmbuf_tailroom(spare_));
        if (length == 0) {
            break;
        }
        spare_->data_len = static_cast<std::uint16_t>(length);
        spare_->pkt_len = static_cast<std::uint32_t>(length);
        context.counters.add(Counter::mbufs_acquired);
        context.counters.add(Counter::tap_in);
        out.add(context, spare_);
        spare_ = nullptr;
        ++moved;
    }
    flowing_ = moved > 0;
    return moved;
}

void TapPump::close() noexcept {
    if (spare_ != nullptr) {
        rte_pktmbuf_free(spare_);
        spare_ = nullptr;
    }
}

}  // namespace sallyport::dataplane
