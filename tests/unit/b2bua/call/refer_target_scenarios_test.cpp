// SPDX-License-Identifier: Apache-2.0
// Transfer to a Contact of ours without Replaces (B2BUA-D11; RFC 5589 s.6.1): the one who is
// referred reaches the party of the other dialog.
#include "tests/unit/b2bua/call/two_calls_scenario.h"

namespace sallyport::call {
namespace {

class ReferTarget : public TwoCallsScenario {
protected:
    /// One party refers the other end of its dialog to that URI; what the other end hears of it.
    std::string refer(Party& from, Party& to, std::uint32_t cseq, const std::string& uri) {
        from.say(from.request(
            "REFER", cseq,
            "Contact: <" + from.contact + ">\r\nRefer-To: <" + uri + ">\r\nRefer-Sub: false\r\n"));
        turn();
        const std::string refer = to.got("REFER");
        to.say(to.response(refer, "200 OK", {},
                           "Contact: <" + to.contact + ">\r\nRefer-Sub: false\r\n"));
        turn();
        return refer;
    }
    void part(Party& from, Party& to, std::uint32_t cseq) {
        from.say(from.request("BYE", cseq));
        turn();
        EXPECT_EQ(to.count("BYE"), 1U);
        to.forget();
    }
};

TEST_F(ReferTarget, B2BUA_D11_contact_becomes_the_party_behind_it) {
    establish();
    const std::string bobs = alice.target;  // bob as alice knows him
    call_carol();
    EXPECT_EQ(header(refer(alice, carol, 2, bobs), "Refer-To"), "<" + bob.contact + ">");
    part(alice, carol, 3);
    alice.dial("call-1", "");
    bob.say(bob.request("BYE", 1));
    turn();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(ReferTarget, RFC5589_s6_1_also_when_the_consultation_is_over) {
    establish();
    const std::string bobs = alice.target;
    hang_up(2);
    call_carol();
    EXPECT_EQ(header(refer(alice, carol, 2, bobs), "Refer-To"), "<" + bob.contact + ">");
    part(alice, carol, 3);
}

TEST_F(ReferTarget, B2BUA_D11_a_phone_behind_nat_is_reached_by_a_token) {
    establish();
    const std::string alices = uri_of(header(bob.got("INVITE"), "Contact"));
    // carol, called by amy, is referred by bob to alice: bob has dialogs with both.
    amy.dial("call-3", "sip:bob@10.10.0.1");
    amy.say(amy.request("INVITE", 1, {}, sdp("10.10.0.6", 4006)));
    turn();
    Party bob_again(network, at("10.20.0.2", 5070), gate.outside(), "bobby");
    bob_again.learn_invite(bob.got("INVITE"), "b3");
    bob_again.say(
        bob_again.response(bob.got("INVITE"), "200 OK", "b3", {}, sdp("10.20.0.2", 6006)));
    turn();
    amy.learn_response(amy.got("SIP/2.0 200"));
    amy.say(amy.request("ACK", 1));
    turn();
    const std::string told = header(refer(bob_again, amy, 1, alices), "Refer-To");
    EXPECT_EQ(told.find("10.20."), std::string::npos);  // D19
    EXPECT_EQ(told.find("10.10.0.5"), std::string::npos);

    Party fresh(network, at("10.10.0.6", 5070), gate.inside(), "fresh");
    fresh.dial("call-4", uri_of(told));
    fresh.say(fresh.request("INVITE", 1, {}, sdp("10.10.0.6", 4008)));
    turn();
    const std::string invite = alice.got("INVITE");  // by the flow of her own dialog
    EXPECT_EQ(request_uri_of(invite), alice.contact);
    alice.say(alice.response(invite, "486 Busy Here", "a9"));
    turn();
    EXPECT_EQ(fresh.count("SIP/2.0 486"), 1U);
    fresh.say(fresh.companion("ACK", 1));
    part(amy, bob_again, 2);
    hang_up();
    EXPECT_EQ(calls(), 0U);
}

}  // namespace
}  // namespace sallyport::call
