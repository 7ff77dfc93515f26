// SPDX-License-Identifier: Apache-2.0
// A counter with one writer thread and any number of readers: a plain add, published relaxed. No
// order between counters is promised. Not copyable: a sum is made by whoever reads.
#pragma once

#include <atomic>
#include <cstdint>

namespace sallyport {

class Counter {
public:
    void add(std::uint64_t n = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    void set(std::uint64_t n) noexcept { value_.store(n, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t read() const noexcept {
        return value_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<std::uint64_t> value_{0};
};

}  // namespace sallyport
