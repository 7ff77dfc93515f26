// SPDX-License-Identifier: Apache-2.0
// Client transactions in virtual time: timers A, B, C, D, E, F, K, M of spec section C with their
// exact moments, ACK octet by octet, responses to nobody. RFC 3261 s.17.1, RFC 6026 s.7.2.
#include "tests/unit/b2bua/transaction/bench.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::transaction {
namespace {

RequestText other(const std::string& method = "OPTIONS") {
    RequestText request;
    request.method = method;
    return request;
}

TEST(InviteClient, B2BUA_C1_timer_A_doubles_without_a_cap_until_timer_B) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(RequestText{}.text(), phone_flow(), UserRef{7}, bench.now));
    bench.run_until(31999);
    EXPECT_EQ(bench.user.log, Log{});
    bench.run_until(64000);
    EXPECT_EQ(bench.times("INVITE"), (Times{0, 500, 1500, 3500, 7500, 15500, 31500}));
    EXPECT_EQ(bench.texts("INVITE"), std::vector{RequestText{}.text()}) << "byte-identical (C1)";
    EXPECT_EQ(bench.user.log, Log{"failed timeout"});
    EXPECT_EQ(bench.user.last_ref, UserRef{7});
    EXPECT_EQ(bench.layer.counters().retransmissions_out.read(), 6U);
    bench.expect_empty();
}

TEST(InviteClient, B2BUA_C1_timer_B_fires_at_64_T1) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now));
    std::int64_t failed_at = 0;
    bench.user.failed_hook = [&](ClientHandle, ClientFailure) {
        failed_at = bench.now.since_start.count();
    };
    bench.run_until(40000);
    EXPECT_EQ(failed_at, 32000);
}

TEST(InviteClient, B2BUA_C1_no_timer_A_on_a_stream) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(RequestText{}.text(), stream_flow(), {}, bench.now));
    bench.run_until(64000);
    EXPECT_EQ(bench.times("INVITE"), Times{0});
    EXPECT_EQ(bench.user.log, Log{"failed timeout"});
    bench.expect_empty();
}

TEST(InviteClient, B2BUA_C2_provisional_stops_A_and_B) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now));
    bench.run_until(600);
    bench.receive(response_text(RequestText{}.text(), 180));
    bench.run_until(100000);
    EXPECT_EQ(bench.times("INVITE"), (Times{0, 500}));
    EXPECT_EQ(bench.user.log, Log{"response 180"});
}

struct TimerCCase {
    const char* name;
    std::vector<std::pair<int, int>> responses;  // moment, status
    std::int64_t fires;
};

TEST(InviteClient, B2BUA_C18_timer_C) {
    const TimerCCase cases[] = {
        {"a 100 does not restart it", {{1000, 100}, {9000, 100}}, 185000},
        {"a 180 restarts it", {{1000, 100}, {5000, 180}}, 190000},
        {"each 101-199 restarts it", {{1000, 180}, {100000, 183}, {150000, 199}}, 335000},
        {"a 100 after a 180 does not", {{1000, 180}, {100000, 100}}, 186000},
    };
    for (const TimerCCase& one : cases) {
        SCOPED_TRACE(one.name);
        Bench bench;
        ASSERT_TRUE(bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now));
        std::int64_t fired = 0;
        bench.user.failed_hook = [&](ClientHandle, ClientFailure failure) {
            if (failure == ClientFailure::kTimerC) {
                fired = bench.now.since_start.count();
            }
        };
        for (const auto& [at, status] : one.responses) {
            bench.run_until(at);
            bench.receive(response_text(RequestText{}.text(), status));
        }
        bench.run_until(one.fires + 1000);
        EXPECT_EQ(fired, one.fires);
    }
}

TEST(InviteClient, B2BUA_C18_after_timer_C_the_transaction_ends_whatever_the_user_does) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now));
    bench.receive(response_text(RequestText{}.text(), 180));
    bench.run_until(186000);
    bench.receive(response_text(RequestText{}.text(), 180));  // must not start C anew
    bench.run_until(185000 + 2 * 32000);
    EXPECT_EQ(bench.user.log,
              (Log{"response 180", "failed timer c", "response 180", "failed timeout"}));
    bench.expect_empty();
}

TEST(InviteClient, B2BUA_C18_timer_C_then_cancel_then_487) {
    Bench bench;
    const ClientHandle invite =
        bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now);
    bench.receive(response_text(RequestText{}.text(), 180));
    bench.user.failed_hook = [&](ClientHandle client, ClientFailure failure) {
        EXPECT_EQ(client, invite);
        if (failure == ClientFailure::kTimerC) {
            bench.layer.cancel(client, {}, bench.now);
        }
    };
    bench.run_until(185000);
    ASSERT_EQ(bench.times("CANCEL"), Times{185000});
    bench.receive(response_text(bench.wire.sent.back().octets, 200));
    bench.receive(response_text(RequestText{}.text(), 487));
    EXPECT_EQ(bench.times("ACK"), Times{185000});
    bench.run_until(300000);
    EXPECT_EQ(bench.user.log, (Log{"response 180", "failed timer c", "response 487"}));
    bench.expect_empty();
}

TEST(InviteClient, B2BUA_C2_rejection_is_acked_each_time_and_passed_up_once_until_timer_D) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now));
    const std::string busy = response_text(RequestText{}.text(), 486);
    bench.run_until(100);
    for (const int at : {100, 600, 1600, 3600, 7600, 32099}) {
        bench.run_until(at);
        bench.receive(busy);
    }
    bench.run_until(32099);
    EXPECT_EQ(bench.layer.gauges().invite_clients, 1U) << "timer D: 32 s after the final response";
    bench.run_until(32100);
    EXPECT_EQ(bench.times("ACK"), (Times{100, 600, 1600, 3600, 7600, 32099}));
    EXPECT_EQ(bench.texts("ACK").size(), 1U) << "byte-identical";
    EXPECT_EQ(bench.user.log, Log{"response 486"});
    bench.expect_empty();
    bench.receive(busy);
    EXPECT_EQ(bench.layer.counters().stray_responses.read(), 1U);
}

TEST(InviteClient, B2BUA_C1_timer_D_is_zero_on_a_stream_and_never_below_32_s_on_udp) {
    Bench stream;
    ASSERT_TRUE(stream.layer.request(RequestText{}.text(), stream_flow(), {}, stream.now));
    stream.receive(response_text(RequestText{}.text(), 486), stream_flow());
    stream.layer.advance(stream.now);
    stream.expect_empty();

    Settings quick = small_settings();
    quick.t1 = Millis(10);
    Bench bench(quick);
    ASSERT_TRUE(bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now));
    bench.receive(response_text(RequestText{}.text(), 486));
    bench.run_until(31990);
    EXPECT_EQ(bench.layer.gauges().invite_clients, 1U);
    bench.run_until(32000);
    bench.expect_empty();
}

TEST(InviteClient, B2BUA_C10_the_ack_octet_by_octet) {
    Bench bench;
    RequestText invite;
    invite.extra =
        "Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>\r\nRoute: "
        "<sip:p3.example.com;lr>\r\n"
        "Proxy-Require: foo\r\nRequire: 100rel\r\n";
    ASSERT_TRUE(bench.layer.request(invite.text(), phone_flow(), {}, bench.now));
    bench.receive(response_text(invite.text(), 407, "carrier7"));
    ASSERT_EQ(bench.texts("ACK").size(), 1U);
    EXPECT_EQ(bench.texts("ACK")[0],
              "ACK sip:bob@example.com SIP/2.0\r\n"
              "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKa1\r\n"
              "Max-Forwards: 70\r\n"
              "Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>\r\n"
              "Route: <sip:p3.example.com;lr>\r\n"
              "From: <sip:alice@example.com>;tag=alice1\r\n"
              "To: <sip:bob@example.com>;tag=carrier7\r\n"
              "Call-ID: call-1\r\n"
              "CSeq: 1 ACK\r\n"
              "Content-Length: 0\r\n\r\n");
    EXPECT_EQ(bench.wire.sent.back().flow, phone_flow());
}

TEST(InviteClient, RFC6026_s7_2_every_2xx_goes_up_until_timer_M) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now));
    bench.run_until(1000);
    bench.receive(response_text(RequestText{}.text(), 200, "fork1"));
    bench.run_until(1500);
    bench.receive(response_text(RequestText{}.text(), 200, "fork1"));
    bench.receive(response_text(RequestText{}.text(), 200, "fork2"));
    bench.receive(response_text(RequestText{}.text(), 180, "fork3"));  // ignored
    bench.run_until(32999);
    EXPECT_EQ(bench.layer.gauges().invite_clients, 1U);
    bench.run_until(33000);
    bench.expect_empty();
    bench.receive(response_text(RequestText{}.text(), 200, "fork4"));
    EXPECT_EQ(bench.user.log, (Log{"response 200", "response 200", "response 200", "stray 200"}));
    EXPECT_EQ(bench.times("ACK"), Times{}) << "the user's job (C11)";
    EXPECT_EQ(bench.layer.counters().ignored_events.read(), 1U);
    EXPECT_EQ(bench.layer.counters().stray_2xx.read(), 1U);
}

TEST(InviteClient, B2BUA_ER12_a_final_after_a_rejection_is_not_passed_up) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now));
    bench.receive(response_text(RequestText{}.text(), 486));
    bench.receive(response_text(RequestText{}.text(), 200));
    bench.receive(response_text(RequestText{}.text(), 503));
    bench.receive(response_text(RequestText{}.text(), 180));
    EXPECT_EQ(bench.user.log, Log{"response 486"});
    EXPECT_EQ(bench.times("ACK"), (Times{0, 0}));
}

TEST(InviteClient, B2BUA_ER7_a_2xx_of_another_fork_behind_a_rejection_goes_up) {
    Bench bench;
    const ClientHandle client =
        bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now);
    ASSERT_TRUE(client);
    EXPECT_EQ(bench.layer.request_of(client)->octets(), RequestText{}.text());
    bench.receive(response_text(RequestText{}.text(), 486, "fork1"));
    bench.receive(response_text(RequestText{}.text(), 200, "fork2"));
    bench.receive(response_text(RequestText{}.text(), 200, "FORK1"));  // E-R12
    bench.receive(response_text(RequestText{}.text(), 200, "fork2"));
    EXPECT_EQ(bench.user.log, (Log{"response 486", "response 200", "response 200"}));
    EXPECT_EQ(bench.times("ACK"), (Times{0})) << "of a 2xx it is the user's job (C11)";
    bench.run_until(32000);
    bench.expect_empty();
    EXPECT_EQ(bench.layer.request_of(client), nullptr);
}

TEST(OtherClient, B2BUA_C4_timer_E_doubles_up_to_T2_until_timer_F) {
    Bench bench;
    const std::string options = other().text();
    ASSERT_TRUE(bench.layer.request(options, phone_flow(), UserRef{9}, bench.now));
    bench.run_until(31999);
    EXPECT_EQ(bench.user.log, Log{});
    bench.run_until(32000);
    EXPECT_EQ(bench.times("OPTIONS"),
              (Times{0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500}));
    EXPECT_EQ(bench.texts("OPTIONS"), std::vector{options});
    EXPECT_EQ(bench.user.log, Log{"failed timeout"});
    EXPECT_EQ(bench.user.last_ref, UserRef{9});
    bench.expect_empty();
}

TEST(OtherClient, RFC3261_s17_1_2_2_in_proceeding_every_interval_is_T2_and_F_goes_on) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(other().text(), phone_flow(), {}, bench.now));
    bench.run_until(600);
    bench.receive(response_text(other().text(), 100));
    bench.run_until(40000);
    EXPECT_EQ(bench.times("OPTIONS"),
              (Times{0, 500, 1500, 5500, 9500, 13500, 17500, 21500, 25500, 29500}));
    EXPECT_EQ(bench.user.log, (Log{"response 100", "failed timeout"}));
    bench.expect_empty();
}

TEST(OtherClient, B2BUA_C1_timer_K_absorbs_for_T4_on_udp_and_not_at_all_on_a_stream) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(other().text(), phone_flow(), {}, bench.now));
    bench.run_until(1000);
    bench.receive(response_text(other().text(), 200));
    bench.receive(response_text(other().text(), 200));
    bench.receive(response_text(other().text(), 404));
    bench.run_until(5999);
    EXPECT_EQ(bench.layer.gauges().clients, 1U);
    bench.run_until(6000);
    bench.expect_empty();
    EXPECT_EQ(bench.user.log, Log{"response 200"});
    EXPECT_EQ(bench.times("OPTIONS"), (Times{0, 500}));

    Bench stream;
    ASSERT_TRUE(stream.layer.request(other().text(), stream_flow(), {}, stream.now));
    stream.receive(response_text(other().text(), 404), stream_flow());
    stream.layer.advance(stream.now);
    stream.expect_empty();
}

TEST(OtherClient, B2BUA_C1_timer_F_runs_on_a_stream_too) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(other().text(), stream_flow(), {}, bench.now));
    bench.run_until(40000);
    EXPECT_EQ(bench.times("OPTIONS"), Times{0});
    EXPECT_EQ(bench.user.log, Log{"failed timeout"});
    bench.expect_empty();
}

TEST(Client, B2BUA_C4_transport_refusal_is_told_from_the_next_advance) {
    for (const char* method : {"INVITE", "OPTIONS"}) {
        Bench bench;
        bench.wire.failing = true;
        ASSERT_TRUE(bench.layer.request(other(method).text(), phone_flow(), UserRef{3}, bench.now));
        EXPECT_EQ(bench.user.log, Log{}) << "never from within request()";
        EXPECT_LE(bench.layer.next_deadline(), bench.now);
        bench.layer.advance(bench.now);
        EXPECT_EQ(bench.user.log, Log{"failed transport"});
        EXPECT_EQ(bench.layer.counters().send_failures.read(), 1U);
        bench.expect_empty();
    }
}

TEST(Client, B2BUA_C4_transport_refusal_of_a_retransmission) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(other().text(), phone_flow(), {}, bench.now));
    bench.run_until(400);
    bench.wire.failing = true;
    bench.run_until(520);
    EXPECT_EQ(bench.user.log, Log{"failed transport"});
    bench.expect_empty();
}

TEST(Client, deviates_a_refused_ack_does_not_end_the_transaction) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now));
    bench.wire.failing = true;
    bench.receive(response_text(RequestText{}.text(), 486));
    bench.wire.failing = false;
    bench.receive(response_text(RequestText{}.text(), 486));
    EXPECT_EQ(bench.times("ACK"), Times{0});
    EXPECT_EQ(bench.user.log, Log{"response 486"});
}

TEST(Client, B2BUA_C8_branch_and_method_match_without_case_and_added_parameters) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(other().text(), phone_flow(), {}, bench.now));
    std::string answer = response_text(other().text(), 200);
    const std::string branch = "branch=z9hG4bKa1";
    answer.replace(answer.find(branch), branch.size(),
                   "BRANCH=Z9HG4BKA1;received=203.0.113.4;rport=99;x=y");
    bench.receive(answer);
    EXPECT_EQ(bench.user.log, Log{"response 200"});
}

TEST(Client, B2BUA_C8_C12_responses_to_nobody_are_dropped_and_counted) {
    const auto changed = [](const std::string& from, const std::string& to) {
        std::string text = response_text(other().text(), 200);
        return text.replace(text.find(from), from.size(), to);
    };
    Bench bench;
    ASSERT_TRUE(bench.layer.request(other().text(), phone_flow(), {}, bench.now));
    bench.receive(changed("z9hG4bKa1", "z9hG4bKa2"));
    bench.receive(changed("1 OPTIONS", "1 INFO"));
    bench.receive(changed("1 OPTIONS", "1 FOOBAR"));
    EXPECT_EQ(bench.layer.counters().stray_responses.read(), 3U);
    bench.receive(changed("192.0.2.10:5060", "198.51.100.1:5060"));
    bench.receive(changed("192.0.2.10:5060", "192.0.2.10:5070"));
    EXPECT_EQ(bench.layer.counters().foreign_via.read(), 2U);
    bench.receive(
        changed("\r\nFrom", "\r\nVia: SIP/2.0/UDP other.example.com;branch=z9hG4bKb\r\nFrom"));
    EXPECT_EQ(bench.layer.counters().misrouted_responses.read(), 1U);
    EXPECT_EQ(bench.user.log, Log{});
    bench.receive(changed("192.0.2.10:5060", "192.0.2.10"));  // 5060 is what no port means
    EXPECT_EQ(bench.user.log, Log{"response 200"});
}

TEST(Client, unknown_methods_match_by_name) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(other("FOO").text(), phone_flow(), {}, bench.now));
    bench.receive(response_text(other("BAR").text(), 200));
    EXPECT_EQ(bench.layer.counters().stray_responses.read(), 1U);
    bench.receive(response_text(other("FOO").text(), 200));
    EXPECT_EQ(bench.user.log, Log{"response 200"});
}

TEST(Client, what_is_no_request_is_not_sent) {
    Bench bench;
    EXPECT_FALSE(bench.layer.request("nonsense", phone_flow(), {}, bench.now));
    EXPECT_FALSE(
        bench.layer.request(response_text(other().text(), 200), phone_flow(), {}, bench.now));
    EXPECT_EQ(bench.layer.counters().not_written.read(), 2U);
    EXPECT_TRUE(bench.wire.sent.empty());
    bench.expect_empty();
}

TEST(Client, a_late_clock_does_not_burst_retransmissions) {
    Bench bench;
    ASSERT_TRUE(bench.layer.request(other().text(), phone_flow(), {}, bench.now));
    bench.now = ms(10000);
    bench.layer.advance(bench.now);
    EXPECT_EQ(bench.times("OPTIONS"), (Times{0, 10000}));
    bench.run_until(11500);
    EXPECT_EQ(bench.times("OPTIONS"), (Times{0, 10000, 11000}));
}

}  // namespace
}  // namespace sallyport::transaction
