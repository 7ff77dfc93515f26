// SPDX-License-Identifier: Apache-2.0
// A stage for transfers that the gate passes on: alice has a call with bob and one with carol; amy
// is another phone inside. Tests only.
#pragma once

#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {

class TwoCallsScenario : public Scenario {
protected:
    Party carol{network, at("10.20.0.9"), gate.outside(), "carol"};
    Party amy{network, at("10.10.0.6"), gate.inside(), "amy"};

    /// alice calls carol, too, whose messages the carrier passes on.
    void call_carol() {
        alice.dial("call-2", "sip:carol@10.10.0.1");
        alice.say(alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4002)));
        turn();
        const std::string invite = bob.got("INVITE");
        carol.learn_invite(invite, "c1");
        carol.say(carol.response(invite, "200 OK", "c1", {}, sdp("10.20.0.9", 7000)));
        turn();
        alice.learn_response(alice.got("SIP/2.0 200"));
        alice.say(alice.request("ACK", 1));
        turn();
        EXPECT_EQ(carol.count("ACK"), 1U);
    }
};

}  // namespace sallyport::call
