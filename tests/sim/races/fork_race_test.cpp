// SPDX-License-Identifier: Apache-2.0
// What other forks say when one has answered, and finals behind finals: B2BUA-E-R7, R12.
#include "tests/sim/races/race.h"

#include <gtest/gtest.h>

namespace sallyport::sim {
namespace {

constexpr int kEach = 99;
constexpr Millis kMoment{300};
const std::string kElsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";

Script answers_at(Millis at) {
    Script callee;
    callee.rings = {{Millis{0}, 180}};
    callee.final_after = at;
    return callee;
}

/// Two callees behind a forking carrier; the second one answers so much later.
Plan two_forks(int shift, Millis bye_after) {
    Plan plan = race_plan({}, answers_at(kMoment));
    plan.calls.front().callees.push_back(answers_at(kMoment + Millis{shift}));
    plan.calls.front().caller.steps = {{bye_after, Deed::kBye}};
    return plan;
}

Messages of_dialog(const Messages& messages, const std::string& to_tag) {
    Messages found;
    for (const WireMessage* each : messages) {
        if (each->to_tag == to_tag) {
            found.push_back(each);
        }
    }
    return found;
}

/// To tag of the first 2xx that is not the winner's; empty: nobody else answered.
std::string loser_of(const Messages& oks) {
    for (const WireMessage* each : oks) {
        if (each->to_tag != oks.front()->to_tag) {
            return each->to_tag;
        }
    }
    return {};
}

/// Each 2xx of the loser its ACK, then one BYE that says why; nothing of it reaches the caller.
void expect_turned_away(const WireLog& log, const std::string& loser, const std::string& why) {
    const Messages acks = of_dialog(log.sent(kOutside, "ACK"), loser);
    const Messages byes = of_dialog(log.sent(kOutside, "BYE"), loser);
    const Messages oks = log.arrived(kOutside, 200, "INVITE");
    std::size_t owed = 0;
    for (const WireMessage* each : of_dialog(oks, loser)) {
        owed += each->at < oks.front()->at + Millis{32'000} ? 1 : 0;  // 64*T1
    }
    EXPECT_EQ(acks.size(), owed);
    ASSERT_EQ(transactions(byes), 1U);
    EXPECT_TRUE(precedes(acks, byes));
    EXPECT_EQ(byes.front()->reason, why);
}

void expect_winner_alone(const WireLog& log, const std::string& winner) {
    const Messages shown = log.sent(kInside, 200, "INVITE");
    ASSERT_FALSE(shown.empty());
    for (const WireMessage* each : shown) {
        EXPECT_EQ(each->octets, shown.front()->octets);
    }
    EXPECT_TRUE(log.sent(kInside, "BYE").empty());
    const Messages byes = of_dialog(log.sent(kOutside, "BYE"), winner);
    ASSERT_EQ(transactions(byes), 1U);
    EXPECT_TRUE(precedes(log.arrived(kInside, "BYE"), byes));
    EXPECT_EQ(byes.front()->reason, "");
}

/// Where the relay sends the caller's media: nowhere else before the late 2xx than behind it.
class Media {
public:
    explicit Media(Race& race) : race_(race) {}
    [[nodiscard]] std::string now() const {
        std::string text;
        dataplane::MemoryRelays& relays = race_.world->gate().relays();
        for (const dataplane::RelayId id : relays.ids()) {
            for (const dataplane::Side side : {dataplane::Side::kA, dataplane::Side::kB}) {
                const auto* view = relays.side(id, side);
                text += view->remote.rtp.to_string() + (relays.selected(id) ? " * " : " ");
            }
        }
        return text;
    }

private:
    Race& race_;
};

TEST(ForkRace, B2BUA_E_R7_two_answers_at_every_order) {
    const std::vector<Mishap> lost{
        {"200 of the first lost", Origin::kCallee, 200, "INVITE"},
        {"200 of the second lost", Origin::kOtherCallee, 200, "INVITE"},
        {"200 to the caller lost", Origin::kGateToCaller, 200, "INVITE"},
        {"ACK of the caller lost", Origin::kCaller, 0, "ACK"},
        {"first ACK to the callees lost", Origin::kGateToCallee, 0, "ACK"},
        {"second ACK to the callees lost", Origin::kGateToCallee, 0, "ACK", {}, 2},
        {"BYE to the callees lost", Origin::kGateToCallee, 0, "BYE"},
        {"200 to the BYE lost", Origin::kOtherCallee, 200, "BYE"}};
    Orders seen;
    for (const Row& row : rows(70, lost)) {
        SCOPED_TRACE(row.text());
        Race race(two_forks(row.shift, Millis{3000}), row);
        race.run();
        const WireLog& log = race.log;
        const Messages oks = log.arrived(kOutside, 200, "INVITE");
        ASSERT_FALSE(oks.empty());
        expect_winner_alone(log, oks.front()->to_tag);
        const std::string loser = loser_of(oks);
        if (loser.empty()) {
            ++seen["the other one was cancelled"];
        } else {
            const bool acked = precedes(log.arrived(kInside, "ACK"), of_dialog(oks, loser));
            ++seen[acked ? "behind the ACK" : "before the ACK"];
            expect_turned_away(log, loser, kElsewhere);
        }
        EXPECT_EQ(race.calls(), 0U);
        if (HasFailure()) {
            return;
        }
    }
    EXPECT_EQ(seen.size(), 3U);
}

/// The other fork's 2xx was under way for up to 31 s: the call may have ended meanwhile.
TEST(ForkRace, B2BUA_E_R7_late_by_up_to_64_t1) {
    Orders seen;
    for (const int bye_after : {200, 4000, 60'000}) {
        for (int late = 50; late < 31'500; late += late < 1000 ? 50 : 2500) {
            SCOPED_TRACE("late by " + std::to_string(late) + " ms, BYE after " +
                         std::to_string(bye_after));
            Race race(two_forks(0, Millis{bye_after}));
            race.befall({"late", Origin::kOtherCallee, 200, "INVITE", {Millis{late}}, 1, kEach});
            race.run_until(kMoment + Millis{80});
            const std::string before = Media(race).now();
            race.run_until(kMoment + Millis{100 + late});
            const bool up = bye_after > late + 100;
            EXPECT_EQ(Media(race).now() == before, up || bye_after > late) << before;
            race.run(Millis{80'000});
            const Messages oks = race.log.arrived(kOutside, 200, "INVITE");
            expect_winner_alone(race.log, oks.front()->to_tag);
            ASSERT_NE(loser_of(oks), "");
            const WireMessage* bye =
                of_dialog(race.log.sent(kOutside, "BYE"), loser_of(oks)).front();
            expect_turned_away(race.log, loser_of(oks), up ? kElsewhere : bye->reason);
            ++seen[up ? "the call is up" : "the call is over"];
            if (HasFailure()) {
                return;
            }
        }
    }
    EXPECT_GT(seen["the call is up"], 20);
    EXPECT_GT(seen["the call is over"], 10);
}

/// A 1xx with a session of one fork around the 2xx of another one: behind it nothing of it is shown
/// or heard.
TEST(ForkRace, B2BUA_E_R12_provisional_at_every_order_with_the_2xx) {
    Orders seen;
    for (int late = 0; late <= 400; late += 10) {
        for (const bool reliable : {false, true}) {
            SCOPED_TRACE("183 late by " + std::to_string(late) + " ms");
            Plan plan = race_plan({}, answers_at(kMoment));
            Script other = answers_at(Millis{3000});
            other.rings = {{Millis{100}, 183, true, reliable}};
            other.reliable = plan.calls.front().caller.reliable = reliable;
            plan.calls.front().callees.push_back(other);
            plan.calls.front().caller.steps = {{Millis{1500}, Deed::kBye}};
            Race race(plan);
            race.befall({"late", Origin::kCarrier, 183, "INVITE", {Millis{late}}, 1, kEach});
            race.run_until(kMoment + Millis{90});
            const std::string before = Media(race).now();
            race.run_until(Millis{1200});
            EXPECT_EQ(Media(race).now(), before);
            race.run();
            const WireLog& log = race.log;
            const Messages early = log.arrived(kOutside, 183, "INVITE");
            ASSERT_FALSE(early.empty());
            if (precedes(log.arrived(kOutside, 200, "INVITE"), early)) {
                ++seen["behind the 2xx"];
                EXPECT_TRUE(log.sent(kInside, 183, "INVITE").empty());
                EXPECT_TRUE(log.sent(kOutside, "PRACK").empty());
            } else {
                ++seen["before the 2xx"];
                EXPECT_EQ(transactions(log.sent(kInside, 183, "INVITE")), 1U);
            }
            expect_winner_alone(log, log.arrived(kOutside, 200, "INVITE").front()->to_tag);
            if (HasFailure()) {
                ADD_FAILURE() << log.text();
                return;
            }
        }
    }
    EXPECT_GT(seen["behind the 2xx"], 10);
    EXPECT_GT(seen["before the 2xx"], 10);
}

/// One callee says 200 and 486 to one INVITE: what comes first counts, at every order.
TEST(ForkRace, B2BUA_E_R12_final_behind_final) {
    Orders seen;
    for (int late = 0; late <= 60; late += 5) {
        SCOPED_TRACE("200 late by " + std::to_string(late) + " ms");
        Script callee = answers_at(kMoment);
        callee.vices.final_after_final = true;
        Plan plan = race_plan({}, callee);
        plan.calls.front().vicious = true;
        plan.calls.front().caller.steps = {{Millis{1500}, Deed::kBye}};
        Race race(plan);
        race.befall({"late", Origin::kCallee, 200, "INVITE", {Millis{late}}});
        race.run(Millis{80'000});
        const WireLog& log = race.log;
        const Messages oks = log.arrived(kOutside, 200, "INVITE");
        const Messages refusals = log.arrived(kOutside, 486, "INVITE");
        ASSERT_EQ(refusals.size(), 1U);
        const bool answered = precedes(oks, refusals);
        ++seen[answered ? "200 first" : "486 first"];
        expect_only_final(log, kInside, "INVITE", answered ? 200 : 486);
        EXPECT_EQ(log.sent(kOutside, "BYE").size(), answered ? 1U : 0U);
        // Of the refusal always; of a 2xx behind it never.
        EXPECT_EQ(log.sent(kOutside, "ACK").size(), refusals.size() + (answered ? oks.size() : 0));
        if (HasFailure()) {
            ADD_FAILURE() << log.text();
            return;
        }
    }
    EXPECT_EQ(seen.size(), 2U);
}

/// A refusal again: its ACK again, and nothing for the caller.
TEST(ForkRace, B2BUA_E_R12_repeated_refusal_gets_its_ack_again) {
    for (int lost = 0; lost <= 5; ++lost) {
        SCOPED_TRACE(lost);
        Script callee = answers_at(kMoment);
        callee.final_status = 486;
        Race race(race_plan({}, callee));
        race.befall({"ACK lost", Origin::kGateToCallee, 0, "ACK", {}, 1, lost});
        race.run(Millis{40'000});
        const auto times = static_cast<std::size_t>(lost) + 1;
        EXPECT_EQ(race.log.arrived(kOutside, 486, "INVITE").size(), times);
        EXPECT_EQ(race.log.sent(kOutside, "ACK").size(), times);
        EXPECT_EQ(race.log.sent(kInside, 486, "INVITE").size(), 1U);
    }
}

}  // namespace
}  // namespace sallyport::sim
