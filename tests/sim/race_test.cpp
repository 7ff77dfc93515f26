// SPDX-License-Identifier: Apache-2.0
// The race matrix (B2BUA-E-R): each pair of things that both phones may do, at every order in which
// their messages and what follows from them can arrive at the gateway. Links of 10 ms make every
// step of an exchange take 10 ms, so that shifting one phone by 5 ms at a time walks through the
// orders; links of different length give those that equal ones cannot. After each race the checker
// is content, the media is where it should be, and the call goes on or has ended on both sides.
#include "tests/sim/world.h"

#include <gtest/gtest.h>

#include <array>
#include <tuple>

namespace sallyport::sim {
namespace {

constexpr Millis kHop{10};
constexpr Millis kLength{10'000};
constexpr std::array<std::pair<Millis, Millis>, 3> kLinks{
    {{Millis{0}, Millis{0}}, {Millis{35}, Millis{0}}, {Millis{0}, Millis{35}}}};

struct Act {
    const char* name;
    Deed deed;
};

// What a phone does in a dialog, by the message that carries it.
constexpr std::array<Act, 12> kActs{{{"ReInvite", Deed::kHold},
                                     {"ReInviteMoved", Deed::kMove},
                                     {"ReInviteNoOffer", Deed::kAskOffer},
                                     {"ReInviteCancel", Deed::kCancelledHold},
                                     {"Update", Deed::kUpdate},
                                     {"UpdateNoOffer", Deed::kRefresh},
                                     {"Info", Deed::kInfo},
                                     {"Refer", Deed::kRefer},
                                     {"Notify", Deed::kNotify},
                                     {"Message", Deed::kMessage},
                                     {"Unknown", Deed::kUnknown},
                                     {"Bye", Deed::kBye}}};

std::string explain(World& world) {
    std::string text;
    for (const Finding& finding : world.findings()) {
        text += finding.rule + ": " + finding.text + "\n";
    }
    return text;
}

Plan plan_of(Script caller, Script callee) {
    Plan plan;
    plan.weather.delay = kHop;
    CallPlan call;
    call.caller = std::move(caller);
    call.callees.push_back(std::move(callee));
    plan.calls.push_back(std::move(call));
    return plan;
}

void link(World& world, const std::pair<Millis, Millis>& extra) {
    world.network().slow(world.caller(0).own(), extra.first);
    world.network().slow(world.callee(0).own(), extra.second);
}

void expect_clean(World& world, const std::string& when) {
    EXPECT_TRUE(world.findings().empty()) << when << "\n" << explain(world);
}

using Pair = std::tuple<Act, Act>;

class TalkRace : public ::testing::TestWithParam<Pair> {};

/// The caller acts 1 s after it heard the 2xx, the callee `shift` earlier or later.
TEST_P(TalkRace, every_order) {
    const auto& [first, second] = GetParam();
    constexpr Millis kMoment{1000};
    const bool ends = first.deed == Deed::kBye || second.deed == Deed::kBye;
    for (const auto& extra : kLinks) {
        for (int shift = -130; shift <= 130; shift += 5) {
            Script caller;
            Script callee;
            caller.steps = {{kMoment, first.deed}, {Millis{5000}, Deed::kBye}};
            callee.steps = {{kMoment + Millis{shift}, second.deed}};
            World world(1, plan_of(caller, callee));
            link(world, extra);
            const std::string when = std::string(first.name) + " x " + second.name + ", shift " +
                                     std::to_string(shift) + " ms, links +" +
                                     std::to_string(extra.first.count()) + " +" +
                                     std::to_string(extra.second.count());
            world.network().run_until(Moment{} + Millis{4000});
            const Outcome expected = ends ? Outcome::kDone : Outcome::kTalking;
            EXPECT_EQ(world.caller(0).outcome(), expected) << when;
            EXPECT_EQ(world.callee(0).outcome(), expected) << when;
            world.run(kLength);
            EXPECT_EQ(world.caller(0).outcome(), Outcome::kDone) << when;
            EXPECT_EQ(world.callee(0).outcome(), Outcome::kDone) << when;
            expect_clean(world, when);
            if (HasFailure()) {
                return;
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(B2BUA_E_R, TalkRace,
                         ::testing::Combine(::testing::ValuesIn(kActs), ::testing::ValuesIn(kActs)),
                         [](const auto& row) {
                             return std::string(std::get<0>(row.param).name) + "_x_" +
                                    std::get<1>(row.param).name;
                         });

// While the call is being set up: what the caller does, and how the callee goes on.
enum class Opening : std::uint8_t { kRinging, kAnswered, kRefused, kInfo, kUpdate };
struct CalleeAct {
    const char* name;
    Opening opening;
};
struct CallerAct {
    const char* name;
    bool cancel;
    Deed deed;
};

constexpr std::array<CallerAct, 4> kCallerActs{{{"Cancel", true, Deed::kOptions},
                                                {"EarlyBye", false, Deed::kBye},
                                                {"EarlyInfo", false, Deed::kInfo},
                                                {"EarlyUpdateNoOffer", false, Deed::kRefresh}}};
constexpr std::array<CalleeAct, 5> kCalleeActs{{{"Ringing", Opening::kRinging},
                                                {"Answer", Opening::kAnswered},
                                                {"Refusal", Opening::kRefused},
                                                {"EarlyInfo", Opening::kInfo},
                                                {"EarlyUpdateNoOffer", Opening::kUpdate}}};

Script callee_of(Opening opening, Millis at) {
    Script callee;
    callee.rings = {{Millis{0}, 180}};
    callee.final_after = Millis{3000};
    callee.final_status = 486;
    switch (opening) {
        case Opening::kRinging:
            callee.rings.push_back({at, 183});
            break;
        case Opening::kAnswered:
        case Opening::kRefused:
            callee.final_after = at;
            callee.final_status = opening == Opening::kAnswered ? 200 : 486;
            break;
        case Opening::kInfo:
            callee.early = {{at, Deed::kInfo}};
            break;
        case Opening::kUpdate:
            callee.early = {{at, Deed::kRefresh}};
            break;
    }
    return callee;
}

class SetupRace : public ::testing::TestWithParam<std::tuple<CallerAct, CalleeAct>> {};

TEST_P(SetupRace, every_order) {
    const auto& [first, second] = GetParam();
    constexpr Millis kMoment{300};
    for (const auto& extra : kLinks) {
        for (int shift = -130; shift <= 130; shift += 5) {
            Script caller;
            caller.steps = {{Millis{4000}, Deed::kBye}};
            if (first.cancel) {
                caller.cancel_after = kMoment + Millis{shift};
            } else {
                caller.early = {{kMoment + Millis{shift}, first.deed}};
            }
            World world(1, plan_of(caller, callee_of(second.opening, kMoment)));
            link(world, extra);
            const std::string when = std::string(first.name) + " x " + second.name + ", shift " +
                                     std::to_string(shift) + " ms, links +" +
                                     std::to_string(extra.first.count()) + " +" +
                                     std::to_string(extra.second.count());
            world.run(kLength);
            const Outcome callee = world.callee(0).outcome();
            EXPECT_TRUE(callee == Outcome::kDone || callee == Outcome::kCancelled ||
                        callee == Outcome::kRefused)
                << when << ", callee " << static_cast<int>(callee);
            EXPECT_NE(world.caller(0).final_status(), 0) << when;
            EXPECT_EQ(world.gate().gauges().calls, 0U) << when;
            expect_clean(world, when);
            if (HasFailure()) {
                return;
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(B2BUA_E_R, SetupRace,
                         ::testing::Combine(::testing::ValuesIn(kCallerActs),
                                            ::testing::ValuesIn(kCalleeActs)),
                         [](const auto& row) {
                             return std::string(std::get<0>(row.param).name) + "_x_" +
                                    std::get<1>(row.param).name;
                         });

/// B2BUA-E-R1, R10: whatever the order of CANCEL and 2xx, the caller hears 487 or the 2xx, and the
/// callee is not left with a call.
TEST(Race, B2BUA_E_R1_cancel_and_200_cross) {
    int cancelled_but_answered = 0;
    for (int shift = -100; shift <= 100; ++shift) {
        Script caller;
        caller.cancel_after = Millis{500 + shift};
        caller.steps = {{Millis{4000}, Deed::kBye}};
        Script callee;
        callee.rings = {{Millis{0}, 180}};
        callee.final_after = Millis{500};
        World world(1, plan_of(caller, callee));
        world.run(kLength);
        const bool cancelled = world.caller(0).outcome() == Outcome::kCancelled;
        const int status = world.caller(0).final_status();
        EXPECT_EQ(status, cancelled ? 487 : 200) << "shift " << shift;
        const Outcome left = world.callee(0).outcome();
        EXPECT_TRUE(left == Outcome::kCancelled || left == Outcome::kDone) << "shift " << shift;
        cancelled_but_answered += cancelled && left == Outcome::kDone ? 1 : 0;
        expect_clean(world, "shift " + std::to_string(shift));
    }
    EXPECT_GT(cancelled_but_answered, 10);  // the crossing itself was among them
}

}  // namespace
}  // namespace sallyport::sim
