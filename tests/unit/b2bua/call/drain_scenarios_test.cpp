// SPDX-License-Identifier: Apache-2.0
// Draining (B2BUA-J11, M13; RFC 3261 s.21.5.4): what is new gets 503 with Retry-After, what there
// is goes on.
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

using DrainScenario = Scenario;

TEST_F(DrainScenario, B2BUA_J11_requests_outside_a_dialog) {
    for (const std::string method : {"INVITE", "OPTIONS", "REGISTER", "MESSAGE", "SUBSCRIBE"}) {
        SCOPED_TRACE(method);
        gate.restart();
        alice.forget();
        bob.forget();
        alice.dial("call-" + method, "sip:bob@10.10.0.1");
        gate.shard().drain(true);
        const std::uint64_t before = gate.counters().draining.read();
        const bool needs_contact = method == "SUBSCRIBE";
        alice.say(alice.request(
            method, 1, needs_contact ? "Contact: <" + alice.contact + ">\r\n" : std::string{}));
        turn();
        EXPECT_EQ(alice.count("SIP/2.0 503"), 1U);
        const int seconds = std::stoi("0" + header(alice.got("SIP/2.0 503"), "Retry-After"));
        EXPECT_GE(seconds, 5);
        EXPECT_LE(seconds, 30);
        EXPECT_EQ(gate.counters().draining.read(), before + 1);
        EXPECT_EQ(bob.count(method), 0U);
        if (method == "INVITE") {
            alice.say(alice.companion("ACK", 1));
            turn();
        }
    }
}

TEST_F(DrainScenario, B2BUA_J11_calls_in_progress_go_on) {
    invite();
    gate.shard().drain(true);
    answer();
    acknowledge();
    bob.say(bob.request("OPTIONS", 1));
    turn();
    EXPECT_EQ(alice.count("OPTIONS"), 1U);
    alice.say(alice.response(alice.got("OPTIONS"), "200 OK", {}));
    turn();
    hang_up();
    EXPECT_EQ(gate.counters().draining.read(), 0U);
}

TEST_F(DrainScenario, B2BUA_M13_health_check_sees_it_and_its_end) {
    const std::string check = alice.request("OPTIONS", 1);
    gate.shard().drain(true);
    alice.say(check);
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 503"), 1U);
    gate.shard().drain(false);
    invite();
    answer();
    acknowledge();
    hang_up();
}

}  // namespace
}  // namespace sallyport::call
