// SPDX-License-Identifier: Apache-2.0
// One realm's DPDK port: probed from its device string, configured with what the device offers
// (queues, checksum, RSS, multi-segment), started, and closed with its owner. Thread: main thread;
// queues are used by workers in between.
#pragma once

#include "config/types/result.h"
#include "dataplane/counters.h"
#include "dataplane/realm_table.h"

#include <cstdint>
#include <memory>
#include <string>

struct rte_mempool;

namespace sallyport::dataplane {

class EthPort {
public:
    EthPort() noexcept = default;
    /// device: the realm's device string; queues: wanted (one per worker), fewer when the device
    /// has fewer. The error names the device and the cure.
    [[nodiscard]] static Result<EthPort, std::string> open(const std::string& device,
                                                           std::uint16_t queues, rte_mempool* pool);
    EthPort(EthPort&& other) noexcept;
    EthPort& operator=(EthPort&& other) noexcept;
    ~EthPort();

    [[nodiscard]] Outcome<std::string> start();
    void stop() noexcept;

    /// Any thread: what the device says of itself.
    void add_gauges(CountersSnapshot::RealmGauges& gauges) const noexcept;

    [[nodiscard]] std::uint16_t id() const noexcept { return id_; }
    [[nodiscard]] std::uint16_t queues() const noexcept { return queues_; }
    [[nodiscard]] std::uint16_t mtu() const noexcept { return mtu_; }
    [[nodiscard]] const MacAddress& mac() const noexcept { return mac_; }
    /// The device sends packets of several segments; otherwise they are made one before.
    [[nodiscard]] bool sends_segments() const noexcept { return sends_segments_; }

private:
    [[nodiscard]] Outcome<std::string> configure(rte_mempool* pool);
    [[nodiscard]] Outcome<std::string> set_up_queues(rte_mempool* pool);
    void accept_multicast();

    static constexpr std::uint16_t kNone = 0xFFFF;
    std::uint16_t id_{kNone};
    std::uint16_t queues_{1};
    std::uint16_t mtu_{1500};
    MacAddress mac_{};
    bool sends_segments_{false};
    bool started_{false};
    bool promiscuous_{false};
    std::string device_;
};

}  // namespace sallyport::dataplane
