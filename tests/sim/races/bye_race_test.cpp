// SPDX-License-Identifier: Apache-2.0
// BYE against BYE, re-INVITE and everything else: B2BUA-E-R6, R8, R14.
#include "tests/sim/races/race.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace sallyport::sim {
namespace {

constexpr Millis kMoment{1000};
constexpr int kReach = 70;  // beyond it the second phone has heard of the first one's deed

/// The caller acts at the moment, the callee so much later.
Plan two_acts(Deed caller_does, Deed callee_does, int shift) {
    Script caller;
    caller.steps = {{kMoment, caller_does}};
    Script callee;
    callee.steps = {{kMoment + Millis{shift}, callee_does}};
    return race_plan(caller, callee);
}

TEST(ByeRace, B2BUA_E_R6_simultaneous_bye_at_every_order) {
    const std::vector<Mishap> lost{{"BYE of the caller lost", Origin::kCaller, 0, "BYE"},
                                   {"BYE of the callee lost", Origin::kCallee, 0, "BYE"},
                                   {"BYE to the caller lost", Origin::kGateToCaller, 0, "BYE"},
                                   {"BYE to the callee lost", Origin::kGateToCallee, 0, "BYE"},
                                   {"200 of the caller lost", Origin::kCaller, 200, "BYE"},
                                   {"200 of the callee lost", Origin::kCallee, 200, "BYE"},
                                   {"200 to the caller lost", Origin::kGateToCaller, 200, "BYE"},
                                   {"200 to the callee lost", Origin::kGateToCallee, 200, "BYE"}};
    Orders seen;
    for (const Row& row : rows(kReach, lost)) {
        SCOPED_TRACE(row.text());
        Race race(two_acts(Deed::kBye, Deed::kBye, row.shift), row);
        race.run();
        const WireLog& log = race.log;
        const bool caller_first =
            precedes(log.arrived(kInside, "BYE"), log.arrived(kOutside, "BYE"));
        const RealmId first = caller_first ? kInside : kOutside;
        const RealmId second = caller_first ? kOutside : kInside;
        expect_only_final(log, first, "BYE", 200);
        EXPECT_TRUE(log.sent(first, "BYE").empty());
        EXPECT_EQ(transactions(log.sent(second, "BYE")), 1U);
        const bool crossed = !log.arrived(second, "BYE").empty();
        if (crossed) {
            expect_only_final(log, second, "BYE", 200);
        }
        ++seen[std::string(caller_first ? "caller first" : "callee first") +
               (crossed ? ", crossed" : "")];
        EXPECT_EQ(race.caller().outcome(), Outcome::kDone);
        EXPECT_EQ(race.callee().outcome(), Outcome::kDone);
        EXPECT_EQ(race.calls(), 0U);
        if (HasFailure()) {
            return;
        }
    }
    EXPECT_EQ(seen.size(), 4U);
}

struct Sides {
    const char* name;
    bool callee_invites, callee_hangs_up;
};

class ReinviteAndBye : public ::testing::TestWithParam<Sides> {
protected:
    [[nodiscard]] static Plan plan_of(int shift) {
        const Sides& sides = GetParam();
        Script caller;
        Script callee;
        (sides.callee_invites ? callee : caller).steps = {{kMoment, Deed::kMove}};
        auto& hangs_up = (sides.callee_hangs_up ? callee : caller).steps;
        hangs_up.push_back({kMoment + Millis{shift}, Deed::kBye});
        caller.think = callee.think = Millis{40};
        return race_plan(caller, callee);
    }
};

/// The messages of the re-INVITE on a leg, whose INVITEs are otherwise only the call's first.
Messages second_of(const Messages& invites, bool has_first) {
    Messages behind;
    for (const WireMessage* each : invites) {
        if (!has_first || each->branch != invites.front()->branch) {
            behind.push_back(each);
        }
    }
    return behind;
}

Messages finals_of(const WireLog& log, bool sent, RealmId leg, const Messages& invites) {
    Messages finals;
    for (const int status : {200, 481, 487, 491, 500}) {
        const Messages all =
            sent ? log.sent(leg, status, "INVITE") : log.arrived(leg, status, "INVITE");
        for (const WireMessage* each : all) {
            if (!invites.empty() && each->branch == invites.front()->branch) {
                finals.push_back(each);
            }
        }
    }
    return finals;
}

void expect_bye_passed(const WireLog& log, RealmId from, RealmId to) {
    expect_only_final(log, from, "BYE", 200);
    EXPECT_TRUE(log.sent(from, "BYE").empty());
    EXPECT_EQ(transactions(log.sent(to, "BYE")), 1U);
}

/// Whatever the far side says to the re-INVITE that lost has its ACK.
void expect_finals_acked(const WireLog& log, RealmId far, const Messages& crossed) {
    const Messages acks = log.sent(far, "ACK");
    for (const WireMessage* final : finals_of(log, false, far, crossed)) {
        EXPECT_TRUE(std::any_of(acks.begin(), acks.end(), [final](const WireMessage* ack) {
            return ack->cseq == final->cseq && ack->number > final->number;
        })) << "its final has no ACK";
    }
}

/// The order in which the re-INVITE, its final and the BYE were there, and what follows from it.
std::string expect_bye_wins(const WireLog& log, const Sides& sides) {
    const RealmId near = sides.callee_invites ? kOutside : kInside;
    const RealmId far = sides.callee_invites ? kInside : kOutside;
    const RealmId hangs_up = sides.callee_hangs_up ? kOutside : kInside;
    const Messages invites = second_of(log.arrived(near, "INVITE"), !sides.callee_invites);
    const Messages crossed = second_of(log.sent(far, "INVITE"), !sides.callee_invites);
    const Messages finals = finals_of(log, true, near, invites);
    const Messages byes = log.arrived(hangs_up, "BYE");
    expect_bye_passed(log, hangs_up, hangs_up == kInside ? kOutside : kInside);
    if (invites.empty()) {
        return "BYE has reached the other";
    }
    EXPECT_FALSE(finals.empty());
    const auto expect_all = [&finals](int status) {
        for (const WireMessage* final : finals) {
            EXPECT_EQ(final->status, status);
        }
    };
    if (precedes(byes, invites)) {
        expect_all(481);
        EXPECT_TRUE(crossed.empty());
        return "BYE first";
    }
    if (precedes(byes, finals)) {
        expect_all(487);
        expect_finals_acked(log, far, crossed);
        return "BYE while it is pending";
    }
    expect_all(200);
    return "BYE behind its final";
}

const std::vector<Mishap> kLostAroundReinvite{
    {"BYE of the caller lost", Origin::kCaller, 0, "BYE"},
    {"BYE of the callee lost", Origin::kCallee, 0, "BYE"},
    {"re-INVITE of the caller lost", Origin::kCaller, 0, "INVITE", {}, 2},
    {"re-INVITE of the callee lost", Origin::kCallee, 0, "INVITE"},
    {"487 to the caller lost", Origin::kGateToCaller, 487, "INVITE"},
    {"487 to the callee lost", Origin::kGateToCallee, 487, "INVITE"}};

TEST_P(ReinviteAndBye, B2BUA_E_R8_at_every_order) {
    const Sides& sides = GetParam();
    Orders seen;
    for (const Row& row : rows(160, kLostAroundReinvite)) {
        SCOPED_TRACE(row.text());
        Race race(plan_of(row.shift), row);
        race.run(Millis{20'000});
        ++seen[expect_bye_wins(race.log, sides)];
        EXPECT_EQ(race.world->gate().relays().live(), 0U);
        if (HasFailure()) {
            ADD_FAILURE() << race.log.text();
            return;
        }
    }
    EXPECT_GT(seen["BYE while it is pending"], 10);
    EXPECT_GT(seen["BYE behind its final"], 10);
    if (sides.callee_invites != sides.callee_hangs_up) {
        EXPECT_GT(seen["BYE first"], 5);
    }
}

INSTANTIATE_TEST_SUITE_P(ByeRace, ReinviteAndBye,
                         ::testing::Values(Sides{"caller_invites_callee_hangs_up", false, true},
                                           Sides{"callee_invites_caller_hangs_up", true, false},
                                           Sides{"caller_does_both", false, false},
                                           Sides{"callee_does_both", true, true}),
                         [](const auto& row) { return row.param.name; });

struct Ask {
    const char* method;
    Deed deed;
};

class AskAndBye : public ::testing::TestWithParam<Ask> {};

/// Behind the other side's BYE: 481, and it goes no further; before it: it is passed on, and has
/// the answer of the far side, whatever that is.
TEST_P(AskAndBye, B2BUA_E_R14_at_every_order) {
    const auto& [method, deed] = GetParam();
    for (const bool callee_asks : {false, true}) {
        const RealmId near = callee_asks ? kOutside : kInside;
        const RealmId far = callee_asks ? kInside : kOutside;
        const Origin asker = callee_asks ? Origin::kCallee : Origin::kCaller;
        const std::vector<Mishap> lost{{"request lost", asker, 0, method}};
        Orders seen;
        for (const Row& row : rows(40, lost)) {
            SCOPED_TRACE(row.text() + (callee_asks ? ", callee asks" : ", caller asks"));
            Race race(callee_asks ? two_acts(Deed::kBye, deed, row.shift)
                                  : two_acts(deed, Deed::kBye, row.shift),
                      row);
            race.run();
            const WireLog& log = race.log;
            const Messages asked = log.arrived(near, method);
            if (asked.empty()) {
                continue;  // the BYE was there first
            }
            if (precedes(log.arrived(far, "BYE"), asked)) {
                ++seen["BYE first"];
                expect_only_final(log, near, method, 481);
                EXPECT_TRUE(log.sent(far, method).empty());
            } else {
                ++seen["request first"];
                EXPECT_EQ(transactions(log.sent(far, method)), 1U);
                for (int status = 200; status < 700; ++status) {
                    EXPECT_EQ(log.sent(near, status, method).empty(),
                              log.arrived(far, status, method).empty())
                        << status;
                }
            }
            if (HasFailure()) {
                return;
            }
        }
        EXPECT_GT(seen["BYE first"], 4);
        EXPECT_GT(seen["request first"], 4);
    }
}

INSTANTIATE_TEST_SUITE_P(ByeRace, AskAndBye,
                         ::testing::Values(Ask{"INFO", Deed::kInfo}, Ask{"REFER", Deed::kRefer},
                                           Ask{"MESSAGE", Deed::kMessage},
                                           Ask{"OPTIONS", Deed::kOptions},
                                           Ask{"UPDATE", Deed::kRefresh},
                                           Ask{"PROPOSE", Deed::kUnknown}),
                         [](const auto& row) { return row.param.method; });

/// What a callee asks while it rings goes to the early dialog that the caller knows it by.
TEST(ByeRace, B2BUA_E_R14_callee_in_an_early_dialog) {
    for (const Row& row : rows(60)) {
        for (const Ask ask : {Ask{"INFO", Deed::kInfo}, Ask{"UPDATE", Deed::kRefresh}}) {
            SCOPED_TRACE(row.text() + " " + ask.method);
            Script ringing;
            ringing.rings = {{Millis{0}, 180}};
            ringing.final_after = Millis{2000};
            ringing.early = {{Millis{300}, ask.deed}};
            Plan plan = race_plan({}, ringing);
            ringing.rings = {{Millis{20}, 183}};
            ringing.early = {{Millis{300 + row.shift}, ask.deed}};
            ringing.final_after = Millis{3000};
            plan.calls.front().callees.push_back(ringing);
            plan.calls.front().caller.steps = {{Millis{100}, Deed::kBye}};
            Race race(plan, row);
            race.run();
            const WireLog& log = race.log;
            ASSERT_EQ(log.arrived(kOutside, ask.method).size(), 2U);
            ASSERT_EQ(log.sent(kInside, ask.method).size(), 2U);
            for (std::size_t i = 0; i < 2; ++i) {
                const WireMessage& asked = *log.arrived(kOutside, ask.method)[i];
                const int status =
                    log.arrived(kOutside, 180, "INVITE").front()->to_tag == asked.from_tag ? 180
                                                                                           : 183;
                EXPECT_EQ(log.sent(kInside, ask.method)[i]->from_tag,
                          log.sent(kInside, status, "INVITE").front()->to_tag);
            }
            expect_only_final(log, kOutside, ask.method, 200);
            if (HasFailure()) {
                ADD_FAILURE() << log.text();
                return;
            }
        }
    }
}

}  // namespace
}  // namespace sallyport::sim
