// SPDX-License-Identifier: Apache-2.0
// Transfers, from the seed: who asks for one and when, and who reports.
#include "tests/sim/plan_parts.h"

namespace sallyport::sim {

void add_transfer(Dice& dice, CallPlan& call) {
    const bool by_caller = dice.chance(50);
    const Step step{dice.between(0, 3000), Deed::kRefer};
    call.caller.reports_transfers = true;
    for (Script& callee : call.callees) {
        callee.reports_transfers = dice.chance(90);
        if (!by_caller) {
            callee.steps.insert(callee.steps.begin(), step);
        }
    }
    if (by_caller) {
        call.caller.steps.insert(call.caller.steps.begin(), step);
    }
}

}  // namespace sallyport::sim
