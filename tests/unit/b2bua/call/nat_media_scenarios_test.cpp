// SPDX-License-Identifier: Apache-2.0
// B2BUA-G3: to a party whose signalling was seen through a NAT nothing is sent before it has been
// heard, even when its SDP names the very address that its signalling comes from.
#include "tests/unit/b2bua/call/scenario.h"

#include <string>

namespace sallyport::call {
namespace {

Config nat_on_both_sides() {
    Config config = sim::example_config();
    for (Realm& realm : config.realms) {
        realm.nat = true;
    }
    return config;
}

class NatMedia : public Scenario {
protected:
    NatMedia() : Scenario(nat_on_both_sides()) {}
    /// Media may be sent to what the SDP of that side names before anything was heard.
    bool believed(Side side) {
        const auto ids = gate.relays().ids();
        return !ids.empty() && gate.relays().side(ids.front(), side)->remote.send_before_latch;
    }
};

TEST_F(NatMedia, B2BUA_G3_parties_that_are_where_they_say_are_believed) {
    establish();
    EXPECT_TRUE(believed(Side::kA));
    EXPECT_TRUE(believed(Side::kB));
    hang_up();
}

TEST_F(NatMedia, B2BUA_G3_a_caller_whose_Contact_is_elsewhere) {
    alice.contact = "sip:alice@192.168.1.5:5060";
    establish();
    EXPECT_FALSE(believed(Side::kA));
    EXPECT_TRUE(believed(Side::kB));
    hang_up();
}

TEST_F(NatMedia, B2BUA_G3_a_caller_whose_Via_is_elsewhere) {
    std::string invite = alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000));
    const std::string own = alice.own().to_string();
    alice.say(
        invite.replace(invite.find(own, invite.find("Via:")), own.size(), "192.168.1.5:5060"));
    turn();
    bob.learn_invite(bob.got("INVITE"), "b1");
    answer();
    acknowledge();
    EXPECT_FALSE(believed(Side::kA));
    hang_up();
}

TEST_F(NatMedia, B2BUA_G3_a_callee_whose_Contact_is_elsewhere) {
    bob.contact = "sip:bob@192.168.2.5:5060";
    invite();
    bob.say(
        bob.response(bob.got("INVITE"), "183 Session Progress", "b1", {}, sdp("10.20.0.2", 6000)));
    turn();
    EXPECT_FALSE(believed(Side::kB));
    answer();
    acknowledge();
    EXPECT_TRUE(believed(Side::kA));
    EXPECT_FALSE(believed(Side::kB));
    hang_up();
}

}  // namespace
}  // namespace sallyport::call
