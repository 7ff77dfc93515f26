// SPDX-License-Identifier: Apache-2.0
// Option fork = single: the caller of a forked INVITE sees one early dialog (B2BUA-E12, E6, E13,
// E14, M5, M6; RFC 3261 s.13.2.2.4).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

Config one_early_dialog() {
    Config config = sim::example_config();
    config.realms[0].fork = Forking::kSingle;
    Peer second = config.peers[0];
    second.name = "second";
    second.address = at("10.20.0.3");
    config.peers.push_back(second);
    config.routes[0].to = ToPeers{{0, 1}};
    return config;
}

class SingleFork : public Scenario {
protected:
    SingleFork() : Scenario(one_early_dialog()) {}
    void early(std::string_view tag, std::uint16_t port, std::string_view lines = {}) {
        alice.forget();
        bob.say(bob.response(bob.got("INVITE"), "183 Session Progress", tag, lines,
                             sdp("10.20.0.31", port)));
        turn();
    }
    void ring(std::string_view tag) {
        bob.say(bob.response(bob.got("INVITE"), "180 Ringing", tag));
        turn();
    }
    void win(std::string_view tag, std::string_view body) {
        bob.say(bob.response(bob.got("INVITE"), "200 OK", tag, {}, body));
        turn();
        alice.learn_response(alice.got("SIP/2.0 200"));
        acknowledge();
    }
    /// Where what alice says goes.
    Endpoint heard_by() {
        const auto ids = gate.relays().ids();
        return gate.relays().side(ids.front(), Side::kB)->remote.rtp;
    }
    /// What this callee of the call, which was told in `tag`, asks of alice.
    std::string ask(std::string_view method, std::uint32_t cseq, std::string_view tag) {
        bob.learn_invite(bob.got("INVITE"), tag);
        return bob.request(method, cseq);
    }
    static std::string version_of(const std::string& message) {
        const auto at = message.find("o=- 7 ");
        return message.substr(at + 6, message.find(' ', at + 6) - at - 6);
    }
    void end() {
        alice.say(alice.request("BYE", 9));
        turn();
        EXPECT_GE(bob.count("BYE"), 1U);
    }
};

TEST_F(SingleFork, B2BUA_E12_one_tag_one_contact_one_origin_and_the_newest_preview) {
    invite("Supported: 100rel, timer\r\n");
    EXPECT_EQ(header(bob.got("INVITE"), "Supported"), "timer") << "no answer of a fork is final";
    early("t1", 6000);
    const std::string first = alice.got("SIP/2.0 183");
    early("t2", 6100);
    const std::string second = alice.got("SIP/2.0 183");
    EXPECT_EQ(header(first, "To"), header(second, "To"));
    EXPECT_EQ(header(first, "Contact"), header(second, "Contact"));  // D10
    EXPECT_EQ(port_in(first), port_in(second)) << "one set of ports for the caller";
    EXPECT_EQ(gate.relays().live(), 1U);
    EXPECT_EQ(heard_by(), at("10.20.0.31", 6100)) << "E13: the last one with an SDP";
    early("t1", 6004);
    const std::string third = alice.got("SIP/2.0 183");
    EXPECT_EQ(version_of(third), version_of(second)) << "E6: nothing that she sees has changed";
    EXPECT_EQ(heard_by(), at("10.20.0.31", 6004));
    win("t2", sdp("10.20.0.32", 6100) + "a=ptime:20\r\n");
    const std::string answered = alice.got("SIP/2.0 200");
    EXPECT_EQ(header(answered, "To"), header(first, "To"));
    EXPECT_EQ(std::stoi(version_of(answered)), std::stoi(version_of(third)) + 1);
    EXPECT_EQ(heard_by(), at("10.20.0.32", 6100));
    EXPECT_EQ(tag_of(header(bob.got("ACK"), "To")), "t2");
    end();
    EXPECT_EQ(tag_of(header(bob.got("BYE"), "To")), "t2");
}

TEST_F(SingleFork, B2BUA_E2_a_2xx_without_sdp_takes_its_own_preview_not_the_newest) {
    invite();
    early("t1", 6000);
    early("t2", 6100);
    EXPECT_EQ(heard_by(), at("10.20.0.31", 6100));
    win("t1", {});
    EXPECT_GT(port_in(alice.got("SIP/2.0 200")), 0);
    EXPECT_EQ(heard_by(), at("10.20.0.31", 6000));
    end();
}

TEST_F(SingleFork, B2BUA_E_R7_the_losing_fork_gets_ack_and_bye) {
    invite();
    early("t1", 6000);
    win("t2", sdp("10.20.0.32", 6100));
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "t1", {}, sdp("10.20.0.31", 6000)));
    turn();
    EXPECT_EQ(tag_of(header(bob.got("BYE"), "To")), "t1");
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(heard_by(), at("10.20.0.32", 6100));
    end();
    EXPECT_EQ(bob.count("BYE"), 2U);
    EXPECT_EQ(tag_of(header(bob.got("BYE"), "To")), "t2");
}

TEST_F(SingleFork, B2BUA_E12_a_fork_that_is_not_shown_waits) {
    invite();
    ring("t1");
    ring("t2");
    const std::string old = ask("INFO", 100, "t1");
    bob.say(old);
    turn();
    EXPECT_EQ(alice.count("INFO"), 0U);
    EXPECT_NE(header(bob.got("SIP/2.0 500"), "Retry-After"), "");
    bob.say(ask("INFO", 101, "t2"));
    turn();
    EXPECT_EQ(alice.count("INFO"), 1U);
    const std::uint32_t number = cseq_of(alice.got("INFO"));
    alice.say(alice.response(alice.got("INFO"), "200 OK", {}));
    turn();
    ring("t1");  // now it is shown
    bob.say(ask("INFO", 102, "t1"));
    turn();
    EXPECT_EQ(alice.count("INFO"), 2U);
    EXPECT_EQ(cseq_of(alice.got("INFO")), number + 1) << "D5: one dialog, one number space";
    alice.say(alice.response(alice.got("INFO"), "200 OK", {}));
    turn();
    EXPECT_EQ(gate.counters().unshown_dialog.read(), 1U);
    win("t1", sdp("10.20.0.31", 6000));
    end();
}

TEST_F(SingleFork, B2BUA_E12_what_the_caller_asks_goes_to_the_shown_fork) {
    invite();
    ring("t1");
    ring("t2");
    alice.learn_response(alice.got("SIP/2.0 180"));
    alice.say(alice.request("INFO", 2));
    turn();
    EXPECT_EQ(tag_of(header(bob.got("INFO"), "To")), "t2");
    bob.say(bob.response(bob.got("INFO"), "200 OK", {}));
    turn();
    ring("t1");
    alice.say(alice.request("OPTIONS", 2));
    turn();
    EXPECT_EQ(bob.count("OPTIONS"), 0U) << "D5: her numbers are one space, too";
    EXPECT_EQ(alice.count("SIP/2.0 500"), 1U);
    alice.say(alice.request("INFO", 3));
    turn();
    EXPECT_EQ(tag_of(header(bob.got("INFO"), "To")), "t1");
    bob.say(bob.response(bob.got("INFO"), "200 OK", {}));
    turn();
    win("t1", sdp("10.20.0.31", 6000));
    end();
}

TEST_F(SingleFork, B2BUA_M5_a_bye_in_the_one_early_dialog_ends_the_call) {
    invite();
    ring("t1");
    ring("t2");
    alice.learn_response(alice.got("SIP/2.0 180"));
    alice.say(alice.request("BYE", 2));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 487"), 1U);
    EXPECT_EQ(bob.count("CANCEL"), 1U);
    EXPECT_EQ(bob.count("BYE"), 0U);
    bob.say(bob.response(bob.got("INVITE"), "487 Request Terminated", "t1"));
    turn();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(SingleFork, B2BUA_E14_199_of_one_fork_does_not_end_the_callers_dialog) {
    invite("Supported: 199\r\n");
    early("t1", 6000);
    early("t2", 6100);
    bob.say(bob.response(bob.got("INVITE"), "199 Early Dialog Terminated", "t2"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 199"), 0U);
    alice.learn_response(alice.got("SIP/2.0 183"));
    alice.say(alice.request("INFO", 2));
    turn();
    EXPECT_EQ(tag_of(header(bob.got("INFO"), "To")), "t1") << "the one that is left";
    bob.say(bob.response(bob.got("INFO"), "200 OK", {}));
    turn();
    win("t1", sdp("10.20.0.31", 6000));
    end();
}

TEST_F(SingleFork, B2BUA_I13_the_dialog_goes_on_with_the_next_target) {
    Party carol(network, at("10.20.0.3"), gate.outside(), "c");
    invite();
    early("t1", 6000);
    const std::string first = alice.got("SIP/2.0 183");
    bob.say(bob.response(bob.got("INVITE"), "503 Service Unavailable", "t1"));
    turn();
    alice.learn_response(first);
    alice.say(alice.request("INFO", 2));
    turn();
    EXPECT_NE(header(alice.got("SIP/2.0 500"), "Retry-After"), "") << "nobody is there just now";
    carol.say(carol.response(carol.got("INVITE"), "200 OK", "c1", {}, sdp("10.20.0.3", 7000)));
    turn();
    const std::string answered = alice.got("SIP/2.0 200");
    EXPECT_EQ(header(answered, "To"), header(first, "To"));
    EXPECT_EQ(std::stoi(version_of(answered)), std::stoi(version_of(first)) + 1);
    alice.learn_response(answered);
    acknowledge();
    EXPECT_EQ(carol.count("ACK"), 1U);
    alice.say(alice.request("BYE", 9));
    turn();
    EXPECT_EQ(carol.count("BYE"), 1U);
}

TEST_F(SingleFork, B2BUA_M6_who_has_to_be_told_reliably_sees_the_forks_apart) {
    invite("Require: 100rel\r\n");
    EXPECT_EQ(header(bob.got("INVITE"), "Require"), "100rel");
    for (const std::string tag : {"t1", "t2"}) {
        bob.say(
            bob.response(bob.got("INVITE"), "180 Ringing", tag, "Require: 100rel\r\nRSeq: 1\r\n"));
        turn();
    }
    const auto rang = alice.all("SIP/2.0 180");
    ASSERT_EQ(rang.size(), 2U);
    EXPECT_NE(header(rang[0].text, "To"), header(rang[1].text, "To"));
    EXPECT_EQ(header(rang[0].text, "Require"), "100rel");
    alice.say(alice.companion("CANCEL", 1));
    turn();
    bob.say(bob.response(bob.got("INVITE"), "487 Request Terminated", "t1"));
    turn();
}

}  // namespace
}  // namespace sallyport::call
