// SPDX-License-Identifier: Apache-2.0
// A registrar that dies and comes back (B2BUA-H24, I5, K54): when it counts as dead, who may go on
// meanwhile, and that it is asked again afterwards.
#include "b2bua/registration/upstream_watch.h"
#include "tests/unit/b2bua/registration/gate.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

using sip::HeaderId;

constexpr Millis kSecond{1000};

Config survivors() {
    Config config = two_realms();
    config.realms[kInside.value].registration = RegistrationMode::kSurvive;
    return config;
}

class SurvivalTest : public ::testing::Test {
protected:
    [[nodiscard]] std::size_t heard(sip::Method method) const {
        std::size_t count = 0;
        for (const Wire& wire : gate.at_registrar) {
            count += wire->is_request() && wire->method() == method ? 1 : 0;
        }
        return count;
    }
    /// Time in which the registrar answers every OPTIONS with that status line, or 0: nothing.
    void pass(Millis time, const std::string& status) {
        const Moment end = gate.now + time;
        while (gate.now < end) {
            gate.pass(Millis{100});
            for (; answered < gate.at_registrar.size(); ++answered) {
                if (!status.empty() &&
                    gate.at_registrar[answered]->method() == sip::Method::kOptions) {
                    gate.registrar(gate.at_registrar[answered], status, {});
                }
            }
        }
    }
    void grant() {
        gate.registrar("200 OK",
                       "Contact: <sip:" + gate.token() + "@10.20.0.1:5060>;expires=3600\r\n");
    }
    /// The phone says REGISTER; what it is told.
    const Wire& comes(PhoneRegister& phone) {
        ++phone.cseq;
        gate.phone(phone);
        return gate.at_phone.back();
    }
    void die() {
        pass(kSecond * 120, "");
        ASSERT_TRUE(gate.relay.survives(kInside));
    }
    /// The same with a phone that has just been here.
    void die_with_binding() {
        for (int i = 0; i < 5; ++i) {
            pass(kSecond * 25, "");
            EXPECT_EQ(comes(bob)->status(), 200);
        }
        ASSERT_TRUE(gate.relay.survives(kInside));
    }
    /// Somebody who writes the phone's address on its datagrams, or sits behind the same NAT.
    [[nodiscard]] PhoneRegister beside_bob(const std::string& lines) const {
        PhoneRegister eve = bob;
        eve.call_id = "eve";
        eve.source.port = Port{666};
        eve.lines = lines;
        return eve;
    }
    [[nodiscard]] std::string rings() const {
        const auto found = gate.relay.by_aor("bob", "biloxi.example.com", std::nullopt, gate.now);
        return found.contact_uri + " at " + found.flow.remote.to_string();
    }

    Gate gate{{}, {}, 1, survivors()};
    PhoneRegister bob;
    std::size_t answered{0};
};

TEST_F(SurvivalTest, B2BUA_I5_probed_about_every_30_s_while_it_lives) {
    pass(kSecond * 600, "200 OK");
    EXPECT_GE(heard(sip::Method::kOptions), 600U / 36);
    EXPECT_LE(heard(sip::Method::kOptions), 600U / 24 + 1);
    EXPECT_FALSE(gate.relay.survives(kInside));
    const Wire& probe = gate.at_registrar.back();
    EXPECT_EQ(probe->request_uri(), "sip:10.20.0.2:5060");
    EXPECT_EQ(probe->max_forwards(), 70);
    EXPECT_EQ(probe->cseq().number,
              gate.at_registrar.front()->cseq().number + heard(sip::Method::kOptions) - 1)
        << "one Call-ID, rising numbers";
    EXPECT_EQ(probe->call_id(), gate.at_registrar.front()->call_id());
}

TEST_F(SurvivalTest, B2BUA_I5_what_is_a_sign_of_life) {
    struct Row {
        const char* status;
        bool dead;
    };
    for (const Row& row :
         {Row{"200 OK", false}, Row{"405 Method Not Allowed", false},
          Row{"500 Server Internal Error", false}, Row{"404 Not Found", false},
          Row{"503 Service Unavailable", true}, Row{"408 Request Timeout", true}, Row{"", true}}) {
        SCOPED_TRACE(row.status);
        Gate fresh{{}, {}, 1, survivors()};
        std::size_t done = 0;
        for (int i = 0; i < 1500; ++i) {
            fresh.pass(Millis{100});
            for (; done < fresh.at_registrar.size(); ++done) {
                if (*row.status != '\0') {
                    fresh.registrar(fresh.at_registrar[done], row.status, {});
                }
            }
        }
        EXPECT_EQ(fresh.relay.survives(kInside), row.dead);
    }
}

TEST_F(SurvivalTest, B2BUA_I5_three_failures_kill_two_successes_revive) {
    pass(kSecond * 30, "200 OK");
    const std::uint32_t before = gate.at_registrar.back()->cseq().number;
    while (!gate.relay.survives(kInside)) {
        pass(kSecond, "");
        ASSERT_LT(gate.now, Moment{Millis{200'000}});
    }
    EXPECT_EQ(gate.at_registrar.back()->cseq().number - before, 3U);
    EXPECT_LT(gate.now - Moment{Millis{31'000}}, Millis{75'000}) << "a dead uplink is noticed soon";
    answered = gate.at_registrar.size();
    pass(kSecond * 25, "200 OK");
    EXPECT_FALSE(gate.relay.survives(kInside)) << "10 s apart while it is down";
}

TEST_F(SurvivalTest, B2BUA_H24_K54_goes_on_with_phones_that_it_knows) {
    gate.phone(bob);
    grant();
    die();
    const std::size_t asked = heard(sip::Method::kRegister);
    // The binding has run out meanwhile: nothing but the memory of the day speaks for the phone.
    const Wire& answer = comes(bob);
    EXPECT_EQ(answer->status(), 200);
    EXPECT_EQ(answer.values(HeaderId::kContact), "<sip:bob@10.0.0.5:5060>;expires=60");
    EXPECT_EQ(heard(sip::Method::kRegister), asked) << "nobody is asked";
    EXPECT_EQ(gate.relay.by_aor("bob", "biloxi.example.com", std::nullopt, gate.now).reach,
              routing::Reach::kBound);
    EXPECT_EQ(gate.relay.counters().survived.read(), 1U);
    // After a reboot its Contact is another one.
    bob.call_id = "rebooted";
    bob.lines = "Contact: <sip:bob@10.0.0.5:6060>\r\nExpires: 600\r\n";
    EXPECT_EQ(comes(bob)->status(), 200);
}

TEST_F(SurvivalTest, B2BUA_H24_asks_everybody_else_to_come_back) {
    gate.phone(bob);
    grant();
    die();
    PhoneRegister stranger;
    stranger.call_id = "stranger";
    stranger.aor = "sip:eve@biloxi.example.com";
    PhoneRegister elsewhere = bob;
    elsewhere.call_id = "elsewhere";
    elsewhere.source = endpoint("198.51.100.66", 40000);
    for (PhoneRegister* phone : {&stranger, &elsewhere}) {
        const Wire& answer = comes(*phone);
        EXPECT_EQ(answer->status(), 500);
        EXPECT_EQ(answer.values(HeaderId::kRetryAfter), "60");
    }
    EXPECT_EQ(gate.relay.counters().not_survived.read(), 2U);
}

TEST_F(SurvivalTest, B2BUA_H24_a_day_and_no_longer) {
    gate.phone(bob);
    grant();
    die();
    pass(kSecond * 3600 * 23, "");
    EXPECT_EQ(comes(bob)->status(), 200);
    pass(kSecond * 3600, "");
    EXPECT_EQ(comes(bob)->status(), 500) << "what we bound ourselves prolongs nothing";
}

TEST_F(SurvivalTest, B2BUA_H24_hands_back) {
    gate.phone(bob);
    grant();
    die();
    comes(bob);
    answered = gate.at_registrar.size();
    pass(kSecond * 30, "200 OK");
    ASSERT_FALSE(gate.relay.survives(kInside));
    const std::size_t asked = heard(sip::Method::kRegister);
    comes(bob);
    EXPECT_EQ(heard(sip::Method::kRegister), asked + 1) << "the next REGISTER goes upstream";
    grant();
    EXPECT_EQ(gate.at_phone.back()->status(), 200);
}

TEST_F(SurvivalTest, B2BUA_H24_refreshes_are_for_the_registrar_that_is_back) {
    gate.phone(bob);
    grant();
    die_with_binding();
    EXPECT_EQ(heard(sip::Method::kRegister), 1U);
    answered = gate.at_registrar.size();
    pass(kSecond * 30, "200 OK");
    ASSERT_FALSE(gate.relay.survives(kInside));
    comes(bob);
    ASSERT_EQ(heard(sip::Method::kRegister), 2U) << "it may have come back without its bindings";
    grant();
    pass(kSecond * 25, "200 OK");
    EXPECT_EQ(comes(bob)->status(), 200);
    EXPECT_EQ(heard(sip::Method::kRegister), 2U) << "what it says now holds";
}

TEST_F(SurvivalTest, B2BUA_H24_each_source_of_an_address_of_record_is_known) {
    PhoneRegister mobile;
    mobile.call_id = "mobile";
    mobile.lines = "Contact: <sip:bob@10.0.0.77:5060>\r\nExpires: 3600\r\n";
    mobile.source = endpoint("198.51.100.7", 50000);
    for (PhoneRegister* phone : {&bob, &mobile}) {
        gate.phone(*phone);
        grant();
    }
    die();
    EXPECT_EQ(comes(bob)->status(), 200) << "the desk phone, though the mobile came last";
    EXPECT_EQ(comes(mobile)->status(), 200);
    mobile.source = endpoint("198.51.100.8", 50000);
    EXPECT_EQ(comes(mobile)->status(), 500);
}

TEST_F(SurvivalTest, B2BUA_H24_H8_removes_nothing) {
    gate.phone(bob);
    grant();
    die_with_binding();
    for (const char* lines :
         {"Contact: *\r\nExpires: 0\r\n", "Contact: <sip:bob@10.0.0.5:5060>;expires=0\r\n",
          "Contact: <sip:bob@10.0.0.5:5060>;expires=0, <sip:e@10.0.0.5>;expires=60\r\n"}) {
        SCOPED_TRACE(lines);
        PhoneRegister eve = beside_bob(lines);
        const Wire& answer = comes(eve);
        EXPECT_EQ(answer->status(), 500);
        EXPECT_EQ(answer.values(HeaderId::kRetryAfter), "60");
        EXPECT_EQ(rings(), "sip:bob@10.0.0.5:5060 at 192.0.2.10:40000");
    }
    EXPECT_EQ(gate.relay.counters().not_survived.read(), 3U);
}

TEST_F(SurvivalTest, B2BUA_H24_out_ranks_nothing_that_the_registrar_accepted) {
    bob.lines = "Contact: <sip:bob@10.0.0.5:5060>;q=0.2\r\nExpires: 3600\r\n";
    gate.phone(bob);
    grant();
    die_with_binding();
    PhoneRegister eve = beside_bob("Contact: <sip:eve@10.0.0.66:666>;q=1.0\r\nExpires: 60\r\n");
    EXPECT_EQ(comes(eve)->status(), 200);
    EXPECT_EQ(rings(), "sip:bob@10.0.0.5:5060 at 192.0.2.10:40000");
    EXPECT_TRUE(gate.relay.has_identity({kInside, Transport::kUdp, {}, eve.source},
                                        "sip:bob@biloxi.example.com", gate.now))
        << "it is bound all the same";
    pass(kSecond * 30, "");
    EXPECT_EQ(comes(eve)->status(), 200);
    pass(kSecond * 35, "");
    EXPECT_EQ(rings(), "sip:eve@10.0.0.66:666 at 192.0.2.10:666") << "nothing else is left";
}

TEST_F(SurvivalTest, B2BUA_H24_rings_a_phone_that_restarted_on_its_flow) {
    gate.phone(bob);
    grant();
    die_with_binding();
    bob.call_id = "restarted";
    bob.lines = "Contact: <sip:bob-2@10.0.0.5:5060>;q=0.1\r\nExpires: 300\r\n";
    EXPECT_EQ(comes(bob)->status(), 200);
    EXPECT_EQ(rings(), "sip:bob-2@10.0.0.5:5060 at 192.0.2.10:40000")
        << "nobody is left there who knows the Contact that the registrar accepted";
    PhoneRegister eve = beside_bob("Contact: <sip:eve@10.0.0.66:666>;q=1.0\r\nExpires: 60\r\n");
    EXPECT_EQ(comes(eve)->status(), 200);
    EXPECT_EQ(rings(), "sip:bob-2@10.0.0.5:5060 at 192.0.2.10:40000");
}

TEST_F(SurvivalTest, B2BUA_H24_H18_moves_no_binding_that_the_registrar_accepted) {
    gate.phone(bob);
    const std::string token = gate.token();
    grant();
    die_with_binding();
    PhoneRegister moved = beside_bob(bob.lines);
    EXPECT_EQ(comes(moved)->status(), 200);
    EXPECT_EQ(gate.call(token), "sip:bob@10.0.0.5:5060 via 192.0.2.10:40000");
    EXPECT_EQ(rings(), "sip:bob@10.0.0.5:5060 at 192.0.2.10:40000");
    pass(kSecond * 50, "");
    EXPECT_EQ(comes(moved)->status(), 200);
    pass(kSecond * 20, "");
    EXPECT_EQ(rings(), "sip:bob@10.0.0.5:5060 at 192.0.2.10:666") << "the other one has run out";
    EXPECT_EQ(comes(moved)->status(), 200);
    EXPECT_EQ(gate.call(token), "sip:bob@10.0.0.5:5060 via 192.0.2.10:666");
}

TEST_F(SurvivalTest, B2BUA_H24_shortens_nothing_that_the_registrar_accepted) {
    gate.config.realms[kInside.value].nat = false;
    gate.phone(bob);
    grant();
    die();
    bob.call_id = "rebooted";
    EXPECT_EQ(comes(bob).values(HeaderId::kContact), "<sip:bob@10.0.0.5:5060>;expires=60");
    pass(kSecond * 600, "");
    EXPECT_EQ(rings(), "sip:bob@10.0.0.5:5060 at 192.0.2.10:40000") << "it was granted an hour";
}

TEST_F(SurvivalTest, B2BUA_H24_H6_keeps_what_the_registrar_said_of_a_token) {
    gate.phone(bob);
    const std::string token = gate.token();
    gate.registrar("200 OK", "Contact: <sip:" + token +
                                 "@10.20.0.1:5060>;expires=3600\r\n"
                                 "Service-Route: <sip:orig@10.20.0.9;lr>\r\n"
                                 "P-Associated-URI: <sip:+12145550105@biloxi.example.com>\r\n");
    die();
    ASSERT_EQ(gate.call(token), "480") << "lapsed, and the registrar may still send calls to it";
    EXPECT_EQ(comes(bob)->status(), 200);
    const Flow flow{kInside, Transport::kUdp, endpoint("10.10.0.1", 5060), bob.source};
    EXPECT_EQ(gate.relay.service_route(flow, "sip:bob@biloxi.example.com", gate.now),
              "<sip:orig@10.20.0.9;lr>");
    EXPECT_TRUE(gate.relay.has_identity(flow, "sip:+12145550105@biloxi.example.com", gate.now));
    pass(kSecond * 200, "");
    EXPECT_EQ(gate.call(token), "480") << "and not 404";
}

TEST_F(SurvivalTest, B2BUA_H24_registrations_that_fail_kill_no_registrar) {
    pass(kSecond, "200 OK");
    for (int i = 0; i < 200; ++i) {  // from anybody, and three at once are enough of a burst
        PhoneRegister phone;
        phone.call_id = "phone-" + std::to_string(i);
        gate.phone(phone);
        gate.registrar(i % 2 == 0 ? "503 Service Unavailable" : "408 Request Timeout", {});
        ASSERT_FALSE(gate.relay.survives(kInside)) << i;
        pass(i % 3 == 2 ? Millis{300} : Millis{0}, "200 OK");
    }
    EXPECT_LE(heard(sip::Method::kOptions), 2U + 20'000 / 5'000) << "nor do they make a flood";
}

TEST_F(SurvivalTest, B2BUA_H24_registrations_that_fail_ask_for_a_probe) {
    pass(kSecond * 10, "200 OK");
    ASSERT_EQ(heard(sip::Method::kOptions), 1U);
    gate.phone(bob);
    gate.registrar("503 Service Unavailable", {});
    const Moment failed = gate.now;
    pass(Millis{100}, "");
    EXPECT_EQ(heard(sip::Method::kOptions), 2U) << "without waiting for its turn";
    while (!gate.relay.survives(kInside)) {
        pass(kSecond, "");
        ASSERT_LT(gate.now - failed, Millis{50'000});
    }
    const std::uint32_t last = gate.at_registrar.back()->cseq().number;
    EXPECT_EQ(last - gate.at_registrar.front()->cseq().number, 3U) << "it is they that decide";
}

TEST(SurvivalModes, B2BUA_H1_other_modes_watch_nobody) {
    Gate gate;
    gate.pass(kSecond * 300);
    EXPECT_TRUE(gate.at_registrar.empty());
    EXPECT_FALSE(gate.relay.survives(kInside));
}

}  // namespace
}  // namespace sallyport::registration
