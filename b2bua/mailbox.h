// SPDX-License-Identifier: Apache-2.0
// Values that any thread may post and one thread takes: how shards tell each other of bindings and
// dialogs. A mutex, held for a push or a swap only and never across a callback; an atomic flag
// keeps it out of the loop of a shard without mail.
#pragma once

#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

namespace sallyport {

template <class T>
class Mailbox {
public:
    void post(const T& value) {
        const std::lock_guard lock(mutex_);
        values_.push_back(value);
        waiting_.store(true, std::memory_order_release);
    }

    template <class Take>
    void drain(Take&& take) {
        if (!waiting_.load(std::memory_order_acquire)) {
            return;
        }
        std::vector<T> taken;
        {
            const std::lock_guard lock(mutex_);
            taken.swap(values_);
            waiting_.store(false, std::memory_order_relaxed);
        }
        for (const T& value : taken) {
            take(value);
        }
    }

private:
    std::mutex mutex_;
    std::vector<T> values_;
    std::atomic<bool> waiting_{false};
};

}  // namespace sallyport
