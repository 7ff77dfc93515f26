// SPDX-License-Identifier: Apache-2.0
// Loops and spirals through the gate (B2BUA-C20, C21, K44; RFC 5393 s.4, RFC 3261 s.16.3).
#include "tests/unit/b2bua/call/scenario.h"

#include <algorithm>

namespace sallyport::call {
namespace {

class LoopScenario : public Scenario {
protected:
    explicit LoopScenario(const Config& config = sim::example_config()) : Scenario(config) {}
    /// The INVITE that bob got, back from bob's side with that many Vias.
    std::string returned(std::size_t vias) {
        std::string text = bob.got("INVITE");
        std::string lines;
        for (std::size_t i = 1; i < vias; ++i) {
            lines += "Via: SIP/2.0/UDP 10.20.0.2:5060;branch=z9hG4bKhop" + std::to_string(++hops_) +
                     ";rport\r\n";
        }
        return text.insert(text.find("Via: "), lines);
    }
    int hops_{0};
    std::size_t loops() { return bob.count("SIP/2.0 482"); }
};

TEST_F(LoopScenario, B2BUA_C21_own_invite_back_after_more_than_five_hops) {
    invite();
    bob.say(returned(6));
    turn();
    EXPECT_EQ(loops(), 1U);
    EXPECT_EQ(gate.counters().loops.read(), 1U);
    EXPECT_EQ(calls(), 1U) << "the first one only";
    bob.say(bob.response(bob.got("INVITE"), "486 Busy Here", "b1"));
    turn();
}

TEST_F(LoopScenario, B2BUA_C21_plain_spirals_pass) {
    struct Case {
        const char* name;
        std::size_t vias;
        bool other_user;
    };
    for (const Case& one : {Case{"few hops", 5, false}, Case{"another user", 9, true}}) {
        SCOPED_TRACE(one.name);
        invite();
        std::string spiral = returned(one.vias);
        if (one.other_user) {
            spiral.replace(spiral.find("bob@"), 4, "bib@");
        }
        bob.say(spiral);
        turn();
        EXPECT_EQ(loops(), 0U);
        EXPECT_EQ(gate.counters().loops.read(), 0U);
        bob.say(bob.response(bob.got("INVITE"), "486 Busy Here", "b1"));
        turn();
        alice.say(alice.companion("ACK", 1));
        run(Millis{40'000});
        alice.forget();
        bob.forget();
        alice.dial("call-again", "sip:bob@10.10.0.1");
    }
}

TEST_F(LoopScenario, B2BUA_C21_foreign_call_ids_are_nobodys_loop) {
    invite();
    std::string foreign = returned(9);
    const auto at = foreign.find("Call-ID: ") + 9;
    foreign[at] = foreign[at] == '0' ? '1' : '0';
    bob.say(foreign);
    turn();
    EXPECT_EQ(loops(), 0U);
    bob.say(bob.response(bob.got("INVITE"), "486 Busy Here", "b1"));
    turn();
}

std::string with_hops(std::string request, int hops) {
    const auto at = request.find("Max-Forwards: ") + 14;
    return request.replace(at, request.find("\r\n", at) - at, std::to_string(hops));
}

TEST_F(LoopScenario, B2BUA_K44_no_hops_left) {
    alice.say(with_hops(alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000)), 0));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 483"), 1U);
    alice.say(alice.companion("ACK", 1));
    alice.dial("call-o", "sip:bob@10.10.0.1");
    alice.say(with_hops(alice.request("OPTIONS", 1), 0));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    alice.dial("call-g", "sip:10.10.0.1");
    alice.say(with_hops(alice.request("REGISTER", 1, "Contact: <sip:alice@10.10.0.5>\r\n"), 0));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 483"), 2U);
    for (const char* method : {"INVITE", "OPTIONS", "REGISTER"}) {
        EXPECT_EQ(bob.count(method), 0U) << method;
    }
}

/// What comes from outside goes outside again.
Config hairpin() {
    Config config = sim::example_config();
    config.routes[1].to = ToPeers{{0}};
    return config;
}

class StaticLoop : public LoopScenario {
protected:
    StaticLoop() : LoopScenario(hairpin()) {}
};

TEST_F(StaticLoop, B2BUA_K44_a_loop_of_five_hops_dies_by_count) {
    invite();
    std::vector<std::string> rounds;
    while (bob.count("SIP/2.0 483") == 0 && rounds.size() < 30) {
        rounds.push_back(bob.got("INVITE"));
        bob.say(bob.response(rounds.back(), "100 Trying", {}));
        const int hops = std::stoi(header(rounds.back(), "Max-Forwards"));
        bob.say(with_hops(returned(5), std::max(hops - 4, 0)));
        turn();
    }
    EXPECT_EQ(rounds.size(), 14U) << "five hops each, of 70";
    EXPECT_EQ(loops(), 0U);
    while (!rounds.empty()) {
        bob.say(bob.response(rounds.back(), "483 Too Many Hops", "b1"));
        rounds.pop_back();
        turn();
    }
    EXPECT_GE(alice.count("SIP/2.0 483"), 1U) << "repeated until it is acknowledged";
    EXPECT_EQ(calls(), 0U);
}

}  // namespace
}  // namespace sallyport::call
