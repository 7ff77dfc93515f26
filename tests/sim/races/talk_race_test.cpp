// SPDX-License-Identifier: Apache-2.0
// The pair matrix of an established call (B2BUA-E-R8, R9, R13, R14, E9): each request that the
// caller may send against each that the callee may, at every order in which they and what follows
// from them reach the gateway. PRACK and the other forks' responses are not among them: RFC 3262
// knows no reliable 1xx to a re-INVITE of these phones, and no fork answers one; they cross in
// setup_race_test.cpp.
#include "tests/sim/races/race.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

namespace sallyport::sim {
namespace {

constexpr Millis kMoment{1000};
constexpr Millis kLook{4000};  // before the caller ends it
constexpr Millis kEnd{5000};

struct Act {
    const char* name;
    Deed deed;
    const char* method;
    bool offers;          // or leaves the offer to the 2xx
    std::set<int> alone;  // its finals when nothing crosses it
};

const std::array<Act, 13> kActs{
    {{"ReInvite", Deed::kMove, "INVITE", true, {200}},
     {"ReInviteNoOffer", Deed::kAskOffer, "INVITE", true, {200}},
     {"ReInviteCancel", Deed::kCancelledHold, "INVITE", true, {200, 487}},
     {"Update", Deed::kUpdate, "UPDATE", true, {200}},
     {"UpdateNoOffer", Deed::kRefresh, "UPDATE", false, {200}},
     {"Info", Deed::kInfo, "INFO", false, {200}},
     {"Options", Deed::kOptions, "OPTIONS", false, {200}},
     {"Refer", Deed::kRefer, "REFER", false, {202}},
     {"Subscribe", Deed::kSubscribe, "SUBSCRIBE", false, {200}},
     {"Notify", Deed::kNotify, "NOTIFY", false, {200}},
     {"Message", Deed::kMessage, "MESSAGE", false, {200}},
     {"Unknown", Deed::kUnknown, "PROPOSE", false, {501}},
     {"Bye", Deed::kBye, "BYE", false, {200}}}};

bool is_bye(const Act& act) {
    return act.deed == Deed::kBye;
}

/// What the log says about the request of one act.
struct Heard {
    bool sent{false};
    bool overtaken{false};   // by a NOTIFY of the same phone
    std::size_t arrived{0};  // places in the log
    std::size_t answered{0};
    std::set<int> finals;      // that the gateway sent
    std::set<int> far_finals;  // that the other side gave to the request passed on
    std::size_t crossed{0};    // transactions into the far leg
};

/// Of the dialog, not the call's first INVITE; of NOTIFY that of REFER, not the one of a fetch.
bool is_of(const Act& act, const WireMessage& message, Moment from) {
    const bool other = act.deed == Deed::kNotify
                           ? message.octets.find("Event: refer") == std::string::npos
                           : false;
    return message.at >= from && !other;
}

struct Finals {
    std::set<int> statuses;
    std::size_t first{~std::size_t{0}};  // its place in the log
};

Finals finals_of(const WireLog& log, bool sent, RealmId leg, const Act& act,
                 const std::set<std::string>& branches) {
    Finals finals;
    for (const int status : {200, 202, 481, 487, 491, 500, 501, 408, 405}) {
        for (const WireMessage* each :
             sent ? log.sent(leg, status, act.method) : log.arrived(leg, status, act.method)) {
            if (branches.count(each->branch) > 0) {
                finals.statuses.insert(status);
                finals.first = std::min(finals.first, each->number);
            }
        }
    }
    return finals;
}

/// It was lost once, and by then its phone had notified of a fetch.
bool overtaken(const WireLog& log, RealmId near, const WireMessage& request) {
    const Messages notifies = log.arrived(near, "NOTIFY");
    return std::any_of(notifies.begin(), notifies.end(), [&request](const WireMessage* each) {
        return each->cseq > request.cseq && each->number < request.number;
    });
}

Heard heard(const WireLog& log, RealmId near, const Act& act) {
    const RealmId far = near == kInside ? kOutside : kInside;
    const Moment from = Moment{} + kMoment + Millis{300};  // the call is up by then
    Heard heard;
    std::set<std::string> branches;
    std::set<std::string> far_branches;
    for (const WireMessage* each : log.arrived(near, act.method)) {
        if (is_of(act, *each, from)) {
            heard.arrived = heard.sent ? heard.arrived : each->number;
            heard.overtaken |= !heard.sent && overtaken(log, near, *each);
            heard.sent = true;
            branches.insert(each->branch);
        }
    }
    for (const WireMessage* each : log.sent(far, act.method)) {
        if (is_of(act, *each, from)) {
            far_branches.insert(each->branch);
        }
    }
    heard.crossed = far_branches.size();
    Finals finals = finals_of(log, true, near, act, branches);
    heard.answered = finals.first;
    heard.finals = std::move(finals.statuses);
    heard.far_finals = finals_of(log, false, far, act, far_branches).statuses;
    return heard;
}

/// The finals that the rules allow, by the order in which the two requests were there.
std::set<int> expected(const Act& act, const Heard& own, const Act& other, const Heard& its) {
    const bool behind = its.sent && its.arrived < own.arrived;
    const bool both_open = its.sent && its.arrived < own.answered && own.arrived < its.answered;
    if (own.overtaken) {
        return {500};  // RFC 3261 s.12.2.2
    }
    if (is_bye(act)) {
        return {200};  // R6
    }
    if (is_bye(other) && behind) {
        return {481};  // R8, R14
    }
    if (is_bye(other) && both_open) {
        // R8; what is no INVITE is answered by the far side, which may know no call any more.
        return act.method == std::string("INVITE") ? std::set<int>{487} : own.far_finals;
    }
    if (is_bye(other) && act.deed == Deed::kSubscribe && own.far_finals == std::set<int>{481}) {
        return {481};  // R9: the BYE of who says so was lost on its way here
    }
    if (act.deed == Deed::kUpdate && other.deed == Deed::kAskOffer && both_open &&
        own.crossed > 0) {
        return own.far_finals;  // RFC 3311 s.5.2: its phone has made no offer that it would meet
    }
    // R13, E9; when one was lost on its way here its phone refuses the other one all the same.
    const bool refused_there = own.far_finals == std::set<int>{491};
    if (act.offers && other.offers && (both_open || refused_there)) {
        return {491};
    }
    return act.alone;
}

using Pair = std::tuple<Act, Act>;

class TalkRace : public ::testing::TestWithParam<Pair> {
protected:
    void expect_outcome(const Race& race) {
        const auto& [first, second] = GetParam();
        const Heard a = heard(race.log, kInside, first);
        const Heard b = heard(race.log, kOutside, second);
        expect_of(first, a, second, b);
        expect_of(second, b, first, a);
        const bool ended = (is_bye(first) && a.sent) || (is_bye(second) && b.sent);
        const Outcome outcome = ended ? Outcome::kDone : Outcome::kTalking;
        EXPECT_EQ(race.caller().outcome(), outcome);
        EXPECT_EQ(race.callee().outcome(), outcome);
        ++orders_[!a.sent || !b.sent       ? "one alone"
                  : a.answered < b.arrived ? "caller's, then callee's"
                  : b.answered < a.arrived ? "callee's, then caller's"
                  : a.arrived < b.arrived  ? "crossing, caller's first"
                                           : "crossing, callee's first"];
    }

    Orders orders_;

private:
    static void expect_of(const Act& act, const Heard& own, const Act& other, const Heard& its) {
        if (!own.sent) {
            return;  // its phone knew of the other one's by then, and it was no longer its turn
        }
        EXPECT_EQ(own.finals.size(), 1U) << act.name;
        const std::set<int> allowed = expected(act, own, other, its);
        for (const int final : own.finals) {
            EXPECT_EQ(allowed.count(final), 1U) << act.name << " got " << final;
        }
        EXPECT_LE(own.crossed, 1U) << act.name;
        if (own.crossed == 0 && !is_bye(act)) {
            for (const int final : own.finals) {
                EXPECT_TRUE(final == 481 || final == 487 || final == 491 || final == 500)
                    << act.name;
            }
        }
    }
};

std::vector<Row> talk_rows(const std::array<Mishap, 4>& mishaps) {
    std::vector<Row> all{Row{}};
    for (int shift = -65; shift <= 65; shift += 10) {
        all.push_back({Millis{0}, Millis{0}, shift});
    }
    for (int shift = -110; shift <= 110; shift += 20) {
        all.push_back({Millis{35}, Millis{0}, shift});
        all.push_back({Millis{0}, Millis{35}, shift});
    }
    for (const Mishap& each : mishaps) {
        all.push_back({Millis{0}, Millis{0}, -5, &each});
        all.push_back({Millis{0}, Millis{0}, 5, &each});
    }
    return all;
}

/// An INVITE of the caller in the dialog is its second.
Mishap lost(Origin from, const Act& act, bool second) {
    return {"request lost", from, 0, act.method, {}, second ? 2 : 1};
}

TEST_P(TalkRace, at_every_order) {
    const auto& [first, second] = GetParam();
    const bool invite = first.method == std::string("INVITE");
    const std::array<Mishap, 4> mishaps{{lost(Origin::kCaller, first, invite),
                                         lost(Origin::kCallee, second, false),
                                         {"final to the caller lost",
                                          Origin::kGateToCaller,
                                          *first.alone.begin(),
                                          first.method,
                                          {},
                                          invite ? 2 : 1},
                                         {"final to the callee lost", Origin::kGateToCallee,
                                          *second.alone.begin(), second.method}}};
    for (const Row& row : talk_rows(mishaps)) {
        SCOPED_TRACE(std::string(first.name) + " x " + second.name + ", " + row.text());
        Script caller;
        Script callee;
        caller.steps = {{kMoment, first.deed}, {kEnd, Deed::kBye}};
        callee.steps = {{kMoment + Millis{row.shift}, second.deed}};
        Race race(race_plan(caller, callee), row);
        race.run_until(kLook);
        expect_outcome(race);
        race.run();
        EXPECT_EQ(race.caller().outcome(), Outcome::kDone);
        EXPECT_EQ(race.callee().outcome(), Outcome::kDone);
        if (HasFailure()) {
            return;
        }
    }
    EXPECT_GT(orders_["crossing, caller's first"], 0);
    EXPECT_GT(orders_["crossing, callee's first"], 0);
}

INSTANTIATE_TEST_SUITE_P(B2BUA_E_R13, TalkRace,
                         ::testing::Combine(::testing::ValuesIn(kActs), ::testing::ValuesIn(kActs)),
                         [](const auto& row) {
                             return std::string(std::get<0>(row.param).name) + "_x_" +
                                    std::get<1>(row.param).name;
                         });

}  // namespace
}  // namespace sallyport::sim
