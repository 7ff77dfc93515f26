// SPDX-License-Identifier: Apache-2.0
// DPDK's environment as an owned value: arguments made from the configuration, its own chatter
// caught, cleaned up at the end. Starts once per process (a DPDK limit): a second Eal in the same
// process is refused with a fault. Thread: main thread. Its CPU affinity is put back after
// rte_eal_init, which would otherwise pin it.
#pragma once

#include "config/types/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::dataplane {

struct EalRequest {
    std::uint8_t workers{1};
    std::uint64_t memory_bytes{
        0};  // packet memory and tables, for the choice of hugepages and for --no-huge
    std::vector<std::string> pci_devices;  // allowed PCI addresses; none: PCI is not scanned
};

class Eal {
public:
    /// The error is one sentence that names the thing and the cure.
    [[nodiscard]] static Result<std::unique_ptr<Eal>, std::string> start(const EalRequest& request);
    ~Eal();
    Eal(const Eal&) = delete;
    Eal& operator=(const Eal&) = delete;

    /// The lcore ids of the workers, in order.
    [[nodiscard]] const std::vector<unsigned>& worker_lcores() const noexcept { return lcores_; }
    [[nodiscard]] bool hugepages() const noexcept { return hugepages_; }

private:
    explicit Eal(std::string prefix) : prefix_(std::move(prefix)) {}
    std::string prefix_;
    std::vector<unsigned> lcores_;
    bool hugepages_{false};
};

}  // namespace sallyport::dataplane
