// SPDX-License-Identifier: Apache-2.0
// The pair matrix of a call that is being set up (B2BUA-E-R1, R2, R7, R12, R14, M5, M6): what the
// caller may send against what its callee, or another fork, may, at every order.
#include "tests/sim/races/race.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <tuple>

namespace sallyport::sim {
namespace {

constexpr Millis kMoment{300};
constexpr Millis kMuchLater{3000};

enum class Does : std::uint8_t { kCancel, kBye, kInfo, kUpdate, kPrack };
enum class Says : std::uint8_t {
    kRinging,
    kReliable,
    kAnswer,
    kRefusal,
    kInfo,
    kUpdate,
    kOtherRinging,
    kOtherAnswer
};

struct CallerAct {
    const char* name;
    Does does;
    const char* method;
};
struct CalleeAct {
    const char* name;
    Says says;
};

const std::array<CallerAct, 5> kCallerActs{{{"Cancel", Does::kCancel, "CANCEL"},
                                            {"Bye", Does::kBye, "BYE"},
                                            {"Info", Does::kInfo, "INFO"},
                                            {"UpdateNoOffer", Does::kUpdate, "UPDATE"},
                                            {"Prack", Does::kPrack, "PRACK"}}};
const std::array<CalleeAct, 8> kCalleeActs{{{"Ringing", Says::kRinging},
                                            {"Reliable", Says::kReliable},
                                            {"Answer", Says::kAnswer},
                                            {"Refusal", Says::kRefusal},
                                            {"Info", Says::kInfo},
                                            {"UpdateNoOffer", Says::kUpdate},
                                            {"OtherRinging", Says::kOtherRinging},
                                            {"OtherAnswer", Says::kOtherAnswer}}};

/// Pairs that are not here, and why.
bool cannot_cross(const CallerAct& caller, const CalleeAct& callee) {
    const bool other = callee.says == Says::kOtherRinging || callee.says == Says::kOtherAnswer;
    // RFC 3262 s.3: no second reliable 1xx, and no 2xx, before the PRACK of the first.
    return (caller.does == Does::kPrack &&
            (callee.says == Says::kReliable || callee.says == Says::kAnswer)) ||
           // These phones hang up a call, not one of two early dialogs: bye_scenarios_test.cpp.
           (caller.does == Does::kBye && other);
}

/// The caller's part; PRACK answers what its callee says.
void play(Does does, Millis at, Script& caller, Script& callee) {
    switch (does) {
        case Does::kCancel:
            caller.cancel_after = at;
            break;
        case Does::kBye:
            caller.early = {{at, Deed::kBye}};
            break;
        case Does::kInfo:
            caller.early = {{at, Deed::kInfo}};
            break;
        case Does::kUpdate:
            caller.early = {{at, Deed::kRefresh}};
            break;
        case Does::kPrack:
            callee.rings.push_back({at, 183, true, true});
            break;
    }
}

/// True: there is another callee.
bool play(Says says, Script& callee, Script& other) {
    switch (says) {
        case Says::kRinging:
        case Says::kReliable:
            callee.rings.push_back({kMoment, 183, true, says == Says::kReliable});
            return false;
        case Says::kAnswer:
        case Says::kRefusal:
            callee.final_after = kMoment;
            callee.final_status = says == Says::kAnswer ? 200 : 486;
            return false;
        case Says::kInfo:
            callee.early = {{kMoment, Deed::kInfo}};
            return false;
        case Says::kUpdate:
            callee.early = {{kMoment, Deed::kRefresh}};
            return false;
        case Says::kOtherRinging:
            other.rings = {{kMoment, 183, true}};
            return true;
        case Says::kOtherAnswer:
            other.final_after = kMoment;
            return true;
    }
    return false;
}

Plan plan_of(const CallerAct& first, const CalleeAct& second, Millis moved) {
    Script caller;
    Script callee;
    Script other;
    caller.reliable = callee.reliable = true;
    caller.steps = {{Millis{4000}, Deed::kBye}};
    callee.rings = {{Millis{0}, 180}};
    callee.final_after = kMuchLater;
    other.final_after = kMuchLater + kMoment;  // cancelled by then, unless it is its answer's turn
    play(first.does, kMoment + moved, caller, callee);
    const bool forks = play(second.says, callee, other);
    Plan plan = race_plan(caller, callee);
    if (forks) {
        plan.calls.front().callees.push_back(other);
    }
    return plan;
}

std::set<int> finals(const WireLog& log, bool sent, RealmId leg, const char* method) {
    std::set<int> found;
    for (int status = 200; status < 700; ++status) {
        if (!(sent ? log.sent(leg, status, method) : log.arrived(leg, status, method)).empty()) {
            found.insert(status);
        }
    }
    return found;
}

/// Before all that comes from the callees as a final.
bool first_of_all(const WireLog& log, const Messages& request) {
    return !request.empty() && precedes(request, log.arrived(kOutside, 200, "INVITE")) &&
           precedes(request, log.arrived(kOutside, 486, "INVITE"));
}

/// The request was passed on and has the far side's final; or it came too late and has 481.
void expect_relayed_or_481(const WireLog& log, RealmId near, const char* method) {
    if (log.arrived(near, method).empty()) {
        return;
    }
    const RealmId far = near == kInside ? kOutside : kInside;
    const std::set<int> got = finals(log, true, near, method);
    EXPECT_EQ(got.size(), 1U) << method;
    if (!log.sent(far, method).empty()) {
        EXPECT_EQ(transactions(log.sent(far, method)), 1U) << method;
        EXPECT_EQ(got, finals(log, false, far, method)) << method;
    } else {
        // M6: a PRACK that came too late is not to blame for it.
        const bool prack = method == std::string("PRACK") && got == std::set<int>{200};
        EXPECT_TRUE(prack || got == std::set<int>{481}) << method;
    }
}

/// Given up by its caller before any final: 487 at once; a callee that answers all the same has
/// ACK and BYE (R1), the others CANCEL.
void expect_given_up(const WireLog& log, const Messages& by) {
    expect_only_final(log, kInside, "INVITE", 487);
    EXPECT_EQ(transactions(log.sent(kOutside, "CANCEL")), 1U);
    EXPECT_TRUE(log.sent(kInside, "BYE").empty());
    if (log.arrived(kOutside, 200, "INVITE").empty()) {
        EXPECT_TRUE(log.sent(kOutside, "BYE").empty());
    } else {
        expect_ack_and_bye(log, kOutside, "");
    }
    for (const WireMessage* each : log.sent(kInside, 183, "INVITE")) {
        EXPECT_LT(each->number, by.front()->number);
    }
}

using Pair = std::tuple<CallerAct, CalleeAct>;

class SetupRace : public ::testing::TestWithParam<Pair> {
protected:
    void expect_outcome(const Race& race) {
        const auto& [first, second] = GetParam();
        const WireLog& log = race.log;
        const Messages acts = log.arrived(kInside, first.method);
        const bool gives_up = first.does == Does::kCancel || first.does == Does::kBye;
        if (gives_up && first_of_all(log, acts)) {
            ++orders_["the caller's first"];
            expect_given_up(log, acts);
            expect_only_final(log, kInside, first.method, 200);
        } else {
            expect_far_final(log, first.does == Does::kBye);
        }
        if (!gives_up) {
            expect_relayed_or_481(log, kInside, first.method);
        }
        if (second.says == Says::kInfo || second.says == Says::kUpdate) {
            const char* method = second.says == Says::kInfo ? "INFO" : "UPDATE";
            if (method != std::string(first.method)) {
                expect_relayed_or_481(log, kOutside, method);
            }
        }
        EXPECT_EQ(race.calls(), 0U);
    }

    Orders orders_;

private:
    /// The caller hears what the first final of its callees said.
    void expect_far_final(const WireLog& log, bool hangs_up) {
        const bool answered =
            precedes(log.arrived(kOutside, 200, "INVITE"), log.arrived(kOutside, 486, "INVITE"));
        ++orders_[answered ? "200 first" : "486 first"];
        expect_only_final(log, kInside, "INVITE", answered ? 200 : 486);
        if (answered) {
            EXPECT_TRUE(log.sent(kInside, "BYE").empty());
            EXPECT_TRUE(precedes(log.arrived(kInside, "BYE"), log.sent(kOutside, "BYE")));
        } else if (hangs_up && !log.arrived(kInside, "BYE").empty()) {
            expect_only_final(log, kInside, "BYE", 481);  // its dialog is gone
        }
    }
};

TEST_P(SetupRace, at_every_order) {
    const auto& [first, second] = GetParam();
    for (const Row& row : rows(65)) {
        if (row.shift % 10 == 0 && row.shift != 0) {
            continue;  // between the steps of 10 ms, and once upon them
        }
        SCOPED_TRACE(std::string(first.name) + " x " + second.name + ", " + row.text());
        Race race(plan_of(first, second, Millis{row.shift}), row);
        race.run();
        expect_outcome(race);
        if (HasFailure()) {
            ADD_FAILURE() << race.log.text();
            return;
        }
    }
}

std::vector<Pair> pairs() {
    std::vector<Pair> all;
    for (const CallerAct& caller : kCallerActs) {
        for (const CalleeAct& callee : kCalleeActs) {
            if (!cannot_cross(caller, callee)) {
                all.emplace_back(caller, callee);
            }
        }
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(B2BUA_E_R1, SetupRace, ::testing::ValuesIn(pairs()), [](const auto& row) {
    return std::string(std::get<0>(row.param).name) + "_x_" + std::get<1>(row.param).name;
});

}  // namespace
}  // namespace sallyport::sim
