// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/plan.h"

#include "tests/sim/dice.h"
#include "tests/sim/plan_parts.h"

#include <array>

namespace sallyport::sim {
namespace {

Weather weather(Dice& dice) {
    Weather w;
    w.delay = dice.between(1, 40);
    if (dice.chance(30)) {
        return w;  // a calm day
    }
    w.loss_percent = static_cast<unsigned>(dice.upto(12));
    w.duplicate_percent = static_cast<unsigned>(dice.upto(10));
    w.reorder_percent = static_cast<unsigned>(dice.upto(30));
    return w;
}

std::vector<Ring> rings(Dice& dice) {
    std::vector<Ring> all;
    const auto count = dice.upto(3);
    Millis at{0};
    for (std::int64_t i = 0; i < count; ++i) {
        at += dice.between(0, 400);
        Ring ring{at, dice.chance(60) ? 180 : 183};
        ring.sdp = dice.chance(40);
        ring.reliable = dice.chance(50);  // when both phones know it
        all.push_back(ring);
    }
    return all;
}

int final_status(Dice& dice) {
    constexpr std::array<int, 12> kRefusals{302, 400, 403, 404, 407, 480,
                                            486, 488, 500, 503, 600, 603};
    return dice.chance(80) ? 200 : dice.one_of(kRefusals);
}

/// What is done while talking. Each phone hangs up in the end, for a call on hold is not supervised
/// (G13): nobody else would end it.
std::vector<Step> steps(Dice& dice, bool soon) {
    constexpr std::array<Deed, 14> kDeeds{Deed::kHold,    Deed::kResume,   Deed::kMove,
                                          Deed::kAddLine, Deed::kAskOffer, Deed::kUpdate,
                                          Deed::kRefresh, Deed::kInfo,     Deed::kMessage,
                                          Deed::kOptions, Deed::kUnknown,  Deed::kCancelledHold};
    std::vector<Step> all;
    for (auto left = dice.upto(3); left > 0; --left) {
        all.push_back({dice.between(0, 4000), dice.one_of(kDeeds)});
    }
    all.push_back({soon ? dice.between(0, 6000) : dice.between(20'000, 40'000), Deed::kBye});
    return all;
}

/// What is done while it rings.
std::vector<Step> early_steps(Dice& dice) {
    constexpr std::array<Deed, 4> kDeeds{Deed::kInfo, Deed::kUpdate, Deed::kRefresh,
                                         Deed::kOptions};
    std::vector<Step> all;
    if (dice.chance(10)) {
        all.push_back({dice.between(0, 1500), dice.one_of(kDeeds)});
    }
    return all;
}

Script caller(Dice& dice) {
    Script script;
    script.delayed_offer = dice.chance(12);
    script.lines = dice.chance(20) ? 2 : 1;
    if (dice.chance(15)) {
        script.cancel_after = dice.between(0, 2500);
    }
    script.reliable = dice.chance(25);
    script.steps = steps(dice, dice.chance(70));
    script.early = early_steps(dice);
    script.think = dice.chance(50) ? Millis{0} : dice.between(0, 800);
    script.reinvite_status = dice.chance(85) ? 200 : 488;
    if (dice.chance(3)) {
        script.restart_after = dice.between(0, 4000);
    }
    return script;
}

Script callee(Dice& dice) {
    Script script = caller(dice);
    script.cancel_after.reset();
    script.rings = rings(dice);
    script.final_status = final_status(dice);
    script.final_after = dice.between(0, 2500);
    script.steps = steps(dice, dice.chance(40));
    return script;
}

void corrupt(Dice& dice, CallPlan& call) {
    constexpr std::array<Deed, 3> kVices{Deed::kWrongTagBye, Deed::kStaleInfo, Deed::kJunk};
    call.vicious = true;
    Script& callee = call.callees.front();
    Script& one = dice.chance(50) ? call.caller : callee;
    switch (dice.upto(7)) {
        case 0:
            call.caller.vices.never_ack = true;
            break;
        case 1:
            callee.vices.ok_without_sdp = true;
            break;
        case 2:
            callee.vices.too_few_lines = true;
            call.caller.lines = 2;
            break;
        case 3:
            callee.vices.changed_tag = true;
            break;
        case 4:
            callee.vices.final_after_final = true;
            call.caller.restart_after.reset();  // a callee that refused will not hang up
            break;
        case 5:
            callee.vices.early_bye = true;
            break;
        default:
            one.steps.push_back({dice.between(0, 3000), dice.one_of(kVices)});
    }
}

Treatment treatment(Dice& dice) {
    Treatment how;
    how.record_route = dice.chance(50)   ? RecordRoute::kNone
                       : dice.chance(70) ? RecordRoute::kLoose
                                         : RecordRoute::kStrict;
    if (dice.chance(10)) {
        how.challenge = dice.chance(50) ? 401 : 407;
    } else if (dice.chance(3)) {
        how.answer = dice.chance(50) ? 503 : 302;
    } else if (dice.chance(1)) {
        how.silent = true;
    }
    return how;
}

CallPlan call(Dice& dice, int number) {
    CallPlan plan;
    plan.number = number;
    plan.inbound = dice.chance(30);
    plan.begins = dice.between(plan.inbound ? 3000 : 0, 6000);
    plan.caller = caller(dice);
    plan.callees.push_back(callee(dice));
    plan.treatment = treatment(dice);
    if (plan.inbound) {
        plan.treatment.challenge = plan.treatment.answer = 0;
        plan.treatment.silent = false;
    } else if (dice.chance(10)) {
        plan.callees.push_back(callee(dice));
        if (dice.chance(30)) {
            plan.callees.push_back(callee(dice));
        }
    }
    if (plan.caller.restart_after) {
        for (Script& script : plan.callees) {
            script.restart_after.reset();  // one of the two remembers the call
        }
    }
    if (dice.chance(12)) {
        corrupt(dice, plan);
    } else if (dice.chance(3)) {
        plan.caller.steps.clear();  // the call ends by its silent media (G13)
        plan.callees.front().steps.clear();
    }
    return plan;
}

}  // namespace

Plan plan_of(std::uint64_t seed) {
    Dice dice(seed * 0xd1342543de82ef95ULL + 1);  // not a step of the generator itself
    Plan plan;
    plan.weather = weather(dice);
    for (int i = 0; i < kCallsPerWorld; ++i) {
        plan.calls.push_back(call(dice, i));
    }
    if (dice.chance(5)) {
        plan.carrier_restart = dice.between(0, 8000);
    }
    Dice beside(seed * 0x9e6c63d0876a9a47ULL + 3);  // what is added leaves the calls as they were
    plan.standalone = standalone_plans(beside);
    for (CallPlan& each : plan.calls) {
        if (beside.chance(12)) {
            add_session_timers(beside, each);
        }
    }
    plan.subscriptions = subscription_plans(beside);
    choose_outside(beside, plan);
    for (CallPlan& each : plan.calls) {
        if (beside.chance(10) && !each.caller.steps.empty()) {
            add_transfer(beside, each);
        }
    }
    return plan;
}

}  // namespace sallyport::sim
