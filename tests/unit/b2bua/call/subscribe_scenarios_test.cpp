// SPDX-License-Identifier: Apache-2.0
// SUBSCRIBE and REFER outside calls: the dialogs that they and their NOTIFYs make (B2BUA-M9 to M11,
// D3 to D6, C5, J10; RFC 6665 s.4.1.2.4, s.4.4.1, RFC 3515 s.2.4).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

class SubscribeScenario : public Scenario {
protected:
    using Scenario::Scenario;

    static constexpr std::string_view kEvent = "Event: presence\r\n";

    [[nodiscard]] std::string subscription(std::uint32_t cseq, std::string_view lines) const {
        return alice.request("SUBSCRIBE", cseq,
                             "Contact: <" + alice.contact + ">\r\n" + std::string(lines));
    }
    /// alice asks for an hour; bob has heard it.
    void subscribe(std::uint32_t cseq = 1, std::string_view lines = {}) {
        alice.say(
            subscription(cseq, std::string(kEvent) + "Expires: 3600\r\n" + std::string(lines)));
        turn();
        bob.learn_invite(bob.got("SUBSCRIBE"), "b1");
    }
    void accept(std::string_view tag = "b1", std::string_view expires = "600") {
        bob.say(bob.response(
            bob.got("SUBSCRIBE"), "202 Accepted", tag,
            "Contact: <" + bob.contact + ">\r\nExpires: " + std::string(expires) + "\r\n"));
        turn();
        alice.learn_response(alice.got("SIP/2.0 202"));
    }
    void notify(std::uint32_t cseq, std::string_view state, std::string_view event = kEvent) {
        alice.forget();
        bob.say(bob.request("NOTIFY", cseq,
                            "Contact: <" + bob.contact + ">\r\n" + std::string(event) +
                                "Subscription-State: " + std::string(state) + "\r\n"));
        turn();
        if (alice.count("NOTIFY") == 1) {
            alice.say(alice.response(alice.got("NOTIFY"), "200 OK", {}));
            turn();
        }
    }
    [[nodiscard]] std::size_t subscribed() const { return gate.gauges().subscribed; }
};

/// Timer N still leaves room for other notifiers, but this one's dialog is gone.
TEST_F(SubscribeScenario, RFC6665_s4_4_1_the_last_subscription_takes_its_dialog_with_it) {
    subscribe();
    accept();
    notify(1, "active;expires=600");
    notify(2, "terminated;reason=timeout");
    alice.forget();
    bob.forget();
    alice.say(subscription(2, std::string(kEvent) + "Expires: 600\r\n"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 481"), 1U);
    EXPECT_EQ(bob.count("SUBSCRIBE"), 0U);
}

TEST_F(SubscribeScenario, B2BUA_M11_subscribed_and_notified) {
    alice.routes = {};
    subscribe(1, "Record-Route: <sip:p1.example.org;lr>, <sip:p2.example.org;lr>\r\n");
    const std::string crossed = bob.got("SUBSCRIBE");
    EXPECT_NE(header(crossed, "Call-ID"), "call-1");
    EXPECT_EQ(header(crossed, "Event"), "presence");
    EXPECT_EQ(header(crossed, "Expires"), "3600");
    EXPECT_EQ(header(crossed, "Max-Forwards"), "69");
    EXPECT_EQ(header(crossed, "Record-Route"), "");
    EXPECT_EQ(uri_of(header(crossed, "Contact")), "sip:alice@10.20.0.1:5060");
    EXPECT_EQ(crossed.find("10.10."), std::string::npos);  // D19
    EXPECT_EQ(subscribed(), 1U);
    EXPECT_EQ(calls(), 0U);

    accept();
    const std::string answer = alice.got("SIP/2.0 202");
    EXPECT_EQ(header(answer, "Expires"), "600");  // M11: less than was asked for
    EXPECT_EQ(uri_of(header(answer, "Contact")), "sip:bob@10.10.0.1:5060");
    EXPECT_EQ(header_lines(answer, "Record-Route"),
              "Record-Route: <sip:p1.example.org;lr>\r\nRecord-Route: <sip:p2.example.org;lr>\r\n");
    EXPECT_NE(tag_of(header(answer, "To")), "b1");

    notify(1, "terminated");
    const std::string first = alice.got("NOTIFY");
    EXPECT_EQ(header(first, "Call-ID"), "call-1");
    EXPECT_EQ(header(first, "From"), alice.remote);
    EXPECT_EQ(header(first, "To"), alice.local);
    EXPECT_EQ(header_lines(first, "Route"),
              "Route: <sip:p1.example.org;lr>\r\nRoute: <sip:p2.example.org;lr>\r\n");
    EXPECT_EQ(bob.count("SIP/2.0 200"), 1U);
}

TEST_F(SubscribeScenario, B2BUA_M11_unsubscribed_and_told_so) {
    subscribe();
    const std::string crossed = bob.got("SUBSCRIBE");
    accept();
    notify(1, "active;expires=600");
    alice.say(subscription(2, "Event: presence\r\nExpires: 0\r\n"));
    turn();
    const std::string last = bob.got("SUBSCRIBE");
    EXPECT_EQ(header(last, "Expires"), "0");
    EXPECT_EQ(cseq_of(last), cseq_of(crossed) + 1);
    EXPECT_EQ(tag_of(header(last, "To")), "b1");
    EXPECT_EQ(request_uri_of(last), bob.contact);
    bob.say(bob.response(last, "200 OK", {}, "Expires: 0\r\n"));
    turn();
    EXPECT_EQ(subscribed(), 1U);
    notify(2, "terminated;reason=timeout");
    run(Millis{33'000});  // until then another notifier might still come
    EXPECT_EQ(subscribed(), 0U);
    EXPECT_EQ(gate.gauges().dialogs, 0U);
}

TEST_F(SubscribeScenario, B2BUA_M10_notify_before_the_2xx_makes_the_dialog) {
    subscribe();
    notify(1, "active;expires=600");
    const std::string from = header(alice.got("NOTIFY"), "From");
    EXPECT_NE(tag_of(from), "");
    accept();
    EXPECT_EQ(header(alice.got("SIP/2.0 202"), "To"), from);
    notify(2, "terminated");
    EXPECT_EQ(header(alice.got("NOTIFY"), "From"), from);
    run(Millis{33'000});
    EXPECT_EQ(subscribed(), 0U);
}

/// A second event is refused inside the first one's dialog: who comes late for the first still may.
TEST_F(SubscribeScenario, RFC6665_s4_4_1_late_notifier_behind_another_refused_event) {
    subscribe();
    accept("b1");
    notify(1, "active;expires=600");
    alice.say(subscription(2, "Event: dialog\r\nExpires: 600\r\n"));
    turn();
    bob.say(bob.response(bob.got("SUBSCRIBE"), "489 Bad Event", {}));
    turn();
    bob.local = header(bob.got("SUBSCRIBE"), "To");
    bob.local.back() = '2';
    notify(11, "active;expires=600");
    EXPECT_EQ(alice.count("NOTIFY"), 1U);
    notify(12, "terminated");
    bob.local.back() = '1';
    notify(2, "terminated");
}

TEST_F(SubscribeScenario, RFC6665_s4_4_1_each_notifier_has_a_dialog_of_its_own) {
    subscribe();
    accept("b1");
    notify(1, "active;expires=600");
    const std::string first = header(alice.got("NOTIFY"), "From");
    bob.local = header(bob.got("SUBSCRIBE"), "To") + ";tag=b2";
    notify(11, "active;expires=600");
    const std::string second = header(alice.got("NOTIFY"), "From");
    EXPECT_NE(tag_of(first), tag_of(second));
    EXPECT_EQ(tag_of(first), tag_of(alice.remote));

    alice.remote = second;
    alice.say(subscription(2, "Event: presence\r\nExpires: 0\r\n"));
    turn();
    EXPECT_EQ(tag_of(header(bob.got("SUBSCRIBE"), "To")), "b2");
    bob.say(bob.response(bob.got("SUBSCRIBE"), "200 OK", {}, "Expires: 0\r\n"));
    turn();
    notify(12, "terminated");
    EXPECT_EQ(header(alice.got("NOTIFY"), "From"), second);
    run(Millis{40'000});
    EXPECT_EQ(subscribed(), 1U);  // the other notifier's
    bob.local.back() = '1';
    notify(2, "terminated");
    EXPECT_EQ(subscribed(), 0U);
}

TEST_F(SubscribeScenario, RFC6665_s4_1_2_4_notifiers_that_come_after_timer_n) {
    subscribe();
    accept();
    notify(1, "active;expires=600");
    run(Millis{33'000});
    bob.local = header(bob.got("SUBSCRIBE"), "To") + ";tag=b2";
    notify(11, "active;expires=600");
    EXPECT_EQ(alice.count("NOTIFY"), 0U);
    EXPECT_EQ(bob.count("SIP/2.0 481"), 1U);
    bob.local = header(bob.got("SUBSCRIBE"), "To") + ";tag=b1";
    notify(2, "terminated");
    EXPECT_EQ(subscribed(), 0U);
}

TEST_F(SubscribeScenario, RFC6665_s4_1_2_4_nobody_notifies) {
    subscribe();
    accept();
    run(Millis{33'000});
    EXPECT_EQ(subscribed(), 0U);
    notify(1, "active");
    EXPECT_EQ(bob.count("SIP/2.0 481"), 1U);
}

TEST_F(SubscribeScenario, B2BUA_M11_lapses_behind_its_expires) {
    subscribe();
    accept("b1", "20");
    notify(1, "active");
    run(Millis{50'000});
    EXPECT_EQ(subscribed(), 1U);
    run(Millis{3'000});
    EXPECT_EQ(subscribed(), 0U);
}

TEST_F(SubscribeScenario, B2BUA_M11_refresh_prolongs_and_a_refused_one_ends) {
    subscribe();
    accept("b1", "20");
    notify(1, "active;expires=20");
    run(Millis{18'000});
    alice.say(subscription(2, "Event: presence\r\nExpires: 20\r\n"));
    turn();
    bob.say(bob.response(bob.got("SUBSCRIBE"), "200 OK", {}, "Expires: 20\r\n"));
    run(Millis{45'000});
    EXPECT_EQ(subscribed(), 1U);
    alice.say(subscription(3, "Event: presence\r\nExpires: 20\r\n"));
    turn();
    bob.say(bob.response(bob.got("SUBSCRIBE"), "500 Try Again", {}));
    turn();
    EXPECT_EQ(subscribed(), 1U);  // RFC 6665 s.4.1.2.2: only some failures end it
    alice.say(subscription(4, "Event: presence\r\nExpires: 20\r\n"));
    turn();
    bob.say(bob.response(bob.got("SUBSCRIBE"), "481 Gone", {}));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 481"), 1U);
    EXPECT_EQ(subscribed(), 0U);
}

class RefusedSubscribe : public SubscribeScenario,
                         public ::testing::WithParamInterface<const char*> {};

TEST_P(RefusedSubscribe, B2BUA_M11_failures_pass_and_leave_nothing) {
    const std::string status = GetParam();
    subscribe();
    bob.say(bob.response(bob.got("SUBSCRIBE"), status, "b1", "Min-Expires: 7200\r\n"));
    turn();
    const std::string answer = alice.got("SIP/2.0 " + status.substr(0, 3));
    EXPECT_EQ(header(answer, "Min-Expires"), "7200");
    EXPECT_EQ(subscribed(), 0U);
    notify(1, "active");
    EXPECT_EQ(alice.count("NOTIFY"), 0U);
    EXPECT_EQ(bob.count("SIP/2.0 481"), 1U);
}
INSTANTIATE_TEST_SUITE_P(B2BUA_M11, RefusedSubscribe,
                         ::testing::Values("489 Bad Event", "423 Interval Too Brief",
                                           "404 Not Found", "603 Decline"));

TEST_F(SubscribeScenario, B2BUA_D4_challenged_subscribe) {
    subscribe(1);
    const std::string first = bob.got("SUBSCRIBE");
    bob.say(bob.response(first, "407 Proxy Authentication Required", "p1",
                         "Proxy-Authenticate: Digest realm=\"x\", nonce=\"1\"\r\n"));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 407"), "Proxy-Authenticate"),
              "Digest realm=\"x\", nonce=\"1\"");
    subscribe(2, "Proxy-Authorization: Digest username=\"a\"\r\n");
    const std::string second = bob.got("SUBSCRIBE");
    EXPECT_EQ(header(second, "Call-ID"), header(first, "Call-ID"));
    EXPECT_EQ(header(second, "From"), header(first, "From"));
    EXPECT_EQ(cseq_of(second), cseq_of(first) + 1);
    EXPECT_EQ(header(second, "Proxy-Authorization"), "Digest username=\"a\"");
    accept();
    notify(1, "terminated");
    EXPECT_EQ(alice.count("NOTIFY"), 1U);
    run(Millis{33'000});
    EXPECT_EQ(subscribed(), 0U);
}

TEST_F(SubscribeScenario, B2BUA_C5_silence_stays_silence) {
    alice.say(subscription(1, kEvent));
    run(Millis{40'000});
    EXPECT_EQ(bob.count("SUBSCRIBE"), 11U);
    EXPECT_EQ(alice.count("SIP/2.0 408"), 0U);
    EXPECT_EQ(subscribed(), 0U);
}

TEST_F(SubscribeScenario, B2BUA_M10_notify_of_another_event) {
    subscribe();
    accept();
    std::uint32_t cseq = 1;
    for (const std::string event :
         {"Event: dialog\r\n", "Event: presence;id=1\r\n", "Event: Presence\r\n"}) {
        bob.forget();
        notify(cseq++, "active", event);
        EXPECT_EQ(alice.count("NOTIFY"), 0U) << event;
        EXPECT_EQ(bob.count("SIP/2.0 481"), 1U) << event;
    }
    EXPECT_EQ(gate.counters().no_usage.read(), 3U);
}

TEST_F(SubscribeScenario, RFC5057_no_session_in_a_subscription) {
    subscribe();
    accept();
    notify(1, "active;expires=600");
    std::uint32_t cseq = 2;
    for (const std::string method : {"BYE", "INVITE", "UPDATE", "PRACK"}) {
        alice.forget();
        alice.say(alice.request(method, cseq++, method == "PRACK" ? "RAck: 1 1 INVITE\r\n" : ""));
        turn();
        EXPECT_EQ(alice.count("SIP/2.0 481"), 1U) << method;
        EXPECT_EQ(bob.count(method), 0U) << method;
        if (method == "INVITE") {
            alice.say(alice.companion("ACK", cseq - 1));
        }
    }
    alice.say(alice.request("OPTIONS", cseq++));
    turn();
    EXPECT_EQ(bob.count("OPTIONS"), 1U);
    bob.say(bob.response(bob.got("OPTIONS"), "200 OK", {}));
    turn();
    EXPECT_EQ(subscribed(), 1U);
    notify(2, "terminated");
    run(Millis{33'000});
    EXPECT_EQ(subscribed(), 0U);
}

TEST_F(SubscribeScenario, B2BUA_M9_refer_outside_a_call) {
    alice.say(alice.request(
        "REFER", 5, "Contact: <" + alice.contact + ">\r\nRefer-To: <sip:carol@10.20.0.9>\r\n"));
    turn();
    const std::string crossed = bob.got("REFER");
    bob.learn_invite(crossed, "b1");
    EXPECT_EQ(uri_of(header(crossed, "Contact")), "sip:alice@10.20.0.1:5060");
    bob.say(bob.response(crossed, "202 Accepted", "b1", "Contact: <" + bob.contact + ">\r\n"));
    turn();
    alice.learn_response(alice.got("SIP/2.0 202"));
    notify(1, "active", "Event: refer;id=" + std::to_string(cseq_of(crossed)) + "\r\n");
    EXPECT_EQ(header(alice.got("NOTIFY"), "Event"), "refer;id=5");
    EXPECT_EQ(subscribed(), 1U);
    notify(2, "terminated;reason=noresource", "Event: refer\r\n");
    run(Millis{33'000});
    EXPECT_EQ(subscribed(), 0U);
}

TEST_F(SubscribeScenario, RFC4488_refer_outside_a_call_without_subscription) {
    alice.say(alice.request("REFER", 5,
                            "Contact: <" + alice.contact +
                                ">\r\nRefer-To: <sip:carol@10.20.0.9>\r\nRefer-Sub: false\r\n"));
    turn();
    bob.say(bob.response(bob.got("REFER"), "202 Accepted", "b1", "Refer-Sub: false\r\n"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 202"), 1U);
    EXPECT_EQ(subscribed(), 0U);
}

TEST_F(SubscribeScenario, B2BUA_M9_malformed_requests_outside_calls) {
    alice.say(alice.request("REFER", 1, "Contact: <" + alice.contact + ">\r\n"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 400"), 1U);
    alice.dial("call-2", "sip:bob@10.10.0.1");
    alice.say(subscription(1, "Expires: 60\r\n"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 400"), 2U);
    EXPECT_EQ(bob.count("SUBSCRIBE") + bob.count("REFER"), 0U);
}

// Waiting messages are told to phones that never asked (docs/decisions/0004).
TEST_F(SubscribeScenario, B2BUA_M10_notify_that_nobody_asked_for) {
    alice.say(alice.request("NOTIFY", 1,
                            "Contact: <" + alice.contact +
                                ">\r\nEvent: message-summary\r\nSubscription-State: active\r\n"));
    turn();
    const std::string crossed = bob.got("NOTIFY");
    EXPECT_EQ(uri_of(header(crossed, "Contact")), "sip:alice@10.20.0.1:5060");
    EXPECT_EQ(crossed.find("10.10."), std::string::npos);
    bob.say(bob.response(crossed, "200 OK", "b1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
    EXPECT_EQ(gate.gauges().standalone, 0U);
}

Config two_at_most() {
    Config config = sim::example_config();
    config.max_calls = 2;
    return config;
}

class FewSubscriptions : public SubscribeScenario {
protected:
    FewSubscriptions() : SubscribeScenario(two_at_most()) {}
};

TEST_F(FewSubscriptions, B2BUA_J10_as_many_as_calls_and_beside_them) {
    for (const std::string id : {"s1", "s2", "s3"}) {
        alice.dial(id, "sip:bob@10.10.0.1");
        alice.say(subscription(1, kEvent));
        turn();
    }
    EXPECT_EQ(bob.count("SUBSCRIBE"), 2U);
    EXPECT_NE(header(alice.got("SIP/2.0 503"), "Retry-After"), "");
    EXPECT_EQ(gate.counters().too_many_subscriptions.read(), 1U);
    alice.dial("call-9", "sip:bob@10.10.0.1");
    bob.forget();
    alice.forget();
    establish();
    hang_up();
    EXPECT_EQ(calls(), 0U);
}

}  // namespace
}  // namespace sallyport::call
