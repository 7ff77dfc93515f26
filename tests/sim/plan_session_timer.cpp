// SPDX-License-Identifier: Apache-2.0
// Session timers, from the seed: who knows them, who asks, who refreshes, and how that ends.
#include "tests/sim/plan_parts.h"

namespace sallyport::sim {
namespace {

SessionTimerScript timer(Dice& dice) {
    constexpr std::array<std::uint32_t, 5> kWishes{60, 90, 90, 120, 180};
    SessionTimerScript timer;
    timer.knows = dice.chance(75);
    timer.asks = dice.chance(70) ? dice.one_of(kWishes) : 0;
    timer.prefers_peer = dice.chance(50);
    timer.names_refresher = dice.chance(25);
    timer.least = dice.chance(25) ? 100 : 90;
    timer.by_update = dice.chance(50);
    timer.dies = dice.chance(20);
    timer.watches = dice.chance(30);
    return timer;
}

/// Long enough for a refresh or two; hold and the like go on as before.
void lengthen(Dice& dice, Script& script) {
    if (!script.steps.empty()) {
        script.steps.back().after = dice.between(50'000, 200'000);
    }
}

}  // namespace

void add_session_timers(Dice& dice, CallPlan& call) {
    call.caller.timer = timer(dice);
    lengthen(dice, call.caller);
    for (Script& callee : call.callees) {
        callee.timer = timer(dice);
        callee.timer.asks = callee.timer.asks == 60 ? 90 : callee.timer.asks;  // s.9
        callee.timer.presumes = !call.caller.timer.knows && dice.chance(70);
        lengthen(dice, callee);
    }
}

}  // namespace sallyport::sim
