// SPDX-License-Identifier: Apache-2.0
// Addresses of a world: phones by number, inside and outside. Tests only.
#pragma once

#include "config/types/ip.h"

#include <cstdint>

namespace sallyport::sim {

inline constexpr Endpoint kCarrier{IpAddr::v4(0x0a140002), Port{5060}};
inline constexpr Endpoint kFirstPeer{IpAddr::v4(0x0a140003), Port{5060}};
inline constexpr Endpoint kNobody{IpAddr::v4(0x0a140909), Port{5060}};
inline constexpr std::uint32_t kInsideNetwork = 0x0a0a0100;
inline constexpr std::uint32_t kOutsideNetwork = 0x0a140100;
inline constexpr std::uint32_t kNextNetwork = 0x100;  // of the second phone of the same number

[[nodiscard]] inline Endpoint phone_at(std::uint32_t network, int number) {
    return {IpAddr::v4(network + static_cast<std::uint32_t>(number) + 1), Port{5060}};
}

}  // namespace sallyport::sim
