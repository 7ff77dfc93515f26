// SPDX-License-Identifier: Apache-2.0
// Calls of the gateway's own users (B2BUA-H22, H23, G17): two phones of one realm register here and
// call each other; nobody calls without proving who he is.
#include "tests/unit/b2bua/call/scenario.h"
#include "tests/unit/b2bua/digest_client.h"

namespace sallyport::call {
namespace {

constexpr std::string_view kDomain = "lab.example";
const DigestClient kAlice{"alice", "wonderland"};
const DigestClient kCarol{"carol", "christmas"};
const DigestClient kErin{"erin", "easter"};

Config own_users() {
    Config config = sim::example_config();
    config.realms[0].registration = RegistrationMode::kLocal;
    std::erase_if(config.routes, [](const Route& route) { return route.from == sim::kInside; });
    auto users = std::make_shared<Users>();
    users->add("alice", kDomain, kAlice.secret(kDomain));
    users->add("carol", kDomain, kCarol.secret(kDomain));
    users->add("erin", "second.example", kErin.secret("second.example"));
    users->add("dave", kDomain, kCarol.secret(kDomain));
    config.users = std::move(users);
    return config;
}

class LocalUsersScenario : public Scenario {
protected:
    LocalUsersScenario()
        : Scenario(own_users()), carol(network, at("10.10.0.6"), gate.inside(), "carol") {
        alice.dial("call-1", "sip:carol@lab.example");
        alice.local = "<sip:alice@lab.example>;tag=a1";
    }

    /// The credentials line that answers what the phone was challenged with last.
    static std::string credentials(const Party& phone, const DigestClient& client,
                                   const std::string& method, const std::string& uri) {
        const bool proxy = phone.count("SIP/2.0 407") != 0;
        const std::string heard = phone.got(proxy ? "SIP/2.0 407" : "SIP/2.0 401");
        return std::string(proxy ? "Proxy-Authorization: " : "Authorization: ") +
               client.answer(header(heard, proxy ? "Proxy-Authenticate" : "WWW-Authenticate"),
                             method, uri) +
               "\r\n";
    }

    void register_carol(const std::string& lines = {}) { enroll(carol, kCarol, kDomain, lines); }

    void enroll(Party& phone, const DigestClient& client, std::string_view domain,
                const std::string& lines = {}) {
        phone.forget();
        const std::string uri = "sip:" + std::string(domain);
        phone.dial(client.user + "-registers", uri);
        phone.remote = "<sip:" + client.user + "@" + std::string(domain) + ">";
        phone.local = phone.remote + ";tag=c0";
        const std::string contact = "Contact: <" + phone.contact + ">\r\n" + lines;
        phone.say(phone.request("REGISTER", 1, contact));
        turn();
        phone.say(
            phone.request("REGISTER", 2, contact + credentials(phone, client, "REGISTER", uri)));
        turn();
        EXPECT_EQ(phone.count("SIP/2.0 200"), 1U);
        phone.forget();
    }

    /// alice's INVITE, after its challenge.
    void call(const DigestClient& client = kAlice) {
        alice.say(alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000)));
        turn();
        EXPECT_EQ(alice.count("SIP/2.0 407"), 1U);
        alice.say(alice.companion("ACK", 1));
        alice.say(alice.request("INVITE", 2,
                                credentials(alice, client, "INVITE", "sip:carol@lab.example"),
                                sdp("10.10.0.5", 4000)));
        turn();
    }

    Party carol;
};

TEST_F(LocalUsersScenario, B2BUA_H22_G17_two_phones_of_one_realm) {
    register_carol();
    call();
    ASSERT_EQ(carol.count("INVITE"), 1U);
    const std::string heard = carol.got("INVITE");
    EXPECT_EQ(request_uri_of(heard), carol.contact);
    EXPECT_EQ(header(heard, "Proxy-Authorization"), "") << "ours end here (RFC 3261 s.22.3)";
    EXPECT_NE(header(heard, "Call-ID"), "call-1") << "two legs, even in one realm";
    EXPECT_NE(port_in(heard), 4000);
    EXPECT_EQ(heard.find("10.10.0.5"), std::string::npos) << "media and Contact are ours";
    carol.learn_invite(heard, "c1");
    carol.say(carol.response(heard, "200 OK", "c1", {}, sdp("10.10.0.6", 6000)));
    turn();
    alice.learn_response(alice.got("SIP/2.0 200"));
    alice.say(alice.request("ACK", 2));
    turn();
    EXPECT_EQ(carol.count("ACK"), 1U);
    alice.forget();
    alice.say(alice.request("BYE", 3));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U) << "no challenge inside a dialog";
    EXPECT_EQ(carol.count("BYE"), 1U);
}

TEST_F(LocalUsersScenario, B2BUA_H22_a_call_takes_the_path_of_the_phone) {
    const std::string path = "<sip:10.10.0.6:5060;lr>, <sip:edge.example.com;lr;ob>";
    register_carol("Supported: path\r\nPath: " + path + "\r\n");
    call();
    ASSERT_EQ(carol.count("INVITE"), 1U) << "where the REGISTER came from, whatever the Path says";
    const std::string heard = carol.got("INVITE");
    EXPECT_EQ(request_uri_of(heard), carol.contact);
    EXPECT_EQ(header_lines(heard, "Route"),
              "Route: <sip:10.10.0.6:5060;lr>\r\nRoute: <sip:edge.example.com;lr;ob>\r\n");
    carol.say(carol.response(heard, "180 Ringing", "c1"));
    turn();
    alice.say(alice.companion("CANCEL", 2));
    turn();
    EXPECT_EQ(header_lines(carol.got("CANCEL"), "Route"), header_lines(heard, "Route"))
        << "RFC 3261 s.9.1";
}

TEST_F(LocalUsersScenario, B2BUA_H23_who_may_call) {
    register_carol();
    struct Row {
        const char* from;
        const DigestClient& client;
        int status;  // of what follows the challenge; 0: carol hears it
    };
    const DigestClient guess{"alice", "guess"};
    int n = 0;
    for (const Row& row : {Row{"<sip:alice@lab.example>", kAlice, 0},
                           Row{"\"A\" <sip:%61lice@LAB.example;x=y>", kAlice, 0},
                           Row{"\"Anonymous\" <sip:anonymous@anonymous.invalid>", kAlice, 0},
                           Row{"<sip:carol@lab.example>", kAlice, 403},
                           Row{"<sip:alice@elsewhere.example>", kAlice, 403},
                           Row{"<sip:alice@lab.example>", guess, 407}}) {
        SCOPED_TRACE(row.from);
        alice.forget();
        carol.forget();
        alice.dial("message-" + std::to_string(++n), "sip:carol@lab.example");
        alice.local = std::string(row.from) + ";tag=a1";
        alice.say(alice.request("MESSAGE", 1));
        turn();
        ASSERT_EQ(alice.count("SIP/2.0 407"), 1U);
        EXPECT_EQ(carol.count("MESSAGE"), 0U);
        const std::string line = credentials(alice, row.client, "MESSAGE", "sip:carol@lab.example");
        alice.forget();
        alice.say(alice.request("MESSAGE", 2, line));
        turn();
        EXPECT_EQ(carol.count("MESSAGE"), row.status == 0 ? 1U : 0U);
        if (row.status != 0) {
            EXPECT_EQ(alice.count("SIP/2.0 " + std::to_string(row.status)), 1U);
        } else if (carol.count("MESSAGE") == 1) {
            carol.say(carol.response(carol.got("MESSAGE"), "200 OK", "m1"));
            turn();
        }
    }
}

/// erin is of the second domain; the first one of the users file is alice's.
TEST_F(LocalUsersScenario, B2BUA_H23_who_hides_is_asked_for_what_its_phone_has) {
    register_carol();
    const auto realm_asked = [this] {
        const std::string asked = header(alice.got("SIP/2.0 407"), "Proxy-Authenticate");
        return asked.substr(0, asked.find(','));
    };
    alice.dial("hidden-1", "sip:carol@lab.example");
    alice.local = "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=a1";
    alice.say(alice.request("MESSAGE", 1));
    turn();
    EXPECT_EQ(realm_asked(), "Digest realm=\"lab.example\"") << "nobody knows who calls";
    alice.forget();
    alice.say(alice.request("MESSAGE", 2,
                            "Proxy-Authorization: " +
                                kErin.answer("Digest realm=\"second.example\", nonce=\"old\", "
                                             "opaque=\"o\", algorithm=MD5, qop=\"auth\"",
                                             "MESSAGE", "sip:carol@lab.example") +
                                "\r\n"));
    turn();
    EXPECT_EQ(realm_asked(), "Digest realm=\"second.example\"") << "it offers that";
    enroll(alice, kErin, "second.example");
    alice.dial("hidden-2", "sip:carol@lab.example");
    alice.local = "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=a2";
    alice.remote = "<sip:carol@lab.example>";
    alice.say(alice.request("MESSAGE", 1));
    turn();
    EXPECT_EQ(realm_asked(), "Digest realm=\"second.example\"") << "bound there";
    alice.say(
        alice.request("MESSAGE", 2, credentials(alice, kErin, "MESSAGE", "sip:carol@lab.example")));
    turn();
    ASSERT_EQ(carol.count("MESSAGE"), 1U);
    carol.say(carol.response(carol.got("MESSAGE"), "200 OK", "m1"));
    turn();
}

TEST_F(LocalUsersScenario, B2BUA_H23_a_challenge_is_sent_once_and_leaves_nothing) {
    const std::string invite = alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000));
    alice.say(invite);
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 407"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 100"), 0U);
    EXPECT_EQ(gate.shard().gauges().servers, 0U) << "RFC 3261 s.26.3.2.4";
    run(Millis{32'000});
    EXPECT_EQ(alice.count("SIP/2.0 407"), 1U) << "not repeated by timer G";
    const std::string tag = header(alice.got("SIP/2.0 407"), "To");
    alice.say(invite);
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 407"), 2U) << "to a retransmission another";
    EXPECT_EQ(header(alice.got("SIP/2.0 407"), "To"), tag) << "RFC 3261 s.8.2.7";
    alice.forget();
    alice.remote = tag;
    alice.say(alice.companion("ACK", 1));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0"), 0U);
    EXPECT_EQ(gate.shard().transaction_counters().stateless_acks.read(), 1U);
    EXPECT_EQ(gate.shard().gauges().timers, 0U);
}

TEST_F(LocalUsersScenario, B2BUA_H14_users_without_a_phone_and_nobody) {
    struct Row {
        const char* uri;
        int status;
    };
    int n = 0;
    for (const Row& row : {Row{"sip:dave@lab.example", 480}, Row{"sip:ghost@lab.example", 404},
                           Row{"sip:dave@10.10.0.1", 404}, Row{"sip:bob@elsewhere.example", 403}}) {
        SCOPED_TRACE(row.uri);
        alice.forget();
        alice.dial("nobody-" + std::to_string(++n), row.uri);
        alice.local = "<sip:alice@lab.example>;tag=a1";
        alice.say(alice.request("MESSAGE", 1));
        turn();
        alice.say(alice.request("MESSAGE", 2, credentials(alice, kAlice, "MESSAGE", row.uri)));
        turn();
        EXPECT_EQ(alice.count("SIP/2.0 " + std::to_string(row.status)), 1U);
    }
}

TEST_F(LocalUsersScenario, B2BUA_H23_asked_of_nobody_who_only_asks_about_us) {
    alice.dial("health", "sip:10.10.0.1");
    alice.say(alice.request("OPTIONS", 1));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    alice.say(alice.request("BYE", 2));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 481"), 1U);
}

TEST_F(LocalUsersScenario, B2BUA_H23_who_exists_is_told_to_nobody) {
    register_carol();
    int n = 0;
    for (const char* uri : {"sip:carol@lab.example", "sip:dave@lab.example",
                            "sip:ghost@lab.example", "sip:carol@10.10.0.1", "sip:lab.example"}) {
        SCOPED_TRACE(uri);
        alice.forget();
        alice.dial("probe-" + std::to_string(++n), uri);
        alice.local = "<sip:eve@elsewhere.example>;tag=e1";
        alice.say(alice.request("OPTIONS", 1));
        turn();
        EXPECT_EQ(alice.count("SIP/2.0"), 1U);
        EXPECT_EQ(alice.count("SIP/2.0 407"), 1U);
    }
    EXPECT_EQ(carol.count("OPTIONS"), 0U);
    alice.forget();
    alice.dial("allowed", "sip:carol@lab.example");
    alice.local = "<sip:alice@lab.example>;tag=a1";
    alice.say(alice.request("OPTIONS", 1));
    turn();
    alice.say(alice.request("OPTIONS", 2,
                            credentials(alice, kAlice, "OPTIONS", "sip:carol@lab.example")));
    turn();
    EXPECT_EQ(carol.count("OPTIONS"), 1U);
    carol.say(carol.response(carol.got("OPTIONS"), "200 OK", "o1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
}

TEST_F(LocalUsersScenario, B2BUA_I1_calls_from_outside_reach_our_users) {
    register_carol();
    bob.dial("from-outside", "sip:carol@lab.example");
    bob.say(bob.request("MESSAGE", 1));
    turn();
    ASSERT_EQ(carol.count("MESSAGE"), 1U) << "the carrier's realm has no users of ours";
    carol.say(carol.response(carol.got("MESSAGE"), "200 OK", "m1"));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 200"), 1U);
}

}  // namespace
}  // namespace sallyport::call
