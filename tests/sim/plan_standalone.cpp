// SPDX-License-Identifier: Apache-2.0
// Requests outside dialogs, from the seed.
#include "tests/sim/plan_parts.h"

#include <string_view>

namespace sallyport::sim {
namespace {

constexpr int kFirstNumber = 100;

StandaloneScript script(Dice& dice) {
    constexpr std::array<std::string_view, 7> kMethods{"MESSAGE", "MESSAGE", "OPTIONS", "PUBLISH",
                                                       "PUBLISH", "NOTIFY",  "PROPOSE"};
    constexpr std::array<int, 6> kRefusals{403, 404, 480, 489, 501, 503};
    StandaloneScript script;
    script.method = dice.one_of(kMethods);
    script.requests = script.method == "PUBLISH" ? 3 : 1 + static_cast<int>(dice.upto(1));
    script.octets = dice.chance(10) ? 2000 : static_cast<std::size_t>(1 + dice.upto(400));
    script.to_gate = script.method == "OPTIONS" && dice.chance(20);
    script.status = dice.chance(80) ? 200 : dice.one_of(kRefusals);
    script.think = dice.chance(80) ? Millis{0} : dice.between(0, 10'000);
    script.challenged = dice.chance(20);
    script.silent = dice.chance(15);
    script.forgets = dice.chance(30) ? "publication" : "";
    return script;
}

}  // namespace

std::vector<StandalonePlan> standalone_plans(Dice& dice) {
    std::vector<StandalonePlan> all;
    for (auto left = dice.upto(2); left > 0; --left) {
        StandalonePlan plan;
        plan.number = kFirstNumber + static_cast<int>(all.size());
        plan.inbound = dice.chance(30);
        plan.begins = dice.between(plan.inbound ? 3000 : 0, 6000);
        plan.script = script(dice);
        all.push_back(plan);
    }
    return all;
}

}  // namespace sallyport::sim
