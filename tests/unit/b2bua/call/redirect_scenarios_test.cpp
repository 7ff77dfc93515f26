// SPDX-License-Identifier: Apache-2.0
// A 3xx that is passed (B2BUA-I11; RFC 3261 s.8.1.3.4, s.21.3): with hide-redirects its Contacts
// are tokens at our address, which lead where the real ones do.
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

Config hiding(std::uint8_t shards = 1) {
    Config config = sim::example_config();
    config.realms[sim::kOutside.value].hide_redirects = true;
    config.shards = shards;
    return config;
}

constexpr std::string_view kContacts =
    "Contact: \"Carol\" "
    "<sip:carol@10.20.0.9:5070;x=y?Subject=s>;q=0.9;+sip.instance=\"<urn:z>\"\r\n"
    "Contact: <sip:carol@example.com>;q=0.7, tel:+4930;q=0.1\r\n";

class TokenRedirect : public Scenario {
protected:
    explicit TokenRedirect(const Config& config = hiding()) : Scenario(config) {}
    Party carol{network, at("10.20.0.9", 5070), gate.outside(), "carol"};

    /// bob redirects alice's INVITE; what she hears.
    std::string redirect(std::string_view contacts, std::string_view status = "302 Moved") {
        invite();
        bob.say(bob.response(bob.got("INVITE"), status, "b1", contacts));
        turn();
        EXPECT_EQ(bob.count("ACK"), 1U);
        const std::string heard = alice.got("SIP/2.0 3");
        alice.remote = header(heard, "To");
        alice.say(alice.companion("ACK", 1));
        turn();
        EXPECT_EQ(calls(), 0U);
        return heard;
    }
    /// alice follows a Contact, with another Call-ID.
    void follow(const std::string& uri, std::string id) {
        alice.forget();
        alice.dial(std::move(id), uri);
        alice.say(alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000)));
        turn();
    }
};

TEST_F(TokenRedirect, B2BUA_I11_contacts_are_tokens) {
    const std::string heard = redirect(kContacts);
    EXPECT_EQ(heard.rfind("SIP/2.0 302 Moved", 0), 0U);
    EXPECT_EQ(heard.find("10.20."), std::string::npos);  // D19
    const std::string lines = header_lines(heard, "Contact");
    const std::string token = uri_of(lines);
    EXPECT_EQ(token.rfind("sip:to-", 0), 0U);
    EXPECT_NE(token.find("@10.10.0.1:5060"), std::string::npos);
    EXPECT_EQ(lines, "Contact: \"Carol\" <" + token +
                         ">;q=0.9;+sip.instance=\"<urn:z>\"\r\n"
                         "Contact: <sip:carol@example.com>;q=0.7\r\nContact: tel:+4930;q=0.1\r\n");

    follow(token, "call-2");
    const std::string invite = carol.got("INVITE");
    EXPECT_EQ(request_uri_of(invite), "sip:carol@10.20.0.9:5070;x=y");
    EXPECT_EQ(invite.find("10.10."), std::string::npos);
    carol.learn_invite(invite, "c1");
    carol.say(carol.response(invite, "200 OK", "c1", {}, sdp("10.20.0.9", 7000)));
    turn();
    alice.learn_response(alice.got("SIP/2.0 200"));
    alice.say(alice.request("ACK", 1));
    turn();
    alice.say(alice.request("BYE", 2));
    turn();
    EXPECT_EQ(carol.count("BYE"), 1U);
    EXPECT_EQ(calls(), 0U);
}

TEST_F(TokenRedirect, B2BUA_I11_a_token_is_good_for_300_seconds) {
    const std::string token = uri_of(header(redirect(kContacts), "Contact"));
    run(Millis{299'000});
    follow(token, "call-2");
    carol.say(carol.response(carol.got("INVITE"), "486 Busy Here", "c1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 486"), 1U);
    alice.say(alice.companion("ACK", 1));
    run(Millis{1'000});
    carol.forget();
    bob.forget();
    follow(token, "call-3");
    EXPECT_EQ(alice.count("SIP/2.0 404"), 1U);
    EXPECT_EQ(carol.count("INVITE") + bob.count("INVITE"), 0U);
    alice.say(alice.companion("ACK", 1));
}

TEST_F(TokenRedirect, B2BUA_I11_what_was_not_made_here_is_404) {
    std::string token = uri_of(header(redirect(kContacts), "Contact"));
    token[20] = token[20] == '0' ? '1' : '0';
    bob.forget();
    follow(token, "call-2");
    EXPECT_EQ(alice.count("SIP/2.0 404"), 1U);
    EXPECT_EQ(carol.count("INVITE") + bob.count("INVITE"), 0U);
    alice.say(alice.companion("ACK", 1));
}

TEST_F(TokenRedirect, B2BUA_D19_our_own_address_and_addresses_that_lead_nowhere) {
    const std::string heard = redirect(
        "Contact: <sip:amy@10.20.0.1>, <sip:x@127.0.0.1>, <sip:y@224.0.1.75>, "
        "<sip:alice2@10.10.0.6>\r\n",
        "300 Multiple Choices");
    EXPECT_EQ(header_lines(heard, "Contact"),
              "Contact: <sip:amy@10.10.0.1:5060>\r\nContact: <sip:alice2@10.10.0.6>\r\n");
}

TEST_F(TokenRedirect, B2BUA_I11_requests_without_a_dialog) {
    alice.dial("call-5", "sip:bob@10.10.0.1");
    alice.say(alice.request("MESSAGE", 1));
    turn();
    bob.say(bob.response(bob.got("MESSAGE"), "302 Moved", "b1", kContacts));
    turn();
    const std::string token = uri_of(header(alice.got("SIP/2.0 302"), "Contact"));
    alice.dial("call-6", token);
    alice.say(alice.request("MESSAGE", 1));
    turn();
    EXPECT_EQ(request_uri_of(carol.got("MESSAGE")), "sip:carol@10.20.0.9:5070;x=y");
    carol.say(carol.response(carol.got("MESSAGE"), "200 OK", "c1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
}

class ShardedTokenRedirect : public TokenRedirect {
protected:
    ShardedTokenRedirect() : TokenRedirect(hiding(4)) {}
};

TEST_F(ShardedTokenRedirect, B2BUA_I11_every_shard_knows_the_token) {
    const std::string token = uri_of(header(redirect(kContacts), "Contact"));
    for (int i = 0; i < 8; ++i) {
        carol.forget();
        follow(token, "other-" + std::to_string(i));
        carol.say(carol.response(carol.got("INVITE"), "486 Busy Here", "c1"));
        turn();
        EXPECT_EQ(alice.count("SIP/2.0 486"), 1U) << i;
        alice.say(alice.companion("ACK", 1));
        turn();
    }
}

class OpenRedirection : public TokenRedirect {
protected:
    OpenRedirection() : TokenRedirect(sim::example_config()) {}
};

TEST_F(OpenRedirection, B2BUA_I11_contacts_pass_without_hide_redirects) {
    EXPECT_EQ(header_lines(redirect(kContacts), "Contact"), kContacts);
}

}  // namespace
}  // namespace sallyport::call
