// SPDX-License-Identifier: Apache-2.0
// Flow: one of our media ports, the one remote end that is heard there, and through its partner
// flow the way out on the other side of the relay (architecture, decision 3). A packet reads the
// first line of the flow it arrives on and of the flow it leaves by, and writes the second line of
// the former. Who writes: "control" is the shard that owns the flow, and only before it publishes
// the flow in the FlowTable, unless a field says otherwise; "worker" is any worker, at any time
// after. Changes of what signalling knows never touch a published flow: control publishes a new one
// in its place and retires the old one (relay_control.h).
#pragma once

#include "config/types/ip.h"
#include "dataplane/adjacency.h"
#include "dataplane/latch.h"

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>

namespace sallyport::dataplane {

using FlowIndex = std::uint32_t;

/// Values of a port's entry that are no flow. Flows count from kFirstFlow.
inline constexpr FlowIndex kPortClosed = 0;
inline constexpr FlowIndex kPortCooling = 1;  // in quarantine (G1)
inline constexpr FlowIndex kFirstFlow = 2;
/// An out_* or rtcp_cells field that leads nowhere.
inline constexpr FlowIndex kNoFlow = 0;

/// The part of a latch that changes, in one word, so that workers agree on it without a lock.
struct LatchWord {
    Port port{};  // kLocked: of the remote end
    LatchState state{LatchState::kOpen};
    bool heard{false};           // a packet was accepted here since the relay was created
    bool previous_heard{false};  // FlowRules::previous is still accepted

    [[nodiscard]] constexpr std::uint64_t pack() const noexcept {
        return std::uint64_t{port.value} | std::uint64_t{static_cast<std::uint8_t>(state)} << 16 |
               std::uint64_t{heard} << 24 | std::uint64_t{previous_heard} << 25;
    }
    [[nodiscard]] static constexpr LatchWord unpack(std::uint64_t word) noexcept {
        return {Port{static_cast<std::uint16_t>(word)},
                static_cast<LatchState>(static_cast<std::uint8_t>(word >> 16)),
                (word >> 24 & 1) != 0, (word >> 25 & 1) != 0};
    }
};
/// LatchWord >> 16 of a flow with nothing left to decide: locked, heard, the previous source
/// forgotten.
inline constexpr std::uint64_t kSettled =
    LatchWord{Port{}, LatchState::kLocked, true, false}.pack() >> 16;

/// An address as two words that are compared at once; IPv4 fills the first four octets.
struct AddressWords {
    std::uint64_t first{0};
    std::uint64_t second{0};
    constexpr bool operator==(const AddressWords&) const noexcept = default;

    [[nodiscard]] static AddressWords of(const std::uint8_t* octets, Family family) noexcept {
        AddressWords w;
        if (family == Family::kIpv4) {
            std::uint32_t v4 = 0;
            std::memcpy(&v4, octets, sizeof v4);
            w.first = v4;
        } else {
            std::memcpy(&w.first, octets, sizeof w.first);
            std::memcpy(&w.second, octets + sizeof w.first, sizeof w.second);
        }
        return w;
    }
    [[nodiscard]] static AddressWords of(const IpAddr& ip) noexcept {
        return of(ip.octets().data(), Family::kIpv6);
    }
    [[nodiscard]] IpAddr to_ip(Family family) const noexcept;
};
static_assert(std::endian::native == std::endian::little, "IPv4 must land in the first octets");

/// What a flow has taken in one second of the clock, in one word (G9). Of the second only 16 bits
/// are kept: after 18 hours of silence it may be taken for the present one, for less than a second.
struct Pace {
    std::uint16_t second{0};
    std::uint16_t packets{0};  // counts only where packets are limited, and to no more than that
    std::uint32_t octets{0};   // likewise, to less than that and one packet

    [[nodiscard]] constexpr std::uint64_t pack() const noexcept {
        return std::uint64_t{second} << 48 | std::uint64_t{packets} << 32 | octets;
    }
    [[nodiscard]] static constexpr Pace unpack(std::uint64_t word) noexcept {
        return {static_cast<std::uint16_t>(word >> 48), static_cast<std::uint16_t>(word >> 32),
                static_cast<std::uint32_t>(word)};
    }
};
/// Flow::octets_per_second is no more, so that a packet beyond it does not overflow Pace::octets.
inline constexpr std::uint32_t kMostOctetsPerSecond = 0xffff0000;

struct alignas(128) Flow {
    // ---- line one: what a packet needs
    // -------------------------------------------------------------------------
    /// LatchWord. control before publication, then worker by compare-and-swap. Release when it
    /// becomes kLocked, pairs with acquire in every reader: remote_* are written before and never
    /// again.
    std::atomic<std::uint64_t> latch{0};
    /// AddressWords of the remote end once kLocked. control, or the worker that holds kClaiming;
    /// relaxed, see latch.
    std::atomic<std::uint64_t> remote_first{0};
    std::atomic<std::uint64_t> remote_second{0};
    /// MAC towards the remote end once kLocked. worker; control forgets it before publication.
    AdjacencyHint hint;
    /// The flow by which RTP (RTCP) that arrives here leaves. control, also after publication:
    /// release; readers acquire.
    std::atomic<FlowIndex> out_rtp{kNoFlow};
    std::atomic<FlowIndex> out_rtcp{kNoFlow};
    FlowIndex rtcp_cells{kNoFlow};  // control: where RTCP is counted: the RTCP flow of this side
    std::uint16_t local_port{0};    // control, host order; the address is the realm's
    std::uint8_t realm{0};          // control: where the remote end is and local_port is ours
    Family remote_family{Family::kNone};  // control: family of every address above; the realm's
    bool sends_media{false};  // control: false: RTP must not leave by this flow (E11, E13)
    bool has_remote{false};   // control: false: nothing at all leaves by this flow (E11: 0.0.0.0)
    bool opaque{false};       // control: payload is not RTP (Payload::kOpaque)
    bool muxed{false};        // control: RTCP may arrive here too (RFC 5761)
    bool rtcp{false};         // control: this is the RTCP port of its pair
    std::uint8_t dscp{0};     // control: of packets that leave by this flow (G15)

    // ---- line two: what a packet leaves behind; worker writes, control reads, all relaxed
    // ------------------------- A flow is fed by one remote source, that is by one receive queue
    // and one worker: its cells are a load and a store. While a source moves between queues one
    // update may be lost.
    alignas(64) std::atomic<std::uint64_t> packets_in{0};
    std::atomic<std::uint64_t> octets_in{0};
    std::atomic<std::uint64_t> stopped_packets{
        0};  // of packets_in: not sent on (held, no remote end, ...)
    std::atomic<std::uint64_t> stopped_octets{0};
    std::atomic<std::uint64_t> last_seen_ms{0};  // 0: never
    std::atomic<std::uint64_t> evidence{0};      // pack_evidence
    std::atomic<std::uint64_t> pace{0};          // Pace
    std::uint32_t octets_per_second{0};          // control: more are refused (G9); 0: any number
    std::uint16_t packets_per_second{0};         // control: likewise
};  // what it refused, and why it is latched: flow_notes.h
static_assert(sizeof(Flow) == 128);

[[nodiscard]] constexpr std::uint64_t pack_evidence(const LatchEvidence& e) noexcept {
    return std::uint64_t{e.ssrc} << 32 | std::uint64_t{e.sequence} << 16 | std::uint64_t{e.known};
}
[[nodiscard]] constexpr LatchEvidence unpack_evidence(std::uint64_t word) noexcept {
    return {static_cast<std::uint32_t>(word >> 32), static_cast<std::uint16_t>(word >> 16),
            (word & 1) != 0};
}

[[nodiscard]] constexpr std::uint64_t pack_candidate(const LatchCandidate& c) noexcept {
    return std::uint64_t{c.ssrc} << 32 | std::uint64_t{c.sequence} << 16 | c.packets;
}
[[nodiscard]] constexpr LatchCandidate unpack_candidate(std::uint64_t word) noexcept {
    return {static_cast<std::uint32_t>(word >> 32), static_cast<std::uint16_t>(word >> 16),
            static_cast<std::uint8_t>(word)};
}

[[nodiscard]] inline AddressWords remote_words(const Flow& flow) noexcept {
    return {flow.remote_first.load(std::memory_order_relaxed),
            flow.remote_second.load(std::memory_order_relaxed)};
}
/// Relaxed: whoever publishes the flow or its latch word orders it.
inline void set_remote_words(Flow& flow, AddressWords words) noexcept {
    flow.remote_first.store(words.first, std::memory_order_relaxed);
    flow.remote_second.store(words.second, std::memory_order_relaxed);
}

/// The remote end that a latch word says is locked; family kNone otherwise. word: loaded with
/// acquire.
[[nodiscard]] inline Endpoint locked_remote(const Flow& flow, std::uint64_t word) noexcept {
    const LatchWord latch = LatchWord::unpack(word);
    if (latch.state != LatchState::kLocked) {
        return {};
    }
    return {remote_words(flow).to_ip(flow.remote_family), latch.port};
}

inline IpAddr AddressWords::to_ip(Family family) const noexcept {
    std::array<std::uint8_t, 16> octets{};
    std::memcpy(octets.data(), &first, sizeof first);
    std::memcpy(octets.data() + sizeof first, &second, sizeof second);
    if (family == Family::kIpv4) {
        return IpAddr::v4(std::uint32_t{octets[0]} << 24 | std::uint32_t{octets[1]} << 16 |
                          std::uint32_t{octets[2]} << 8 | octets[3]);
    }
    return IpAddr::v6(octets);
}

}  // namespace sallyport::dataplane
