// SPDX-License-Identifier: Apache-2.0
// Subscriptions inside calls: REFER and its NOTIFYs, what is left of a call after its BYE
// (B2BUA-M9, M10, D7, E-R9, E-R14; RFC 3515 s.2.4, RFC 4488, RFC 6665 s.4, RFC 5057).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

std::string contact_line(const Party& party) {
    return "Contact: <" + party.contact + ">\r\n";
}

class UsageScenario : public Scenario {
protected:
    static constexpr std::string_view kActive = "active;expires=60";
    static constexpr std::string_view kOver = "terminated;reason=noresource";

    /// alice refers bob; bob has heard it.
    void refer(std::uint32_t cseq, std::string_view lines = "Refer-To: <sip:carol@10.20.0.9>\r\n") {
        alice.say(alice.request("REFER", cseq, contact_line(alice) + std::string(lines)));
        turn();
        if (bob.count("REFER") != 0) {
            heard_ = cseq_of(bob.got("REFER"));
        }
    }
    void accept_refer(std::string_view lines = {}) {
        bob.say(bob.response(bob.got("REFER"), "202 Accepted", {},
                             contact_line(bob) + std::string(lines)));
        turn();
    }
    /// bob notifies alice, who answers with this status if she hears it.
    void notify(std::uint32_t cseq, std::string_view event, std::string_view state,
                std::string_view status = "200 OK") {
        alice.forget();
        bob.say(bob.request("NOTIFY", cseq,
                            contact_line(bob) + "Event: " + std::string(event) +
                                "\r\nSubscription-State: " + std::string(state) + "\r\n"));
        turn();
        if (alice.count("NOTIFY") == 1) {
            alice.say(alice.response(alice.got("NOTIFY"), status, {}));
            turn();
        }
    }
    /// How bob says the newest REFER that he heard.
    [[nodiscard]] std::string refer_id() const { return "refer;id=" + std::to_string(heard_); }

private:
    std::uint32_t heard_{0};
};

TEST_F(UsageScenario, B2BUA_M9_refer_and_its_notifys) {
    establish();
    refer(2, "Refer-To: <sip:carol@10.20.0.9>\r\nReferred-By: <sip:alice@example.org>\r\n");
    const std::string crossed = bob.got("REFER");
    EXPECT_EQ(header(crossed, "Refer-To"), "<sip:carol@10.20.0.9>");
    EXPECT_EQ(header(crossed, "Referred-By"), "<sip:alice@example.org>");
    EXPECT_EQ(uri_of(header(crossed, "Contact")), "sip:alice@10.20.0.1:5060");
    EXPECT_NE(cseq_of(crossed), 2U);
    accept_refer();
    EXPECT_EQ(uri_of(header(alice.got("SIP/2.0 202"), "Contact")), "sip:bob@10.10.0.1:5060");
    notify(1, refer_id(), kActive);
    EXPECT_EQ(header(alice.got("NOTIFY"), "Event"), "refer;id=2");
    EXPECT_EQ(header(alice.got("NOTIFY"), "Subscription-State"), kActive);
    EXPECT_EQ(bob.count("SIP/2.0 200"), 1U);
    notify(2, "refer", kOver);
    EXPECT_EQ(header(alice.got("NOTIFY"), "Event"), "refer");
    hang_up();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(UsageScenario, B2BUA_M10_notify_before_the_202) {
    establish();
    refer(7);
    notify(1, refer_id(), kActive);
    EXPECT_EQ(header(alice.got("NOTIFY"), "Event"), "refer;id=7");
    accept_refer();
    EXPECT_EQ(alice.count("SIP/2.0 202"), 1U);
    notify(2, refer_id(), kOver);
    hang_up();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(UsageScenario, B2BUA_M9_two_refers_are_told_apart) {
    establish();
    refer(2);
    const std::string first = refer_id();
    accept_refer();
    refer(3);
    const std::string second = refer_id();
    EXPECT_NE(first, second);
    accept_refer();
    notify(1, second, kActive);
    EXPECT_EQ(header(alice.got("NOTIFY"), "Event"), "refer;id=3");
    notify(2, first, kOver);
    EXPECT_EQ(header(alice.got("NOTIFY"), "Event"), "refer;id=2");
    notify(3, second, kOver);
    EXPECT_EQ(header(alice.got("NOTIFY"), "Event"), "refer;id=3");
    hang_up();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(UsageScenario, B2BUA_M9_the_referrer_refreshes_by_its_own_number) {
    establish();
    refer(2);
    accept_refer();
    alice.say(alice.request("SUBSCRIBE", 3,
                            contact_line(alice) + "Event: refer;x=y;id=2\r\nExpires: 0\r\n"));
    turn();
    EXPECT_EQ(header(bob.got("SUBSCRIBE"), "Event"),
              "refer;x=y;id=" + std::to_string(cseq_of(bob.got("REFER"))));
    bob.say(bob.response(bob.got("SUBSCRIBE"), "200 OK", {}, "Expires: 0\r\n"));
    turn();
    notify(1, refer_id(), "terminated;reason=timeout");
    hang_up();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(UsageScenario, RFC5057_a_subscription_outlives_the_bye) {
    establish();
    refer(2);
    accept_refer();
    notify(1, refer_id(), kActive);
    hang_up();
    EXPECT_EQ(calls(), 1U);
    EXPECT_EQ(gate.relays().live(), 0U);
    run(Millis{50'000});
    notify(2, refer_id(), kActive);
    EXPECT_EQ(header(alice.got("NOTIFY"), "Event"), "refer;id=2");
    EXPECT_EQ(calls(), 1U);
    notify(3, refer_id(), kOver);
    EXPECT_EQ(alice.count("NOTIFY"), 1U);
    EXPECT_EQ(calls(), 0U);
    notify(4, refer_id(), kOver);
    EXPECT_EQ(alice.count("NOTIFY"), 0U);
    EXPECT_EQ(bob.count("SIP/2.0 481"), 1U);
}

TEST_F(UsageScenario, B2BUA_E_R14_only_the_subscription_outlives_the_bye) {
    establish();
    refer(2);
    accept_refer();
    hang_up(3);
    std::uint32_t cseq = 1;
    for (const std::string method : {"INFO", "UPDATE", "MESSAGE", "OPTIONS", "FOO"}) {
        bob.forget();
        bob.say(bob.request(method, cseq++));
        turn();
        EXPECT_EQ(bob.count("SIP/2.0 481"), 1U) << method;
        EXPECT_EQ(alice.count(method), 0U) << method;
    }
    notify(900, "dialog", kActive);
    EXPECT_EQ(alice.count("NOTIFY"), 0U);
    notify(901, refer_id(), kOver);
    EXPECT_EQ(alice.count("NOTIFY"), 1U);
    EXPECT_EQ(calls(), 0U);
}

TEST_F(UsageScenario, RFC6665_s4_1_2_4_timer_n_ends_what_nobody_notifies) {
    establish();
    refer(2);
    accept_refer();
    hang_up();
    run(Millis{31'000});
    EXPECT_EQ(calls(), 1U);
    run(Millis{2'000});
    EXPECT_EQ(calls(), 0U);
}

TEST_F(UsageScenario, B2BUA_M9_usage_lapses_with_its_expires) {
    establish();
    refer(2);
    accept_refer();
    notify(1, refer_id(), "active;expires=10");
    hang_up();
    run(Millis{40'000});
    EXPECT_EQ(calls(), 1U);
    run(Millis{3'000});
    EXPECT_EQ(calls(), 0U);
}

TEST_F(UsageScenario, RFC4488_refer_sub_false_makes_no_usage) {
    establish();
    refer(2, "Refer-To: <sip:carol@10.20.0.9>\r\nRefer-Sub: false\r\n");
    EXPECT_EQ(header(bob.got("REFER"), "Refer-Sub"), "false");
    accept_refer("Refer-Sub: false\r\n");
    EXPECT_EQ(header(alice.got("SIP/2.0 202"), "Refer-Sub"), "false");
    hang_up();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(UsageScenario, B2BUA_M9_refused_refer_makes_no_usage) {
    establish();
    refer(2);
    bob.say(bob.response(bob.got("REFER"), "603 Decline", {}));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 603"), 1U);
    hang_up();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(UsageScenario, B2BUA_M9_exactly_one_refer_to) {
    constexpr const char* kRows[] = {
        "",
        "Refer-To: <sip:a@10.20.0.9>\r\nRefer-To: <sip:b@10.20.0.9>\r\n",
        "Refer-To: <sip:a@10.20.0.9>\r\nr: <sip:b@10.20.0.9>\r\n",
        "Refer-To: <sip:a@10.20.0.9\r\n",
        "Refer-To: sip:a@10.20.0.9?Replaces=x\r\n",
    };
    establish();
    std::uint32_t cseq = 2;
    for (const char* lines : kRows) {
        alice.forget();
        refer(cseq++, lines);
        EXPECT_EQ(alice.count("SIP/2.0 400"), 1U) << lines;
    }
    EXPECT_EQ(bob.count("REFER"), 0U);
    hang_up(cseq);
    EXPECT_EQ(calls(), 0U);
}

TEST_F(UsageScenario, B2BUA_M10_refused_notify_passes_and_ends_the_usage) {
    for (const std::string status : {"481 Subscription Does Not Exist", "489 Bad Event"}) {
        alice.dial("call-" + status.substr(0, 3), "sip:bob@10.10.0.1");
        alice.forget();
        bob.forget();
        establish();
        refer(2);
        accept_refer();
        notify(1, refer_id(), kActive, status);
        EXPECT_EQ(bob.count("SIP/2.0 " + status.substr(0, 3)), 1U);
        EXPECT_EQ(calls(), 1U);
        hang_up();
        EXPECT_EQ(calls(), 0U) << status;
    }
}

TEST_F(UsageScenario, B2BUA_M10_challenged_notify_may_be_tried_again) {
    establish();
    refer(2);
    accept_refer();
    hang_up();
    notify(1, refer_id(), kOver, "401 Unauthorized");
    EXPECT_EQ(bob.count("SIP/2.0 401"), 1U);
    notify(2, refer_id(), kOver);
    EXPECT_EQ(alice.count("NOTIFY"), 1U);
    EXPECT_EQ(calls(), 0U);
}

TEST_F(UsageScenario, RFC6665_s4_2_2_notify_without_an_answer_ends_the_usage) {
    establish();
    refer(2);
    accept_refer();
    hang_up();
    bob.say(bob.request("NOTIFY", 1,
                        contact_line(bob) + "Event: refer\r\nSubscription-State: active\r\n"));
    run(Millis{34'000});
    EXPECT_GT(alice.count("NOTIFY"), 1U);
    EXPECT_EQ(bob.count("SIP/2.0 408"), 0U);
    EXPECT_EQ(calls(), 0U);
}

// Phones are told to answer or hold by NOTIFYs that nobody subscribed to (docs/decisions/0004).
TEST_F(UsageScenario, B2BUA_M10_notify_of_no_subscription_passes_while_the_call_lives) {
    establish();
    notify(1, "talk", kActive);
    EXPECT_EQ(header(alice.got("NOTIFY"), "Event"), "talk");
    notify(2, "hold", kActive, "481 Subscription Does Not Exist");
    EXPECT_EQ(bob.count("SIP/2.0 481"), 1U);
    EXPECT_EQ(calls(), 1U);
    hang_up();
    EXPECT_EQ(calls(), 0U);
}

TEST_F(UsageScenario, RFC6665_s8_2_1_event_must_be_there) {
    establish();
    std::uint32_t cseq = 2;
    for (const char* event : {"", "Event: ;id=1\r\n", "Event: refer;id\r\n"}) {
        for (const std::string method : {"SUBSCRIBE", "NOTIFY"}) {
            alice.forget();
            alice.say(alice.request(method, cseq++, contact_line(alice) + event));
            turn();
            EXPECT_EQ(alice.count("SIP/2.0 400"), 1U) << method << event;
            EXPECT_EQ(bob.count(method), 0U);
        }
    }
    hang_up(cseq);
}

TEST_F(UsageScenario, B2BUA_M11_subscriptions_of_one_call_are_bounded) {
    establish();
    for (std::uint32_t i = 0; i < 33; ++i) {
        alice.say(
            alice.request("SUBSCRIBE", 2 + i,
                          contact_line(alice) + "Event: dialog;id=" + std::to_string(i) + "\r\n"));
        turn();
        bob.say(bob.response(bob.got("SUBSCRIBE"), "200 OK", {}, "Expires: 60\r\n"));
        turn();
    }
    EXPECT_EQ(bob.count("SUBSCRIBE"), 32U);
    EXPECT_NE(header(alice.got("SIP/2.0 503"), "Retry-After"), "");
    EXPECT_EQ(gate.counters().too_many_subscriptions.read(), 1U);
    run(Millis{40'000});
    hang_up(90);
    EXPECT_EQ(calls(), 0U);
}

class TargetRefresh : public UsageScenario, public ::testing::WithParamInterface<const char*> {};

TEST_P(TargetRefresh, B2BUA_D7_moves_the_target_when_it_succeeds) {
    const std::string method = GetParam();
    establish();
    const std::string lines = method == "REFER"
                                  ? "Refer-To: <sip:c@10.20.0.9>\r\n"
                                  : "Event: talk\r\nSubscription-State: active\r\nExpires: 60\r\n";
    const std::string before = bob.target;
    for (const std::string status : {"481 Gone", "200 OK"}) {
        alice.say(alice.request(method, status[0] == '4' ? 2 : 3,
                                "Contact: <sip:alice@10.10.0.5:5062>\r\n" + lines));
        turn();
        EXPECT_EQ(uri_of(header(bob.got(method), "Contact")), before);  // ours stays (D7)
        bob.say(bob.response(bob.got(method), status, {},
                             "Contact: <sip:bob@10.20.0.2:5070>\r\nExpires: 60\r\n"));
        turn();
        alice.forget();
        bob.say(bob.request("INFO", status[0] == '4' ? 1 : 2));
        turn();
        const bool moved = status[0] == '2';
        EXPECT_EQ(request_uri_of(alice.got("INFO")),
                  moved ? "sip:alice@10.10.0.5:5062" : "sip:alice@10.10.0.5:5060");
        alice.say(alice.response(alice.got("INFO"), "200 OK", {}));
        turn();
    }
    alice.say(alice.request("INFO", 4));
    run(Millis{40'000});
    EXPECT_EQ(bob.count("INFO"), 0U);  // went to his new target, where nobody listens
    alice.say(alice.request("BYE", 5));
    run(Millis{40'000});
}
INSTANTIATE_TEST_SUITE_P(B2BUA_D7, TargetRefresh,
                         ::testing::Values("NOTIFY", "SUBSCRIBE", "REFER"));

class RefusedInDialog : public UsageScenario, public ::testing::WithParamInterface<const char*> {};

TEST_P(RefusedInDialog, B2BUA_E_R9_481_passes_and_the_call_goes_on) {
    const std::string method = GetParam();
    establish();
    alice.say(alice.request(
        method, 2, contact_line(alice) + "Event: dialog\r\nSubscription-State: active\r\n"));
    turn();
    bob.say(bob.response(bob.got(method), "481 Call Does Not Exist", {}));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 481"), 1U);
    EXPECT_EQ(alice.count("BYE"), 0U);
    EXPECT_EQ(bob.count("BYE"), 0U);
    EXPECT_EQ(calls(), 1U);
    hang_up(3);
    EXPECT_EQ(calls(), 0U);
}
INSTANTIATE_TEST_SUITE_P(B2BUA_E_R9, RefusedInDialog,
                         ::testing::Values("INFO", "OPTIONS", "MESSAGE", "NOTIFY", "SUBSCRIBE"));

}  // namespace
}  // namespace sallyport::call
