// SPDX-License-Identifier: Apache-2.0
// What a worker must know of a realm to sort a packet: its address, its listen ports, its media
// range, its port's MAC. Built before the workers start, read-only afterwards; any thread may read.
#pragma once

#include "config/config.h"
#include "config/types/id.h"
#include "config/types/ip.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace sallyport::dataplane {

using MacAddress = std::array<std::uint8_t, 6>;

inline constexpr std::size_t kMaxListenPorts = 16;
inline constexpr std::size_t kMaxRealms = 32;

struct RealmEntry {
    std::array<std::uint8_t, 16> octets{};  // our address, network order; IPv4 uses the first four
    Family family{Family::kNone};
    bool access{false};  // strangers live here: unknown UDP ports stay silent (B24)
    std::uint8_t listen_count{0};
    MacAddress mac{};         // of the port and of its tap
    std::uint16_t ethdev{0};  // DPDK port id
    std::uint16_t mtu{1500};
    std::uint16_t media_first{0};
    std::uint16_t media_last{0};
    std::array<std::uint16_t, kMaxListenPorts> listen{};  // host order
    IpAddr address;

    [[nodiscard]] bool listens_on(std::uint16_t port) const noexcept {
        for (std::size_t i = 0; i < listen_count; ++i) {
            if (listen[i] == port) {
                return true;
            }
        }
        return false;
    }
    [[nodiscard]] bool media_port(std::uint16_t port) const noexcept {
        return port >= media_first && port <= media_last;
    }
};

class RealmTable {
public:
    RealmTable() = default;
    /// Addresses and ports from the configuration; mac, ethdev and mtu are set when the port is
    /// open.
    explicit RealmTable(const Config& config);

    [[nodiscard]] const RealmEntry& operator[](RealmId id) const noexcept {
        return entries_[id.value];
    }
    [[nodiscard]] RealmEntry& operator[](RealmId id) noexcept { return entries_[id.value]; }
    [[nodiscard]] bool contains(RealmId id) const noexcept { return id.value < entries_.size(); }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    [[nodiscard]] std::span<const RealmEntry> all() const noexcept { return entries_; }

private:
    std::vector<RealmEntry> entries_;
};

}  // namespace sallyport::dataplane
