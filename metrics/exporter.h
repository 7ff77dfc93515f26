// SPDX-License-Identifier: Apache-2.0
// Serves /metrics over HTTP for Prometheus. Pull only: nothing is counted here and nothing on a
// packet path knows of it. Collectors run on the server's own threads, one scrape at a time.
#pragma once

#include "config/types/ip.h"
#include "config/types/result.h"
#include "metrics/collectors.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sallyport::metrics {

/// Called for each scrape, from a thread of the exporter; what it reads must outlive the exporter.
using Collector = std::function<Families()>;

class Exporter {
public:
    /// Listens at once. The error is one sentence with the address, the reason and the cure.
    [[nodiscard]] static Result<std::unique_ptr<Exporter>, std::string> start(
        const Endpoint& at, std::vector<Collector> collectors);
    /// Stops listening and waits for a scrape under way.
    ~Exporter();
    Exporter(const Exporter&) = delete;
    Exporter& operator=(const Exporter&) = delete;

    /// The port it listens on; another than asked for only where that was 0.
    [[nodiscard]] Port port() const;

private:
    struct Parts;
    explicit Exporter(std::unique_ptr<Parts> parts) noexcept;
    std::unique_ptr<Parts> parts_;
};

}  // namespace sallyport::metrics
