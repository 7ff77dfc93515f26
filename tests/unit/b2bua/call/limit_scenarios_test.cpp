// SPDX-License-Identifier: Apache-2.0
// What the gate runs out of: ports, calls, hops, media (B2BUA-G1, G13, C20, J6, J7).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

using LimitScenario = Scenario;

TEST_F(LimitScenario, B2BUA_G1_no_ports) {
    gate.relays().refuse_creations(1, dataplane::RelayFault::kNoPorts);
    alice.say(alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000)));
    turn();
    const std::string refusal = alice.got("SIP/2.0 503");
    EXPECT_GE(std::stoi(header(refusal, "Retry-After")), 5);
    EXPECT_LE(std::stoi(header(refusal, "Retry-After")), 30);
    EXPECT_EQ(bob.count("INVITE"), 0U);
    EXPECT_EQ(gate.counters().no_ports.read(), 1U);
    EXPECT_EQ(calls(), 0U);
}

TEST_F(LimitScenario, B2BUA_G1_no_port_for_the_second_stream) {
    Config config = sim::example_config();
    config.realms[1].media_ports = {30000, 30001};
    sim::Network wire(7, {});
    sim::Gate small(wire, 7, config);
    Party caller(wire, at("10.10.0.5"), small.inside(), "alice");
    caller.dial("call-1", "sip:bob@10.10.0.1");
    caller.say(
        caller.request("INVITE", 1, {}, sdp("10.10.0.5", 4000) + "m=video 4100 RTP/AVP 96\r\n"));
    wire.run_until(wire.now() + Millis{50});
    EXPECT_EQ(caller.count("SIP/2.0 503"), 1U);
    EXPECT_EQ(small.relays().live(), 0U);
}

TEST_F(LimitScenario, B2BUA_G1_no_port_for_a_reinvite_keeps_the_call) {
    establish();
    gate.relays().refuse_creations(1, dataplane::RelayFault::kNoPorts);
    alice.forget();
    alice.say(alice.request("INVITE", 2, {},
                            sdp("10.10.0.5", 4000, "sendrecv", 2) + "m=video 4100 RTP/AVP 96\r\n"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 500"), 1U);
    EXPECT_EQ(gate.relays().live(), 1U);
    hang_up();
}

TEST_F(LimitScenario, B2BUA_G13_media_timeout) {
    establish();
    const auto relay = gate.relays().ids().front();
    dataplane::RelayReading reading;
    for (int minute = 1; minute <= 10; ++minute) {
        reading.flows[0][0].packets_in += 3000;  // one side alone keeps it alive
        gate.relays().set_reading(relay, reading);
        run(Millis{60'000});
    }
    EXPECT_EQ(calls(), 1U);
    run(Millis{230'000});
    EXPECT_EQ(calls(), 1U);
    run(Millis{70'000});
    for (const Party* party : {&alice, &bob}) {
        EXPECT_EQ(party->count("BYE"), 1U);
        EXPECT_EQ(header(party->got("BYE"), "Reason"), R"(Q.850;cause=102;text="Media Timeout")");
    }
    EXPECT_EQ(gate.counters().media_timeouts.read(), 1U);
    EXPECT_EQ(gate.relays().live(), 0U);
}

TEST_F(LimitScenario, B2BUA_G13_held_by_both_sides) {
    establish();
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4000, "inactive", 2)));
    turn();
    bob.say(
        bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.2", 6000, "inactive", 2)));
    turn();
    acknowledge(2);
    run(Millis{7'100'000});
    EXPECT_EQ(calls(), 1U);
    run(Millis{120'000});
    EXPECT_EQ(alice.count("BYE"), 1U);
    EXPECT_EQ(bob.count("BYE"), 1U);
}

Config one_call() {
    Config config = sim::example_config();
    config.max_calls = 1;
    return config;
}

class OneCallScenario : public Scenario {
protected:
    OneCallScenario() : Scenario(one_call()) {}
};

TEST_F(OneCallScenario, B2BUA_J10_max_calls) {
    establish();
    Party other(network, at("10.10.0.6"), gate.inside(), "carol");
    other.dial("call-2", "sip:bob@10.10.0.1");
    other.say(other.request("INVITE", 1, {}, sdp("10.10.0.6", 4000)));
    turn();
    EXPECT_NE(header(other.got("SIP/2.0 503"), "Retry-After"), "");
    EXPECT_EQ(gate.counters().too_many_calls.read(), 1U);
    EXPECT_EQ(gate.relays().live(), 1U);
    hang_up();
    turn();
    other.forget();
    bob.forget();
    other.dial("call-3", "sip:bob@10.10.0.1");
    other.say(other.request("INVITE", 1, {}, sdp("10.10.0.6", 4000)));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "486 Busy Here", "b1"));
    turn();
    EXPECT_EQ(other.count("SIP/2.0 486"), 1U);
}

std::string with_hops(std::string request, std::string_view hops) {
    return request.replace(request.find("Max-Forwards: 70"), 16,
                           "Max-Forwards: " + std::string(hops));
}

TEST_F(LimitScenario, B2BUA_C20_hops_outside_a_dialog) {
    alice.say(with_hops(alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000)), "0"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 483"), 1U);
    EXPECT_EQ(bob.count("INVITE"), 0U);
    alice.say(alice.companion("ACK", 1));
    alice.dial("call-2", "sip:bob@10.10.0.1");
    alice.say(with_hops(alice.request("MESSAGE", 1, "Content-Type: text/plain\r\n", "x"), "0"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 483"), 2U);
    EXPECT_EQ(bob.count("MESSAGE"), 0U);
}

TEST_F(LimitScenario, B2BUA_C20_hops_inside_a_dialog) {
    establish();
    alice.say(with_hops(alice.request("INFO", 2), "9"));
    turn();
    EXPECT_EQ(header(bob.got("INFO"), "Max-Forwards"), "8");
    bob.say(bob.response(bob.got("INFO"), "200 OK", {}));
    turn();
    for (const std::string method : {"INFO", "INVITE", "BYE"}) {
        bob.forget();
        alice.forget();
        alice.say(with_hops(alice.request(method, method == "INFO"     ? 3
                                                  : method == "INVITE" ? 4
                                                                       : 5),
                            "0"));
        turn();
        EXPECT_EQ(alice.count("SIP/2.0 483"), 1U) << method;
        EXPECT_EQ(bob.count(method), 0U);
    }
    hang_up();
}

TEST_F(LimitScenario, B2BUA_C20_hops_of_an_ack) {
    invite();
    answer();
    alice.say(with_hops(alice.request("ACK", 1), "0"));
    turn();
    EXPECT_EQ(bob.count("ACK"), 0U);  // dropped
    alice.say(with_hops(alice.request("ACK", 1), "12"));
    turn();
    EXPECT_EQ(header(bob.got("ACK"), "Max-Forwards"), "11");
    hang_up();
}

}  // namespace
}  // namespace sallyport::call
