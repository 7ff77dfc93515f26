// SPDX-License-Identifier: Apache-2.0
// What a flow remembers so that it can be explained: how often it refused packets and why, whom it
// refused last, since when and for what reason its remote end is the remote end. Cold: a packet
// that is relayed never touches it. Written by any worker, on the way of a drop or of a latch, and
// by control before the flow is published; read by control at any time. No lock: a reader that
// meets a writer looks again, a writer that meets another one leaves the note to that one.
#pragma once

#include "config/types/ip.h"
#include "dataplane/flow_drops.h"
#include "dataplane/relay.h"

#include <array>
#include <atomic>
#include <cstdint>

namespace sallyport::dataplane {

/// Why the remote end was chosen, in one word.
struct LatchNote {
    LatchCause cause{LatchCause::kNone};
    std::int16_t step{0};  // kRebinding of RTP: sequence numbers since the last packet
    Port before{};         // kRebinding: the port that it came from until then
    std::uint32_t silence{
        0};  // kRebinding, kMobility: ms without a packet before it; at most kMostSilence

    static constexpr std::uint32_t kMostSilence = 0xffffff;
    [[nodiscard]] constexpr std::uint64_t pack() const noexcept {
        const std::uint64_t kept = silence < kMostSilence ? silence : kMostSilence;
        return std::uint64_t{static_cast<std::uint8_t>(cause)} |
               std::uint64_t{static_cast<std::uint16_t>(step)} << 8 |
               std::uint64_t{before.value} << 24 | kept << 40;
    }
    [[nodiscard]] static constexpr LatchNote unpack(std::uint64_t word) noexcept {
        return {static_cast<LatchCause>(static_cast<std::uint8_t>(word)),
                static_cast<std::int16_t>(static_cast<std::uint16_t>(word >> 8)),
                Port{static_cast<std::uint16_t>(word >> 24)},
                static_cast<std::uint32_t>(word >> 40)};
    }
};

/// One refused packet.
struct RefusedPacket {
    Endpoint source;  // family kNone: none was refused
    Drop reason{Drop::kCount};
    std::uint8_t payload_type{0};  // of RTP
    std::uint64_t at_ms{0};
};

/// The last refused packet, kept whole without a lock: an odd version means that a writer is at it.
class LastRefused {
public:
    void write(const RefusedPacket& refused) noexcept;
    [[nodiscard]] RefusedPacket read() const noexcept;

private:
    using Cell = std::atomic<std::uint64_t>;
    std::atomic<std::uint32_t> version_{0};
    Cell first_{0};  // the address, as its sixteen octets stand
    Cell second_{0};
    Cell rest_{0};  // port, family, reason, payload type
    Cell at_ms_{0};
};

struct FlowNotes {
    std::array<std::atomic<std::uint64_t>, kFlowDrops> drops{};  // added to; as kFlowDropReasons
    std::atomic<std::uint64_t> latched_ms{0};
    std::atomic<std::uint64_t> latch{0};      // LatchNote
    std::atomic<std::uint64_t> candidate{0};  // pack_candidate; of two workers one may lose a step
    LastRefused last_refused;

    void count(Drop reason) noexcept {
        drops[flow_slot(reason)].fetch_add(1, std::memory_order_relaxed);
    }
    /// Relaxed: the latch word that it explains is published after it, or a moment before.
    void note_latch(const LatchNote& note, std::uint64_t now_ms) noexcept {
        latch.store(note.pack(), std::memory_order_relaxed);
        latched_ms.store(now_ms, std::memory_order_relaxed);
    }
    [[nodiscard]] FlowDrops counted() const noexcept;
    /// Control, before publication: nothing is counted and nothing latched; whom the flow of before
    /// refused last stays known. before may be null.
    void begin(const FlowNotes* before) noexcept;
};

}  // namespace sallyport::dataplane
