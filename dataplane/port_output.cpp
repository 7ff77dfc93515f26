// SPDX-License-Identifier: Apache-2.0
// Transmit bursts.
#include "dataplane/port_output.h"

#include "dataplane/buffers.h"

#include <rte_ethdev.h>
#include <rte_ring.h>

namespace sallyport::dataplane {

void PortOutput::add(const BurstContext& context, rte_mbuf* frame) noexcept {
    if (frame->nb_segs > 1 && !way_.segments) {
        const std::uint64_t surplus = frame->nb_segs - 1U;
        if (rte_pktmbuf_linearize(frame) != 0) {
            context.counters.add(Drop::too_big);
            return release(context.counters, frame);
        }
        context.counters.add(Counter::mbufs_released, surplus);
    }
    frames_[count_++] = frame;
    if (count_ == frames_.size()) {
        flush(context);
    }
}

void PortOutput::hand_over(const BurstContext& context) noexcept {
    const unsigned taken = rte_ring_enqueue_burst(
        way_.handoff, reinterpret_cast<void**>(frames_.data()), count_, nullptr);
    for (unsigned i = taken; i < count_; ++i) {
        context.counters.add(Drop::tx_full);
        release(context.counters, frames_[i]);
    }
}

void PortOutput::flush(const BurstContext& context) noexcept {
    if (count_ == 0) {
        return;
    }
    if (way_.handoff != nullptr) {
        hand_over(context);
        count_ = 0;
        return;
    }
    // Read before sending: afterwards the frames are the device's.
    std::uint64_t octets = 0;
    std::uint64_t segments = 0;
    for (std::uint16_t i = 0; i < count_; ++i) {
        octets += frames_[i]->pkt_len;
        segments += frames_[i]->nb_segs;
    }
    const std::uint16_t sent = rte_eth_tx_burst(way_.ethdev, way_.queue, frames_.data(), count_);
    for (std::uint16_t i = sent; i < count_; ++i) {
        octets -= frames_[i]->pkt_len;
        segments -= frames_[i]->nb_segs;
        context.counters.add(Drop::tx_full);
        release(context.counters, frames_[i]);
    }
    context.counters.add(Counter::tx_packets, sent);
    context.counters.add(Counter::tx_octets, octets);
    context.counters.add(Counter::mbufs_released, segments);
    count_ = 0;
}

}  // namespace sallyport::dataplane
