// SPDX-License-Identifier: Apache-2.0
// A finished UDP packet that is too long for its way out, made anew in fragments (B11). Seldom:
// only when it came in fragments itself or the MTUs of two ports differ. Worker's thread.
#pragma once

#include "dataplane/datagram_build.h"
#include "dataplane/packet.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace sallyport::dataplane {

class Refragmenter {
public:
    Refragmenter() : scratch_(std::make_unique<std::array<char, 65536>>()) {}

    /// packet: kForward, l3 valid, IP header without options followed by UDP. Fills out like
    /// build_datagram; the packet stays the caller's. 0: no memory, or not such a packet.
    [[nodiscard]] std::size_t rebuild(rte_mempool* pool, std::uint16_t mtu, const Packet& packet,
                                      std::span<rte_mbuf*> out) noexcept;

private:
    std::unique_ptr<std::array<char, 65536>> scratch_;
    std::uint32_t identification_{0};
};

}  // namespace sallyport::dataplane
