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
