// SPDX-License-Identifier: Apache-2.0
// Slab<T, Tag>: objects in fixed places, found by a Handle that knows its generation. Grows by
// whole chunks up to a bound given at construction, never shrinks and never moves an object; after
// it has grown, emplace and erase allocate nothing. One thread at a time. A handle kept past
// erase() finds nothing.
#pragma once

#include "config/types/id.h"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <utility>
#include <vector>

namespace sallyport {

template <class T, class Tag>
class Slab {
public:
    static constexpr std::size_t kChunk = 256;  // slots allocated at once
    static constexpr std::uint32_t kNoIndex = 0xffffffffU;

    /// At most max objects (below 2^32 - 1) at a time; memory is taken when they are first needed.
    explicit Slab(std::size_t max) : max_(max) {
        assert(max < kNoIndex);
        chunks_.reserve(max / kChunk + 1);
    }

    /// Constructs an object. Empty handle when the bound is reached or memory is out.
    template <class... Args>
    [[nodiscard]] Handle<Tag> emplace(Args&&... args) {
        const std::uint32_t index = take_index();
        if (index == kNoIndex) {
            return {};
        }
        Slot& slot = slot_at(index);
        slot.value.emplace(std::forward<Args>(args)...);
        ++size_;
        return {index, slot.generation};
    }

    /// False for a stale or empty handle.
    bool erase(Handle<Tag> handle) {
        if (find(handle) == nullptr) {
            return false;
        }
        Slot& slot = slot_at(handle.index);
        if (++slot.generation == 0) {
            slot.generation = 1;  // 0 is never issued
        }
        slot.value.reset();
        slot.next_free = free_;
        free_ = handle.index;
        --size_;
        return true;
    }

    /// nullptr for a stale or empty handle. The pointer holds until that object is erased.
    [[nodiscard]] T* find(Handle<Tag> handle) noexcept {
        T* object = at(handle.index);
        return object != nullptr && slot_at(handle.index).generation == handle.generation ? object
                                                                                          : nullptr;
    }
    [[nodiscard]] const T* find(Handle<Tag> handle) const noexcept {
        return const_cast<Slab*>(this)->find(handle);
    }

    /// The object that lives at this index now, whatever its generation; nullptr when none does.
    [[nodiscard]] T* at(std::uint32_t index) noexcept {
        if (index >= used_ || !slot_at(index).value) {
            return nullptr;
        }
        return &*slot_at(index).value;
    }
    /// Handle of the object at this index; empty when none lives there.
    [[nodiscard]] Handle<Tag> handle_at(std::uint32_t index) noexcept {
        return at(index) != nullptr ? Handle<Tag>{index, slot_at(index).generation} : Handle<Tag>{};
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t max_size() const noexcept { return max_; }

    /// Calls visit(Handle, T&) for every object in index order. visit may erase any object and may
    /// add some: those are visited only when they landed further on.
    template <class Visit>
    void for_each(Visit&& visit) {
        for (std::uint32_t i = 0; i < used_; ++i) {
            Slot& slot = slot_at(i);
            if (slot.value) {
                visit(Handle<Tag>{i, slot.generation}, *slot.value);
            }
        }
    }

private:
    struct Slot {
        std::optional<T> value;
        std::uint32_t generation{1};
        std::uint32_t next_free{kNoIndex};
    };

    [[nodiscard]] Slot& slot_at(std::uint32_t index) noexcept {
        return chunks_[index / kChunk][index % kChunk];
    }

    [[nodiscard]] std::uint32_t take_index() {
        if (free_ != kNoIndex) {
            return std::exchange(free_, slot_at(free_).next_free);
        }
        if (used_ == max_) {
            return kNoIndex;
        }
        if (used_ == chunks_.size() * kChunk) {
            std::unique_ptr<Slot[]> chunk{new (std::nothrow) Slot[kChunk]};
            if (!chunk) {
                return kNoIndex;
            }
            chunks_.push_back(std::move(chunk));  // reserved: does not allocate
        }
        return used_++;
    }

    std::vector<std::unique_ptr<Slot[]>> chunks_;
    std::size_t max_;
    std::size_t size_{0};
    std::uint32_t used_{0};  // indices below it were issued at least once
    std::uint32_t free_{kNoIndex};
};

}  // namespace sallyport
