// SPDX-License-Identifier: Apache-2.0
// IP fragments of datagrams for us become whole datagrams again (B1; RFC 791 s.3.2, RFC 8200 s.4.5)
// with DPDK's rte_ip_frag: at most 8 fragments each, 2 s, sets that overlap are dropped whole (RFC
// 5722 s.4). What waits is bounded in all and per source network, so that nobody fills our memory
// with halves. One per worker, its thread only.
#pragma once

#include "dataplane/packet.h"

#include <rte_ip_frag.h>

#include <array>
#include <cstdint>
#include <memory>

namespace sallyport::dataplane {

class Reassembly {
public:
    static constexpr std::uint64_t kTimeoutMs = 2000;
    /// Fragments that may wait from one IPv4 /24 or IPv6 /56. One open datagram holds at least one,
    /// so this also bounds the open datagrams to the 256 of B1.
    static constexpr std::uint16_t kPerSource = 256;
    static constexpr std::uint32_t kInAll = 1024;

    /// Null table when memory is short: see ok().
    explicit Reassembly(std::uint64_t tsc_hz);
    ~Reassembly();
    Reassembly(const Reassembly&) = delete;
    Reassembly& operator=(const Reassembly&) = delete;
    [[nodiscard]] bool ok() const noexcept { return table_ != nullptr; }

    /// A packet with edge kReassemble. Becomes the whole datagram (edge kTap, to be parsed again),
    /// kDrop, or is kept (mbuf null) until the rest arrives.
    void take(const BurstContext& context, Packet& packet) noexcept;
    /// Drops what has waited too long. Call about every 100 ms.
    void expire(const BurstContext& context) noexcept;
    /// Fragments held now.
    [[nodiscard]] std::uint32_t waiting() const noexcept { return waiting_; }

private:
    static constexpr std::size_t kSlots = 4096;
    [[nodiscard]] static std::size_t slot_of(const Packet& fragment) noexcept;
    [[nodiscard]] rte_mbuf* give(const BurstContext& context, Packet& packet) noexcept;
    void leave(rte_mbuf* fragment) noexcept;
    void bury(const BurstContext& context, Drop reason) noexcept;

    rte_ip_frag_tbl* table_{nullptr};
    rte_ip_frag_death_row dead_{};
    std::uint32_t waiting_{0};
    std::array<std::uint16_t, kSlots>
        per_source_{};  // by hash of the source network; collisions share a bound
};

}  // namespace sallyport::dataplane
