// SPDX-License-Identifier: Apache-2.0
// The drop reasons that a single flow counts: those of drops.def that a packet can meet once its
// port has led to a flow. Two kinds: refused at the port (not from the remote end, or nothing that
// may be here), and accepted but not sent on. Not counted by a flow is what has waited for a next
// hop in vain (neighbour_timeout: its flow may be another's by then) and what a port did not take
// (tx_full: packets of many flows in one queue). Values only, any thread.
#pragma once

#include "dataplane/counters.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>

namespace sallyport::dataplane {

/// Refused at the port, in the order of the checks.
inline constexpr std::array kRefusals{
    Drop::rtp_malformed,    Drop::rtp_on_rtcp_port, Drop::rtcp_on_rtp_port,  Drop::media_stun,
    Drop::media_zrtp,       Drop::media_dtls,       Drop::media_turn,        Drop::bad_udp_checksum,
    Drop::rtp_not_ready,    Drop::rtp_wrong_source, Drop::rtp_former_source, Drop::rtp_other_branch,
    Drop::rtp_payload_type, Drop::rtp_latch_late,   Drop::rtp_latch_pending, Drop::rtp_latch_busy,
    Drop::rtp_too_many,
};
/// Accepted, and not sent on to the other side.
inline constexpr std::array kStops{
    Drop::rtp_held,
    Drop::rtp_no_remote,
    Drop::rtp_not_latched,
    Drop::media_no_headroom,
    // On the way out (next_hop.cpp, refragment.cpp):
    Drop::too_big,
    Drop::no_route,
    Drop::neighbour_queue_full,
    Drop::no_mbuf,
};
inline constexpr std::size_t kFlowDrops = kRefusals.size() + kStops.size();

/// Both kinds, refusals first.
inline constexpr auto kFlowDropReasons = [] {
    std::array<Drop, kFlowDrops> all{};
    for (std::size_t i = 0; i < kFlowDrops; ++i) {
        all[i] = i < kRefusals.size() ? kRefusals[i] : kStops[i - kRefusals.size()];
    }
    return all;
}();

namespace detail {
inline constexpr auto kSlots = [] {
    std::array<std::uint8_t, kDrops> slots{};
    slots.fill(kFlowDrops);
    for (std::size_t i = 0; i < kFlowDrops; ++i) {
        slots[static_cast<std::size_t>(kFlowDropReasons[i])] = static_cast<std::uint8_t>(i);
    }
    return slots;
}();
}  // namespace detail

/// Where a reason stands in kFlowDropReasons; kFlowDrops: no flow counts it.
[[nodiscard]] constexpr std::size_t flow_slot(Drop reason) noexcept {
    return detail::kSlots[static_cast<std::size_t>(reason)];
}

/// It is one of kStops.
[[nodiscard]] constexpr bool is_stop(Drop reason) noexcept {
    const std::size_t slot = flow_slot(reason);
    return slot >= kRefusals.size() && slot < kFlowDrops;
}

/// Packets of one flow by reason.
struct FlowDrops {
    std::array<std::uint64_t, kFlowDrops> counts{};  // as kFlowDropReasons

    /// 0 for a reason that no flow counts.
    [[nodiscard]] constexpr std::uint64_t of(Drop reason) const noexcept {
        const std::size_t slot = flow_slot(reason);
        return slot < kFlowDrops ? counts[slot] : 0;
    }
    constexpr void set(Drop reason, std::uint64_t packets) noexcept {
        if (const std::size_t slot = flow_slot(reason); slot < kFlowDrops) {
            counts[slot] = packets;
        }
    }
    /// All that were refused at the port.
    [[nodiscard]] constexpr std::uint64_t refused() const noexcept {
        return std::accumulate(counts.begin(), counts.begin() + kRefusals.size(), std::uint64_t{0});
    }
    bool operator==(const FlowDrops&) const noexcept = default;
};

}  // namespace sallyport::dataplane
