// SPDX-License-Identifier: Apache-2.0
// Mirrors the kernel's layer 3 into the workers' adjacency table and carries their wishes the other
// way: a thread that listens on rtnetlink for addresses, routes and neighbours of the taps,
// publishes a new table when one of them changed, and asks the kernel to resolve next hops that
// workers miss. It also has stale neighbours confirmed now and then, because the kernel does not
// see the traffic that uses them.
#pragma once

#include "config/types/result.h"
#include "dataplane/adjacency.h"
#include "dataplane/epoch.h"
#include "dataplane/netlink.h"
#include "dataplane/resolve_requests.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace sallyport::dataplane {

class KernelMirror {
public:
    /// taps: interface index per realm. Reads everything once and publishes it before it returns;
    /// then the thread runs.
    [[nodiscard]] static Result<std::unique_ptr<KernelMirror>, std::string> start(
        std::vector<int> taps, AdjacencyBoard& board, Epoch& epoch, ResolveRequests& requests);
    ~KernelMirror();
    KernelMirror(const KernelMirror&) = delete;
    KernelMirror& operator=(const KernelMirror&) = delete;

private:
    struct Neighbour {
        MacAddress mac{};
        bool stale{false};
        bool operator==(const Neighbour&) const noexcept = default;
    };
    using NeighbourKey = std::pair<RealmId, IpAddr>;

    KernelMirror(std::vector<int> taps, AdjacencyBoard& board, Epoch& epoch,
                 ResolveRequests& requests);
    void run() noexcept;
    void on_events();
    void on_requests() noexcept;
    void on_event(const nlmsghdr& message);
    [[nodiscard]] Outcome<std::string> read_all();
    [[nodiscard]] Outcome<std::string> read_routes();
    [[nodiscard]] Outcome<std::string> dump(std::uint16_t type, std::uint8_t family);
    void on_neighbour(const nlmsghdr& message);
    void on_route(const nlmsghdr& message);
    void on_address(const nlmsghdr& message);
    [[nodiscard]] bool realm_of(int ifindex, RealmId& realm) const noexcept;
    void publish();
    void free_retired() noexcept;
    void confirm_stale() noexcept;

    std::vector<int> taps_;
    AdjacencyBoard& board_;
    Epoch& epoch_;
    ResolveRequests& requests_;
    netlink::Socket events_;
    netlink::Socket queries_;
    std::map<NeighbourKey, Neighbour> neighbours_;
    std::vector<RouteEntry> routes_;
    std::uint64_t version_{0};
    bool neighbours_changed_{false};
    bool routes_dirty_{false};
    bool lost_{false};
    struct Retired {
        std::unique_ptr<const AdjacencyTable> table;
        Epoch::Token token;
    };
    std::vector<Retired> retired_;
    int stop_bell_{-1};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace sallyport::dataplane
