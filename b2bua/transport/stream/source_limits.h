// SPDX-License-Identifier: Apache-2.0
// How many inbound connections each source has (B22). A source is an IPv4 address, or the /64 that
// an IPv6 host chooses its addresses from. Pure; as large as there are connections.
#pragma once

#include "config/types/ip.h"

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace sallyport {

class SourceLimits {
public:
    explicit SourceLimits(std::uint32_t most) noexcept : most_(most) {}

    /// False: the source has as many as it may, and this one is not counted.
    [[nodiscard]] bool add(const IpAddr& ip);
    /// One that was added is gone.
    void remove(const IpAddr& ip) noexcept;
    [[nodiscard]] std::size_t sources() const noexcept { return counts_.size(); }

private:
    std::uint32_t most_;
    std::unordered_map<IpAddr, std::uint32_t> counts_;
};

}  // namespace sallyport
