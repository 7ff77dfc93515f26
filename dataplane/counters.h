// SPDX-License-Identifier: Apache-2.0
// Counters of the data plane: one block of cells per thread (worker or shard), each on its own
// cache lines, written only by that thread and summed when somebody reads. No read-modify-write
// instruction, no sharing on the packet path. CountersSnapshot is what a scrape sees.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sallyport::dataplane {

enum class Drop : std::uint8_t {
#define DROP(name, help) name,
#include "dataplane/drops.def"
#undef DROP
    kCount,
};

enum class Counter : std::uint8_t {
#define COUNTER(name, help) name,
#include "dataplane/counters.def"
#undef COUNTER
    kCount,
};

inline constexpr std::size_t kDrops = static_cast<std::size_t>(Drop::kCount);
inline constexpr std::size_t kCounters = static_cast<std::size_t>(Counter::kCount);

[[nodiscard]] std::string_view name_of(Drop drop) noexcept;
[[nodiscard]] std::string_view help_of(Drop drop) noexcept;
[[nodiscard]] std::string_view name_of(Counter counter) noexcept;
[[nodiscard]] std::string_view help_of(Counter counter) noexcept;

/// One thread's cells. Writer: the owning worker or shard; readers: anybody, relaxed (a scrape may
/// be a burst behind).
class alignas(64) CounterBlock {
public:
    void add(Counter c, std::uint64_t n = 1) noexcept {
        bump(counters_[static_cast<std::size_t>(c)], n);
    }
    void add(Drop d, std::uint64_t n = 1) noexcept { bump(drops_[static_cast<std::size_t>(d)], n); }
    [[nodiscard]] std::uint64_t get(Counter c) const noexcept {
        return counters_[static_cast<std::size_t>(c)].load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t get(Drop d) const noexcept {
        return drops_[static_cast<std::size_t>(d)].load(std::memory_order_relaxed);
    }
    /// Worker only: time of loops that found work, and of all loops, in TSC cycles.
    void add_cycles(std::uint64_t busy, std::uint64_t total) noexcept {
        bump(busy_cycles_, busy);
        bump(total_cycles_, total);
    }
    [[nodiscard]] std::uint64_t busy_cycles() const noexcept {
        return busy_cycles_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t total_cycles() const noexcept {
        return total_cycles_.load(std::memory_order_relaxed);
    }

private:
    using Cell = std::atomic<std::uint64_t>;
    static void bump(Cell& cell, std::uint64_t n) noexcept {
        cell.store(cell.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    std::array<Cell, kCounters> counters_{};
    std::array<Cell, kDrops> drops_{};
    Cell busy_cycles_{0};
    Cell total_cycles_{0};
};

/// Everything a scrape wants to know of the data plane. Sums over all threads; gauges are sizes of
/// tables now.
struct CountersSnapshot {
    struct WorkerTime {
        double busy_seconds{0};   // spent in loops that moved at least one packet
        double total_seconds{0};  // since the worker started
    };
    struct RealmGauges {
        std::uint64_t media_ports_in_use{0};
        std::uint64_t media_ports_cooling{0};  // in quarantine (G1)
        std::uint64_t media_ports_total{0};
        std::uint64_t rx_missed{0};  // lost by the device before a worker could take them
        std::uint64_t rx_errors{0};
        std::uint64_t tx_errors{0};
        bool link_up{false};
    };
    std::array<std::uint64_t, kCounters> counters{};
    std::array<std::uint64_t, kDrops> drops{};
    std::vector<WorkerTime> workers;
    std::vector<RealmGauges> realms;  // indexed by RealmId
    std::uint64_t relays{0};
    std::uint64_t mbufs_in_use{
        0};  // held by the gateway: rings, reassembly, neighbour queues, shards
    std::uint64_t mbufs_free{0};  // left in the pool; the rest is held by device queues
    std::uint64_t mbufs_total{0};

    [[nodiscard]] std::uint64_t of(Counter c) const noexcept {
        return counters[static_cast<std::size_t>(c)];
    }
    [[nodiscard]] std::uint64_t of(Drop d) const noexcept {
        return drops[static_cast<std::size_t>(d)];
    }
    void add(const CounterBlock& block) noexcept;
};

}  // namespace sallyport::dataplane
