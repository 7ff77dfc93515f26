// SPDX-License-Identifier: Apache-2.0
// The parts of a plan that have files of their own. Tests only.
#pragma once

#include "tests/sim/dice.h"
#include "tests/sim/plan.h"

#include <vector>

namespace sallyport::sim {

[[nodiscard]] std::vector<StandalonePlan> standalone_plans(Dice& dice);
[[nodiscard]] std::vector<SubscriptionPlan> subscription_plans(Dice& dice);
void choose_outside(Dice& dice, Plan& plan);
/// One of them asks the other for a transfer, which reports.
void add_transfer(Dice& dice, CallPlan& call);
void add_session_timers(Dice& dice, CallPlan& call);

}  // namespace sallyport::sim
