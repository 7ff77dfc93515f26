// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/sending_limit.h"

#include <algorithm>
#include <limits>

namespace sallyport::call {
namespace {

/// G9: five times what audio in packets of 10 ms needs.
constexpr std::uint64_t kLeastPackets = 500;
/// 20 ms of G.711, what packets of a medium are hardly ever smaller than on average.
constexpr std::uint64_t kSmallPacket = 160;
constexpr std::uint64_t kBitsOfAnOctet = 8;

template <class Int>
Int at_most(std::uint64_t value) noexcept {
    return static_cast<Int>(std::min<std::uint64_t>(value, std::numeric_limits<Int>::max()));
}

}  // namespace

SendingLimit sending_limit(const sdp::MediaSection& section) noexcept {
    if (section.bandwidth == 0) {
        const bool audio = section.media == "audio";
        return {at_most<std::uint16_t>(audio ? kLeastPackets : 0), 0};
    }
    const std::uint64_t octets =
        std::max(2 * section.bandwidth / kBitsOfAnOctet, kLeastPackets * kSmallPacket);
    return {at_most<std::uint16_t>(octets / kSmallPacket), at_most<std::uint32_t>(octets)};
}

}  // namespace sallyport::call
