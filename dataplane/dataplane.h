// SPDX-License-Identifier: Apache-2.0
// The data plane as main.cpp sees it: started from the configuration, asked for each shard's
// datagrams and relays, read by the exporter, stopped. One per process and one per process life
// (DPDK's EAL starts once). Thread: start and stop on the main thread; counters() from any thread;
// ports and relays belong to their shard's thread.
#pragma once

#include "config/config.h"
#include "config/types/id.h"
#include "config/types/result.h"
#include "dataplane/counters.h"
#include "dataplane/datagram.h"
#include "dataplane/relay.h"

#include <memory>
#include <mutex>
#include <string>

namespace sallyport::dataplane {

/// One sentence that names the thing and the cure.
struct StartFault {
    std::string text;
};

class Dataplane {
public:
    /// Opens every realm's device and tap, starts the netlink mirror and the workers. On failure
    /// nothing is left behind: no tap, no hugepage file, no runtime directory. steer chooses the
    /// shard of each signalling datagram.
    [[nodiscard]] static Result<std::unique_ptr<Dataplane>, StartFault> start(const Config& config,
                                                                              Steer steer);
    /// Stops when stop() was not called.
    ~Dataplane();
    Dataplane(const Dataplane&) = delete;
    Dataplane& operator=(const Dataplane&) = delete;

    /// Valid until stop(). shard < Config::shards.
    [[nodiscard]] DatagramPort& datagrams(ShardId shard) noexcept;
    [[nodiscard]] RelayControl& relays(ShardId shard) noexcept;

    /// Thread-safe; meant for the scrape. After stop(): the last values.
    [[nodiscard]] CountersSnapshot counters() const;

    /// Stops workers and mirror, removes taps, closes devices, cleans the EAL. Shard threads must
    /// have ended before.
    void stop();

private:
    struct Parts;
    explicit Dataplane(std::unique_ptr<Parts> parts) noexcept;
    std::unique_ptr<Parts> parts_;  // null once stopped
    mutable std::mutex reading_;    // a scrape and stop() may meet; no packet path takes it
    CountersSnapshot last_;         // what stop() read
};

}  // namespace sallyport::dataplane
