// SPDX-License-Identifier: Apache-2.0
// Option preferred-identity: what a registered phone asks to be called by (B2BUA-D11; RFC 3325 s.6,
// s.9.2, s.9.3).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

constexpr std::string_view kIdentities =
    "P-Associated-URI: <sip:alice.smith@example.com>, \"A\" <tel:+1-201-555-0123>\r\n";

Config granting(PreferredIdentity option, bool trusted_far) {
    Config config = sim::example_config();
    config.realms[0].preferred_identity = option;
    config.realms[1].preferred_identity = option;
    config.realms[1].nat = !trusted_far;
    return config;
}

class PreferredIdentityScenario : public Scenario {
protected:
    explicit PreferredIdentityScenario(PreferredIdentity option = PreferredIdentity::kAssert,
                                       bool trusted_far = true)
        : Scenario(granting(option, trusted_far)) {}
    /// alice registers as alice@example.com, and the registrar knows two more names of hers.
    void enroll(std::string_view expires = "60") {
        alice.dial("reg-1", "sip:example.com");
        alice.remote = "<sip:alice@example.com>";
        alice.say(alice.request(
            "REGISTER", ++registers_,
            "Contact: <" + alice.contact + ">;expires=" + std::string(expires) + "\r\n"));
        turn();
        const std::string asked = bob.got("REGISTER");
        bob.say(bob.response(
            asked, "200 OK", "r1",
            "Contact: " + header(asked, "Contact") + "\r\n" + std::string(kIdentities)));
        turn();
        EXPECT_EQ(header(alice.got("SIP/2.0 200"), "CSeq"),
                  std::to_string(registers_) + " REGISTER");
        alice.dial("call-1", "sip:bob@10.10.0.1");
    }
    /// The P-Asserted-Identity of an INVITE with these lines; the call is over then.
    std::string asserted(std::string_view lines) {
        bob.forget();
        alice.dial("call-" + std::to_string(++calls_made_), "sip:bob@10.10.0.1");
        invite(lines);
        const std::string invited = bob.got("INVITE");
        EXPECT_EQ(header(invited, "P-Preferred-Identity"), "");
        bob.say(bob.response(invited, "486 Busy Here", "b1"));
        turn();
        alice.say(alice.companion("ACK", 1));
        turn();
        std::string all = header_lines(invited, "P-Asserted-Identity");
        return all.empty() ? all : all.substr(21, all.size() - 23);
    }

private:
    std::uint32_t registers_{0};
    int calls_made_{0};
};

TEST_F(PreferredIdentityScenario, B2BUA_D11_an_own_identity_is_asserted) {
    enroll();
    EXPECT_EQ(asserted("P-Preferred-Identity: \"Alice\" <sip:alice@EXAMPLE.com>\r\n"),
              "\"Alice\" <sip:alice@EXAMPLE.com>");
    EXPECT_EQ(asserted("P-Preferred-Identity: <sip:alice.smith@example.com>\r\n"),
              "<sip:alice.smith@example.com>");
    EXPECT_EQ(asserted("P-Preferred-Identity: tel:+12015550123\r\n"), "<tel:+12015550123>");
    EXPECT_EQ(asserted("P-Preferred-Identity: <sip:alice@example.com>, <tel:+12015550123>\r\n"),
              "<sip:alice@example.com>, <tel:+12015550123>");
    EXPECT_EQ(asserted("P-Preferred-Identity: <sip:alice@example.com>\r\n"
                       "P-Preferred-Identity: <sip:alice.smith@example.com>\r\n"),
              "<sip:alice@example.com>")
        << "RFC 3325 s.9.1: at most one of each kind";
}

TEST_F(PreferredIdentityScenario, B2BUA_D11_anything_else_is_only_taken_out) {
    EXPECT_EQ(asserted("P-Preferred-Identity: <sip:alice@example.com>\r\n"), "")
        << "she has not registered yet";
    enroll();
    EXPECT_EQ(asserted("P-Preferred-Identity: <sip:bob@example.com>\r\n"), "");
    EXPECT_EQ(asserted("P-Preferred-Identity: <sips:alice.smith@example.com>\r\n"), "");
    EXPECT_EQ(asserted("P-Preferred-Identity: nonsense\r\n"), "");
    EXPECT_EQ(asserted("P-Asserted-Identity: <sip:alice@example.com>\r\n"), "");
    EXPECT_EQ(asserted("P-Asserted-Identity: <sip:ceo@example.com>\r\n"
                       "P-Preferred-Identity: <sip:alice@example.com>\r\n"),
              "<sip:alice@example.com>")
        << "RFC 3325 s.5: what she asserts herself goes";
}

TEST_F(PreferredIdentityScenario, B2BUA_D11_only_on_the_flow_that_registered) {
    enroll();
    Party mallory(network, at("10.10.0.6"), gate.inside(), "mallory");
    mallory.dial("call-m", "sip:bob@10.10.0.1");
    mallory.say(mallory.request("INVITE", 1, "P-Preferred-Identity: <sip:alice@example.com>\r\n",
                                sdp("10.10.0.6", 4000)));
    turn();
    const std::string invited = bob.got("INVITE");
    EXPECT_EQ(header(invited, "P-Asserted-Identity"), "");
    EXPECT_EQ(header(invited, "P-Preferred-Identity"), "");
    bob.say(bob.response(invited, "486 Busy Here", "b1"));
    turn();
}

TEST_F(PreferredIdentityScenario, B2BUA_D11_no_longer_when_the_binding_lapsed) {
    enroll("30");
    run(Millis{31'000});
    EXPECT_EQ(asserted("P-Preferred-Identity: <sip:alice@example.com>\r\n"), "");
}

TEST_F(PreferredIdentityScenario, B2BUA_D11_privacy_id_goes_on_to_who_is_trusted) {
    enroll();
    EXPECT_EQ(asserted("Privacy: id\r\nP-Preferred-Identity: <sip:alice@example.com>\r\n"),
              "<sip:alice@example.com>")
        << "RFC 3325 s.7";
}

TEST_F(PreferredIdentityScenario, B2BUA_D11_messages_and_requests_in_dialogs_too) {
    enroll();
    alice.say(alice.request("MESSAGE", 1, "P-Preferred-Identity: <sip:alice@example.com>\r\n"));
    turn();
    EXPECT_EQ(header(bob.got("MESSAGE"), "P-Asserted-Identity"), "<sip:alice@example.com>");
    bob.say(bob.response(bob.got("MESSAGE"), "200 OK", "m"));
    turn();
    alice.dial("call-2", "sip:bob@10.10.0.1");
    establish();
    alice.say(alice.request("UPDATE", 2, "P-Preferred-Identity: <sip:alice@example.com>\r\n"));
    turn();
    EXPECT_EQ(header(bob.got("UPDATE"), "P-Asserted-Identity"), "<sip:alice@example.com>");
    bob.say(bob.response(bob.got("UPDATE"), "200 OK", {}));
    turn();
    hang_up();
}

class Untrusting : public PreferredIdentityScenario {
protected:
    Untrusting() : PreferredIdentityScenario(PreferredIdentity::kAssert, false) {}
};

TEST_F(Untrusting, B2BUA_D11_privacy_id_is_performed_towards_who_is_not_trusted) {
    enroll();
    EXPECT_EQ(asserted("Privacy: id\r\nP-Preferred-Identity: <sip:alice@example.com>\r\n"), "");
    EXPECT_EQ(asserted("P-Preferred-Identity: <sip:alice@example.com>\r\n"),
              "<sip:alice@example.com>");
}

class Stripping : public PreferredIdentityScenario {
protected:
    Stripping() : PreferredIdentityScenario(PreferredIdentity::kStrip) {}
};

TEST_F(Stripping, B2BUA_D11_by_default_it_only_goes) {
    enroll();
    EXPECT_EQ(asserted("P-Preferred-Identity: <sip:alice@example.com>\r\n"), "");
}

}  // namespace
}  // namespace sallyport::call
