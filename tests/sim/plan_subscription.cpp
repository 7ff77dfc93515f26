// SPDX-License-Identifier: Apache-2.0
// Subscriptions outside calls, from the seed.
#include "tests/sim/plan_parts.h"

namespace sallyport::sim {
namespace {

constexpr int kFirstNumber = 150;

SubscriberScript subscriber(Dice& dice) {
    constexpr std::array<std::uint32_t, 4> kWishes{0, 20, 30, 60};
    SubscriberScript script;
    script.refer = dice.chance(20);
    script.expires = dice.one_of(kWishes);
    script.refreshes = script.refer ? 0 : static_cast<int>(dice.upto(3));
    if (dice.chance(60)) {
        script.unsubscribes_after = dice.between(500, 40'000);
    }
    if (dice.chance(8)) {
        script.restarts_after = dice.between(200, 30'000);
    } else if (dice.chance(8)) {
        (dice.chance(50) ? script.wrong_event : script.stale) = true;
    }
    return script;
}

NotifierScript notifier(Dice& dice) {
    constexpr std::array<int, 5> kRefusals{403, 404, 480, 489, 603};
    NotifierScript script;
    script.status = dice.chance(88) ? 200 : dice.one_of(kRefusals);
    script.challenged = dice.chance(15);
    script.least = dice.chance(20) ? 25 : 0;
    script.at_most = dice.chance(20) ? 15 : 3600;
    script.answers_after = dice.chance(25) ? dice.between(0, 1500) : Millis{0};
    script.pending = dice.chance(20);
    for (auto left = dice.upto(3); left > 0; --left) {
        script.changes.push_back(dice.between(100, 40'000));
    }
    if (dice.chance(25)) {
        script.ends_after = dice.between(100, 30'000);
    }
    if (dice.chance(8)) {
        script.restarts_after = dice.between(200, 30'000);
    }
    script.strays = dice.chance(5);
    return script;
}

}  // namespace

std::vector<SubscriptionPlan> subscription_plans(Dice& dice) {
    std::vector<SubscriptionPlan> all;
    for (auto left = dice.upto(2); left > 0; --left) {
        SubscriptionPlan plan;
        plan.number = kFirstNumber + static_cast<int>(all.size());
        plan.inbound = dice.chance(35);
        plan.begins = dice.between(plan.inbound ? 3000 : 0, 6000);
        plan.subscriber = subscriber(dice);
        plan.notifiers.push_back(notifier(dice));
        while (!plan.inbound && plan.notifiers.size() < 3 && dice.chance(25)) {
            plan.notifiers.push_back(notifier(dice));
        }
        plan.record_route = dice.chance(50)   ? RecordRoute::kNone
                            : dice.chance(70) ? RecordRoute::kLoose
                                              : RecordRoute::kStrict;
        all.push_back(std::move(plan));
    }
    return all;
}

}  // namespace sallyport::sim
