// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {

Endpoint at(std::string_view ip, std::uint16_t port) {
    return {IpAddr::parse(ip).value(), Port{port}};
}

Scenario::Scenario(const Config& config)
    : gate(network, 7, config),
      alice(network, at("10.10.0.5"), gate.inside(), "alice"),
      bob(network, at("10.20.0.2"), gate.outside(), "bob") {
    alice.dial("call-1", "sip:bob@10.10.0.1");
}

void Scenario::TearDown() {
    run(Millis{120'000});
    const ShardGauges gauges = gate.gauges();
    EXPECT_EQ(gauges.calls, 0U);
    EXPECT_EQ(gauges.subscribed, 0U);
    EXPECT_EQ(gauges.dialogs, 0U);
    EXPECT_EQ(gauges.clients, 0U);
    EXPECT_EQ(gauges.servers, 0U);
    EXPECT_EQ(gauges.timers, 0U);
    EXPECT_EQ(gauges.standalone, 0U);
    EXPECT_EQ(gate.relays().live(), 0U);
}

void Scenario::invite(std::string_view lines) {
    alice.say(alice.request("INVITE", 1, lines, sdp("10.10.0.5", 4000)));
    turn();
    bob.learn_invite(bob.got("INVITE"), "b1");
}

void Scenario::answer(std::string_view tag) {
    bob.say(bob.response(bob.got("INVITE"), "200 OK", tag, {}, sdp("10.20.0.2", 6000)));
    turn();
    alice.learn_response(alice.got("SIP/2.0 200"));
}

void Scenario::acknowledge(std::uint32_t cseq) {
    alice.say(alice.request("ACK", cseq));
    turn();
}

void Scenario::establish() {
    invite();
    answer();
    acknowledge();
    EXPECT_EQ(bob.count("ACK"), 1U);
}

void Scenario::hang_up(std::uint32_t cseq) {
    alice.forget();
    bob.forget();
    alice.say(alice.request("BYE", cseq));
    turn();
    EXPECT_EQ(bob.count("BYE"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
}

}  // namespace sallyport::call
