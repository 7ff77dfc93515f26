// SPDX-License-Identifier: Apache-2.0
// Watching the dialogs of the other side (B2BUA-D14, B2BUA-D16; RFC 4235): what a NOTIFY says is
// good for a Replaces.
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

Config translating(DialogInfo what) {
    Config config = sim::example_config();
    config.dialog_info = what;
    return config;
}

class DialogInfoScenario : public Scenario {
protected:
    explicit DialogInfoScenario(DialogInfo what = DialogInfo::kTranslate)
        : Scenario(translating(what)) {}
    Party amy{network, at("10.10.0.6"), gate.inside(), "amy"};
    Party watched{network, at("10.20.0.2", 5080), gate.outside(), "bob"};

    /// amy watches bob's dialogs, and is told of them; what she hears.
    std::string tell(std::string_view document) {
        amy.dial("call-6", "sip:bob@10.10.0.1");
        const std::string contact = "Contact: <" + watched.contact + ">\r\n";
        amy.say(amy.request("SUBSCRIBE", 1,
                            "Contact: <" + amy.contact + ">\r\nEvent: dialog\r\nExpires: 60\r\n"));
        turn();
        const std::string subscribe = bob.got("SUBSCRIBE");
        bob.say(bob.response(subscribe, "200 OK", "b7", contact + "Expires: 60\r\n"));
        turn();
        watched.learn_invite(subscribe, "b7");
        watched.say(watched.request("NOTIFY", 1,
                                    contact + "Event: dialog\r\nSubscription-State: terminated\r\n"
                                              "Content-Type: application/dialog-info+xml\r\n",
                                    document));
        turn();
        const std::string notify = amy.got("NOTIFY");
        amy.say(amy.response(notify, "200 OK", {}));
        turn();
        return notify;
    }
    /// As bob knows his dialog with alice.
    std::string document() {
        const std::string invite = bob.got("INVITE");
        return "<dialog-info entity=\"sip:bob@10.20.0.2\"><dialog id=\"1\" call-id=\"" +
               header(invite, "Call-ID") + "\" local-tag=\"b1\" remote-tag=\"" +
               tag_of(header(invite, "From")) +
               "\"><state>confirmed</state></dialog></dialog-info>";
    }
};

TEST_F(DialogInfoScenario, B2BUA_D14_names_are_good_for_a_replaces) {
    establish();
    const std::string view = header(bob.got("INVITE"), "Call-ID") +
                             ";to-tag=b1;from-tag=" + tag_of(header(bob.got("INVITE"), "From"));
    const std::string notify = tell(document());
    EXPECT_EQ(body_of(notify),
              "<dialog-info entity=\"sip:bob@10.10.0.1:5060\"><dialog id=\"1\" call-id=\"call-1\" "
              "local-tag=\"" +
                  tag_of(alice.remote) +
                  "\" remote-tag=\"alice1\"><state>confirmed</state></dialog></dialog-info>");
    EXPECT_EQ(header(notify, "Content-Length"), std::to_string(body_of(notify).size()));

    amy.dial("call-8", "sip:bob@10.10.0.1");
    amy.say(amy.request("INVITE", 1,
                        "Replaces: call-1;to-tag=" + tag_of(alice.remote) + ";from-tag=alice1\r\n",
                        sdp("10.10.0.6", 4004)));
    turn();
    EXPECT_EQ(header(bob.got("INVITE"), "Replaces"), view);
    bob.say(bob.response(bob.got("INVITE"), "486 Busy Here", "b9"));
    turn();
    amy.say(amy.companion("ACK", 1));
    hang_up();
}

TEST_F(DialogInfoScenario, B2BUA_D19_a_body_that_cannot_be_read_is_left_out) {
    const std::string notify = tell("<dialog-info entity=\"sip:bob@10.20.0.2\">");
    EXPECT_EQ(body_of(notify), "");
    EXPECT_EQ(header(notify, "Content-Type"), "");
    EXPECT_EQ(header(notify, "Content-Length"), "0");
    EXPECT_EQ(gate.counters().dialog_infos_unreadable.read(), 1U);
}

class PassedDialogInfo : public DialogInfoScenario {
protected:
    PassedDialogInfo() : DialogInfoScenario(DialogInfo::kPass) {}
};

TEST_F(PassedDialogInfo, B2BUA_D16_octet_for_octet) {
    establish();
    const std::string good = document();
    EXPECT_EQ(body_of(tell(good)), good);
    hang_up();
}

TEST_F(PassedDialogInfo, B2BUA_D16_also_what_cannot_be_read) {
    constexpr std::string_view kBad = "<dialog-info entity=\"sip:bob@10.20.0.2\">";
    EXPECT_EQ(body_of(tell(kBad)), kBad);
}

}  // namespace
}  // namespace sallyport::call
