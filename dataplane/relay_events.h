// SPDX-License-Identifier: Apache-2.0
// Relay events on their way from the workers to the shard that owns the relay: one single-producer
// single-consumer ring per worker and shard, made before the workers start. A full ring loses the
// event, counted by its worker: events only report, nothing of the relay depends on them; kMoving
// alone asks for something, and the sender's next packet asks again.
#pragma once

#include "config/types/id.h"
#include "dataplane/relay.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

struct rte_ring;

namespace sallyport::dataplane {

class RelayEvents {
public:
    RelayEvents(std::uint8_t workers, std::uint8_t shards);

    /// That worker only. False: no room.
    [[nodiscard]] bool push(WorkerId worker, ShardId shard, const RelayEvent& event) noexcept;
    /// That shard only: oldest first per worker; returns how many.
    [[nodiscard]] std::size_t pop(ShardId shard, std::span<RelayEvent> out) noexcept;

private:
    struct Free {
        void operator()(rte_ring* ring) const noexcept;
    };
    using Ring = std::unique_ptr<rte_ring, Free>;
    [[nodiscard]] rte_ring* ring(std::size_t worker, ShardId shard) const noexcept {
        return rings_[worker * shards_ + shard.value].get();
    }

    std::size_t workers_;
    std::size_t shards_;
    std::vector<Ring> rings_;  // [worker][shard]
};

}  // namespace sallyport::dataplane
