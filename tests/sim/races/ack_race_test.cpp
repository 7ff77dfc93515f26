// SPDX-License-Identifier: Apache-2.0
// The ACK of a 2xx against what comes before it, instead of it or twice: B2BUA-E-R3, R4, R5, R11,
// R13.
#include "tests/sim/races/race.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sallyport::sim {
namespace {

constexpr int kEach = 99;
const std::string kTimeIsUp = "SIP;cause=408";

Plan talk(std::vector<Step> caller_steps, bool delayed_offer = false) {
    Script caller;
    caller.delayed_offer = delayed_offer;
    caller.steps = std::move(caller_steps);
    return race_plan(caller, {});
}

/// How many of these crossed behind the first of those.
std::size_t behind(const Messages& these, const Messages& those) {
    if (those.empty()) {
        return 0;
    }
    return static_cast<std::size_t>(std::count_if(
        these.begin(), these.end(),
        [&those](const WireMessage* each) { return each->number > those.front()->number; }));
}

/// The callee's ACKs: one, and the same again for each 2xx behind it, none for one before it.
void expect_one_ack_per_2xx(const WireLog& log) {
    const Messages oks = log.arrived(kOutside, 200, "INVITE");
    const Messages acks = log.sent(kOutside, "ACK");
    ASSERT_FALSE(acks.empty());
    EXPECT_EQ(acks.size(), 1 + behind(oks, acks));
    for (const WireMessage* ack : acks) {
        EXPECT_EQ(ack->octets, acks.front()->octets);
    }
}

/// The callee's 2xx again before the caller's ACK is absorbed, after it gets the identical ACK; the
/// caller's copies of the 2xx come from the gateway's own clock.
TEST(AckRace, B2BUA_E_R3_repeated_2xx_at_every_order) {
    Orders seen;
    for (int late = 0; late <= 2500; late += 100) {
        for (int lost = 0; lost <= 2; ++lost) {
            for (const bool delayed_offer : {false, true}) {
                SCOPED_TRACE("ACK " + std::to_string(late) + " ms late, " + std::to_string(lost) +
                             " to the callee lost");
                Race race(talk({{Millis{9000}, Deed::kBye}}, delayed_offer));
                race.befall({"late", Origin::kCaller, 0, "ACK", {Millis{late}}, 1, kEach});
                race.befall({"lost", Origin::kGateToCallee, 0, "ACK", {}, 1, lost});
                race.run();
                const Messages oks = race.log.arrived(kOutside, 200, "INVITE");
                const Messages acks = race.log.sent(kOutside, "ACK");
                EXPECT_TRUE(precedes(race.log.arrived(kInside, "ACK"), acks));
                expect_one_ack_per_2xx(race.log);
                EXPECT_EQ(race.log.sent(kInside, 200, "INVITE").size(),
                          1U + (late >= 480 ? 1U : 0U) + (late >= 1480 ? 1U : 0U));
                seen["absorbed"] += oks.size() > 1 + behind(oks, acks) ? 1 : 0;
                seen["the identical ACK"] += behind(oks, acks) > 0 ? 1 : 0;
                if (HasFailure()) {
                    return;
                }
            }
        }
    }
    EXPECT_GT(seen["absorbed"], 20);
    EXPECT_GT(seen["the identical ACK"], 20);
}

/// R4 against M5: the callee, who has no ACK either, hangs up at about the time at which the
/// gateway gives up waiting for the caller's.
TEST(AckRace, B2BUA_E_R4_no_ack_at_every_order_with_the_callees_bye) {
    Orders seen;
    for (int late = 0; late <= 60; late += 5) {
        for (const bool delayed_offer : {false, true}) {
            SCOPED_TRACE("BYE " + std::to_string(late) + " ms late");
            Plan plan = talk({}, delayed_offer);
            plan.calls.front().caller.vices.never_ack = true;
            Race race(plan);
            race.befall({"late", Origin::kCallee, 0, "BYE", {Millis{late}}});
            race.run(Millis{70'000});
            const WireLog& log = race.log;
            ASSERT_EQ(transactions(log.sent(kInside, "BYE")), 1U);
            const WireMessage& bye = *log.sent(kInside, "BYE").front();
            const auto waited = (bye.at - log.sent(kInside, 200, "INVITE").front()->at).count();
            EXPECT_GE(waited, 32'000);
            EXPECT_LE(waited, 32'010);
            ASSERT_FALSE(log.sent(kOutside, "ACK").empty());
            EXPECT_EQ(log.sent(kOutside, "ACK").front()->has_body, delayed_offer);  // E3
            expect_only_final(log, kOutside, "BYE", 200);
            if (precedes(log.arrived(kOutside, "BYE"), log.sent(kInside, "BYE"))) {
                ++seen["M5 the callee's BYE first"];
                EXPECT_TRUE(log.sent(kOutside, "BYE").empty());
                EXPECT_EQ(bye.reason, "");
            } else {
                ++seen["R4 the time is up"];
                EXPECT_EQ(bye.reason, kTimeIsUp);
                ASSERT_EQ(transactions(log.sent(kOutside, "BYE")), 1U);
                EXPECT_EQ(log.sent(kOutside, "BYE").front()->reason, kTimeIsUp);
                EXPECT_TRUE(precedes(log.sent(kOutside, "ACK"), log.sent(kOutside, "BYE")));
            }
            EXPECT_EQ(race.calls(), 0U);
            if (HasFailure()) {
                return;
            }
        }
    }
    EXPECT_GT(seen["M5 the callee's BYE first"], 2);
    EXPECT_GT(seen["R4 the time is up"], 2);
}

void expect_bye_before_ack(const WireLog& log) {
    const Messages byes = log.arrived(kInside, "BYE");
    expect_only_final(log, kInside, "BYE", 200);
    EXPECT_EQ(behind(log.sent(kInside, 200, "INVITE"), byes), 0U);  // no more of it
    EXPECT_TRUE(precedes(byes, log.sent(kOutside, "ACK")));
    EXPECT_TRUE(precedes(log.sent(kOutside, "ACK"), log.sent(kOutside, "BYE")));
    EXPECT_EQ(transactions(log.sent(kOutside, "BYE")), 1U);
    EXPECT_TRUE(log.sent(kInside, "BYE").empty());
    expect_one_ack_per_2xx(log);  // and an ACK that comes later is absorbed
}

TEST(AckRace, B2BUA_E_R5_bye_of_the_caller_at_every_order_with_its_ack) {
    const std::vector<Mishap> others{{"nothing", Origin::kCaller, 0, "none"},
                                     {"BYE lost", Origin::kCaller, 0, "BYE"},
                                     {"ACK to the callee lost", Origin::kGateToCallee, 0, "ACK"},
                                     {"BYE to the callee lost", Origin::kGateToCallee, 0, "BYE"},
                                     {"200 to the BYE lost", Origin::kGateToCaller, 200, "BYE"},
                                     {"200 of the callee's BYE lost", Origin::kCallee, 200, "BYE"}};
    Orders seen;
    for (const Mishap& other : others) {
        for (int late = 0; late <= 1600; late += late < 100 ? 10 : 150) {
            for (const int bye_at : {1, 40, 600}) {
                SCOPED_TRACE("ACK " + std::to_string(late) + " ms late, BYE after " +
                             std::to_string(bye_at) + " ms, " + other.name);
                Race race(talk({{Millis{bye_at}, Deed::kBye}}));
                race.befall({"late", Origin::kCaller, 0, "ACK", {Millis{late}}, 1, kEach});
                race.befall(other);
                race.run();
                const WireLog& log = race.log;
                if (precedes(log.arrived(kInside, "BYE"), log.arrived(kInside, "ACK"))) {
                    ++seen["R5 BYE before the ACK"];
                    expect_bye_before_ack(log);
                } else {
                    ++seen["ACK first"];
                    expect_only_final(log, kInside, "BYE", 200);
                    expect_one_ack_per_2xx(log);
                    EXPECT_EQ(transactions(log.sent(kOutside, "BYE")), 1U);
                }
                EXPECT_EQ(race.callee().outcome(), Outcome::kDone);
                if (HasFailure()) {
                    return;
                }
            }
        }
    }
    EXPECT_GT(seen["R5 BYE before the ACK"], 50);
    EXPECT_GT(seen["ACK first"], 20);
}

TEST(AckRace, B2BUA_E_R5_bye_and_never_an_ack) {
    Plan plan = talk({{Millis{700}, Deed::kBye}});
    plan.calls.front().caller.vices.never_ack = true;
    Race race(plan);
    race.run(Millis{70'000});
    expect_bye_before_ack(race.log);
    EXPECT_EQ(race.log.sent(kInside, 200, "INVITE").size(), 2U);  // at 0 and T1
}

/// The INVITE comes twice, at each moment from the first copy to the end of the call; the 2xx too
/// may be lost.
TEST(AckRace, B2BUA_E_R11_invite_again_at_every_order) {
    const std::vector<Mishap> others{{"nothing", Origin::kCaller, 0, "none"},
                                     {"2xx lost", Origin::kGateToCaller, 200, "INVITE"},
                                     {"ACK lost", Origin::kCaller, 0, "ACK"}};
    Orders seen;
    for (const Mishap& other : others) {
        for (int again = 0; again <= 1500; again += again < 600 ? 20 : 100) {
            SCOPED_TRACE("again after " + std::to_string(again) + " ms, " + other.name);
            Script callee;
            callee.rings = {{Millis{0}, 180}};
            callee.final_after = Millis{300};
            Script caller;
            caller.steps = {{Millis{850}, Deed::kBye}};
            Race race(race_plan(caller, callee));
            race.befall({"again", Origin::kCaller, 0, "INVITE", {Millis{0}, Millis{again}}});
            race.befall(other);
            race.run_until(Millis{800});
            EXPECT_EQ(race.calls(), 1U);
            race.run();
            const WireLog& log = race.log;
            const Messages oks = log.sent(kInside, 200, "INVITE");
            ASSERT_EQ(log.arrived(kInside, "INVITE").size(), 2U);
            EXPECT_EQ(log.sent(kOutside, "INVITE").size(), 1U);
            EXPECT_EQ(log.sent(kOutside, "ACK").size(),
                      1 + behind(log.arrived(kOutside, 200, "INVITE"), log.sent(kOutside, "ACK")));
            EXPECT_EQ(oks.size(), std::string(other.name) == "nothing" ? 1U : 2U);
            EXPECT_EQ(oks.front()->to_tag, oks.back()->to_tag);
            expect_only_final(log, kInside, "INVITE", 200);
            const bool after = log.arrived(kInside, "INVITE").back()->number > oks.front()->number;
            ++seen[after ? "INVITE behind the 2xx" : "INVITE before the 2xx"];
            if (HasFailure()) {
                return;
            }
        }
    }
    EXPECT_GT(seen["INVITE behind the 2xx"], 20);
    EXPECT_GT(seen["INVITE before the 2xx"], 20);
}

TEST(AckRace, B2BUA_E_R11_ack_again_at_every_order) {
    for (int again = 0; again <= 900; again += 30) {
        SCOPED_TRACE("again after " + std::to_string(again) + " ms");
        Race race(talk({{Millis{300}, Deed::kMove}, {Millis{600}, Deed::kBye}}));
        race.befall({"again", Origin::kCaller, 0, "ACK", {Millis{0}, Millis{again}}});
        race.run();
        EXPECT_EQ(race.log.arrived(kInside, "ACK").size(), 3U);
        EXPECT_EQ(race.log.sent(kOutside, "ACK").size(), 2U);  // the INVITE's and the re-INVITE's
        EXPECT_EQ(transactions(race.log.sent(kOutside, "BYE")), 1U);
    }
}

enum class Held { kAckFirst, kAckInTime, kNoAck };

/// The ACK's order with the re-INVITE behind it, as the gateway saw it.
Held held_as(const WireLog& log) {
    const Messages invites = log.arrived(kInside, "INVITE");
    const Messages acks = log.arrived(kInside, "ACK");
    if (!acks.empty() && acks.front()->number < invites.at(1)->number) {
        return Held::kAckFirst;
    }
    const bool in_time = !acks.empty() && acks.front()->at <= invites.at(1)->at + Millis{500};
    return in_time ? Held::kAckInTime : Held::kNoAck;
}

void expect_held_outcome(const WireLog& log, Held held, bool ack_owes_answer) {
    const Messages invites = log.sent(kOutside, "INVITE");
    if (held == Held::kNoAck && ack_owes_answer) {
        EXPECT_EQ(log.sent(kInside, 491, "INVITE").size(), 1U);
        EXPECT_EQ(transactions(invites), 1U);
        EXPECT_EQ(transactions(log.sent(kInside, 200, "INVITE")), 1U);
        return;
    }
    EXPECT_TRUE(log.sent(kInside, 491, "INVITE").empty());
    EXPECT_EQ(transactions(log.sent(kInside, 200, "INVITE")), 2U);
    ASSERT_EQ(transactions(invites), 2U);
    const Messages acks = log.sent(kOutside, "ACK");
    ASSERT_FALSE(acks.empty());
    EXPECT_LT(acks.front()->number, invites.back()->number);
    EXPECT_EQ(precedes(log.arrived(kInside, "ACK"), acks), held != Held::kNoAck);
}

/// The caller's re-INVITE right behind its ACK, which is late, by up to more than 500 ms, or lost.
TEST(AckRace, B2BUA_E_R13_reinvite_at_every_order_with_the_ack) {
    Orders seen;
    for (const bool delayed_offer : {false, true}) {
        for (const int lost : {0, 2}) {
            for (int late = 0; late <= (lost > 0 ? 0 : 500); late += late < 40 ? 2 : 20) {
                SCOPED_TRACE("ACK " + std::to_string(late) + " ms late, " + std::to_string(lost) +
                             " lost, delayed offer " + std::to_string(delayed_offer));
                Race race(
                    talk({{Millis{1}, Deed::kMove}, {Millis{4000}, Deed::kBye}}, delayed_offer));
                if (lost > 0) {
                    race.befall({"lost", Origin::kCaller, 0, "ACK", {}, 1, lost});
                } else {
                    race.befall({"late", Origin::kCaller, 0, "ACK", {Millis{late}}});
                }
                race.run();
                const Held held = held_as(race.log);
                expect_held_outcome(race.log, held, delayed_offer);
                ++seen[std::to_string(static_cast<int>(held)) + (delayed_offer ? "d" : "e")];
                EXPECT_EQ(transactions(race.log.sent(kOutside, "BYE")), 1U);
                if (HasFailure()) {
                    return;
                }
            }
        }
    }
    EXPECT_EQ(seen.size(), 6U);
}

}  // namespace
}  // namespace sallyport::sim
