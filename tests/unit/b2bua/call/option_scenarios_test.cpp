// SPDX-License-Identifier: Apache-2.0
// What an operator decides per realm: 100rel (B2BUA-M6, D11; RFC 3261 s.8.2.2.3), callid (D3),
// topology-hide (D11, D19), and what refer and unknown-methods leave of Allow (D11).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

Config with(void (*change)(Config&)) {
    Config config = sim::example_config();
    change(config);
    return config;
}

struct RealmRow {
    const char* name;
    std::size_t realm;  // whose option 100rel is off
};

class Unreliable : public Scenario, public ::testing::WithParamInterface<RealmRow> {
protected:
    static Config config() {
        Config config = sim::example_config();
        config.realms[GetParam().realm].reliable = ReliableResponses::kOff;
        return config;
    }
    Unreliable() : Scenario(config()) {}
};

TEST_P(Unreliable, B2BUA_D11_nobody_hears_of_100rel) {
    invite("Supported: 100rel, timer\r\n");
    EXPECT_EQ(header(bob.got("INVITE"), "Supported"), "timer");
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1", "Supported: 100rel, 199\r\n"));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 180"), "Supported"), "199");
    answer();
    acknowledge();
    hang_up();
}

TEST_P(Unreliable, B2BUA_M6_who_demands_it_gets_420) {
    alice.say(alice.request("INVITE", 1, "Require: 100rel, timer\r\n", sdp("10.10.0.5", 4000)));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 420"), "Unsupported"), "100rel");
    EXPECT_EQ(bob.count("INVITE"), 0U);
    EXPECT_EQ(calls(), 0U);
    alice.say(alice.companion("ACK", 1));
    turn();
}

TEST_P(Unreliable, B2BUA_M6_inside_a_dialog_too) {
    establish();
    bob.say(bob.request("INVITE", 2, "Require: 100rel\r\n", sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(header(bob.got("SIP/2.0 420"), "Unsupported"), "100rel");
    EXPECT_EQ(alice.count("INVITE"), 0U);
    hang_up();
}

TEST_P(Unreliable, B2BUA_M6_a_callee_that_does_it_unasked_is_acknowledged_here) {
    invite("Supported: 100rel\r\n");
    bob.say(bob.response(bob.got("INVITE"), "183 Session Progress", "b1",
                         "Require: 100rel\r\nRSeq: 4\r\n", sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(header(bob.got("PRACK"), "RAck"), "4 " + header(bob.got("INVITE"), "CSeq"));
    EXPECT_EQ(header(alice.got("SIP/2.0 183"), "Require"), "");
    EXPECT_EQ(header(alice.got("SIP/2.0 183"), "RSeq"), "");
    bob.say(bob.response(bob.got("PRACK"), "200 OK", {}));
    answer();
    acknowledge();
    hang_up();
}

INSTANTIATE_TEST_SUITE_P(Realms, Unreliable,
                         ::testing::Values(RealmRow{"callers", 0}, RealmRow{"callees", 1}),
                         [](const auto& row) { return std::string(row.param.name); });

class OneReliable : public Scenario {
protected:
    /// The first carrier stands in a realm of its own, which forbids 100rel.
    OneReliable()
        : Scenario(with([](Config& config) {
              Realm third = config.realms[1];
              third.name = "third";
              third.address = {IpAddr::v4(0x0a1e0001), 24};
              third.reliable = ReliableResponses::kOff;
              config.realms.push_back(third);
              Peer peer = config.peers[0];
              peer.name = "third";
              peer.realm = RealmId{2};
              peer.address = at("10.30.0.2");
              config.peers.push_back(peer);
              config.routes[0].to = ToPeers{{1, 0}};
          })) {}
};

TEST_F(OneReliable, B2BUA_M6_a_target_that_may_be_reached_so_is_taken) {
    invite("Require: 100rel\r\n");
    EXPECT_EQ(header(bob.got("INVITE"), "Require"), "100rel");
    alice.say(alice.companion("CANCEL", 1));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1"));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "487 Request Terminated", "b1"));
    turn();
}

class KeptCallId : public Scenario {
protected:
    KeptCallId()
        : Scenario(with([](Config& c) { c.realms[1].callid = CallIdOfCalls::kPreserve; })) {}
};

TEST_F(KeptCallId, B2BUA_D3_the_call_id_crosses_and_the_tags_keep_the_legs_apart) {
    establish();
    const std::string invited = bob.got("INVITE");
    EXPECT_EQ(header(invited, "Call-ID"), "call-1");
    EXPECT_NE(tag_of(header(invited, "From")), "alice1");
    bob.say(bob.request("INFO", 2));
    turn();
    EXPECT_EQ(header(alice.got("INFO"), "Call-ID"), "call-1");
    alice.say(alice.response(alice.got("INFO"), "200 OK", {}));
    turn();
    hang_up();
}

class ShownTopology : public Scenario {
protected:
    ShownTopology() : Scenario(with([](Config& c) { c.realms[0].topology_hide = false; })) {}
};

TEST_F(ShownTopology, B2BUA_D11_warning_keeps_its_agent_where_the_realm_says_so) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "488 Not Acceptable Here", "b1",
                         "Warning: 304 10.20.0.9:5060 \"No media\"\r\n"));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 488"), "Warning"), "304 10.20.0.9:5060 \"No media\"");
    alice.say(alice.companion("ACK", 1));
    turn();
}

class KeptOut : public Scenario {
protected:
    KeptOut()
        : Scenario(with([](Config& c) {
              c.refer = Transfers::kReject;
              c.unknown_methods = Passage::kReject;
          })) {}
};

TEST_F(KeptOut, B2BUA_D11_allow_loses_the_methods_that_are_kept_out) {
    invite("Allow: INVITE, ACK, REFER, BYE, FOO\r\n");
    EXPECT_EQ(header(bob.got("INVITE"), "Allow"), "INVITE, ACK, BYE");
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", "Allow: INVITE,REFER,CANCEL\r\n",
                         sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 200"), "Allow"), "INVITE, CANCEL");
    alice.learn_response(alice.got("SIP/2.0 200"));
    acknowledge();
    hang_up();
}

}  // namespace
}  // namespace sallyport::call
