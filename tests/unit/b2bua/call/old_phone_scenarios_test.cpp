// SPDX-License-Identifier: Apache-2.0
// A phone of RFC 2543: no branch, no From tag, no Max-Forwards (B2BUA-K35, C7, A7, D2; RFC 3261
// s.17.2.3, s.8.1.1).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

class OldPhoneScenario : public Scenario {
protected:
    static std::string old(std::string_view method, std::string_view to_tag,
                           std::string_view body = {}, int cseq = 1) {
        std::string text(method);
        text +=
            " sip:bob@10.10.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.10.0.5:5060\r\n"
            "From: sip:alice@10.10.0.5\r\nTo: sip:bob@10.10.0.1";
        text += to_tag.empty() ? "" : ";tag=" + std::string(to_tag);
        text += "\r\nCall-ID: old-1\r\nCSeq: " + std::to_string(cseq) + " " + std::string(method) +
                "\r\n";
        text += body.empty() ? "" : "Content-Type: application/sdp\r\n";
        return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
               std::string(body);
    }
    void call() {
        alice.say(old("INVITE", {}, sdp("10.10.0.5", 4000)));
        turn();
        bob.learn_invite(bob.got("INVITE"), "b1");
    }
    std::string our_tag() { return tag_of(header(alice.got("SIP/2.0 200"), "To")); }
    void answered() {
        call();
        bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, sdp("10.20.0.2", 6000)));
        turn();
        alice.say(old("ACK", our_tag()));
        turn();
    }
};

TEST_F(OldPhoneScenario, B2BUA_K35_far_leg_is_well_formed_and_retransmissions_are_known) {
    call();
    alice.say(old("INVITE", {}, sdp("10.10.0.5", 4000)));
    turn();
    EXPECT_EQ(bob.count("INVITE"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 100"), 2U);
    const std::string out = bob.got("INVITE");
    EXPECT_NE(tag_of(header(out, "From")), "");
    EXPECT_EQ(header(out, "Max-Forwards"), "69");
    EXPECT_NE(header(out, "Via").find(";branch=z9hG4bK"), std::string::npos);
    bob.say(bob.response(out, "486 Busy Here", "b1"));
    turn();
    alice.say(old("ACK", tag_of(header(alice.got("SIP/2.0 486"), "To"))));
    turn();
    run(Millis{2'000});
    EXPECT_EQ(alice.count("SIP/2.0 486"), 1U) << "the ACK was matched: no repetition";
}

TEST_F(OldPhoneScenario, B2BUA_K35_cancel_without_a_branch) {
    call();
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1"));
    turn();
    alice.say(old("CANCEL", {}));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 487"), 1U);
    ASSERT_EQ(bob.count("CANCEL"), 1U);
    bob.say(bob.response(bob.got("CANCEL"), "200 OK", "b1"));
    bob.say(bob.response(bob.got("INVITE"), "487 Request Terminated", "b1"));
    turn();
    EXPECT_EQ(bob.count("ACK"), 1U);
}

TEST_F(OldPhoneScenario,
       B2BUA_K35_D2_a_missing_remote_tag_is_a_legal_key_a_missing_tag_of_ours_is_not) {
    answered();
    EXPECT_EQ(bob.count("ACK"), 1U);
    const std::string tag = our_tag();
    alice.forget();
    alice.say(old("BYE", {}, {}, 2));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 481"), 1U) << "a BYE without To tag is nobody's";
    EXPECT_EQ(bob.count("BYE"), 0U);
    alice.say(old("BYE", tag, {}, 3));
    turn();
    EXPECT_EQ(bob.count("BYE"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
}

}  // namespace
}  // namespace sallyport::call
