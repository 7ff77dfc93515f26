// SPDX-License-Identifier: Apache-2.0
// Who is shown to whom, through whole calls (B2BUA-D11, D13, D15, D18, K59; RFC 3323 s.5, RFC 3325
// s.5, RFC 8224 s.4).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

/// alice in a trusted realm calls into one that is not.
Config trusted_caller() {
    Config config = sim::example_config();
    config.realms[0].nat = false;
    config.realms[1].nat = true;
    return config;
}

class PrivacyScenario : public Scenario {
protected:
    PrivacyScenario() : Scenario(trusted_caller()) {}
};

TEST_F(PrivacyScenario, B2BUA_D13_anonymous_on_the_far_leg_and_oneself_on_the_near_one) {
    invite(
        "Privacy: user;id\r\nP-Asserted-Identity: <sip:alice@example.com>\r\n"
        "User-Agent: alice/1\r\nIdentity: sig;info=<https://c>\r\nX-Kept: 1\r\n");
    const std::string out = bob.got("INVITE");
    const std::string from = header(out, "From");
    EXPECT_EQ(from.rfind(R"("Anonymous" <sip:anonymous@anonymous.invalid>;tag=)", 0), 0U) << from;
    EXPECT_EQ(uri_of(header(out, "Contact")), "sip:anonymous@10.20.0.1:5060");
    EXPECT_EQ(out.find("alice"), std::string::npos) << out;
    EXPECT_EQ(header(out, "Privacy"), "");
    EXPECT_EQ(header(out, "Identity"), "") << "signed for a From that is not there";
    EXPECT_EQ(gate.counters().identities_stripped.read(), 1U);
    EXPECT_EQ(header(out, "X-Kept"), "1");

    answer();
    EXPECT_EQ(header(alice.got("SIP/2.0 200"), "From"), alice.local);
    acknowledge();
    EXPECT_EQ(header(bob.got("ACK"), "From"), from);
    alice.say(alice.request("INFO", 2));
    turn();
    EXPECT_EQ(header(bob.got("INFO"), "From"), from);
    bob.say(bob.response(bob.got("INFO"), "200 OK", {}));
    turn();
    EXPECT_EQ(header(alice.all("SIP/2.0 200").back().text, "From"), alice.local);

    bob.say(bob.request("BYE", 1));
    turn();
    EXPECT_EQ(header(alice.got("BYE"), "To"), alice.local);
    EXPECT_EQ(header(bob.got("SIP/2.0 200"), "To"), from);
}

TEST_F(PrivacyScenario, B2BUA_D11_message_of_nobody) {
    alice.say(alice.request(
        "MESSAGE", 1, "Privacy: user\r\nSubject: s\r\nContent-Type: text/plain\r\n", "hello"));
    turn();
    const std::string out = bob.got("MESSAGE");
    EXPECT_EQ(out.find("alice"), std::string::npos) << out;
    EXPECT_EQ(header(out, "Subject"), "");
    bob.say(bob.response(out, "200 OK", "b1"));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 200"), "From"), alice.local);
}

TEST_F(PrivacyScenario, B2BUA_D11_critical_privacy_that_nobody_can_give) {
    alice.say(alice.request("INVITE", 1, "Privacy: critical;foo\r\n", sdp("10.10.0.5", 4000)));
    turn();
    EXPECT_EQ(alice.got("SIP/2.0 500").rfind("SIP/2.0 500 Privacy Not Available: foo\r\n", 0), 0U);
    EXPECT_EQ(bob.count("INVITE"), 0U);
    alice.say(alice.companion("ACK", 1));
    alice.dial("call-2", "sip:bob@10.10.0.1");
    alice.say(
        alice.request("MESSAGE", 1, "Privacy: foo;critical\r\nContent-Type: text/plain\r\n", "x"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 500"), 2U);
    EXPECT_EQ(bob.count("MESSAGE"), 0U);
}

TEST_F(PrivacyScenario, B2BUA_D11_callee_that_hides_its_contact) {
    // Trust is the far side's: its answer goes into alice's trusted realm unchanged.
    invite();
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1", "Privacy: header\r\n"));
    turn();
    const std::string ringing = alice.got("SIP/2.0 180");
    EXPECT_EQ(header(ringing, "Privacy"), "header");
    EXPECT_EQ(uri_of(header(ringing, "Contact")).rfind("sip:bob@", 0), 0U);
    bob.say(bob.response(bob.got("INVITE"), "486 Busy Here", "b1"));
    turn();
}

using HeaderScenario = Scenario;

TEST_F(HeaderScenario, B2BUA_K59_from_untrusted_to_trusted) {
    invite(
        "P-Asserted-Identity: <sip:ceo@example.com>\r\nPrivacy: id\r\nX-hdr:  a ,b;;c\r\n"
        "Identity: sig;info=<https://c>\r\nDate: Sat, 13 Nov 2010 23:29:00 GMT\r\n");
    const std::string out = bob.got("INVITE");
    EXPECT_EQ(header(out, "P-Asserted-Identity"), "") << "nobody asserted it whom we believe";
    EXPECT_EQ(header(out, "Privacy"), "id") << "for the trusted side to perform";
    EXPECT_NE(out.find("X-hdr:  a ,b;;c\r\n"), std::string::npos);
    EXPECT_EQ(header(out, "Identity"), "") << "From was a literal of the other realm";
    EXPECT_EQ(header(out, "Date"), "Sat, 13 Nov 2010 23:29:00 GMT");
    bob.say(
        bob.response(bob.got("INVITE"), "401 Unauthorized", "b1",
                     "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth,auth-int\"\r\n"
                     "WWW-Authenticate: Digest realm=\"s\", nonce=\"n\", qop=\"auth-int\"\r\n"));
    turn();
    EXPECT_EQ(header_lines(alice.got("SIP/2.0 401"), "WWW-Authenticate"),
              "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n"
              "WWW-Authenticate: Digest realm=\"s\", nonce=\"n\", qop=\"auth-int\"\r\n");
    EXPECT_EQ(gate.counters().auth_int_unsupported.read(), 1U);
}

TEST_F(HeaderScenario, B2BUA_K59_unknown_methods_and_tags) {
    alice.say(alice.request("FOO", 1, "Require: bar\r\n"));
    turn();
    EXPECT_EQ(header(bob.got("FOO"), "Require"), "bar") << "the far end answers for itself";
    bob.say(bob.response(bob.got("FOO"), "420 Bad Extension", "b1", "Unsupported: bar\r\n"));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 420"), "Unsupported"), "bar");
    alice.forget();
    alice.dial("call-2", "sip:bob@10.10.0.1");
    alice.say(alice.request("FOO", 1, "Proxy-Require: foo\r\n"));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 420"), "Unsupported"), "foo");
    EXPECT_EQ(bob.count("FOO"), 1U);
}

TEST_F(HeaderScenario, B2BUA_E16_preconditions_and_capabilities_pass_untouched) {
    const std::string lines =
        "a=curr:qos local none\r\na=curr:qos remote none\r\na=des:qos mandatory local sendrecv\r\n"
        "a=conf:qos remote sendrecv\r\na=tcap:1 RTP/SAVP\r\na=pcfg:1 t=1\r\n";
    alice.say(
        alice.request("INVITE", 1, "Require: precondition\r\n", sdp("10.10.0.5", 4000) + lines));
    turn();
    const std::string out = bob.got("INVITE");
    EXPECT_EQ(header(out, "Require"), "precondition");
    EXPECT_NE(out.find(lines), std::string::npos) << out;
    bob.say(bob.response(out, "580 Precondition Failure", "b1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 580"), 1U);
}

TEST_F(HeaderScenario, B2BUA_D11_identity_of_parties_that_are_names_stands) {
    alice.local = "<sip:alice@example.com>;tag=a1";
    alice.remote = "<sip:bob@example.com>";
    invite("Identity: sig;info=<https://c>\r\n");
    EXPECT_EQ(header(bob.got("INVITE"), "Identity"), "sig;info=<https://c>");
    EXPECT_EQ(gate.counters().identities_stripped.read(), 0U);
    bob.say(bob.response(bob.got("INVITE"), "486 Busy Here", "b1"));
    turn();
}

TEST_F(HeaderScenario, B2BUA_D18_a_2xx_speaks_of_the_gate_where_it_must_and_else_of_the_far_end) {
    invite("Record-Route: <sip:10.10.0.9;lr>\r\n");
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1",
                         "Allow: INVITE, FOO\r\nSupported: timer, path\r\n"
                         "Record-Route: <sip:10.20.0.9;lr>\r\n",
                         sdp("10.20.0.2", 6000)));
    turn();
    const std::string ok = alice.got("SIP/2.0 200");
    EXPECT_EQ(header(ok, "Allow"), "INVITE, FOO");
    EXPECT_EQ(header(ok, "Supported"), "timer");
    EXPECT_EQ(uri_of(header(ok, "Contact")), "sip:bob@10.10.0.1:5060");
    EXPECT_EQ(header_lines(ok, "Record-Route"), "Record-Route: <sip:10.10.0.9;lr>\r\n");
    EXPECT_NE(tag_of(header(ok, "To")), "b1");
    run(Millis{40'000});  // nobody acknowledges: the gate ends it
}

TEST_F(HeaderScenario, B2BUA_D18_nothing_is_added_that_the_far_end_did_not_say) {
    invite();
    answer();
    const std::string ok = alice.got("SIP/2.0 200");
    EXPECT_EQ(header(ok, "Allow"), "");
    EXPECT_EQ(header(ok, "Supported"), "");
    EXPECT_EQ(header(ok, "Server"), "");
    acknowledge();
    hang_up();
}

}  // namespace
}  // namespace sallyport::call
