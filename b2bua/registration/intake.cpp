// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/intake.h"

#include <algorithm>

namespace sallyport::registration {
namespace {

constexpr Millis kSecond{1000};
constexpr Millis kSoonest{5'000};
constexpr Millis kLatest{120'000};        // a wrong guess of the pace costs no more than this
constexpr std::uint64_t kFastest = 1000;  // answers in a second for each place
constexpr Millis kAftermath{60'000};

}  // namespace

bool Intake::has_room(Rank rank) const noexcept {
    const std::size_t kept = rank == Rank::kNew ? limit_ / 4 : 0;
    return open_ < limit_ - kept;
}

void Intake::opened(Moment now) noexcept {
    measure(now);
    ++open_;
}

void Intake::closed(bool served, Moment now) noexcept {
    measure(now);
    open_ -= open_ > 0 ? 1 : 0;
    served_ += served ? 1 : 0;
    fewest_ = std::min(fewest_, open_);
}

/// A registrar that had something to do all the time shows its pace; one that had not could do
/// more.
void Intake::measure(Moment now) noexcept {
    const Millis length = now - measured_;
    if (length < kSecond) {
        return;
    }
    if (fewest_ > 0 && length < kSecond * 2) {
        const auto millis = static_cast<std::uint64_t>(length.count());
        pace_ = std::max<std::uint64_t>(1, served_ * 1000 / millis);
    } else if (crowded(now)) {
        pace_ = std::min(pace_ + pace_ / 4 + 1, std::uint64_t{limit_} * kFastest);
    }
    served_ = 0;
    fewest_ = open_;
    measured_ = now;
}

/// A moment for each phone, at the pace of the registrar.
std::uint64_t Intake::put_off(std::uint64_t random, Moment now) noexcept {
    const auto turn = std::chrono::microseconds(1'000'000 / static_cast<std::int64_t>(pace_));
    const Millis latest = (now + kLatest).since_start;
    promised_ = std::max(promised_, std::chrono::microseconds((now + kSoonest).since_start)) + turn;
    quiet_ = now + kAftermath;
    if (promised_ > latest) {
        promised_ = latest;
        const auto spread = static_cast<std::uint64_t>((kLatest - kSoonest) / kSecond);
        return static_cast<std::uint64_t>(kSoonest / kSecond) + random % spread;
    }
    const auto wait = promised_ - std::chrono::microseconds(now.since_start);
    return static_cast<std::uint64_t>(wait / kSecond) + random % 3;
}

bool Intake::crowded(Moment now) const noexcept {
    return open_ * 2 > limit_ || now < quiet_;
}

}  // namespace sallyport::registration
