// SPDX-License-Identifier: Apache-2.0
// Runs the shards: a thread for each, fed with its datagrams from the data plane, with time, and
// with the bindings that the other shards learned; and the thread that keeps the bindings on disk.
// With the BindingWriter the only place of b2bua/ that reads a clock or starts a thread.
#pragma once

#include "b2bua/call/media_report.h"
#include "b2bua/counters.h"
#include "b2bua/policy/journal.h"
#include "b2bua/registration/binding_store.h"
#include "b2bua/registration/counters.h"
#include "b2bua/transaction/counters.h"
#include "config/config.h"
#include "dataplane/datagram.h"
#include "dataplane/relay.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace sallyport {

/// What the data plane gives each shard; both belong to that shard's thread.
struct ShardPorts {
    dataplane::DatagramPort* datagrams;
    dataplane::RelayControl* relays;
};

/// The counters of one shard; readable from any thread while the gateway lives.
struct ShardCounters {
    const Counters& shard;
    const transaction::Counters& transactions;
    const registration::Counters& registrations;
};

class BindingWriter;

class Gateway {
public:
    /// Told by any shard, on its thread, of the media of a call that ended. Must not block.
    using MediaRecord = std::function<void(const call::MediaReport&)>;

    /// ports: one per shard, in order. kept: what outlived the run before (H21), which every shard
    /// knows before it hears its first datagram; without a store nothing is kept. record may be
    /// empty. Starts the threads at once.
    Gateway(const Config& config, std::vector<ShardPorts> ports, Journal& journal,
            registration::BindingStore::Opened kept = {}, MediaRecord record = {});
    /// Stops and joins the threads.
    ~Gateway();
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;

    void stop();

    /// J11: calls in progress go on, and each new request outside a dialog gets 503 with
    /// Retry-After; false: back to service. Takes effect within 10 ms. From any thread.
    void drain(bool on);
    /// Calls in progress.
    [[nodiscard]] std::uint64_t calls() const;

    /// Why there is or is no audio: the calls one of whose legs has this Call-ID, or all when it is
    /// empty; at most kMostReports. From any thread, not from a shard's: it waits until every shard
    /// has answered, at most kLongestAnswer. What is missing then belongs to a shard that hangs.
    /// Nothing after stop().
    [[nodiscard]] std::vector<call::MediaReport> explain_media(std::string_view call_id);
    static constexpr std::size_t kMostReports = 100;
    static constexpr Millis kLongestAnswer{500};

    [[nodiscard]] std::vector<ShardCounters> counters() const;
    /// Of the store of bindings; nullptr: there is none.
    [[nodiscard]] const registration::Counters* store_counters() const noexcept;

private:
    struct Tell;
    struct Runner;
    Tell tell_of(std::size_t self, bool has_others);
    void restore(const std::vector<registration::Binding>& bindings);
    template <class Post>
    void to_others(std::size_t self, Post post);
    std::unique_ptr<BindingWriter> writer_;  // nullptr: no store
    std::vector<std::unique_ptr<Runner>> runners_;
    std::atomic<bool> stopped_{false};
};

}  // namespace sallyport
