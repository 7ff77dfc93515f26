// SPDX-License-Identifier: Apache-2.0
// The stage of calls that are transferred by the gate (option refer = local): alice and bob have
// one, and bob refers alice to carol. Tests only.
#pragma once

#include "tests/unit/b2bua/call/scenario.h"

#include <string>
#include <string_view>

namespace sallyport::call {

inline Config local_transfers() {
    Config config = sim::example_config();
    config.refer = Transfers::kLocal;
    return config;
}

class LocalTransferScenario : public Scenario {
protected:
    LocalTransferScenario() : Scenario(local_transfers()) {}
    Party carol{network, at("10.20.0.9"), gate.outside(), "carol"};

    /// bob refers alice to carol, whom the carrier's address reaches; carol has heard the INVITE.
    void refer(std::string_view more = {}, const std::string& uri = "sip:carol@10.20.0.9") {
        bob.forget();
        alice.forget();
        bob.say(bob.request("REFER", 1, lines_for(bob, uri) + std::string(more)));
        turn();
        carol.learn_invite(bob.got("INVITE"), "c1");
    }
    static std::string lines_for(const Party& from, const std::string& uri) {
        return "Contact: <" + from.contact + ">\r\nRefer-To: <" + uri + ">\r\n";
    }
    void carol_says(std::string_view status, std::string_view body = {}) {
        carol.say(carol.response(bob.got("INVITE"), status, "c1", {}, body));
        turn();
    }
    void carol_answers() { carol_says("200 OK", sdp("10.20.0.9", 7000)); }
    /// alice accepts what she is offered.
    void alice_answers() {
        alice.say(alice.response(alice.got("INVITE"), "200 OK", {}, {}, sdp("10.10.0.5", 4000)));
        turn();
    }
    /// Newest NOTIFY that this party has heard; it has answered all of them.
    std::string told(Party& who) {
        for (const Heard& notify : who.all("NOTIFY")) {
            who.say(who.response(notify.text, "200 OK", {}));
        }
        turn();
        return who.got("NOTIFY");
    }
    static std::string state(const std::string& notify) {
        return header(notify, "Subscription-State");
    }
    void carol_hangs_up() {
        alice.forget();
        carol.say(carol.request("BYE", 5));
        turn();
        EXPECT_EQ(alice.count("BYE"), 1U);
        EXPECT_EQ(header(alice.got("BYE"), "Call-ID"), "call-1");
        EXPECT_EQ(carol.count("SIP/2.0 200"), 1U);
    }
};

}  // namespace sallyport::call
