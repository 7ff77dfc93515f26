// SPDX-License-Identifier: Apache-2.0
// Calls through a whole shard in virtual time, from a seed, with loss, duplication and reordering.
// After every run nothing may be left: no call, dialog, transaction, timer or relay (spec section
// K, standard checks).
#include "tests/sim/gate.h"
#include "tests/sim/phone.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>

namespace sallyport::sim {
namespace {

constexpr Millis kLinger{120'000};  // longer than any chain of 64*T1 timers after the last message

Endpoint at(std::uint32_t ip, std::uint16_t port) {
    return {IpAddr::v4(ip), Port{port}};
}

/// One caller inside, the carrier outside, and a gate between them.
struct Scene {
    Network network;
    Gate gate;
    Phone caller;
    Phone callee;
    std::size_t wrong_from_phones{0};

    Scene(std::uint64_t seed, const Weather& weather)
        : network(seed, weather),
          gate(network, seed),
          caller(network, at(0x0a0a0005, 5060), gate.inside(), "alice"),
          callee(network, at(0x0a140002, 5060), gate.outside(), "bob") {}

    void run(const Manners& manners, Millis length = Millis{20'000}) {
        callee.expect(manners);
        caller.call("sip:bob@10.10.0.1", manners);
        network.run_until(Moment{} + length);
    }
    void expect_empty(std::uint64_t seed) {
        network.run_until(network.now() + kLinger);
        const ShardGauges gauges = gate.gauges();
        EXPECT_EQ(gauges.calls, 0U) << "seed " << seed;
        EXPECT_EQ(gauges.dialogs, 0U) << "seed " << seed;
        EXPECT_EQ(gauges.clients, 0U) << "seed " << seed;
        EXPECT_EQ(gauges.servers, 0U) << "seed " << seed;
        EXPECT_EQ(gate.relays().live(), 0U) << "seed " << seed;
        for (const Phone* phone : {&caller, &callee}) {
            for (const std::string& complaint : phone->complaints()) {
                ADD_FAILURE() << "seed " << seed << ": " << complaint;
            }
        }
    }
};

TEST(Sim, B2BUA_K6_basic_call) {
    Scene scene(1, {});
    scene.run({});
    EXPECT_EQ(scene.caller.outcome(), Outcome::kDone);
    EXPECT_EQ(scene.callee.outcome(), Outcome::kDone);
    EXPECT_EQ(scene.caller.final_status(), 200);
    EXPECT_EQ(scene.caller.ringing(), 1);
    EXPECT_NE(scene.callee.remote_sdp().find("c=IN IP4 10.20.0.1"), std::string::npos);
    EXPECT_NE(scene.caller.remote_sdp().find("c=IN IP4 10.10.0.1"), std::string::npos);
    EXPECT_EQ(scene.gate.counters().calls_answered.read(), 1U);
    scene.expect_empty(1);
}

TEST(Sim, B2BUA_M5_callee_hangs_up) {
    Scene scene(2, {});
    Manners manners;
    manners.callee_hangs_up = true;
    scene.run(manners);
    EXPECT_EQ(scene.caller.outcome(), Outcome::kDone);
    scene.expect_empty(2);
}

TEST(Sim, B2BUA_K13_cancel_while_ringing) {
    Scene scene(3, {});
    Manners manners;
    manners.ring = Millis{10'000};
    manners.cancel_after = Millis{2'000};
    scene.run(manners);
    EXPECT_EQ(scene.caller.outcome(), Outcome::kCancelled);
    EXPECT_EQ(scene.callee.outcome(), Outcome::kCancelled);
    EXPECT_EQ(scene.gate.counters().calls_cancelled.read(), 1U);
    scene.expect_empty(3);
}

TEST(Sim, B2BUA_K14_busy) {
    Scene scene(4, {});
    Manners manners;
    manners.answer = 486;
    scene.run(manners);
    EXPECT_EQ(scene.caller.final_status(), 486);
    EXPECT_EQ(scene.gate.counters().calls_refused.read(), 1U);
    scene.expect_empty(4);
}

TEST(Sim, B2BUA_K28_hold_and_resume) {
    Scene scene(5, {});
    Manners manners;
    manners.talk = Millis{8'000};
    manners.reinvites = true;
    scene.run(manners);
    EXPECT_EQ(scene.caller.reinvites_done(), 2);
    EXPECT_EQ(scene.caller.outcome(), Outcome::kDone);
    scene.expect_empty(5);
}

TEST(Sim, B2BUA_K15_no_response) {
    Network network(6, {});
    Gate gate(network, 6);
    Phone caller(network, at(0x0a0a0005, 5060), gate.inside(), "alice");
    std::size_t invites = 0;
    network.watch([&](const Packet& p) {
        invites += p.to == at(0x0a140002, 5060) && p.payload.rfind("INVITE", 0) == 0 ? 1 : 0;
    });
    caller.call("sip:bob@10.10.0.1", {});
    network.run_until(Moment{} + kLinger);
    EXPECT_EQ(invites, 7U);  // C: 0, .5, 1.5, 3.5, 7.5, 15.5, 31.5 s
    EXPECT_EQ(caller.final_status(), 408);
    network.run_until(network.now() + kLinger);
    EXPECT_EQ(gate.gauges().calls, 0U);
    EXPECT_EQ(gate.relays().live(), 0U);
}

/// Every kind of call under bad weather. Loss may fail a call; it may never leave anything behind
/// or confuse a phone.
TEST(Sim, calls_with_lost_packets_from_a_seed) {
    constexpr std::uint64_t kRuns = 400;
    std::size_t answered = 0;
    std::size_t expected = 0;
    for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
        Weather weather;
        weather.loss_percent = 5;
        weather.duplicate_percent = 5;
        weather.reorder_percent = 10;
        Manners manners;
        manners.callee_hangs_up = seed % 3 == 0;
        manners.answer = seed % 7 == 0 ? 486 : 200;
        manners.reinvites = seed % 4 == 0;
        manners.talk = Millis{6'000};
        if (seed % 5 == 0) {
            manners.cancel_after = Millis{static_cast<std::int64_t>(seed % 11) * 60};
        }
        Scene scene(seed, weather);
        scene.run(manners, Millis{60'000});
        const bool calm = manners.answer == 200 && !manners.cancel_after;
        expected += calm ? 1U : 0U;
        answered += calm && scene.caller.final_status() == 200 ? 1U : 0U;
        scene.expect_empty(seed);
        if (HasFailure()) {
            FAIL() << "replay with seed " << seed;
        }
    }
    EXPECT_EQ(answered, expected);  // 5 % loss never outlasts 64*T1
}

}  // namespace
}  // namespace sallyport::sim
