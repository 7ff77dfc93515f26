// SPDX-License-Identifier: Apache-2.0
// What comes when its transaction has given up, and what could not be sent: B2BUA-C12, C16, E-R7.
// RFC 3261 s.17.2.4, RFC 6026 s.8.
#include "tests/unit/b2bua/transaction/bench.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::transaction {
namespace {

const std::string kInvite = RequestText{}.text();

Bench& silent_until_timer_b(Bench& bench) {
    EXPECT_TRUE(bench.layer.request(kInvite, phone_flow(), UserRef{7}, bench.now));
    bench.run_until(32000);
    EXPECT_EQ(bench.user.log, Log{"failed timeout"});
    bench.user.log.clear();
    return bench;
}

TEST(GivenUp, B2BUA_C12_E_R7_a_late_2xx_reaches_the_user_for_64_T1_more) {
    Bench bench;
    silent_until_timer_b(bench);
    bench.run_until(63999);
    bench.receive(response_text(kInvite, 200));
    EXPECT_EQ(bench.user.log, Log{"response 200"});
    EXPECT_EQ(bench.user.last_ref, UserRef{7});
    bench.run_until(64000);
    bench.expect_empty();
    bench.receive(response_text(kInvite, 200));
    EXPECT_EQ(bench.user.log, (Log{"response 200", "stray 200"}));
}

TEST(GivenUp, B2BUA_E_R7_a_late_1xx_is_cancelled_once_and_its_487_acked) {
    Bench bench;
    silent_until_timer_b(bench);
    bench.run_until(33000);
    bench.receive(response_text(kInvite, 180));
    bench.receive(response_text(kInvite, 180));
    EXPECT_EQ(bench.times("CANCEL"), Times{33000});
    bench.receive(response_text(bench.texts("CANCEL")[0], 200));
    bench.receive(response_text(kInvite, 487));
    bench.receive(response_text(kInvite, 487));
    EXPECT_EQ(bench.times("ACK"), (Times{33000, 33000}));
    EXPECT_EQ(bench.user.log, Log{}) << "nobody is told twice";
    bench.run_until(33000 + 32000);
    bench.expect_empty();
}

TEST(GivenUp, B2BUA_C14_after_an_unanswered_cancel_a_late_2xx_goes_up_and_no_second_cancel_out) {
    Bench bench;
    const ClientHandle client = bench.layer.request(kInvite, phone_flow(), {}, bench.now);
    bench.receive(response_text(kInvite, 180));
    bench.layer.cancel(client, {}, bench.now);
    bench.run_until(32000);
    const std::size_t cancels = bench.times("CANCEL").size();
    EXPECT_EQ(bench.user.log, (Log{"response 180", "failed timeout"}));
    bench.receive(response_text(kInvite, 180));
    bench.receive(response_text(kInvite, 200));
    EXPECT_EQ(bench.times("CANCEL").size(), cancels);
    EXPECT_EQ(bench.user.log, (Log{"response 180", "failed timeout", "response 200"}));
    bench.run_until(64000);
    bench.expect_empty();
}

TEST(GivenUp, B2BUA_A17_a_second_via_is_never_for_us) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(kInvite, phone_flow(), {}, bench.now));
    std::string misrouted = response_text(kInvite, 200);
    misrouted.insert(misrouted.find("From: "),
                     "Via: SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKother\r\n");
    bench.receive(misrouted);
    EXPECT_EQ(bench.user.log, Log{});
    EXPECT_EQ(bench.layer.counters().misrouted_responses.read(), 1U);
    EXPECT_EQ(bench.times("SIP/2.0"), Times{}) << "forwarded to nobody";
}

TEST(Undeliverable, B2BUA_C16_a_refused_2xx_leaves_the_user_all_it_needs_to_repeat_it) {
    Bench bench;
    const ServerHandle server = bench.open(kInvite);
    bench.wire.failing = true;
    EXPECT_TRUE(bench.answer(server, 200)) << "the call is answered whatever the network does";
    EXPECT_EQ(bench.layer.counters().send_failures.read(), 1U);
    EXPECT_FALSE(bench.layer.awaiting_final(server));
    bench.wire.failing = false;
    ASSERT_NE(bench.layer.flow_of(server), nullptr);
    EXPECT_EQ(*bench.layer.flow_of(server), phone_flow());
    bench.receive(kInvite);
    EXPECT_EQ(bench.user.log, Log{"request INVITE"}) << "no second call";
}

TEST(Undeliverable, B2BUA_C16_other_finals_are_repeated_by_G_or_when_asked_again) {
    Bench busy;
    const ServerHandle invite = busy.open(kInvite);
    busy.wire.failing = true;
    EXPECT_TRUE(busy.answer(invite, 486));
    busy.run_until(400);
    busy.wire.failing = false;
    busy.run_until(500);
    EXPECT_EQ(busy.times("SIP/2.0 486"), Times{500});

    Bench bench;
    RequestText options;
    options.method = "OPTIONS";
    const ServerHandle server = bench.open(options.text());
    bench.wire.failing = true;
    EXPECT_TRUE(bench.answer(server, 200));
    bench.wire.failing = false;
    bench.run_until(500);
    EXPECT_EQ(bench.times("SIP/2.0 200"), Times{});
    bench.receive(options.text());
    EXPECT_EQ(bench.times("SIP/2.0 200"), Times{500});
    EXPECT_EQ(bench.user.log, Log{"request OPTIONS"});
}

TEST(Cached, B2BUA_C22_a_burst_of_retransmissions_never_reaches_the_user) {
    Bench bench;
    RequestText bye;
    bye.method = "BYE";
    bye.to += ";tag=gate1";
    const ServerHandle server = bench.open(bye.text());
    ASSERT_TRUE(bench.answer(server, 200));
    for (int i = 0; i < 1000; ++i) {
        bench.receive(bye.text());
    }
    EXPECT_EQ(bench.times("SIP/2.0 200").size(), 1001U);
    EXPECT_EQ(bench.texts("SIP/2.0 200").size(), 1U);
    EXPECT_EQ(bench.user.log, Log{"request BYE"});
}

TEST(InviteClient, B2BUA_ER12_a_rejection_after_a_2xx_gets_its_ack_and_is_not_passed_up) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now));
    bench.receive(response_text(RequestText{}.text(), 200, "fork1"));
    bench.receive(response_text(RequestText{}.text(), 486, "fork1"));
    bench.receive(response_text(RequestText{}.text(), 486, "fork1"));
    bench.receive(response_text(RequestText{}.text(), 200, "fork1"));
    EXPECT_EQ(bench.user.log, (Log{"response 200", "response 200"}));
    EXPECT_EQ(bench.times("ACK"), (Times{0, 0}));
    bench.run_until(32000);
    bench.expect_empty();
}

}  // namespace
}  // namespace sallyport::transaction
