// SPDX-License-Identifier: Apache-2.0
// When a message must be sent again: T1 doubling, with or without the cap of T2, for 64*T1 (RFC
// 3261 s.17, Table 4). The gateway's clock has ticks of 10 ms, so each sending may be up to two of
// them late, never early. Tests only.
#pragma once

#include "config/types/units.h"

#include <algorithm>

namespace sallyport::sim {

inline constexpr Millis kT1{500};
inline constexpr Millis kT2{4000};
inline constexpr Millis k64T1{32'000};
inline constexpr Millis kSlack{20};

class Repetition {
public:
    /// The first sending.
    void start(Moment now, bool capped) noexcept {
        begun_ = now;
        capped_ = capped;
        interval_ = kT1;
        due_ = now + kT1;
        running_ = true;
    }
    void stop() noexcept { running_ = false; }
    [[nodiscard]] bool running() const noexcept { return running_; }
    /// False: this sending is not due.
    [[nodiscard]] bool take(Moment now) noexcept {
        const bool timely = due_ <= now && now <= due_ + kSlack;
        if (!running_ || !timely || begun_ + k64T1 + kSlack < now) {
            return false;
        }
        interval_ = capped_ ? std::min(interval_ * 2, kT2) : interval_ * 2;
        due_ = now + interval_;
        return true;
    }
    /// A sending was due and did not happen.
    [[nodiscard]] bool missed(Moment now) const noexcept {
        return running_ && due_ + kSlack < std::min(now, begun_ + k64T1);
    }

private:
    Moment begun_{};
    Moment due_{};
    Millis interval_{kT1};
    bool capped_{false};
    bool running_{false};
};

}  // namespace sallyport::sim
