// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/stream/source_limits.h"

#include <algorithm>

namespace sallyport {
namespace {

IpAddr source_of(const IpAddr& ip) noexcept {
    if (!ip.is_v6()) {
        return ip;
    }
    auto octets = ip.octets();
    std::fill(octets.begin() + 8, octets.end(), std::uint8_t{0});
    return IpAddr::v6(octets);
}

}  // namespace

bool SourceLimits::add(const IpAddr& ip) {
    if (most_ == 0) {
        return false;
    }
    std::uint32_t& count = counts_[source_of(ip)];
    if (count == most_) {
        return false;
    }
    ++count;
    return true;
}

void SourceLimits::remove(const IpAddr& ip) noexcept {
    const auto at = counts_.find(source_of(ip));
    if (at != counts_.end() && --at->second == 0) {
        counts_.erase(at);
    }
}

}  // namespace sallyport
