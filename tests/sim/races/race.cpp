// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/races/race.h"

#include "tests/sim/places.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace sallyport::sim {
namespace {

constexpr int kFineStep = 5;
constexpr int kStep = 20;
constexpr Millis kLonger{35};

}  // namespace

std::string Row::text() const {
    return "shift " + std::to_string(shift) + " ms, links +" + std::to_string(caller_link.count()) +
           " +" + std::to_string(callee_link.count()) +
           (mishap == nullptr ? std::string() : std::string(", ") + mishap->name);
}

std::vector<Row> rows(int reach, const std::vector<Mishap>& mishaps) {
    const std::array<Row, 3> links{Row{}, Row{kLonger, Millis{0}}, Row{Millis{0}, kLonger}};
    std::vector<Row> all;
    for (Row row : links) {
        for (row.shift = -reach; row.shift <= reach; row.shift += kFineStep) {
            all.push_back(row);
        }
    }
    for (const Mishap& mishap : mishaps) {
        for (int shift = -reach; shift <= reach; shift += kStep) {
            all.push_back({Millis{0}, Millis{0}, shift, &mishap});
        }
    }
    return all;
}

Plan race_plan(Script caller, Script callee) {
    Plan plan;
    plan.weather.delay = kHop;
    CallPlan call;
    call.caller = std::move(caller);
    call.callees.push_back(std::move(callee));
    plan.calls.push_back(std::move(call));
    return plan;
}

Race::Race(const Plan& plan, const Row& row) : world(std::make_unique<World>(1, plan)) {
    world->listen(&log);
    Network& network = world->network();
    network.slow(caller().own(), row.caller_link);
    network.slow(callee().own(), row.callee_link);
    network.decide([this](const Packet& packet) { return fate_of(packet); });
    if (row.mishap != nullptr) {
        befall(*row.mishap);
    }
}

void Race::befall(const Mishap& mishap) {
    mishaps_.push_back({mishap});
}

void Race::run(Millis at_least) {
    world->run(at_least);
    for (const Finding& finding : world->findings()) {
        ADD_FAILURE() << finding.rule << ": " << finding.text;
    }
    if (::testing::Test::HasFailure()) {
        ADD_FAILURE() << log.text();
    }
}

bool Race::is_from(Origin origin, const Packet& packet) const {
    switch (origin) {
        case Origin::kCaller:
            return packet.from == caller().own();
        case Origin::kCallee:
            return packet.from == callee().own();
        case Origin::kOtherCallee:
            return packet.from == callee(1).own();
        case Origin::kCarrier:
            return packet.from == kCarrier;
        case Origin::kGateToCaller:
            return packet.from == world->gate().inside();
        case Origin::kGateToCallee:
            return packet.from == world->gate().outside();
    }
    return false;
}

std::vector<Millis> Race::fate_of(const Packet& packet) {
    if (std::find(cut_.begin(), cut_.end(), packet.to) != cut_.end()) {
        return {};
    }
    sip::Message message;
    if (mishaps_.empty() || !message.parse(packet.payload).ok()) {
        return {Millis{0}};
    }
    const int status = message.is_request() ? 0 : message.status();
    for (Pending& each : mishaps_) {
        const Mishap& mishap = each.mishap;
        if (mishap.status != status || message.method_name() != mishap.method ||
            !is_from(mishap.from, packet)) {
            continue;
        }
        ++each.seen;
        if (each.seen >= mishap.nth && each.seen < mishap.nth + mishap.how_many) {
            return mishap.copies;
        }
    }
    return {Millis{0}};
}

void expect_only_final(const WireLog& log, RealmId leg, const char* method, int status) {
    EXPECT_FALSE(log.sent(leg, status, method).empty()) << method << " " << status;
    for (int other = 200; other < 700; ++other) {
        if (other != status) {
            EXPECT_TRUE(log.sent(leg, other, method).empty()) << method << " " << other;
        }
    }
}

void expect_ack_and_bye(const WireLog& log, RealmId leg, const std::string& reason) {
    const Messages oks = log.arrived(leg, 200, "INVITE");
    const Messages acks = log.sent(leg, "ACK");
    const Messages byes = log.sent(leg, "BYE");
    ASSERT_FALSE(oks.empty());
    EXPECT_EQ(acks.size(), oks.size());
    EXPECT_TRUE(precedes(acks, byes));
    ASSERT_EQ(transactions(byes), 1U);
    EXPECT_EQ(byes.front()->to_tag, oks.front()->to_tag);
    EXPECT_EQ(byes.front()->reason, reason);
    EXPECT_GT(byes.front()->cseq, acks.front()->cseq);
    for (const WireMessage* ack : acks) {
        EXPECT_EQ(ack->cseq, oks.front()->cseq);
        EXPECT_EQ(ack->to_tag, oks.front()->to_tag);
    }
}

}  // namespace sallyport::sim
