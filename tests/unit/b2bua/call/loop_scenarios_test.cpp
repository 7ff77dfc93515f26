// SPDX-License-Identifier: Apache-2.0
// Loops and spirals through the gate (B2BUA-C20, C21, K44; RFC 5393 s.4, RFC 3261 s.16.3).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

class LoopScenario : public Scenario {
protected:
    /// The INVITE that bob got, back from bob's side with that many Vias.
    std::string returned(std::size_t vias) {
        std::string text = bob.got("INVITE");
        std::string lines;
        for (std::size_t i = 1; i < vias; ++i) {
            lines += "Via: SIP/2.0/UDP 10.20.0.2:5060;branch=z9hG4bKhop" + std::to_string(i) +
                     ";rport\r\n";
        }
        return text.insert(text.find("Via: "), lines);
    }
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

}  // namespace
}  // namespace sallyport::call
