// SPDX-License-Identifier: Apache-2.0
// Server transactions in virtual time: timers G, H, I, J, L of spec section C with their exact
// moments, 100, retransmissions, ACK and CANCEL received, abandoning. RFC 3261 s.17.2, s.9.2, RFC
// 6026 s.7.1, RFC 4320 s.4.
#include "tests/unit/b2bua/transaction/bench.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::transaction {
namespace {

RequestText with_method(const std::string& method) {
    RequestText request;
    request.method = method;
    return request;
}

RequestText ack_of(RequestText invite, const std::string& to_tag) {
    invite.method = "ACK";
    invite.to += ";tag=" + to_tag;
    return invite;
}

const std::string kInvite = RequestText{}.text();
const std::string kOptions = with_method("OPTIONS").text();

TEST(InviteServer, B2BUA_C3_100_at_once_octet_by_octet) {
    Bench bench;
    RequestText invite;
    invite.extra = "Timestamp: 54.3\r\nRecord-Route: <sip:p.example.com;lr>\r\n";
    bench.receive(invite.text());
    ASSERT_EQ(bench.wire.sent.size(), 1U);
    EXPECT_EQ(bench.wire.sent[0].octets,
              "SIP/2.0 100 Trying\r\n"
              "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKa1\r\n"
              "From: <sip:alice@example.com>;tag=alice1\r\n"
              "To: <sip:bob@example.com>\r\n"
              "Call-ID: call-1\r\n"
              "CSeq: 1 INVITE\r\n"
              "Timestamp: 54.3\r\n"
              "Content-Length: 0\r\n\r\n");
    EXPECT_EQ(bench.wire.sent[0].flow, phone_flow());
    EXPECT_EQ(bench.user.log, Log{"request INVITE"});
}

TEST(InviteServer, B2BUA_C9_a_retransmission_repeats_the_last_1xx_and_reaches_nobody) {
    Bench bench;
    const ServerHandle server = bench.open(kInvite);
    bench.run_until(500);
    bench.receive(kInvite);
    EXPECT_EQ(bench.times("SIP/2.0 100"), (Times{0, 500}));
    bench.run_until(1000);
    ASSERT_TRUE(bench.answer(server, 180));
    bench.run_until(1500);
    bench.receive(kInvite);
    EXPECT_EQ(bench.times("SIP/2.0 180"), (Times{1000, 1500}));
    EXPECT_EQ(bench.texts("SIP/2.0 180").size(), 1U);
    EXPECT_EQ(bench.user.log, Log{"request INVITE"});
    EXPECT_EQ(bench.layer.counters().retransmissions_in.read(), 2U);
}

TEST(InviteServer, B2BUA_C1_timer_G_doubles_up_to_T2_until_timer_H) {
    Bench bench;
    const ServerHandle server = bench.open(kInvite);
    bench.layer.attach(server, UserRef{5});
    bench.run_until(1000);
    ASSERT_TRUE(bench.answer(server, 486));
    bench.run_until(32999);
    EXPECT_EQ(bench.layer.gauges().invite_servers, 1U);
    bench.run_until(33000);
    EXPECT_EQ(bench.times("SIP/2.0 486"),
              (Times{1000, 1500, 2500, 4500, 8500, 12500, 16500, 20500, 24500, 28500, 32500}));
    EXPECT_EQ(bench.texts("SIP/2.0 486").size(), 1U);
    EXPECT_EQ(bench.user.log, (Log{"request INVITE", "ended"}));
    EXPECT_EQ(bench.user.last_ref, UserRef{5});
    EXPECT_EQ(bench.layer.counters().acks_missing.read(), 1U);
    bench.expect_empty();
}

TEST(InviteServer, B2BUA_C1_on_a_stream_no_G_but_H) {
    Bench bench;
    const ServerHandle server = bench.open(kInvite, stream_flow());
    ASSERT_TRUE(bench.answer(server, 486));
    bench.run_until(31999);
    EXPECT_EQ(bench.layer.gauges().invite_servers, 1U);
    bench.run_until(32000);
    EXPECT_EQ(bench.times("SIP/2.0 486"), Times{0});
    bench.expect_empty();
}

TEST(InviteServer, B2BUA_C1_the_ack_stops_G_and_timer_I_absorbs_for_T4) {
    Bench bench;
    const ServerHandle server = bench.open(kInvite);
    ASSERT_TRUE(bench.answer(server, 486));
    bench.run_until(600);
    const std::string ack = ack_of({}, "gate1").text();
    bench.receive(ack);
    bench.run_until(5000);
    bench.receive(ack);
    bench.receive(kInvite);
    bench.run_until(5599);
    EXPECT_EQ(bench.layer.gauges().invite_servers, 1U);
    bench.run_until(5600);
    bench.expect_empty();
    EXPECT_EQ(bench.times("SIP/2.0 486"), (Times{0, 500}));
    EXPECT_EQ(bench.user.log, (Log{"request INVITE", "ended"}))
        << "that ACK is not the user's (C10)";
    EXPECT_EQ(bench.layer.counters().ignored_events.read(), 0U);
}

TEST(InviteServer, B2BUA_C1_timer_I_is_zero_on_a_stream) {
    Bench bench;
    const ServerHandle server = bench.open(kInvite, stream_flow());
    ASSERT_TRUE(bench.answer(server, 603));
    bench.receive(ack_of({}, "gate1").text(), stream_flow());
    bench.layer.advance(bench.now);
    bench.expect_empty();
}

TEST(InviteServer, B2BUA_C22_a_retransmitted_invite_gets_the_cached_final) {
    Bench bench;
    const ServerHandle server = bench.open(kInvite);
    ASSERT_TRUE(bench.answer(server, 404));
    bench.run_until(100);
    bench.receive(kInvite);
    EXPECT_EQ(bench.times("SIP/2.0 404"), (Times{0, 100}));
    EXPECT_EQ(bench.texts("SIP/2.0 404").size(), 1U);
    EXPECT_EQ(bench.user.log, Log{"request INVITE"});
}

TEST(InviteServer, RFC6026_s7_1_accepted_absorbs_invites_and_passes_acks_until_timer_L) {
    Bench bench;
    const ServerHandle server = bench.open(kInvite);
    bench.layer.attach(server, UserRef{11});
    bench.run_until(2000);
    ASSERT_TRUE(bench.answer(server, 200));
    EXPECT_FALSE(bench.answer(server, 200)) << "retransmitting it is the user's job";
    EXPECT_FALSE(bench.answer(server, 486));
    bench.run_until(2500);
    bench.receive(kInvite);
    RequestText ack = ack_of({}, "gate1");
    bench.receive(ack.text());  // a client that kept the branch
    ack.via = "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKnew";
    bench.receive(ack.text());  // RFC 3261 s.13.2.2.4: a new one
    EXPECT_EQ(bench.user.log, (Log{"request INVITE", "ack", "ack without transaction"}));
    EXPECT_EQ(bench.times("SIP/2.0 200"), Times{2000});
    EXPECT_EQ(bench.layer.ref_of(server), UserRef{11});
    ASSERT_NE(bench.layer.flow_of(server), nullptr);
    EXPECT_EQ(*bench.layer.flow_of(server), phone_flow());
    bench.run_until(33999);
    EXPECT_EQ(bench.layer.gauges().invite_servers, 1U);
    bench.run_until(34000);
    bench.expect_empty();
    EXPECT_EQ(bench.user.log.back(), "ended");
    EXPECT_EQ(bench.user.last_ref, UserRef{11});
}

TEST(InviteServer, deviates_a_refused_final_is_repeated_by_timer_G) {
    Bench bench;
    const ServerHandle server = bench.open(kInvite);
    bench.wire.failing = true;
    EXPECT_TRUE(bench.answer(server, 486));
    bench.wire.failing = false;
    bench.run_until(500);
    EXPECT_EQ(bench.times("SIP/2.0 486"), Times{500});
}

TEST(InviteServer, abandoned_it_is_silent_and_absorbs_for_64_T1) {
    Bench bench;
    const ServerHandle server = bench.open(kInvite);
    bench.layer.abandon(server, bench.now);
    bench.run_until(500);
    bench.receive(kInvite);
    EXPECT_FALSE(bench.answer(server, 500));
    EXPECT_FALSE(bench.layer.awaiting_final(server));
    bench.run_until(31999);
    EXPECT_EQ(bench.layer.gauges().invite_servers, 1U);
    bench.run_until(32000);
    EXPECT_EQ(bench.user.log, (Log{"request INVITE", "ended"}));
    EXPECT_EQ(bench.wire.sent.size(), 1U) << "only the 100";
    bench.expect_empty();
}

TEST(OtherServer, B2BUA_C5_100_after_3500_ms_and_not_before) {
    for (const Flow& flow : {phone_flow(), stream_flow()}) {
        Bench bench;
        const ServerHandle server = bench.open(kOptions, flow);
        bench.run_until(500);
        bench.receive(kOptions, flow);
        bench.run_until(3499);
        EXPECT_TRUE(bench.wire.sent.empty());
        bench.run_until(4000);
        EXPECT_EQ(bench.times("SIP/2.0 100"), Times{3500});
        bench.receive(kOptions, flow);
        EXPECT_EQ(bench.times("SIP/2.0 100"), (Times{3500, 4000}));
        EXPECT_EQ(bench.texts("SIP/2.0 100").size(), 1U);
        EXPECT_TRUE(bench.answer(server, 200));
    }
}

TEST(OtherServer, RFC4320_s4_1_no_other_provisional) {
    Bench bench;
    const ServerHandle server = bench.open(kOptions);
    EXPECT_FALSE(bench.answer(server, 183));
    EXPECT_EQ(bench.layer.counters().refused_responses.read(), 1U);
    EXPECT_TRUE(bench.answer(server, 100));
    EXPECT_TRUE(bench.answer(server, 200));
    EXPECT_FALSE(bench.answer(server, 200));
}

TEST(OtherServer, B2BUA_C1_timer_J_repeats_the_final_for_64_T1_on_udp) {
    Bench bench;
    const ServerHandle server = bench.open(kOptions);
    bench.run_until(1000);
    ASSERT_TRUE(bench.answer(server, 200));
    for (const int at : {1500, 3500, 32900}) {
        bench.run_until(at);
        bench.receive(kOptions);
    }
    EXPECT_EQ(bench.times("SIP/2.0 200"), (Times{1000, 1500, 3500, 32900}));
    EXPECT_EQ(bench.texts("SIP/2.0 200").size(), 1U);
    bench.run_until(32999);
    EXPECT_EQ(bench.layer.gauges().servers, 1U);
    bench.run_until(33000);
    bench.expect_empty();
    EXPECT_EQ(bench.user.log, (Log{"request OPTIONS", "ended"}));
}

TEST(OtherServer, B2BUA_C1_timer_J_is_zero_on_a_stream) {
    Bench bench;
    const ServerHandle server = bench.open(kOptions, stream_flow());
    ASSERT_TRUE(bench.answer(server, 404));
    bench.layer.advance(bench.now);
    bench.expect_empty();
}

TEST(OtherServer, RFC4320_s4_2_unanswered_it_ends_in_silence) {
    Bench bench;
    const ServerHandle server = bench.open(kOptions);
    bench.run_until(32000);
    EXPECT_FALSE(bench.answer(server, 200)) << "too late to be of use";
    bench.receive(kOptions);  // the client's last retransmission, late: nothing new (C9)
    bench.run_until(63999);
    EXPECT_EQ(bench.layer.gauges().servers, 1U);
    bench.run_until(64000);
    bench.expect_empty();
    EXPECT_EQ(bench.times("SIP/2.0 408"), Times{});
    EXPECT_EQ(bench.user.log, (Log{"request OPTIONS", "ended"}));
    EXPECT_EQ(bench.layer.counters().unanswered_requests.read(), 1U);
}

TEST(OtherServer, B2BUA_C5_a_408_is_silence_whoever_made_it) {
    Bench bench;
    const ServerHandle server = bench.open(kOptions);
    bench.run_until(1000);
    EXPECT_TRUE(bench.answer(server, 408));
    EXPECT_FALSE(bench.layer.awaiting_final(server));
    bench.receive(kOptions);
    EXPECT_TRUE(bench.wire.sent.empty());
    EXPECT_EQ(bench.layer.counters().unanswered_requests.read(), 1U);
    bench.run_until(33000);
    bench.expect_empty();
}

TEST(OtherServer, B2BUA_C5_abandoned_it_absorbs_and_ends) {
    Bench bench;
    const ServerHandle server = bench.open(kOptions);
    bench.run_until(1000);
    bench.layer.abandon(server, bench.now);
    bench.layer.abandon(server, bench.now);
    bench.run_until(20000);
    bench.receive(kOptions);
    bench.run_until(33000);
    EXPECT_TRUE(bench.wire.sent.empty()) << "not even the 100";
    EXPECT_EQ(bench.user.log, (Log{"request OPTIONS", "ended"}));
    bench.expect_empty();
}

TEST(CancelReceived, B2BUA_C15_200_then_the_user_answers_487) {
    Bench bench;
    const ServerHandle server = bench.open(kInvite);
    bench.layer.set_to_tag(server, "gate1");
    bench.user.cancel_hook = [&](ServerHandle invite) {
        EXPECT_EQ(invite, server);
        EXPECT_EQ(bench.times("SIP/2.0 200").size(), 1U) << "the 200 went first";
        EXPECT_TRUE(bench.answer(invite, 487));
    };
    bench.receive(with_method("CANCEL").text());
    EXPECT_EQ(bench.user.log, (Log{"request INVITE", "cancel"}));
    ASSERT_EQ(bench.texts("SIP/2.0 200").size(), 1U);
    EXPECT_EQ(bench.texts("SIP/2.0 200")[0],
              "SIP/2.0 200 OK\r\n"
              "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKa1\r\n"
              "From: <sip:alice@example.com>;tag=alice1\r\n"
              "To: <sip:bob@example.com>;tag=gate1\r\n"
              "Call-ID: call-1\r\n"
              "CSeq: 1 CANCEL\r\n"
              "Content-Length: 0\r\n\r\n");
    EXPECT_NE(bench.texts("SIP/2.0 487")[0].find(";tag=gate1\r\n"), std::string::npos);
    bench.receive(with_method("CANCEL").text());
    EXPECT_EQ(bench.times("SIP/2.0 200").size(), 2U) << "the same answer again";
    EXPECT_EQ(bench.texts("SIP/2.0 200").size(), 1U);
    EXPECT_EQ(bench.user.log.size(), 2U);
    bench.receive(ack_of({}, "gate1").text());
    bench.run_until(32000);  // timer J of the CANCEL
    bench.expect_empty();
}

TEST(CancelReceived, B2BUA_C15_the_tag_follows_the_responses_given) {
    Bench bench;
    const ServerHandle server = bench.open(kInvite);
    ASSERT_TRUE(bench.answer(server, 180, "ringing7"));
    bench.receive(with_method("CANCEL").text());
    EXPECT_NE(bench.texts("SIP/2.0 200")[0].find(";tag=ringing7\r\n"), std::string::npos);
    EXPECT_EQ(bench.layer.to_tag_of(server), "ringing7");
}

TEST(CancelReceived, B2BUA_C15_told_once_even_if_the_user_takes_its_time) {
    Bench bench;
    bench.open(kInvite);
    bench.receive(with_method("CANCEL").text());
    bench.receive(with_method("CANCEL").text());
    EXPECT_EQ(bench.user.log, (Log{"request INVITE", "cancel"}));
    EXPECT_EQ(bench.times("SIP/2.0 200").size(), 2U);
}

TEST(CancelReceived, B2BUA_C15_repeated_gets_the_same_200_when_its_invite_is_gone) {
    Bench bench;
    const ServerHandle server = bench.open(kInvite);
    bench.receive(with_method("CANCEL").text());
    ASSERT_TRUE(bench.answer(server, 487, "gone"));
    bench.receive(ack_of({}, "gone").text());
    bench.run_until(10000);  // timer I has ended the INVITE
    bench.receive(with_method("CANCEL").text());
    EXPECT_EQ(bench.times("SIP/2.0 200"), (Times{0, 10000}));
    EXPECT_EQ(bench.texts("SIP/2.0 200").size(), 1U) << "the same octets";
    EXPECT_EQ(bench.layer.counters().unmatched_cancels.read(), 0U);
    bench.run_until(32000);  // timer J
    EXPECT_EQ(bench.layer.gauges().servers, 0U);
}

TEST(CancelReceived, B2BUA_ER2_after_a_final_200_and_no_effect) {
    for (const int status : {200, 486}) {
        Bench bench;
        const ServerHandle server = bench.open(kInvite);
        ASSERT_TRUE(bench.answer(server, status));
        bench.receive(with_method("CANCEL").text());
        EXPECT_EQ(bench.user.log, Log{"request INVITE"});
        EXPECT_NE(bench.wire.sent.back().octets.find("CSeq: 1 CANCEL"), std::string::npos);
        EXPECT_EQ(bench.wire.sent.back().octets.substr(0, 11), "SIP/2.0 200");
        EXPECT_EQ(bench.layer.counters().late_cancels.read(), 1U);
    }
}

TEST(CancelReceived, B2BUA_C15_nothing_to_cancel_481_and_not_an_invite_200) {
    Bench bench;
    bench.receive(with_method("CANCEL").text());
    EXPECT_EQ(bench.wire.sent.back().octets.substr(0, 11), "SIP/2.0 481");
    EXPECT_EQ(bench.layer.counters().unmatched_cancels.read(), 1U);
    bench.open(kOptions);
    bench.receive(with_method("CANCEL").text());
    EXPECT_EQ(bench.wire.sent.back().octets.substr(0, 11), "SIP/2.0 200");
    EXPECT_EQ(bench.user.log, Log{"request OPTIONS"});
    EXPECT_EQ(bench.layer.counters().late_cancels.read(), 1U);
}

TEST(CancelReceived, B2BUA_C6_another_branch_or_sent_by_does_not_match) {
    Bench bench;
    bench.open(kInvite);
    for (const char* via : {"SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKa2",
                            "SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKa1",
                            "SIP/2.0/UDP 192.0.2.11:5060;branch=z9hG4bKa1"}) {
        RequestText cancel = with_method("CANCEL");
        cancel.via = via;
        bench.receive(cancel.text());
    }
    EXPECT_EQ(bench.layer.counters().unmatched_cancels.read(), 3U);
    EXPECT_EQ(bench.user.log, Log{"request INVITE"});
}

TEST(Ack, B2BUA_C13_to_nothing_goes_to_the_user_and_is_never_answered) {
    Bench bench;
    bench.receive(ack_of({}, "unknown").text());
    EXPECT_EQ(bench.user.log, Log{"ack without transaction"});
    EXPECT_TRUE(bench.wire.sent.empty());
    EXPECT_EQ(bench.layer.counters().unmatched_acks.read(), 1U);
}

TEST(Ack, before_a_final_response_is_ignored) {
    Bench bench;
    bench.open(kInvite);
    bench.receive(ack_of({}, "x").text());
    EXPECT_EQ(bench.user.log, Log{"request INVITE"});
    EXPECT_EQ(bench.layer.counters().ignored_events.read(), 1U);
}

}  // namespace
}  // namespace sallyport::transaction
