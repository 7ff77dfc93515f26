// SPDX-License-Identifier: Apache-2.0
// Calls while the registrar is dead (B2BUA-H24, K54): the phones that it had accepted call each
// other through us; nobody else calls anybody.
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

/// With a way to the telephone network of its own.
Config survivors() {
    Config config = sim::example_config();
    config.realms[0].registration = RegistrationMode::kSurvive;
    config.peers.push_back({"pstn", sim::kOutside, "sip:10.20.0.7", at("10.20.0.7")});
    return config;
}

Config with_a_way_out() {
    Config config = survivors();
    config.routes.push_back({"pstn", sim::kInside, ToPeers{{1}}, RouteUse::kSurvive});
    return config;
}

/// bob is the registrar.
class SurvivalScenario : public Scenario {
protected:
    explicit SurvivalScenario(const Config& config = survivors())
        : Scenario(config), carol(network, at("10.10.0.6"), gate.inside(), "carol") {
        for (Party* phone : {&alice, &carol}) {
            const std::string name = phone == &alice ? "alice" : "carol";
            bob.forget();
            phone->dial(name + "-registers", "sip:lab.example");
            phone->local = "<sip:" + name + "@lab.example>;tag=r";
            phone->remote = "<sip:" + name + "@lab.example>";
            phone->say(phone->request("REGISTER", 1, "Contact: <" + phone->contact + ">\r\n"));
            turn();
            const std::string heard = bob.got("REGISTER");
            bob.say(bob.response(heard, "200 OK", "reg",
                                 "Contact: " + header(heard, "Contact") + ";expires=3600\r\n"));
            turn();
            phone->forget();
        }
        run(Millis{120'000});  // bob answers no OPTIONS
        EXPECT_EQ(gate.gauges().surviving, 1U);
        for (Party* phone : {&alice, &carol}) {
            phone->say(phone->request("REGISTER", 2, "Contact: <" + phone->contact + ">\r\n"));
            turn();
            EXPECT_EQ(phone->count("SIP/2.0 200"), 1U);
            phone->forget();
        }
        bob.forget();
    }

    /// Probes go on for ever; nothing else may be left.
    void TearDown() override {
        run(Millis{60'000});
        EXPECT_EQ(gate.gauges().standalone, 0U);
        EXPECT_EQ(gate.gauges().servers, 0U);
        EXPECT_LE(gate.gauges().clients, 5U);
    }

    void ask(Party& phone, const std::string& from, const std::string& uri) {
        phone.forget();
        carol.forget();
        phone.dial("ask-" + std::to_string(++asked_), uri);
        phone.local = "<" + from + ">;tag=a1";
        phone.say(phone.request("MESSAGE", 1));
        turn();
    }

    Party carol;

private:
    int asked_{0};
};

TEST_F(SurvivalScenario, B2BUA_H24_phones_call_each_other) {
    ask(alice, "sip:alice@lab.example", "sip:carol@lab.example");
    ASSERT_EQ(carol.count("MESSAGE"), 1U);
    EXPECT_EQ(request_uri_of(carol.got("MESSAGE")), carol.contact);
    carol.say(carol.response(carol.got("MESSAGE"), "200 OK", "m1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(bob.count("MESSAGE"), 0U);
}

TEST_F(SurvivalScenario, B2BUA_H24_nobody_else_calls_anybody) {
    Party eve(network, at("10.10.0.66"), gate.inside(), "eve");
    struct Row {
        Party& phone;
        const char* from;
        const char* uri;
    };
    for (const Row& row : {Row{alice, "sip:alice@lab.example", "sip:nobody@lab.example"},
                           Row{alice, "sip:alice@lab.example", "sip:+4930123@elsewhere.example"},
                           Row{alice, "sip:carol@lab.example", "sip:carol@lab.example"},
                           Row{eve, "sip:alice@lab.example", "sip:carol@lab.example"}}) {
        SCOPED_TRACE(std::string(row.from) + " " + row.uri);
        ask(row.phone, row.from, row.uri);
        EXPECT_EQ(row.phone.count("SIP/2.0 480"), 1U);
        EXPECT_EQ(carol.count("MESSAGE"), 0U);
        EXPECT_EQ(bob.count("MESSAGE"), 0U);
    }
}

class SurvivalRoute : public SurvivalScenario {
protected:
    SurvivalRoute()
        : SurvivalScenario(with_a_way_out()),
          pstn(network, at("10.20.0.7"), gate.outside(), "pstn") {}
    Party pstn;
};

TEST_F(SurvivalRoute, B2BUA_H24_others_are_called_by_the_survive_route) {
    ask(alice, "sip:alice@lab.example", "sip:+4930123@lab.example");
    ASSERT_EQ(pstn.count("MESSAGE"), 1U);
    EXPECT_EQ(request_uri_of(pstn.got("MESSAGE")), "sip:+4930123@lab.example");
    pstn.say(pstn.response(pstn.got("MESSAGE"), "200 OK", "m1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(bob.count("MESSAGE"), 0U) << "the registrar, which is dead";
    ask(alice, "sip:alice@lab.example", "sip:carol@lab.example");
    EXPECT_EQ(carol.count("MESSAGE"), 1U) << "a phone that is bound";
    EXPECT_EQ(pstn.count("MESSAGE"), 1U);
    carol.say(carol.response(carol.got("MESSAGE"), "200 OK", "m1"));
    turn();
    Party eve(network, at("10.10.0.66"), gate.inside(), "eve");
    ask(eve, "sip:alice@lab.example", "sip:+4930123@lab.example");
    EXPECT_EQ(eve.count("SIP/2.0 480"), 1U) << "nobody calls whom no registrar ever accepted";
    EXPECT_EQ(pstn.count("MESSAGE"), 1U);
}

TEST_F(SurvivalScenario, B2BUA_M13_health_checks_are_answered) {
    alice.dial("health", "sip:10.10.0.1");
    alice.say(alice.request("OPTIONS", 1));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
}

}  // namespace
}  // namespace sallyport::call
