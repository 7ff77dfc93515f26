// SPDX-License-Identifier: Apache-2.0
// Where every media port of every realm leads (architecture, decision 2): realm, then destination
// port, then flow: two loads and no hash. All memory is taken at the start. Shards write their own
// ports and their own part of the flows; workers read. A flow is published by a release store of
// its index and found by an acquire load; it may be used until the worker's next quiescent state
// (epoch.h).
#pragma once

#include "config/types/id.h"
#include "dataplane/flow.h"
#include "dataplane/flow_notes.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace sallyport::dataplane {

class FlowTable {
public:
    /// flows: how many there may be at once, retired ones not yet recycled included.
    FlowTable(std::size_t realms, std::uint32_t flows);

    /// Worker: the flow behind a port, kPortClosed or kPortCooling.
    [[nodiscard]] FlowIndex at(RealmId realm, std::uint16_t port) const noexcept {
        return entry(realm, port).load(std::memory_order_acquire);
    }
    /// Where at() will look, for prefetching.
    [[nodiscard]] const void* address_of(RealmId realm, std::uint16_t port) const noexcept {
        return &entry(realm, port);
    }
    /// Control, owner of the port: everything written to the flow before is seen by whoever finds
    /// it.
    void publish(RealmId realm, std::uint16_t port, FlowIndex flow) noexcept {
        entry(realm, port).store(flow, std::memory_order_release);
    }

    [[nodiscard]] Flow& flow(FlowIndex i) noexcept { return flows_[i]; }
    [[nodiscard]] const Flow& flow(FlowIndex i) const noexcept { return flows_[i]; }
    [[nodiscard]] FlowRules& rules(FlowIndex i) noexcept { return rules_[i]; }
    [[nodiscard]] const FlowRules& rules(FlowIndex i) const noexcept { return rules_[i]; }
    [[nodiscard]] FlowNotes& notes(FlowIndex i) noexcept { return notes_[i]; }
    [[nodiscard]] const FlowNotes& notes(FlowIndex i) const noexcept { return notes_[i]; }

    /// The next flow of the ring of branches that share a flow's port; kNoFlow: it has the port for
    /// itself. Control, also after publication: release; readers acquire.
    [[nodiscard]] std::atomic<FlowIndex>& next_branch(FlowIndex i) noexcept { return next_[i]; }

    /// One shard's part: first index and one past the last.
    struct Part {
        FlowIndex first{kFirstFlow};
        FlowIndex end{kFirstFlow};
    };
    [[nodiscard]] Part part_of(std::uint8_t shard, std::uint8_t shards) const noexcept;
    [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }

private:
    using Entry = std::atomic<FlowIndex>;
    static constexpr std::size_t kPorts = 65536;
    [[nodiscard]] const Entry& entry(RealmId realm, std::uint16_t port) const noexcept {
        return entries_[realm.value * kPorts + port];
    }
    [[nodiscard]] Entry& entry(RealmId realm, std::uint16_t port) noexcept {
        return entries_[realm.value * kPorts + port];
    }

    std::uint32_t capacity_;
    std::unique_ptr<Entry[]> entries_;    // [realm][port]
    std::unique_ptr<Flow[]> flows_;       // [kFirstFlow + capacity]
    std::unique_ptr<FlowRules[]> rules_;  // same
    std::unique_ptr<FlowNotes[]> notes_;  // same
    std::unique_ptr<Entry[]> next_;       // same
};

/// Where the remote end of a flow is, as B2BUA-G3 says.
struct SendTarget {
    AddressWords ip;
    Port port{};         // 0: nowhere, until something has latched
    bool locked{false};  // stays so as long as the flow lives
};
[[nodiscard]] SendTarget send_target(const FlowTable& table, FlowIndex index) noexcept;

}  // namespace sallyport::dataplane
