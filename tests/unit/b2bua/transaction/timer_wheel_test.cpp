// SPDX-License-Identifier: Apache-2.0
// TimerWheel: exact ticks, order, cancelling, far deadlines, jumps of the clock, and random runs
// against a multimap.
#include "b2bua/transaction/timer_wheel.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>
#include <vector>

namespace sallyport {
namespace {

using Wheel = TimerWheel<int>;

constexpr Moment at(std::int64_t ms) {
    return {Millis(ms)};
}

std::vector<int> advance(Wheel& wheel, std::int64_t ms) {
    std::vector<int> fired;
    wheel.advance(at(ms), [&](TimerHandle, int payload, Moment) { fired.push_back(payload); });
    return fired;
}

using Fired = std::vector<int>;

TEST(TimerWheel, B2BUA_C1_never_early_and_less_than_a_tick_late) {
    for (const std::int64_t deadline : {1, 9, 10, 11, 500, 505, 639, 640, 641, 40960, 40961}) {
        Wheel wheel(4);
        ASSERT_TRUE(wheel.arm(at(deadline), 1));
        std::int64_t now = 0;
        while (advance(wheel, now).empty()) {
            ++now;
        }
        EXPECT_GE(now, deadline);
        EXPECT_LT(now, deadline + 10);
    }
}

TEST(TimerWheel, fires_once_with_its_deadline_and_a_stale_handle) {
    Wheel wheel(4);
    const TimerHandle handle = wheel.arm(at(503), 7);
    int calls = 0;
    wheel.advance(at(509), [&](TimerHandle, int, Moment) { ++calls; });
    EXPECT_EQ(calls, 0);
    wheel.advance(at(510), [&](TimerHandle fired, int payload, Moment deadline) {
        ++calls;
        EXPECT_EQ(fired, handle);
        EXPECT_EQ(payload, 7);
        EXPECT_EQ(deadline, at(503));
        EXPECT_FALSE(wheel.cancel(fired));
    });
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(advance(wheel, 100000), Fired{});
    EXPECT_EQ(wheel.size(), 0U);
}

TEST(TimerWheel, equal_deadlines_fire_in_the_order_of_arming_from_any_level) {
    Wheel wheel(16);
    ASSERT_TRUE(wheel.arm(at(50000), 1));  // far away: a high level
    EXPECT_EQ(advance(wheel, 20000), Fired{});
    ASSERT_TRUE(wheel.arm(at(50000), 2));
    EXPECT_EQ(advance(wheel, 49000), Fired{});
    ASSERT_TRUE(wheel.arm(at(50000), 3));
    EXPECT_EQ(advance(wheel, 49980), Fired{});
    ASSERT_TRUE(wheel.arm(at(49991), 4));  // the same tick
    EXPECT_EQ(advance(wheel, 50000), (Fired{1, 2, 3, 4}));
}

TEST(TimerWheel, a_jump_of_hours_fires_everything_in_order) {
    Wheel wheel(64);
    ASSERT_TRUE(wheel.arm(at(7'200'000), 5));
    ASSERT_TRUE(wheel.arm(at(32'000), 3));
    ASSERT_TRUE(wheel.arm(at(500), 1));
    ASSERT_TRUE(wheel.arm(at(185'000), 4));
    ASSERT_TRUE(wheel.arm(at(4'000), 2));
    ASSERT_TRUE(wheel.arm(at(40'000'000), 6));
    EXPECT_EQ(advance(wheel, 36'000'000), (Fired{1, 2, 3, 4, 5}));
    EXPECT_EQ(advance(wheel, 39'999'999), Fired{});
    EXPECT_EQ(advance(wheel, 40'000'000), Fired{6});
}

TEST(TimerWheel, far_deadlines_years_away) {
    Wheel wheel(8);
    const std::int64_t year = 365LL * 24 * 3600 * 1000;
    ASSERT_TRUE(wheel.arm(at(100 * year), 1));
    ASSERT_TRUE(wheel.arm(Wheel::kNever, 2));
    EXPECT_EQ(advance(wheel, 100 * year - 1), Fired{});
    EXPECT_EQ(advance(wheel, 100 * year), Fired{1});
    EXPECT_EQ(wheel.size(), 1U);
}

TEST(TimerWheel, a_deadline_in_the_past_fires_in_the_next_advance_even_at_the_same_moment) {
    Wheel wheel(8);
    EXPECT_EQ(advance(wheel, 1000), Fired{});
    ASSERT_TRUE(wheel.arm(at(1000), 1));
    ASSERT_TRUE(wheel.arm(at(3), 2));
    EXPECT_EQ(wheel.next_deadline(), at(1000));
    EXPECT_EQ(advance(wheel, 1000), (Fired{1, 2}));
}

TEST(TimerWheel, a_clock_that_goes_back_does_nothing) {
    Wheel wheel(8);
    EXPECT_EQ(advance(wheel, 1000), Fired{});
    ASSERT_TRUE(wheel.arm(at(2000), 1));
    EXPECT_EQ(advance(wheel, 500), Fired{});
    EXPECT_EQ(advance(wheel, 1999), Fired{});
    EXPECT_EQ(advance(wheel, 2000), Fired{1});
    EXPECT_EQ(advance(wheel, -5), Fired{});
}

TEST(TimerWheel, stale_and_empty_handles_are_harmless) {
    Wheel wheel(2);
    EXPECT_FALSE(wheel.cancel({}));
    const TimerHandle first = wheel.arm(at(100), 1);
    EXPECT_TRUE(wheel.cancel(first));
    const TimerHandle second = wheel.arm(at(100), 2);
    EXPECT_EQ(second.index, first.index);
    EXPECT_FALSE(wheel.cancel(first)) << "must not hit the timer that took its place";
    EXPECT_EQ(advance(wheel, 100), Fired{2});
}

TEST(TimerWheel, refuses_beyond_its_bound) {
    Wheel wheel(2);
    EXPECT_TRUE(wheel.arm(at(1), 1));
    EXPECT_TRUE(wheel.arm(at(1), 2));
    EXPECT_FALSE(wheel.arm(at(1), 3));
    EXPECT_EQ(advance(wheel, 10), (Fired{1, 2}));
    EXPECT_TRUE(wheel.arm(at(20), 3));
}

TEST(TimerWheel, fire_may_cancel_and_arm) {
    Wheel wheel(8);
    std::vector<int> fired;
    TimerHandle victim;
    TimerHandle earlier_victim;
    ASSERT_TRUE(wheel.arm(at(100), 1));
    victim = wheel.arm(at(100), 2);
    earlier_victim = wheel.arm(at(900), 3);
    wheel.advance(at(1000), [&](TimerHandle, int payload, Moment) {
        fired.push_back(payload);
        if (payload == 1) {
            EXPECT_TRUE(wheel.cancel(victim)) << "due in the same tick, not fired yet";
            EXPECT_TRUE(wheel.cancel(earlier_victim));
            EXPECT_TRUE(wheel.arm(at(500), 4));   // still within this advance
            EXPECT_TRUE(wheel.arm(at(2000), 5));  // later
        }
    });
    EXPECT_EQ(fired, (Fired{1, 4}));
    EXPECT_EQ(advance(wheel, 2000), Fired{5});
}

TEST(TimerWheel, a_timer_that_rearms_for_now_does_not_hold_advance) {
    Wheel wheel(8);
    int calls = 0;
    ASSERT_TRUE(wheel.arm(at(0), 1));
    for (int i = 0; i < 3; ++i) {
        wheel.advance(at(0), [&](TimerHandle, int, Moment) {
            ++calls;
            EXPECT_TRUE(wheel.arm(at(0), 1));
        });
    }
    EXPECT_EQ(calls, 3);
}

TEST(TimerWheel, next_deadline_is_the_moment_when_it_fires) {
    Wheel wheel(8);
    EXPECT_EQ(wheel.next_deadline(), Wheel::kNever);
    const TimerHandle far = wheel.arm(at(32000), 1);
    EXPECT_EQ(wheel.next_deadline(), at(32000));
    const TimerHandle near = wheel.arm(at(501), 2);
    EXPECT_EQ(wheel.next_deadline(), at(510));
    EXPECT_TRUE(wheel.cancel(near));
    EXPECT_EQ(wheel.next_deadline(), at(32000));
    EXPECT_TRUE(wheel.cancel(far));
    EXPECT_EQ(wheel.next_deadline(), Wheel::kNever);
}

/// The wheel and an ordered map side by side. Key: the tick, then the order of arming.
class Model {
public:
    explicit Model(unsigned seed) : random_(seed) {}

    void run(int steps, std::int64_t longest) {
        for (int i = 0; i < steps; ++i) {
            const auto choice = random_() % 10;
            if (choice < 5) {
                arm(longest);
            } else if (choice < 7) {
                cancel();
            } else {
                now_ +=
                    static_cast<std::int64_t>(random_() % static_cast<unsigned>(longest / 20 + 2));
                advance();
            }
            ASSERT_EQ(wheel_.size(), timers_.size());
            check_next();
        }
        now_ += 2 * longest;
        advance();
        EXPECT_EQ(wheel_.size(), 0U);
    }

private:
    using Key = std::pair<std::int64_t, int>;

    void arm(std::int64_t longest) {
        const std::int64_t deadline =
            now_ - 20 + static_cast<std::int64_t>(random_() % static_cast<unsigned>(longest));
        const std::int64_t tick =
            std::max((std::max<std::int64_t>(deadline, 0) + 9) / 10, now_ / 10);
        const TimerHandle handle = wheel_.arm(at(deadline), next_);
        ASSERT_TRUE(handle);
        timers_.emplace(Key{tick, next_}, handle);
        handles_.emplace_back(handle, Key{tick, next_});
        ++next_;
    }
    void cancel() {
        if (handles_.empty()) {
            return;
        }
        const auto& [handle, key] = handles_[random_() % handles_.size()];
        ASSERT_EQ(wheel_.cancel(handle), timers_.erase(key) == 1);
    }
    void advance() {
        std::vector<int> expected;
        while (!timers_.empty() && timers_.begin()->first.first <= now_ / 10) {
            expected.push_back(timers_.begin()->first.second);
            timers_.erase(timers_.begin());
        }
        std::vector<int> fired;
        wheel_.advance(at(now_),
                       [&](TimerHandle, int payload, Moment) { fired.push_back(payload); });
        ASSERT_EQ(fired, expected) << "at " << now_;
    }
    void check_next() {
        if (timers_.empty()) {
            ASSERT_EQ(wheel_.next_deadline(), Wheel::kNever);
        } else {
            ASSERT_LE(wheel_.next_deadline(), at(timers_.begin()->first.first * 10)) << "late";
        }
    }

    std::mt19937 random_;
    Wheel wheel_{100000};
    std::map<Key, TimerHandle> timers_;
    std::vector<std::pair<TimerHandle, Key>> handles_;
    std::int64_t now_{0};
    int next_{0};
};

TEST(TimerWheel, agrees_with_an_ordered_map) {
    for (const std::int64_t longest : {50, 700, 5'000, 64'000, 3'000'000, 2'000'000'000}) {
        for (unsigned seed = 1; seed <= 4; ++seed) {
            SCOPED_TRACE(::testing::Message() << "longest " << longest << " seed " << seed);
            Model(seed).run(4000, longest);
        }
    }
}

}  // namespace
}  // namespace sallyport
