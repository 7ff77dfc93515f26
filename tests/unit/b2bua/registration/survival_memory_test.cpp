// SPDX-License-Identifier: Apache-2.0
// Whom the registrar accepted within a day (B2BUA-H24): what is remembered of it, and how much.
#include "b2bua/registration/survival.h"
#include "tests/unit/b2bua/registration/gate.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

constexpr Millis kSecond{1000};

Config survivors() {
    Config config = two_realms();
    config.realms[kInside.value].registration = RegistrationMode::kSurvive;
    return config;
}

class SurvivalMemory : public ::testing::Test {
protected:
    SurvivalMemory() : env(environment()) {}

    Environment environment() {
        Settings settings;
        settings.max_bindings = 4;
        settings.contacts_per_aor = 2;
        return {gate.config, gate.layer, gate.identifiers, Gate::key(), {}, settings};
    }
    static Binding accepted(const std::string& aor, const char* ip, int second) {
        Binding binding;
        binding.aor = aor;
        binding.flow = {kInside, Transport::kUdp, {}, endpoint(ip, 5060)};
        binding.accepted = Moment{kSecond * second};
        return binding;
    }

    Gate gate{{}, {}, 1, survivors()};
    Environment env;
    Counters counters;
    Bindings bindings{4};
    Registrar registrar{env, bindings, counters};
    Survival survival{env, registrar, counters};
};

TEST_F(SurvivalMemory, B2BUA_H24_refreshes_take_no_room) {
    for (int i = 1; i <= 10'000; ++i) {
        survival.remember(accepted("bob@a", i % 2 == 0 ? "192.0.2.1" : "192.0.2.2", i));
    }
    EXPECT_EQ(survival.size(), 1U);
    survival.advance(Moment{kSecond * 10'000} + Survival::kMemory + Millis{-1});
    EXPECT_EQ(survival.size(), 1U) << "a day after the last one";
    survival.advance(Moment{kSecond * 10'000} + Survival::kMemory);
    EXPECT_EQ(survival.size(), 0U);
}

TEST_F(SurvivalMemory, B2BUA_H24_the_longest_silent_makes_room) {
    for (int i = 1; i <= 100; ++i) {
        survival.remember(accepted("phone-" + std::to_string(i) + "@a", "192.0.2.1", i));
        survival.remember(accepted("bob@a", "192.0.2.1", i));
    }
    EXPECT_EQ(survival.size(), 4U);
    survival.advance(Moment{kSecond * 97} + Survival::kMemory);
    EXPECT_EQ(survival.size(), 4U) << "bob and the last three";
    survival.advance(Moment{kSecond * 98} + Survival::kMemory);
    EXPECT_EQ(survival.size(), 3U);
}

TEST(SurvivalSources, B2BUA_H24_the_last_of_an_address_of_record_are_kept) {
    Settings settings;
    settings.contacts_per_aor = 2;
    Gate gate{settings, {}, 1, survivors()};
    PhoneRegister bob;  // the same Contact, from one network after the other
    for (const char* ip : {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) {
        ++bob.cseq;
        bob.source = endpoint(ip, 5060);
        gate.phone(bob);
        gate.registrar("200 OK",
                       "Contact: <sip:" + gate.token() + "@10.20.0.1:5060>;expires=3600\r\n");
        gate.pass(kSecond);
    }
    gate.pass(kSecond * 120);
    ASSERT_TRUE(gate.relay.survives(kInside));
    const auto answer_to = [&](const char* ip) {
        ++bob.cseq;
        bob.source = endpoint(ip, 5060);
        gate.phone(bob);
        return gate.at_phone.back()->status();
    };
    EXPECT_EQ(answer_to("192.0.2.1"), 500);
    EXPECT_EQ(answer_to("192.0.2.2"), 200);
    EXPECT_EQ(answer_to("192.0.2.3"), 200);
}

TEST_F(SurvivalMemory, B2BUA_H24_what_was_bound_here_is_no_word_of_the_registrar) {
    Binding ours = accepted("bob@a", "192.0.2.1", 1);
    ours.accepted = std::nullopt;
    survival.remember(ours);
    EXPECT_EQ(survival.size(), 0U) << "whether or not this shard has noticed that it is dead";
}

}  // namespace
}  // namespace sallyport::registration
