// SPDX-License-Identifier: Apache-2.0
// How a worker that finds nothing to do makes room for others (architecture, decision 9): first it
// spins, then it pauses, then it sleeps, longer and longer up to a bound; one packet brings it back
// to full speed. `idle = poll` only spins. Worker's thread only.
#pragma once

#include "config/config.h"

#include <rte_pause.h>

#include <cstdint>
#include <ctime>

namespace sallyport::dataplane {

class IdleBackoff {
public:
    IdleBackoff(Idle mode, std::uint64_t tsc_hz) noexcept
        : poll_(mode == Idle::kPoll), spin_cycles_(tsc_hz / 1'000'000 * kSpinUs) {}

    /// After a loop: worked says whether it moved a packet, tsc is the time at its start.
    void after(bool worked, std::uint64_t tsc) noexcept {
        if (worked || poll_) {
            last_work_ = tsc;
            sleep_ns_ = kFirstSleepNs;
            return;
        }
        if (tsc - last_work_ < spin_cycles_) {
            rte_pause();
            return;
        }
        const timespec span{0, sleep_ns_};
        ::nanosleep(&span, nullptr);
        sleep_ns_ = sleep_ns_ * 2 > kLastSleepNs ? kLastSleepNs : sleep_ns_ * 2;
    }

private:
    static constexpr std::uint64_t kSpinUs = 50;
    static constexpr long kFirstSleepNs = 20'000;
    static constexpr long kLastSleepNs = 200'000;
    bool poll_;
    std::uint64_t spin_cycles_;
    std::uint64_t last_work_{0};
    long sleep_ns_{kFirstSleepNs};
};

}  // namespace sallyport::dataplane
