// SPDX-License-Identifier: Apache-2.0
// Attended transfer through the gate (B2BUA-K58, D14; RFC 3891, RFC 5589 s.7.3).
#include "tests/unit/b2bua/call/two_calls_scenario.h"

namespace sallyport::call {
namespace {

class TransferScenario : public TwoCallsScenario {
protected:
    /// What carol says of the transfer, as alice hears it; alice has answered.
    std::string told(std::uint32_t cseq, std::string_view state) {
        alice.forget();
        carol.say(carol.request("NOTIFY", cseq,
                                "Contact: <" + carol.contact + ">\r\nEvent: refer;id=" +
                                    std::to_string(cseq_of(carol.got("REFER"))) +
                                    "\r\nSubscription-State: " + std::string(state) + "\r\n"));
        turn();
        const std::string notify = alice.got("NOTIFY");
        alice.say(alice.response(notify, "200 OK", {}));
        turn();
        return notify;
    }
};

TEST_F(TransferScenario, B2BUA_K58_attended_transfer) {
    establish();
    const std::string first_id = alice.call_id;
    const std::string first_remote = alice.remote;
    const std::string first_target = alice.target;
    const std::string own_tag = tag_of(alice.local);
    const std::string view = header(bob.got("INVITE"), "Call-ID") + "%3Bto-tag%3Db1%3Bfrom-tag%3D" +
                             tag_of(header(bob.got("INVITE"), "From"));
    call_carol();

    alice.say(alice.request("REFER", 2,
                            "Contact: <" + alice.contact + ">\r\nRefer-To: <" + first_target +
                                "?Replaces=" + first_id + "%3Bto-tag%3D" + tag_of(first_remote) +
                                "%3Bfrom-tag%3D" + own_tag + ">\r\n"));
    turn();
    EXPECT_EQ(header(carol.got("REFER"), "Refer-To"),
              "<" + bob.contact + "?Replaces=" + view + ">");         // as bob knows it
    EXPECT_EQ(carol.got("REFER").find("10.10."), std::string::npos);  // D19

    EXPECT_EQ(header(told(1, "active;expires=60"), "Event"), "refer;id=2");  // before the 202
    carol.say(carol.response(carol.got("REFER"), "202 Accepted", {},
                             "Contact: <" + carol.contact + ">\r\n"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 202"), 1U);

    // carol and bob are one by now, without us: bob ends the replaced dialog.
    bob.say(bob.request("BYE", 1));
    turn();
    EXPECT_EQ(tag_of(header(alice.got("BYE"), "To")), own_tag);
    EXPECT_EQ(header(alice.got("BYE"), "Call-ID"), first_id);
    EXPECT_EQ(calls(), 1U);

    EXPECT_EQ(header(told(2, "terminated;reason=noresource"), "Call-ID"), "call-2");
    carol.say(carol.request("BYE", 3));
    turn();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(TransferScenario, B2BUA_D14_invite_with_replaces_goes_to_the_party_behind_us) {
    establish();
    const std::string invite = bob.got("INVITE");
    amy.dial("call-5", "sip:whoever@10.10.0.1");
    amy.say(amy.request("INVITE", 1,
                        "Replaces: call-1;early-only;to-tag=" + tag_of(alice.remote) +
                            ";from-tag=alice1\r\nRequire: replaces\r\n",
                        sdp("10.10.0.6", 4004)));
    turn();
    const std::string crossed = bob.got("INVITE");
    EXPECT_EQ(request_uri_of(crossed), bob.contact);
    EXPECT_EQ(header(crossed, "Replaces"), header(invite, "Call-ID") + ";early-only;to-tag=b1" +
                                               ";from-tag=" + tag_of(header(invite, "From")));
    EXPECT_EQ(header(crossed, "Require"), "replaces");
    bob.say(bob.response(crossed, "481 Call Does Not Exist", "b9"));
    turn();
    EXPECT_EQ(amy.count("SIP/2.0 481"), 1U);  // his answer, not ours
    amy.say(amy.companion("ACK", 1));
    hang_up();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(TransferScenario, B2BUA_D14_in_reply_to_a_call_that_is_over) {
    establish();
    const std::string far = header(bob.got("INVITE"), "Call-ID");
    hang_up();
    alice.dial("call-7", "sip:bob@10.10.0.1");
    alice.say(alice.request("MESSAGE", 1, "In-Reply-To: x@y, call-1\r\n"));
    turn();
    EXPECT_EQ(header(bob.got("MESSAGE"), "In-Reply-To"), "x@y, " + far);
    bob.say(bob.response(bob.got("MESSAGE"), "200 OK", "b1"));
    turn();
}

TEST_F(TransferScenario, B2BUA_D14_dialog_event_of_one_dialog) {
    establish();
    const std::string invite = bob.got("INVITE");
    const std::string event =
        "dialog;call-id=\"call-1\";to-tag=" + tag_of(alice.remote) + ";from-tag=alice1";
    amy.dial("call-6", "sip:bob@10.10.0.1");
    amy.say(
        amy.request("SUBSCRIBE", 1,
                    "Contact: <" + amy.contact + ">\r\nEvent: " + event + "\r\nExpires: 60\r\n"));
    turn();
    const std::string crossed = bob.got("SUBSCRIBE");
    const std::string named = "dialog;call-id=\"" + header(invite, "Call-ID") +
                              "\";to-tag=b1;from-tag=" + tag_of(header(invite, "From"));
    EXPECT_EQ(header(crossed, "Event"), named);
    bob.say(
        bob.response(crossed, "200 OK", "b7", "Contact: <" + bob.contact + ">\r\nExpires: 60\r\n"));
    turn();
    Party watcher(network, at("10.20.0.7"), gate.outside(), "watcher");
    watcher.learn_invite(crossed, "b7");
    watcher.say(watcher.request("NOTIFY", 1,
                                "Contact: <" + bob.contact + ">\r\nEvent: " + named +
                                    "\r\nSubscription-State: terminated\r\n"));
    turn();
    EXPECT_EQ(header(amy.got("NOTIFY"), "Event"), event);
    amy.say(amy.response(amy.got("NOTIFY"), "200 OK", {}));
    turn();
    hang_up();
}

Config four_shards() {
    Config config = sim::example_config();
    config.shards = 4;
    return config;
}

class ShardedTransfer : public Scenario {
protected:
    ShardedTransfer() : Scenario(four_shards()) {}
    Party amy{network, at("10.10.0.6"), gate.inside(), "amy"};

    /// amy would replace alice's dialog, by an INVITE that any shard may get. What bob hears of it.
    std::string replace_by(const std::string& call_id, std::string_view replaces) {
        bob.forget();
        amy.dial(call_id, "sip:bob@10.10.0.1");
        amy.say(amy.request("INVITE", 1, "Replaces: " + std::string(replaces) + "\r\n",
                            sdp("10.10.0.6", 4004)));
        turn();
        const std::string crossed = bob.got("INVITE");
        bob.say(bob.response(crossed, "486 Busy Here", "b9"));
        turn();
        amy.say(amy.companion("ACK", 1));
        turn();
        return crossed;
    }
};

TEST_F(ShardedTransfer, B2BUA_D14_dialogs_of_other_shards) {
    establish();
    const std::string invite = bob.got("INVITE");
    const std::string named = "call-1;to-tag=" + tag_of(alice.remote) + ";from-tag=alice1";
    const std::string far =
        header(invite, "Call-ID") + ";to-tag=b1;from-tag=" + tag_of(header(invite, "From"));
    alice.say(alice.request("UPDATE", 2));
    turn();
    bob.say(
        bob.response(bob.got("UPDATE"), "200 OK", {}, "Contact: <sip:bob@10.20.0.2:5060;v=2>\r\n"));
    turn();
    for (int i = 0; i < 8; ++i) {
        const std::string crossed = replace_by("amy-" + std::to_string(i), named);
        EXPECT_EQ(header(crossed, "Replaces"), far) << i;
        EXPECT_EQ(request_uri_of(crossed), "sip:bob@10.20.0.2:5060;v=2") << i;  // his newest target
    }
    hang_up();
    for (int i = 8; i < 16; ++i) {
        const std::string crossed = replace_by("amy-" + std::to_string(i), named);
        EXPECT_EQ(header(crossed, "Replaces"), named) << i;
    }
    EXPECT_EQ(calls(), 0U);
}

}  // namespace
}  // namespace sallyport::call
