// SPDX-License-Identifier: Apache-2.0
// Session timers on each leg (spec M3; RFC 4028): a session that nobody refreshes ends on both legs
// when s.10 says, not earlier and not later; intervals and 422 are what they must be. Tests only.
#pragma once

#include "tests/sim/checker/findings.h"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace sallyport::sim {

class SessionTimerRules {
public:
    explicit SessionTimerRules(Findings& findings) : findings_(findings) {}

    void on_arrival(const Sight& sight);
    void on_sent(const Sight& sight);
    void finish(Moment now);

private:
    struct Leg {
        int call{-1};
        bool confirmed{false};
        bool invite_open{false};  // one is under way: a BYE may have to wait for its ACK (M5)
        bool running{false};
        bool over{false};
        Moment due{};
    };
    void look(const Sight& sight, Leg& leg);
    void on_ok(const Sight& sight, Leg& leg);
    void on_bye(const Sight& sight, Leg& leg, bool sent);
    void check_values(const Sight& sight);
    [[nodiscard]] bool expired(int call, Moment now) const;
    [[nodiscard]] static bool late(const Leg& leg, Moment now);
    [[nodiscard]] Leg* leg_of(const Sight& sight);

    Findings& findings_;
    std::unordered_map<std::string, Leg> legs_;  // by Call-ID and tags
    std::unordered_set<std::string> seen_;       // a repeated 2xx says nothing new
};

}  // namespace sallyport::sim
