// SPDX-License-Identifier: Apache-2.0
// Changes of bindings on their way from the shards to the store (H21). Of one binding only the last
// change is kept; when too many wait, or some could not be written, all are dropped and one shard
// is asked to restate its whole table instead, so that nothing is lost. A mutex, held for a look-up
// or a swap and never across a callback or the disk.
#pragma once

#include "b2bua/registration/binding.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace sallyport::registration {

class BindingChanges {
public:
    struct Batch {
        std::vector<BindingChange> changes;
        bool whole{false};  // a restated table: bindings that are not in it are gone
        [[nodiscard]] bool empty() const noexcept { return changes.empty() && !whole; }
    };

    explicit BindingChanges(std::size_t capacity) : capacity_(capacity) {}

    /// From any shard. A shard tells the other shards first: what is restated then holds it.
    void post(BindingChange change);
    /// Times that there were too many.
    [[nodiscard]] std::uint64_t overflows() const noexcept {
        return overflows_.load(std::memory_order_relaxed);
    }

    // The shard that restates: it looks, takes its mail, then gives its table in parts.
    /// The number of the request; 0: none, or it has been met.
    [[nodiscard]] std::uint64_t wanted() const noexcept {
        return wanted_.load(std::memory_order_acquire);
    }
    /// A part for that request; one for another request has no effect.
    void restate(std::uint64_t request, std::vector<Binding>&& part, bool last);

    // The writing thread.
    /// What to write now; empty while a table is awaited.
    [[nodiscard]] Batch take();
    /// The last batch was not written.
    void lost();

private:
    void want_all();

    const std::size_t capacity_;
    std::mutex mutex_;  // guards all below but the atomics, which are written under it
    std::unordered_map<std::string, BindingChange> waiting_;  // by token
    std::unordered_map<std::string, Binding> table_;          // restated so far, by token
    std::uint64_t requests_{0};
    bool restated_{false};
    std::atomic<std::uint64_t> wanted_{0};  // release: what was posted before is in the mailboxes
    std::atomic<std::uint64_t> overflows_{0};
};

}  // namespace sallyport::registration
