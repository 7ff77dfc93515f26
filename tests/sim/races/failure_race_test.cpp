// SPDX-License-Identifier: Apache-2.0
// A far side that has forgotten the call, is silent or out of reach, and a gateway that has
// forgotten it: B2BUA-E-R9, R15, R16.
#include "tests/sim/races/race.h"

#include <gtest/gtest.h>

#include <array>

namespace sallyport::sim {
namespace {

constexpr Millis kMoment{1000};

struct Ask {
    const char* method;
    Deed deed;
    bool ends_call;  // when the answer is 481, 408 or none
};

constexpr std::array<Ask, 9> kAsks{{{"INVITE", Deed::kMove, true},
                                    {"INVITE", Deed::kAskOffer, true},
                                    {"UPDATE", Deed::kUpdate, true},
                                    {"UPDATE", Deed::kRefresh, true},
                                    {"INFO", Deed::kInfo, false},
                                    {"OPTIONS", Deed::kOptions, false},
                                    {"MESSAGE", Deed::kMessage, false},
                                    {"REFER", Deed::kRefer, false},
                                    {"PROPOSE", Deed::kUnknown, false}}};

/// One side asks at the moment, and hangs up later.
Plan asks(bool callee_asks, Deed deed) {
    Script caller;
    Script callee;
    (callee_asks ? callee : caller).steps = {{kMoment, deed}, {Millis{40'000}, Deed::kBye}};
    return race_plan(caller, callee);
}

struct Legs {
    RealmId near, far;
};

Legs legs(bool callee_asks) {
    return callee_asks ? Legs{kOutside, kInside} : Legs{kInside, kOutside};
}

/// The call was ended on account of the far side: the near one hears BYE, with the reason.
void expect_ended(const WireLog& log, const Legs& legs, const std::string& reason,
                  std::size_t byes_to_the_far_side) {
    ASSERT_EQ(transactions(log.sent(legs.near, "BYE")), 1U);
    EXPECT_EQ(log.sent(legs.near, "BYE").front()->reason, reason);
    EXPECT_EQ(transactions(log.sent(legs.far, "BYE")), byes_to_the_far_side);
    for (const WireMessage* bye : log.sent(legs.far, "BYE")) {
        EXPECT_EQ(bye->reason, reason);
    }
}

/// Nothing but the near side's own BYE ended it.
void expect_went_on(const WireLog& log, const Legs& legs) {
    EXPECT_TRUE(log.sent(legs.near, "BYE").empty());
    ASSERT_FALSE(log.arrived(legs.near, "BYE").empty());
    EXPECT_GT(log.arrived(legs.near, "BYE").front()->at.since_start.count(), 40'000);
    EXPECT_EQ(transactions(log.sent(legs.far, "BYE")), 1U);
}

/// The far side forgets everything before or after the request is there.
TEST(FailureRace, B2BUA_E_R9_481_at_every_order) {
    for (const Ask& ask : kAsks) {
        Orders seen;
        for (const bool callee_asks : {false, true}) {
            for (int shift = -15; shift <= 60; shift += 5) {
                SCOPED_TRACE(std::string(ask.method) + ", shift " + std::to_string(shift) +
                             (callee_asks ? ", callee asks" : ", caller asks"));
                Plan plan = asks(callee_asks, ask.deed);
                CallPlan& call = plan.calls.front();
                (callee_asks ? call.caller : call.callees.front()).restart_after =
                    kMoment + Millis{540 + shift};
                Race race(plan);
                race.run(Millis{80'000});
                const WireLog& log = race.log;
                const Legs sides = legs(callee_asks);
                const bool forgot = !log.arrived(sides.far, 481, ask.method).empty();
                ++seen[forgot ? "forgotten" : "answered"];
                EXPECT_EQ(log.sent(sides.near, 481, ask.method).size(), forgot ? 1U : 0U);
                if (forgot && ask.ends_call) {
                    expect_ended(log, sides, "SIP;cause=481", 0);
                } else if (ask.method != std::string("INVITE") || forgot) {
                    expect_went_on(log, sides);
                }
                EXPECT_EQ(race.calls(), 0U);
                if (HasFailure()) {
                    return;
                }
            }
        }
        EXPECT_GT(seen["forgotten"], 2) << ask.method;
        EXPECT_GT(seen["answered"], 2) << ask.method;
    }
}

TEST(FailureRace, B2BUA_E_R9_408_to_a_reinvite_ends_both_legs) {
    for (const bool callee_asks : {false, true}) {
        Plan plan = asks(callee_asks, Deed::kMove);
        CallPlan& call = plan.calls.front();
        (callee_asks ? call.caller : call.callees.front()).reinvite_status = 408;
        Race race(plan);
        race.run();
        const Legs sides = legs(callee_asks);
        expect_ended(race.log, sides, "SIP;cause=408", 1);
        EXPECT_EQ(race.log.sent(sides.near, 408, "INVITE").size(), 1U);
        EXPECT_EQ(race.callee().outcome(), Outcome::kDone);
    }
}

/// No answer at all from the moment of the request on, or from its answer on.
TEST(FailureRace, B2BUA_E_R9_silence_at_every_order) {
    for (const Ask& ask : kAsks) {
        for (const bool callee_asks : {false, true}) {
            SCOPED_TRACE(std::string(ask.method) +
                         (callee_asks ? ", callee asks" : ", caller asks"));
            Race race(asks(callee_asks, ask.deed));
            race.run_until(kMoment);
            race.cut_off(callee_asks ? race.caller().own() : race.callee().own());
            race.run(Millis{120'000});
            const WireLog& log = race.log;
            const Legs sides = legs(callee_asks);
            const bool invite = ask.method == std::string("INVITE");
            EXPECT_EQ(log.sent(sides.near, 408, ask.method).empty(), !invite);  // B2BUA-C5
            if (!ask.ends_call) {
                expect_went_on(log, sides);
                continue;
            }
            // Who asked gives up at the same time: its BYE may cross ours.
            EXPECT_EQ(transactions(log.sent(sides.far, "BYE")), 1U);
            EXPECT_EQ(
                transactions(log.sent(sides.near, "BYE")) +
                    (precedes(log.arrived(sides.near, "BYE"), log.sent(sides.far, "BYE")) ? 1U
                                                                                          : 0U),
                1U);
            for (const WireMessage* bye : log.sent(sides.near, "BYE")) {
                EXPECT_EQ(bye->reason, "SIP;cause=408");
            }
            EXPECT_EQ(race.calls(), 0U);
            if (HasFailure()) {
                ADD_FAILURE() << log.text();
                return;
            }
        }
    }
}

/// The other leg cannot be reached, and the gateway is told so or hears nothing.
TEST(FailureRace, B2BUA_E_R15_bye_to_a_leg_out_of_reach) {
    for (const bool callee_gone : {false, true}) {
        for (const bool told : {false, true}) {
            for (int shift = -20; shift <= 20; shift += 5) {
                SCOPED_TRACE(std::string(callee_gone ? "callee" : "caller") +
                             (told ? " out of reach" : " silent") + ", shift " +
                             std::to_string(shift));
                Script hangs_up;
                hangs_up.steps = {{kMoment, Deed::kBye}};
                Race race(callee_gone ? race_plan(hangs_up, {}) : race_plan({}, hangs_up));
                race.run_until(Millis{1560 + shift});
                const Endpoint gone = (callee_gone ? race.callee() : race.caller()).own();
                if (told) {
                    race.world->gate().unreachable(gone);
                } else {
                    race.cut_off(gone);
                }
                race.run_until(Millis{4000});
                const RealmId near = callee_gone ? kInside : kOutside;
                expect_only_final(race.log, near, "BYE", 200);  // at once, or after 2 s (M5)
                race.run_until(Millis{1600 + 32'000});
                EXPECT_EQ(race.calls(), 0U);
                EXPECT_EQ(race.world->gate().relays().live(), 0U);
                race.run();
                if (HasFailure()) {
                    return;
                }
            }
        }
    }
}

/// Its ACK cannot be sent: the callee hangs up for want of it, and the caller hears of that.
TEST(FailureRace, B2BUA_E_R15_ack_to_a_leg_out_of_reach) {
    Race race(race_plan({}, {}));
    race.run_until(Millis{505});
    race.world->gate().unreachable(race.callee().own());
    race.run_until(Millis{520 + 32'100});
    EXPECT_EQ(transactions(race.log.sent(kInside, "BYE")), 1U);
    race.run_until(Millis{520 + 64'100});
    EXPECT_EQ(race.calls(), 0U);
    EXPECT_EQ(race.world->gate().relays().live(), 0U);
    EXPECT_EQ(race.caller().outcome(), Outcome::kDone);
}

/// Each request of that method that came in the dialog behind the restart has 481 and nothing else,
/// and none went out. Returns how many came.
int expect_unknown(const WireLog& log, Moment restart, const char* method) {
    int came = 0;
    for (const RealmId leg : {kInside, kOutside}) {
        for (const WireMessage* each : log.arrived(leg, method)) {
            if (each->at <= restart || each->to_tag.empty()) {
                continue;
            }
            ++came;
            EXPECT_FALSE(log.sent(leg, 481, method).empty());
            for (int status = 200; status < 700; ++status) {
                for (const WireMessage* final : log.sent(leg, status, method)) {
                    EXPECT_TRUE(final->branch != each->branch || status == 481) << status;
                }
            }
        }
        for (const WireMessage* each : log.sent(leg, method)) {
            EXPECT_LE(each->at.since_start.count(), restart.since_start.count()) << method;
        }
    }
    return came;
}

/// A new process on the same ports, at each moment of a call: what belongs to the call gets 481 and
/// goes no further, and the old media ports are nobody's.
TEST(FailureRace, B2BUA_E_R16_restart_at_every_moment) {
    Orders seen;
    for (const Ask& ask : kAsks) {
        for (const bool callee_asks : {false, true}) {
            for (int at = 450; at <= 1650; at += at < 650 || at > 1450 ? 20 : 200) {
                SCOPED_TRACE(std::string(ask.method) + ", restart at " + std::to_string(at) +
                             (callee_asks ? ", callee asks" : ", caller asks"));
                Race race(asks(callee_asks, ask.deed));
                race.run_until(Millis{at});
                race.world->gate().restart();
                EXPECT_EQ(race.world->gate().relays().live(), 0U);
                race.run_until(Millis{90'000});
                for (const char* method : {ask.method, "BYE"}) {
                    seen[method] += expect_unknown(race.log, Moment{} + Millis{at}, method);
                }
                EXPECT_EQ(race.calls(), 0U);
                if (HasFailure()) {
                    ADD_FAILURE() << race.log.text();
                    return;
                }
            }
        }
    }
    EXPECT_GT(seen["BYE"], 50);
    EXPECT_GT(seen["INVITE"], 10);
    EXPECT_GT(seen["INFO"], 10);
}

}  // namespace
}  // namespace sallyport::sim
