// SPDX-License-Identifier: Apache-2.0
// Hands signalling datagrams to the shards that own them. Worker's thread. Steering reads the
// payload; it is handed in because this folder knows no SIP.
#pragma once

#include "dataplane/datagram.h"
#include "dataplane/packet.h"
#include "dataplane/shard_inbox.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace sallyport::dataplane {

class SignallingStage {
public:
    /// inboxes: one per shard, shared with the other workers; they outlive this.
    SignallingStage(Steer steer, std::span<ShardInbox* const> inboxes);

    /// Packets with edge kSignalling. What no inbox takes becomes kDrop; the rest belongs to its
    /// shard, and mbuf is null.
    void deliver(const BurstContext& context, std::span<Packet*> packets) noexcept;

private:
    [[nodiscard]] std::uint8_t owner_of(const Packet& packet) noexcept;

    Steer steer_;
    std::vector<ShardInbox*> inboxes_;
    std::unique_ptr<std::array<char, 65536>> scratch_;  // for datagrams in several segments
};

}  // namespace sallyport::dataplane
