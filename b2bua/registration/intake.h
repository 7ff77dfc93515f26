// SPDX-License-Identifier: Apache-2.0
// How much a registrar is asked at a time. After an outage all phones come at once; a registrar
// that is given them all answers none in time, so that everything is sent again and again (RFC 5390
// s.3). The intake holds as many REGISTERs open as the registrar's peer may have and tells the
// other phones when to come again, one after the other at the pace at which it answers. Pure; time
// is handed in. Owner: the RegisterRelay of one Shard.
#pragma once

#include "config/types/units.h"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sallyport::registration {

class Intake {
public:
    /// Of a phone that the registrar knows: it has a binding that it would lose, or answers a
    /// challenge that would not be good for long. A part of the room is kept for these.
    enum class Rank : std::uint8_t { kNew, kKnown };

    /// limit: how many may be open, at least 1.
    explicit Intake(std::size_t limit) noexcept : limit_(limit), pace_(limit * kAnswersASecond) {}

    [[nodiscard]] bool has_room(Rank rank) const noexcept;
    void opened(Moment now) noexcept;
    /// served: by anything but a challenge, after which the same phone comes again.
    void closed(bool served, Moment now) noexcept;

    /// Seconds until a phone for which there is no room should come again, at least 5; random
    /// spreads what several shards say.
    [[nodiscard]] std::uint64_t put_off(std::uint64_t random, Moment now) noexcept;

    /// More than half of the room is taken, or phones were put off not long ago: they should not
    /// come back all at once a second time.
    [[nodiscard]] bool crowded(Moment now) const noexcept;
    [[nodiscard]] std::size_t open() const noexcept { return open_; }

private:
    static constexpr std::uint64_t kAnswersASecond = 4;  // for each place, until it is measured

    void measure(Moment now) noexcept;

    std::size_t limit_;
    std::size_t open_{0};
    std::size_t fewest_{0};                  // open since measured_
    std::uint64_t pace_;                     // phones served in a second
    std::uint64_t served_{0};                // since measured_
    Moment measured_;                        // start of the running second
    std::chrono::microseconds promised_{0};  // the moment that the phone before was told
    Moment quiet_;                           // from then on nobody was put off for a while
};

}  // namespace sallyport::registration
