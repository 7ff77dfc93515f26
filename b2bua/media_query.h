// SPDX-License-Identifier: Apache-2.0
// A question about media that one thread asks and every shard answers for its own calls. Whoever
// asks waits for a bounded time; a shard never waits. Shared by both, so an answer that comes too
// late still has somewhere to go.
#pragma once

#include "b2bua/call/media_report.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace sallyport {

class MediaQuery {
public:
    /// shards: how many will answer.
    MediaQuery(std::string call_id, std::size_t limit, std::size_t shards)
        : call_id_(std::move(call_id)), limit_(limit), missing_(shards) {}

    [[nodiscard]] const std::string& call_id() const noexcept { return call_id_; }
    [[nodiscard]] std::size_t limit() const noexcept { return limit_; }

    /// Each shard once.
    void answer(std::vector<call::MediaReport> reports) {
        const std::lock_guard lock(mutex_);
        for (call::MediaReport& report : reports) {
            if (reports_.size() < limit_) {
                reports_.push_back(std::move(report));
            }
        }
        --missing_;
        answered_.notify_one();
    }
    /// What has come when all have answered, or when the time is over.
    [[nodiscard]] std::vector<call::MediaReport> wait(std::chrono::milliseconds at_most) {
        std::unique_lock lock(mutex_);
        answered_.wait_for(lock, at_most, [this] { return missing_ == 0; });
        return std::move(reports_);
    }

private:
    const std::string call_id_;
    const std::size_t limit_;
    std::mutex mutex_;
    std::condition_variable answered_;
    std::vector<call::MediaReport> reports_;
    std::size_t missing_;
};

}  // namespace sallyport
