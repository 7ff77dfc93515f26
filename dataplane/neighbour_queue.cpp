// SPDX-License-Identifier: Apache-2.0
// A short list in order of arrival; scanned only when there is news.
#include "dataplane/neighbour_queue.h"

#include <algorithm>

namespace sallyport::dataplane {

namespace {
constexpr std::uint64_t kLookAgainMs = 50;
}

NeighbourQueue::NeighbourQueue(ResolveRequests& requests) : requests_(requests) {
    waiting_.reserve(kCapacity);
}

void NeighbourQueue::hold(const BurstContext& context, Packet& packet,
                          const IpAddr& next_hop) noexcept {
    const auto same = [&](const Waiting& w) {
        return w.next_hop == next_hop && w.packet.egress == packet.egress;
    };
    const auto waiting = std::count_if(waiting_.begin(), waiting_.end(), same);
    if (waiting_.size() == kCapacity || static_cast<std::size_t>(waiting) >= kPerNextHop) {
        return packet.drop_for(Drop::neighbour_queue_full);
    }
    if (waiting == 0) {
        requests_.ask({next_hop, packet.egress});
        context.counters.add(Counter::neighbour_requests);
    }
    packet.flow = 0;  // it may be another's when the packet goes on
    waiting_.push_back({packet, next_hop, context.now_ms, context.now_ms});
    context.counters.add(Counter::neighbour_waits);
    packet.mbuf = nullptr;
}

/// True when the packet leaves the queue, its edge set.
bool NeighbourQueue::settle(const BurstContext& context, const AdjacencyTable& table,
                            Waiting& waiting) noexcept {
    if (table.find(waiting.packet.egress, waiting.next_hop).state == Adjacency::State::kResolved) {
        return true;
    }
    if (context.now_ms - waiting.since_ms >= kTimeoutMs) {
        waiting.packet.drop_for(Drop::neighbour_timeout);
        return true;
    }
    if (context.now_ms - waiting.asked_ms >= kAskAgainMs) {
        requests_.ask({waiting.next_hop, waiting.packet.egress});
        waiting.asked_ms = context.now_ms;
    }
    return false;
}

std::size_t NeighbourQueue::ready(const BurstContext& context, const AdjacencyTable& table,
                                  std::span<Packet> out) noexcept {
    if (waiting_.empty() ||
        (table.version() == seen_version_ && context.now_ms - seen_ms_ < kLookAgainMs)) {
        return 0;
    }
    std::size_t given = 0;
    std::size_t kept = 0;
    for (Waiting& waiting : waiting_) {
        if (given < out.size() && settle(context, table, waiting)) {
            out[given++] = waiting.packet;
        } else {
            waiting_[kept++] = waiting;
        }
    }
    waiting_.resize(kept);
    if (given < out.size()) {  // otherwise more may be ready: look again at once
        seen_version_ = table.version();
        seen_ms_ = context.now_ms;
    }
    return given;
}

std::size_t NeighbourQueue::empty_into(std::span<Packet> out) noexcept {
    std::size_t given = 0;
    while (given < out.size() && !waiting_.empty()) {
        out[given] = waiting_.back().packet;
        out[given++].drop_for(Drop::shutdown);
        waiting_.pop_back();
    }
    return given;
}

}  // namespace sallyport::dataplane
