// SPDX-License-Identifier: Apache-2.0
// What stands outside, from the seed: the carrier alone, one whose redirects the gateway follows,
// or a list of peers whose first one is of no use.
#include "tests/sim/plan_parts.h"

namespace sallyport::sim {
namespace {

/// The carrier answers 302: a busy phone first, or one that is not there, then the one that was
/// meant.
void redirect(Dice& dice, CallPlan& call) {
    call.redirected = true;
    call.treatment.answer = 302;
    call.treatment.challenge = 0;
    if (dice.chance(50)) {
        Script busy = call.callees.front();
        busy.final_status = 486;
        busy.restart_after.reset();
        call.callees.insert(call.callees.begin(), std::move(busy));
    } else if (dice.chance(30)) {
        call.dead_contact = true;
    }
}

}  // namespace

void choose_outside(Dice& dice, Plan& plan) {
    constexpr std::array<Outside, 3> kOthers{Outside::kRecurse, Outside::kDeadFirst,
                                             Outside::kBusyFirst};
    if (dice.chance(80)) {
        return;
    }
    plan.outside = dice.one_of(kOthers);
    for (CallPlan& call : plan.calls) {
        const bool plain = !call.inbound && !call.vicious && !call.treatment.silent;
        if (plan.outside == Outside::kRecurse && plain && dice.chance(60)) {
            redirect(dice, call);
        }
    }
}

}  // namespace sallyport::sim
