// SPDX-License-Identifier: Apache-2.0
// History-Info of INVITEs that the gateway recurses (B2BUA-D11, I11; RFC 7044 s.9, s.10).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

Config recursing(bool far_trusted = true) {
    Config config = sim::example_config();
    config.realms[1].nat = !far_trusted;
    config.peers[0].redirect = Redirect::kRecurse;
    return config;
}

class HistoryScenario : public Scenario {
protected:
    explicit HistoryScenario(bool far_trusted = true)
        : Scenario(recursing(far_trusted)),
          carol(network, at("10.20.0.7"), gate.outside(), "carol"),
          dave(network, at("10.20.0.8"), gate.outside(), "dave") {}
    static void refuse(Party& party, std::string_view status, std::string_view lines = {}) {
        party.say(party.response(party.got("INVITE"), status, "x", lines));
    }
    /// All entries of the INVITE that the party got last.
    static std::string history(const Party& party) {
        return header_lines(party.got("INVITE"), "History-Info");
    }
    void end() {
        refuse(carol, "486 Busy Here");
        turn();
        alice.say(alice.companion("ACK", 1));
        turn();
        EXPECT_EQ(calls(), 0U);
    }
    Party carol, dave;
};

TEST_F(HistoryScenario, RFC7044_s10_3_numbers_of_an_invite_without_history) {
    invite();
    EXPECT_EQ(history(bob), "") << "D11: what is only forwarded gets none";
    refuse(bob, "302 Moved Temporarily",
           "Contact: <sip:carol@10.20.0.7>;mp=1\r\nReason: Q.850;cause=16;text=\"a b\"\r\n");
    turn();
    EXPECT_EQ(
        history(carol),
        "History-Info: <sip:bob@10.20.0.1>;index=1, "
        "<sip:bob@10.20.0.2:5060?Reason=SIP%3Bcause%3D302&Reason=Q.850%3Bcause%3D16%3Btext%3D%22a"
        "%20b%22>;index=1.1;rc=1, "
        "<sip:carol@10.20.0.7>;index=1.2;mp=1.1\r\n");
    EXPECT_EQ(history(carol).find("10.10.0."), std::string::npos) << "D19";
    end();
}

TEST_F(HistoryScenario, RFC7044_s9_1_goes_on_from_the_callers_last_entry) {
    invite(
        "History-Info: <sip:x@a.example?Reason=SIP%3Bcause%3D486>;index=1\r\n"
        "History-Info: <sip:bob@10.10.0.1>;index=1.3;rc=1\r\n");
    refuse(bob, "302 Moved Temporarily", "Contact: <sip:carol@10.20.0.7>\r\n");
    turn();
    EXPECT_EQ(history(carol),
              "History-Info: <sip:x@a.example?Reason=SIP%3Bcause%3D486>;index=1\r\n"
              "History-Info: <sip:bob@10.10.0.1>;index=1.3;rc=1\r\n"
              "History-Info: <sip:bob@10.20.0.2:5060?Reason=SIP%3Bcause%3D302>;index=1.3.1;rc=1.3, "
              "<sip:carol@10.20.0.7>;index=1.3.2\r\n")
        << "RFC 7044 s.10.4: who redirects says how, or nobody does";
    end();
}

TEST_F(HistoryScenario, RFC7044_s10_3_a_gap_is_a_zero) {
    invite("History-Info: <sip:other@a.example>;index=1.1\r\n");
    refuse(bob, "302 Moved Temporarily", "Contact: <sip:carol@10.20.0.7>;rc=7\r\n");
    turn();
    EXPECT_EQ(history(carol),
              "History-Info: <sip:other@a.example>;index=1.1\r\n"
              "History-Info: <sip:bob@10.20.0.1>;index=1.1.0.1, "
              "<sip:bob@10.20.0.2:5060?Reason=SIP%3Bcause%3D302>;index=1.1.0.1.1;rc=1.1.0.1, "
              "<sip:carol@10.20.0.7>;index=1.1.0.1.2;rc=1.1.0.1.1\r\n");
    end();
}

TEST_F(HistoryScenario, RFC7044_s9_3_each_target_with_what_came_of_it) {
    invite();
    refuse(bob, "302 Moved", "Contact: <sip:dave@10.20.0.8>;rc=1, <sip:carol@10.20.0.7>;q=0.5\r\n");
    turn();
    refuse(dave, "404 Not Found");
    turn();
    EXPECT_EQ(history(carol),
              "History-Info: <sip:bob@10.20.0.1>;index=1, "
              "<sip:bob@10.20.0.2:5060?Reason=SIP%3Bcause%3D302>;index=1.1;rc=1, "
              "<sip:dave@10.20.0.8?Reason=SIP%3Bcause%3D404>;index=1.2;rc=1.1, "
              "<sip:carol@10.20.0.7>;index=1.3\r\n");
    end();
}

TEST_F(HistoryScenario, RFC7044_s9_1_a_number_becomes_a_sip_uri) {
    alice.dial("call-1", "tel:+12015550123");
    invite();
    refuse(bob, "302 Moved Temporarily", "Contact: <sip:carol@10.20.0.7>\r\n");
    turn();
    EXPECT_EQ(history(carol),
              "History-Info: <sip:+12015550123@10.20.0.1;user=phone>;index=1, "
              "<sip:+12015550123@10.20.0.1;user=phone?Reason=SIP%3Bcause%3D302>;index=1.1;np=1, "
              "<sip:carol@10.20.0.7>;index=1.2\r\n");
    end();
}

TEST_F(HistoryScenario, RFC7044_s5_a_history_that_cannot_be_read_stays_as_it_is) {
    invite("History-Info: <sip:bob@10.10.0.1>;index=one\r\n");
    refuse(bob, "302 Moved Temporarily", "Contact: <sip:carol@10.20.0.7>\r\n");
    turn();
    EXPECT_EQ(history(carol), "History-Info: <sip:bob@10.10.0.1>;index=one\r\n");
    end();
}

class UntrustedHistory : public HistoryScenario {
protected:
    UntrustedHistory() : HistoryScenario(false) {}
};

TEST_F(UntrustedHistory, RFC7044_s10_1_none_leaves_the_trust_domain) {
    invite("History-Info: <sip:bob@10.10.0.1>;index=1\r\n");
    EXPECT_EQ(history(bob), "");
    refuse(bob, "302 Moved Temporarily", "Contact: <sip:carol@10.20.0.7>\r\n");
    turn();
    EXPECT_EQ(history(carol), "");
    end();
}

}  // namespace
}  // namespace sallyport::call
