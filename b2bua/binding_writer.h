// SPDX-License-Identifier: Apache-2.0
// The thread that keeps the store of bindings up to date (H21): four times a second it writes what
// the shards changed, so that a shard never waits for a disk. Reads both clocks.
#pragma once

#include "b2bua/policy/journal.h"
#include "b2bua/registration/binding_changes.h"
#include "b2bua/registration/binding_store.h"
#include "b2bua/registration/counters.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace sallyport {

/// What both clocks say now.
[[nodiscard]] registration::Instant instant_now() noexcept;

class BindingWriter {
public:
    /// Changes that may wait: more than a full table of bindings.
    static constexpr std::size_t kMostWaiting = 262144;
    /// How often what waits is written (H21): on disk within a second, with time for the disk.
    static constexpr Millis kPeriod{250};

    /// Starts the thread at once.
    BindingWriter(registration::BindingStore::Opened opened, Journal& journal);
    /// Stops.
    ~BindingWriter();
    BindingWriter(const BindingWriter&) = delete;
    BindingWriter& operator=(const BindingWriter&) = delete;

    [[nodiscard]] registration::BindingChanges& changes() noexcept { return changes_; }

    /// Writes what waits and ends the thread. No shard may run any more, and a table that is
    /// wanted must have been restated.
    void stop();

    /// Written by the thread of the writer.
    [[nodiscard]] const registration::Counters& counters() const noexcept { return counters_; }

private:
    void run();
    void write(registration::Instant now);
    void clean(registration::Instant now);
    void failed(const std::string& why, Moment now);
    bool wait();

    std::unique_ptr<registration::BindingStore> store_;  // the thread's, while it runs
    Journal& journal_;
    registration::BindingChanges changes_{kMostWaiting};
    registration::Counters counters_;
    Moment next_clean_{};
    std::optional<Moment> again_;  // after a failure: when to try again
    std::mutex mutex_;             // guards stopping_
    std::condition_variable stop_;
    bool stopping_{false};
    std::thread thread_;
};

}  // namespace sallyport
