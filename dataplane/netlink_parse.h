// SPDX-License-Identifier: Apache-2.0
// What the mirror reads out of rtnetlink messages (linux/rtnetlink.h, linux/neighbour.h), as
// values.
#pragma once

#include "config/types/ip.h"
#include "dataplane/realm_table.h"

#include <linux/netlink.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

namespace sallyport::dataplane::netlink {

/// A dump request of one kind and family; routes are limited to the main table where the kernel
/// can.
class DumpRequest {
public:
    DumpRequest(std::uint16_t type, std::uint8_t family) noexcept;
    [[nodiscard]] nlmsghdr* message() noexcept {
        return reinterpret_cast<nlmsghdr*>(buffer_.data());
    }

private:
    alignas(nlmsghdr) std::array<char, 128> buffer_{};
};

struct SeenNeighbour {
    int ifindex{0};
    IpAddr address;
    MacAddress mac{};
    bool usable{false};  // has a link-layer address that may be sent to
    bool stale{false};
};
[[nodiscard]] std::optional<SeenNeighbour> parse_neighbour(const nlmsghdr& message) noexcept;

struct SeenRoute {
    int ifindex{0};
    Prefix destination;
    IpAddr gateway;  // family kNone: on the link
    std::uint32_t metric{0};
};
/// Unicast routes of the main table, once per next hop.
void for_each_hop(const nlmsghdr& message, const std::function<void(const SeenRoute&)>& use);

struct SeenAddress {
    int ifindex{0};
    IpAddr address;
};
[[nodiscard]] std::optional<SeenAddress> parse_address(const nlmsghdr& message) noexcept;

}  // namespace sallyport::dataplane::netlink
