// SPDX-License-Identifier: Apache-2.0
// The CANCEL that we send: when (C14, E-R10), octet by octet, and what becomes of the INVITE
// (E-R1). RFC 3261 s.9.1.
#include "tests/unit/b2bua/transaction/bench.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::transaction {
namespace {

TEST(Cancel, B2BUA_C14_octet_by_octet_after_a_1xx) {
    Bench bench;
    RequestText invite;
    invite.extra = "Route: <sip:p1.example.com;lr>\r\nRequire: 100rel\r\nProxy-Require: foo\r\n";
    const ClientHandle client = bench.layer.request(invite.text(), phone_flow(), {}, bench.now);
    bench.receive(response_text(invite.text(), 183));
    bench.layer.cancel(client, "SIP;cause=200;text=\"Call completed elsewhere\"", bench.now);
    ASSERT_EQ(bench.texts("CANCEL").size(), 1U);
    EXPECT_EQ(bench.texts("CANCEL")[0],
              "CANCEL sip:bob@example.com SIP/2.0\r\n"
              "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKa1\r\n"
              "Max-Forwards: 70\r\n"
              "Route: <sip:p1.example.com;lr>\r\n"
              "From: <sip:alice@example.com>;tag=alice1\r\n"
              "To: <sip:bob@example.com>\r\n"
              "Call-ID: call-1\r\n"
              "CSeq: 1 CANCEL\r\n"
              "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n"
              "Content-Length: 0\r\n\r\n");
    EXPECT_EQ(bench.wire.sent.back().flow, phone_flow());
    bench.layer.cancel(client, {}, bench.now);
    EXPECT_EQ(bench.times("CANCEL").size(), 1U) << "asked twice, sent once";
}

TEST(Cancel, B2BUA_C14_waits_for_the_first_1xx) {
    Bench bench;
    const ClientHandle client =
        bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now);
    bench.run_until(2000);
    bench.layer.cancel(client, "Q.850;cause=16", bench.now);
    bench.run_until(3000);
    EXPECT_EQ(bench.times("CANCEL"), Times{});
    bench.receive(response_text(RequestText{}.text(), 100));
    EXPECT_EQ(bench.times("CANCEL"), Times{3000});
    EXPECT_NE(bench.texts("CANCEL")[0].find("\r\nReason: Q.850;cause=16\r\n"), std::string::npos);
}

TEST(Cancel, B2BUA_ER10_a_final_response_voids_it) {
    for (const int status : {200, 486}) {
        Bench bench;
        const ClientHandle client =
            bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now);
        bench.layer.cancel(client, {}, bench.now);
        bench.receive(response_text(RequestText{}.text(), status));
        bench.layer.cancel(client, {}, bench.now);
        bench.run_until(70000);
        EXPECT_EQ(bench.times("CANCEL"), Times{});
        EXPECT_EQ(bench.user.log, Log{"response " + std::to_string(status)});
        bench.expect_empty();
        bench.layer.cancel(client, {}, bench.now);  // stale
    }
}

TEST(Cancel, B2BUA_ER10_without_any_response_timer_B_ends_it) {
    Bench bench;
    const ClientHandle client =
        bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now);
    bench.layer.cancel(client, {}, bench.now);
    bench.run_until(32000);
    EXPECT_EQ(bench.times("CANCEL"), Times{});
    EXPECT_EQ(bench.user.log, Log{"failed timeout"});
    bench.run_until(64000);
    bench.expect_empty();
}

TEST(Cancel, B2BUA_C14_without_a_final_the_invite_ends_64_T1_later) {
    Bench bench;
    const ClientHandle client =
        bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now);
    bench.receive(response_text(RequestText{}.text(), 180));
    bench.run_until(10000);
    bench.layer.cancel(client, {}, bench.now);
    bench.run_until(20000);
    bench.receive(response_text(RequestText{}.text(), 180));  // does not prolong it
    bench.run_until(41999);
    EXPECT_EQ(bench.layer.gauges().invite_clients, 1U);
    bench.run_until(42000);
    EXPECT_EQ(bench.user.log, (Log{"response 180", "response 180", "failed timeout"}));
    // The CANCEL was a transaction of its own: timers E and F, and nobody is told of its end.
    EXPECT_EQ(bench.times("CANCEL"),
              (Times{10000, 10500, 11500, 13500, 17500, 21500, 25500, 29500, 33500, 37500, 41500}));
    bench.run_until(74000);
    bench.expect_empty();
}

TEST(Cancel, B2BUA_C14_its_own_200_stops_it_and_is_not_passed_up) {
    Bench bench;
    const ClientHandle client =
        bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now);
    bench.receive(response_text(RequestText{}.text(), 180));
    bench.layer.cancel(client, {}, bench.now);
    const std::string cancel = bench.texts("CANCEL")[0];
    bench.run_until(600);
    bench.receive(response_text(cancel, 200));
    bench.run_until(1000);
    bench.receive(response_text(RequestText{}.text(), 487));
    bench.run_until(70000);
    EXPECT_EQ(bench.times("CANCEL"), (Times{0, 500}));
    EXPECT_EQ(bench.user.log, (Log{"response 180", "response 487"}));
    bench.expect_empty();
}

TEST(Cancel, B2BUA_ER1_a_2xx_that_crosses_the_cancel_goes_up) {
    Bench bench;
    const ClientHandle client =
        bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now);
    bench.receive(response_text(RequestText{}.text(), 180));
    bench.layer.cancel(client, {}, bench.now);
    bench.receive(response_text(RequestText{}.text(), 200));
    EXPECT_EQ(bench.user.log, (Log{"response 180", "response 200"}));
    bench.run_until(32000);
    bench.expect_empty();
}

}  // namespace
}  // namespace sallyport::transaction
