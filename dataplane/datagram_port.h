// SPDX-License-Identifier: Apache-2.0
// The DatagramPort of one shard over DPDK: takes mbufs from its inbox, builds outgoing packets in
// the shard's own thread and rings them to the worker that owns the way out. Thread: its shard's.
#pragma once

#include "dataplane/adjacency.h"
#include "dataplane/buffers.h"
#include "dataplane/counters.h"
#include "dataplane/datagram.h"
#include "dataplane/epoch.h"
#include "dataplane/realm_table.h"
#include "dataplane/shard_inbox.h"

#include <array>
#include <atomic>
#include <memory>
#include <span>
#include <vector>

namespace sallyport::dataplane {

/// What all shards share; everything outlives the ports.
struct DatagramPaths {
    const RealmTable& realms;
    const AdjacencyBoard& board;
    Epoch& epoch;
    rte_mempool* pool;
    std::span<rte_ring* const> outgoing;         // per realm: ring to the worker that sends for it
    std::atomic<std::uint32_t>& identification;  // of the next datagram that must be fragmented
};

class EthDatagramPort final : public DatagramPort {
public:
    /// reader: this shard's id in the epoch. counters: this shard's own block.
    EthDatagramPort(const DatagramPaths& paths, std::uint32_t reader, ShardInbox& inbox,
                    CounterBlock& counters);
    /// Frees what was received and never read. The shard's thread has ended.
    ~EthDatagramPort() override;

    std::size_t receive(std::span<Datagram> out) noexcept override;
    SendResult send(RealmId realm, const Endpoint& local, const Endpoint& remote,
                    std::string_view payload) noexcept override;
    void wait(Millis at_most) noexcept override { inbox_.wait(at_most); }

private:
    static constexpr std::size_t kBatch = 64;
    [[nodiscard]] std::string_view payload_of(rte_mbuf* mbuf) noexcept;
    [[nodiscard]] bool reachable(RealmId realm, const IpAddr& remote) noexcept;
    void free_batch() noexcept;

    DatagramPaths paths_;
    std::uint32_t reader_;
    ShardInbox& inbox_;
    CounterBlock& counters_;
    std::array<rte_mbuf*, kBatch> batch_{};
    std::size_t batch_size_{0};
    std::vector<std::vector<char>>
        linear_;  // copies of the batch's datagrams that came in fragments
    std::size_t linear_used_{0};
};

}  // namespace sallyport::dataplane
