// SPDX-License-Identifier: Apache-2.0
// The worker-side mirror of the kernel's layer 3 (architecture, decision 1): realm and destination
// address -> next hop and its MAC address. The mirror thread builds a whole new table when
// addresses, routes or neighbours change and publishes it with one release store; readers load it
// with acquire and may use it until their next quiescent state. The old table is freed when every
// reader has passed one (rte_rcu_qsbr, epoch.h).
#pragma once

#include "config/types/id.h"
#include "config/types/ip.h"
#include "dataplane/realm_table.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

namespace sallyport::dataplane {

struct Adjacency {
    enum class State : std::uint8_t {
        kResolved,    // mac is valid
        kUnresolved,  // the kernel has yet to learn the MAC of next_hop
        kNoRoute,  // no route leads there through this realm's tap, or it is an address of our own
    };
    State state{State::kNoRoute};
    MacAddress mac{};
    IpAddr next_hop;
};

/// The resolved MAC of a destination that does not change, remembered beside whatever sends there,
/// so that a steady stream asks the table once per publication. Any worker reads and writes. A
/// torn pair is found out: mac_ carries the low 16 bits of the version it belongs to.
class AdjacencyHint {
public:
    /// version: of the table in use. False: not remembered, or of another table.
    [[nodiscard]] bool recall(std::uint64_t version, MacAddress& mac) const noexcept {
        if (version == 0 || version_.load(std::memory_order_acquire) != version) {
            return false;
        }
        const std::uint64_t word = mac_.load(std::memory_order_relaxed);
        std::memcpy(mac.data(), &word, mac.size());
        return (word >> 48) == (version & 0xffffU);
    }
    void keep(std::uint64_t version, const MacAddress& mac) noexcept {
        std::uint64_t word = 0;
        std::memcpy(&word, mac.data(), mac.size());
        mac_.store(word | version << 48, std::memory_order_relaxed);
        version_.store(version, std::memory_order_release);  // pairs with recall
    }
    /// Owner, before the destination changes and nobody else looks.
    void forget() noexcept { version_.store(0, std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> version_{0};  // 0: nothing remembered
    std::atomic<std::uint64_t> mac_{0};      // six octets, then 16 bits of version
};

/// A route of the kernel's main table that leaves by a realm's tap, or one of the tap's own
/// addresses.
struct RouteEntry {
    RealmId realm;
    Prefix destination;       // host bits are zero
    IpAddr gateway;           // family kNone: on the link
    bool local{false};        // our own address: never sent to the wire
    std::uint32_t metric{0};  // lower wins among equal destinations
};

struct NeighbourEntry {
    RealmId realm;
    IpAddr address;
    MacAddress mac{};
};

/// Immutable once built. Lookup: one hash probe per prefix length in use, then one for the
/// neighbour.
class AdjacencyTable {
public:
    AdjacencyTable() = default;
    AdjacencyTable(std::vector<RouteEntry> routes, const std::vector<NeighbourEntry>& neighbours,
                   std::uint64_t version);

    /// Longest prefix match among the realm's routes, then its neighbours (RFC 1812 s.5.2.4.3).
    [[nodiscard]] Adjacency find(RealmId realm, const IpAddr& destination) const noexcept;
    /// Grows with every publication; a cached Adjacency of another version is stale.
    [[nodiscard]] std::uint64_t version() const noexcept { return version_; }

private:
    struct Length {
        RealmId realm;
        Family family{Family::kNone};
        std::uint8_t bits{0};
        auto operator<=>(const Length&) const noexcept = default;
    };
    struct RouteSlot {
        RouteEntry route;
        bool used{false};
    };
    struct NeighbourSlot {
        NeighbourEntry neighbour;
        bool used{false};
    };
    [[nodiscard]] const RouteEntry* longest_match(RealmId realm, const IpAddr& to) const noexcept;
    [[nodiscard]] const RouteEntry* exact(RealmId realm, const Prefix& prefix) const noexcept;
    [[nodiscard]] const NeighbourEntry* neighbour(RealmId realm, const IpAddr& ip) const noexcept;

    std::uint64_t version_{0};
    std::vector<Length> lengths_;            // longest first
    std::vector<RouteSlot> routes_;          // open addressing, size a power of two
    std::vector<NeighbourSlot> neighbours_;  // same
};

/// Where the current table hangs. Writer: mirror thread. Readers: workers and shards between
/// quiescent states.
class AdjacencyBoard {
public:
    AdjacencyBoard();
    ~AdjacencyBoard();
    AdjacencyBoard(const AdjacencyBoard&) = delete;
    AdjacencyBoard& operator=(const AdjacencyBoard&) = delete;

    [[nodiscard]] const AdjacencyTable& current() const noexcept {
        return *current_.load(std::memory_order_acquire);
    }
    /// Mirror thread: publishes next and returns the table it replaced, to be freed after a grace
    /// period.
    [[nodiscard]] std::unique_ptr<const AdjacencyTable> publish(
        std::unique_ptr<const AdjacencyTable> next) noexcept;

private:
    std::atomic<const AdjacencyTable*> current_;
};

}  // namespace sallyport::dataplane
