// SPDX-License-Identifier: Apache-2.0
// Steering, facts into the private area, ring, bell.
#include "dataplane/signalling_stage.h"

#include "dataplane/buffers.h"

namespace sallyport::dataplane {

SignallingStage::SignallingStage(Steer steer, std::span<ShardInbox* const> inboxes)
    : steer_(steer),
      inboxes_(inboxes.begin(), inboxes.end()),
      scratch_(std::make_unique<std::array<char, 65536>>()) {}

std::uint8_t SignallingStage::owner_of(const Packet& packet) noexcept {
    const auto shards = static_cast<std::uint8_t>(inboxes_.size());
    if (shards == 1) {
        return 0;
    }
    const auto* payload = static_cast<const char*>(
        rte_pktmbuf_read(packet.mbuf, packet.payload, packet.payload_length, scratch_->data()));
    if (payload == nullptr) {
        return 0;
    }
    const std::uint8_t shard = steer_({payload, packet.payload_length}, shards);
    return shard < shards ? shard : std::uint8_t{0};
}

void SignallingStage::deliver(const BurstContext& context, std::span<Packet*> packets) noexcept {
    std::uint64_t rung[4] = {};  // one bit per shard
    for (Packet* packet : packets) {
        SignalFacts& facts = facts_of(packet->mbuf);
        facts.local = packet->destination();
        facts.remote = packet->source();
        facts.realm = packet->realm;
        facts.family = packet->family;
        facts.l3 = packet->l3;
        facts.payload = packet->payload;
        facts.payload_length = packet->payload_length;
        const std::uint8_t shard = owner_of(*packet);
        if (!inboxes_[shard]->push(packet->mbuf)) {
            packet->drop_for(Drop::shard_ring_full);
            continue;
        }
        packet->mbuf = nullptr;
        context.counters.add(Counter::signalling_in);
        rung[shard / 64] |= std::uint64_t{1} << (shard % 64);
    }
    for (std::size_t shard = 0; shard < inboxes_.size(); ++shard) {
        if ((rung[shard / 64] >> (shard % 64) & 1) != 0) {
            inboxes_[shard]->ring_bell();
        }
    }
}

}  // namespace sallyport::dataplane
