// SPDX-License-Identifier: Apache-2.0
// CANCEL against what the callee says: B2BUA-E-R1, R2, R10.
#include "tests/sim/races/race.h"

#include <gtest/gtest.h>

namespace sallyport::sim {
namespace {

constexpr Millis kMoment{500};

const std::vector<Mishap> kLost{{"CANCEL lost", Origin::kCaller, 0, "CANCEL"},
                                {"CANCEL to the callee lost", Origin::kGateToCallee, 0, "CANCEL"},
                                {"200 of the callee lost", Origin::kCallee, 200, "INVITE"},
                                {"487 of the callee lost", Origin::kCallee, 487, "INVITE"},
                                {"200 to the caller lost", Origin::kGateToCaller, 200, "INVITE"},
                                {"487 to the caller lost", Origin::kGateToCaller, 487, "INVITE"},
                                {"200 to the CANCEL lost", Origin::kGateToCaller, 200, "CANCEL"},
                                {"ACK to the callee lost", Origin::kGateToCallee, 0, "ACK"},
                                {"ACK of the caller lost", Origin::kCaller, 0, "ACK"},
                                {"BYE to the callee lost", Origin::kGateToCallee, 0, "BYE"}};

Plan cancelled_at(int shift, bool rings) {
    Script caller;
    caller.cancel_after = kMoment + Millis{shift};
    Script callee;
    if (rings) {
        callee.rings = {{Millis{0}, 180}};
    }
    callee.final_after = kMoment;
    return race_plan(caller, callee);
}

/// The caller has 200 for its CANCEL and 487 for its INVITE, and nothing else.
void expect_caller_cancelled(const Race& race) {
    expect_only_final(race.log, kInside, "INVITE", 487);
    expect_only_final(race.log, kInside, "CANCEL", 200);
    EXPECT_EQ(race.log.sent(kInside, 200, "CANCEL").size(),
              race.log.arrived(kInside, "CANCEL").size());
    EXPECT_TRUE(race.log.sent(kInside, "BYE").empty());
    EXPECT_EQ(race.caller().outcome(), Outcome::kCancelled);
}

/// R2: the call is there, and only its caller's own BYE ends it.
void expect_call_goes_on(const Race& race) {
    expect_only_final(race.log, kInside, "INVITE", 200);
    expect_only_final(race.log, kInside, "CANCEL", 200);
    EXPECT_TRUE(race.log.sent(kOutside, "CANCEL").empty());
    EXPECT_TRUE(precedes(race.log.arrived(kInside, "BYE"), race.log.sent(kOutside, "BYE")));
    EXPECT_EQ(transactions(race.log.sent(kOutside, "BYE")), 1U);
    EXPECT_EQ(race.log.sent(kOutside, "BYE").front()->reason, "");
    EXPECT_EQ(race.caller().outcome(), Outcome::kDone);
}

TEST(CancelRace, B2BUA_E_R1_R2_cancel_and_200_at_every_order) {
    Orders seen;
    for (const Row& row : rows(100, kLost)) {
        SCOPED_TRACE(row.text());
        Race race(cancelled_at(row.shift, true), row);
        race.run();
        const WireLog& log = race.log;
        const Messages cancels = log.arrived(kInside, "CANCEL");
        const Messages oks = log.arrived(kOutside, 200, "INVITE");
        if (cancels.empty()) {
            ++seen["200 has reached the caller"];
            EXPECT_EQ(race.caller().final_status(), 200);
        } else if (precedes(oks, cancels)) {
            ++seen["R2 CANCEL behind the 200"];
            expect_call_goes_on(race);
        } else {
            expect_caller_cancelled(race);
            EXPECT_EQ(transactions(log.sent(kOutside, "CANCEL")), 1U);
            if (oks.empty()) {
                ++seen["CANCEL first"];
                EXPECT_EQ(log.sent(kOutside, "ACK").size(),
                          log.arrived(kOutside, 487, "INVITE").size());
                EXPECT_TRUE(log.sent(kOutside, "BYE").empty());
            } else {
                ++seen["R1 CANCEL and 200 cross"];
                expect_ack_and_bye(log, kOutside, "");
            }
        }
        EXPECT_EQ(race.callee().outcome(), oks.empty() ? Outcome::kCancelled : Outcome::kDone);
        EXPECT_EQ(race.calls(), 0U);
        if (HasFailure()) {
            return;
        }
    }
    EXPECT_EQ(seen.size(), 4U);
    EXPECT_GT(seen["R1 CANCEL and 200 cross"], 20);
    EXPECT_GT(seen["R2 CANCEL behind the 200"], 20);
}

/// The 2xx is repeated at T1, 2*T1 .. T2 until the ACK, as often as the caller needs it, and what
/// the callee repeats meanwhile plays no part.
TEST(CancelRace, B2BUA_E_R2_2xx_is_repeated_on_its_own_clock) {
    const std::vector<std::int64_t> kSchedule{500, 1500, 3500, 7500, 11500, 15500};
    for (std::size_t lost = 0; lost <= kSchedule.size(); ++lost) {
        for (const Millis callee_link : {Millis{0}, Millis{35}, Millis{170}}) {
            SCOPED_TRACE(std::to_string(lost) + " ACKs lost, link +" +
                         std::to_string(callee_link.count()));
            Script caller;
            caller.steps = {{Millis{20'000}, Deed::kBye}};
            Race race(race_plan(caller, {}), Row{Millis{0}, callee_link});
            race.befall({"ACK", Origin::kCaller, 0, "ACK", {}, 1, static_cast<int>(lost)});
            race.run(Millis{30'000});
            const Messages oks = race.log.sent(kInside, 200, "INVITE");
            ASSERT_EQ(oks.size(), lost + 1);
            for (std::size_t i = 0; i < lost; ++i) {
                const auto after = (oks[i + 1]->at - oks[0]->at).count();
                EXPECT_GE(after, kSchedule[i]);
                EXPECT_LE(after, kSchedule[i] + 10);  // the clock's grid (B2BUA-C1)
                EXPECT_EQ(oks[i + 1]->octets, oks[0]->octets);
            }
            if (lost > 0) {
                EXPECT_GT(race.log.arrived(kOutside, 200, "INVITE").size(), 1U);
            }
        }
    }
}

/// A CANCEL before any 1xx waits: a 1xx lets it go, a final drops it, and a 2xx gets ACK and BYE.
TEST(CancelRace, B2BUA_E_R10_cancel_before_any_provisional) {
    Orders seen;
    for (const Row& row : rows(100, kLost)) {
        SCOPED_TRACE(row.text());
        Race race(cancelled_at(row.shift, false), row);
        race.run();
        const WireLog& log = race.log;
        EXPECT_TRUE(log.sent(kOutside, "CANCEL").empty());
        const Messages cancels = log.arrived(kInside, "CANCEL");
        if (!cancels.empty() && precedes(cancels, log.arrived(kOutside, 200, "INVITE"))) {
            ++seen["CANCEL first"];
            expect_caller_cancelled(race);
            expect_ack_and_bye(log, kOutside, "");
        } else if (!cancels.empty()) {
            ++seen["200 first"];
            expect_call_goes_on(race);
        }
        EXPECT_EQ(race.callee().outcome(), Outcome::kDone);
        if (HasFailure()) {
            return;
        }
    }
    EXPECT_GT(seen["CANCEL first"], 20);
    EXPECT_GT(seen["200 first"], 20);
}

TEST(CancelRace, B2BUA_E_R10_the_cancel_goes_with_the_first_provisional) {
    for (const Row& row : rows(60)) {
        SCOPED_TRACE(row.text());
        Script caller;
        caller.cancel_after = Millis{300 + row.shift};
        Script callee;
        callee.rings = {{Millis{300}, 180}};
        callee.final_after = Millis{3000};
        Race race(race_plan(caller, callee), row);
        race.run();
        expect_caller_cancelled(race);
        const Messages cancels = race.log.sent(kOutside, "CANCEL");
        ASSERT_EQ(cancels.size(), 1U);
        EXPECT_TRUE(precedes(race.log.arrived(kOutside, 180, "INVITE"), cancels));
        EXPECT_EQ(race.callee().outcome(), Outcome::kCancelled);
        EXPECT_TRUE(race.log.sent(kOutside, "BYE").empty());
    }
}

/// Nobody answers at all: timer B ends the leg, and no CANCEL was ever on the wire.
TEST(CancelRace, B2BUA_E_R10_silence_is_never_cancelled) {
    Plan plan = cancelled_at(0, false);
    plan.calls.front().treatment.silent = true;
    Race race(plan);
    race.run(Millis{40'000});
    expect_caller_cancelled(race);
    EXPECT_TRUE(race.log.sent(kOutside, "CANCEL").empty());
    const Messages invites = race.log.sent(kOutside, "INVITE");
    EXPECT_EQ(invites.size(), 7U);  // RFC 3261 s.17.1.1.2: 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s
    EXPECT_EQ(race.calls(), 0U);
}

}  // namespace
}  // namespace sallyport::sim
