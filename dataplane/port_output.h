// SPDX-License-Identifier: Apache-2.0
// One worker's way out of one port: frames gathered until the end of the loop, then sent on the
// worker's own transmit queue, or handed to the worker that has one when the device offers fewer
// queues than there are workers.
#pragma once

#include "dataplane/packet.h"

#include <array>
#include <cstdint>

struct rte_ring;

namespace sallyport::dataplane {

class PortOutput {
public:
    struct Way {
        std::uint16_t ethdev{0};
        std::uint16_t queue{0};
        rte_ring* handoff{nullptr};  // set: no queue of our own
        bool segments{false};        // the device sends packets of several segments
    };
    explicit PortOutput(const Way& way) noexcept : way_(way) {}

    /// Takes over a complete frame.
    void add(const BurstContext& context, rte_mbuf* frame) noexcept;
    /// Sends what was gathered; what the device does not take is dropped and counted.
    void flush(const BurstContext& context) noexcept;

private:
    void hand_over(const BurstContext& context) noexcept;
    Way way_;
    std::uint16_t count_{0};
    std::array<rte_mbuf*, kBurst> frames_{};
};

}  // namespace sallyport::dataplane
