// SPDX-License-Identifier: Apache-2.0
// OctetPool: memory for the messages that transactions keep (the request, the last response, ACK).
// Blocks of powers of two are reused, so that a steady load allocates nothing; the sum of all
// blocks is bounded, and so is what lies idle after a burst. Owner: one Layer, on its shard's
// thread.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace sallyport::transaction {

class OctetPool;

/// Gives a block back to its pool.
struct BlockReturn {
    OctetPool* pool{nullptr};
    std::size_t size_class{0};
    void operator()(char* block) const noexcept;
};

/// Owned octets. Must not outlive their pool.
class Octets {
public:
    Octets() noexcept = default;
    Octets(std::unique_ptr<char, BlockReturn> block, std::size_t size) noexcept
        : block_(std::move(block)), size_(size) {}
    Octets(Octets&& other) noexcept
        : block_(std::move(other.block_)), size_(std::exchange(other.size_, 0)) {}
    Octets& operator=(Octets&& other) noexcept {
        block_ = std::move(other.block_);
        size_ = std::exchange(other.size_, 0);
        return *this;
    }
    Octets(const Octets&) = delete;
    Octets& operator=(const Octets&) = delete;
    ~Octets() = default;

    [[nodiscard]] std::string_view view() const noexcept { return {block_.get(), size_}; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

private:
    std::unique_ptr<char, BlockReturn> block_;
    std::size_t size_{0};
};

class OctetPool {
public:
    static constexpr std::size_t kSmallest = 64;
    static constexpr std::size_t kClasses =
        12;  // 64 octets .. 128 KiB: two of the largest datagram

    /// At most max_octets in all blocks together; of each size at most max_octets / 16 lie idle.
    explicit OctetPool(std::size_t max_octets) noexcept : max_octets_(max_octets) {}
    ~OctetPool();
    OctetPool(const OctetPool&) = delete;
    OctetPool& operator=(const OctetPool&) = delete;

    /// A copy of text; empty when text is, when it is too large, or when the bound is reached.
    [[nodiscard]] Octets copy(std::string_view text) noexcept;

    /// For BlockReturn.
    void give_back(char* block, std::size_t size_class) noexcept;

    [[nodiscard]] std::size_t in_use() const noexcept {
        return in_use_;
    }  // octets of blocks handed out
    [[nodiscard]] std::size_t idle() const noexcept { return idle_; }

private:
    struct Idle {
        Idle* next;
    };
    static constexpr std::size_t block_size(std::size_t size_class) noexcept {
        return kSmallest << size_class;
    }
    [[nodiscard]] char* take(std::size_t size_class) noexcept;
    bool trim(std::size_t wanted) noexcept;

    std::array<Idle*, kClasses> idle_blocks_{};
    std::array<std::size_t, kClasses> idle_octets_{};
    std::size_t max_octets_;
    std::size_t in_use_{0};
    std::size_t idle_{0};
};

}  // namespace sallyport::transaction
