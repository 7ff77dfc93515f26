// SPDX-License-Identifier: Apache-2.0
// TimerWheel: hierarchical timing wheel with a tick of 10 ms (C1). Arming and cancelling are O(1);
// the moment of the next timer is found by bitmaps, so that a jump of the clock by hours costs only
// what is due. Timers of the same tick fire in the order in which they were armed. Used for
// transaction, dialog and call timers; one thread, no clock of its own. After the first use of its
// memory nothing is allocated.
#pragma once

#include "config/types/id.h"
#include "config/types/slab.h"
#include "config/types/units.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace sallyport {

using TimerHandle = Handle<struct TimerTag>;

/// Payload: a small copyable value that says whom the timer belongs to.
template <class Payload>
class TimerWheel {
public:
    static constexpr Millis kTick{10};
    static constexpr Moment kNever{Millis::max()};

    explicit TimerWheel(std::size_t max_timers) : nodes_(max_timers) {}

    /// Fires in the first advance() to the tick that deadline falls in or later: never early, less
    /// than one tick late. A deadline already passed fires in the next advance(). Empty handle when
    /// max_timers are armed.
    [[nodiscard]] TimerHandle arm(Moment deadline, const Payload& payload) {
        const TimerHandle handle = nodes_.emplace(Node{payload, deadline, tick_of(deadline)});
        if (handle) {
            place(handle.index);
        }
        return handle;
    }

    /// False when it fired or was cancelled before: harmless.
    bool cancel(TimerHandle handle) {
        if (nodes_.find(handle) == nullptr) {
            return false;
        }
        unlink(handle.index);
        return nodes_.erase(handle);
    }

    /// Fires what is due at now, in order of ticks, as fire(TimerHandle, const Payload&, Moment
    /// deadline); the handle is stale by then. fire may arm and cancel any timer. Not re-entrant.
    /// An earlier now than before does nothing.
    template <class Fire>
    void advance(Moment now, Fire&& fire) {
        const std::uint64_t target = static_cast<std::uint64_t>(
            std::max<std::int64_t>(now.since_start.count(), 0) / kTick.count());
        run(fire);
        for (NextList next = first_occupied(); next.found && next.tick <= target;
             next = first_occupied()) {
            current_ = next.tick;
            open(next.list);
            run(fire);
        }
        current_ = std::max(current_, target);
    }

    /// Never later than the first timer that is due; exact unless the first one of its slot was
    /// cancelled. kNever when nothing is armed.
    [[nodiscard]] Moment next_deadline() const noexcept {
        if (lists_[kDue].head != kNone) {
            return moment_of(current_);
        }
        const NextList next = first_occupied();
        return next.found ? moment_of(lists_[next.list].earliest) : kNever;
    }

    [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }

private:
    static constexpr std::uint32_t kNone = 0xffffffffU;
    static constexpr unsigned kDigit =
        6;  // bits of the tick that one level looks at: 64 slots, one bitmap word
    static constexpr unsigned kLevels = 8;  // 2^48 ticks, 89 thousand years
    static constexpr std::size_t kSlots = std::size_t{1} << kDigit;
    static constexpr std::size_t kDue = kLevels * kSlots;  // armed for a tick that has passed
    static constexpr std::size_t kFiring = kDue + 1;       // taken out of its slot, about to fire
    static constexpr std::uint64_t kLastTick = (std::uint64_t{1} << (kDigit * kLevels)) - 1;

    struct Node {
        Payload payload;
        Moment deadline;
        std::uint64_t tick{0};
        std::uint32_t previous{kNone};
        std::uint32_t next{kNone};
        std::uint32_t list{0};
    };
    struct List {
        std::uint32_t head{kNone};
        std::uint32_t tail{kNone};
        std::uint64_t earliest{0};  // lowest tick put in since the list was last empty
    };
    struct NextList {
        std::uint64_t tick{0};  // first tick that the list covers
        std::size_t list{0};
        bool found{false};
    };

    static std::uint64_t tick_of(Moment deadline) noexcept {
        const std::int64_t ms = std::max<std::int64_t>(deadline.since_start.count(), 0);
        const auto tick =
            static_cast<std::uint64_t>(ms / kTick.count() + (ms % kTick.count() != 0));
        return std::min(tick, kLastTick);
    }
    static Moment moment_of(std::uint64_t tick) noexcept {
        return {kTick * static_cast<std::int64_t>(tick)};
    }

    // A timer stands on the level of the highest digit in which its tick differs from the current
    // one. So whatever is due at one tick shares a slot on every level it passes, in the order of
    // arming.
    void place(std::uint32_t index) {
        Node& node = *nodes_.at(index);
        if (node.tick <= current_) {
            append(index, kDue);
            return;
        }
        const unsigned top_bit =
            63U - static_cast<unsigned>(std::countl_zero(node.tick ^ current_));
        const unsigned level = top_bit / kDigit;
        const std::uint64_t slot = (node.tick >> (kDigit * level)) & (kSlots - 1);
        occupied_[level] |= std::uint64_t{1} << slot;
        append(index, level * kSlots + slot);
    }

    void append(std::uint32_t index, std::size_t to) {
        Node& node = *nodes_.at(index);
        List& list = lists_[to];
        node.list = static_cast<std::uint32_t>(to);
        node.previous = list.tail;
        node.next = kNone;
        if (list.tail == kNone) {
            list.head = index;
            list.earliest = node.tick;
        } else {
            nodes_.at(list.tail)->next = index;
            list.earliest = std::min(list.earliest, node.tick);
        }
        list.tail = index;
    }

    void unlink(std::uint32_t index) {
        const Node& node = *nodes_.at(index);
        List& list = lists_[node.list];
        (node.previous == kNone ? list.head : nodes_.at(node.previous)->next) = node.next;
        (node.next == kNone ? list.tail : nodes_.at(node.next)->previous) = node.previous;
        if (list.head == kNone && node.list < kDue) {
            occupied_[node.list / kSlots] &= ~(std::uint64_t{1} << (node.list % kSlots));
        }
    }

    // Slots at or below the current digit of a level are empty, so the lowest set bit is the next
    // one; and what stands on a lower level comes before everything above it.
    [[nodiscard]] NextList first_occupied() const noexcept {
        for (unsigned level = 0; level < kLevels; ++level) {
            if (occupied_[level] != 0) {
                const auto slot = static_cast<unsigned>(std::countr_zero(occupied_[level]));
                const unsigned shift = kDigit * (level + 1);
                const std::uint64_t base = (current_ >> shift) << shift;
                return {base | (std::uint64_t{slot} << (kDigit * level)), level * kSlots + slot,
                        true};
            }
        }
        return {};
    }

    // The current tick has reached the first tick of this slot: what is due now is made ready, the
    // rest moves down.
    void open(std::size_t slot) {
        while (lists_[slot].head != kNone) {
            const std::uint32_t index = lists_[slot].head;
            unlink(index);
            place(index);
        }
    }

    template <class Fire>
    void run(Fire&& fire) {
        while (lists_[kDue].head !=
               kNone) {  // what fire() arms for now waits in kDue for the next run
            const std::uint32_t index = lists_[kDue].head;
            unlink(index);
            append(index, kFiring);
        }
        while (lists_[kFiring].head != kNone) {
            const std::uint32_t index = lists_[kFiring].head;
            const Node node = *nodes_.at(index);
            const TimerHandle handle = nodes_.handle_at(index);
            unlink(index);
            nodes_.erase(handle);
            fire(handle, node.payload, node.deadline);
        }
    }

    Slab<Node, TimerTag> nodes_;
    std::array<List, kLevels * kSlots + 2> lists_{};
    std::array<std::uint64_t, kLevels> occupied_{};
    std::uint64_t current_{0};  // every tick up to it has fired
};

}  // namespace sallyport
