// SPDX-License-Identifier: Apache-2.0
// The first INVITE of a call and the dialogs that come of it (B2BUA-D3 .. D6, D8, D10, D12, M1,
// K10, K43, C19; RFC 3261 s.12, s.13, s.22.3).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

using InviteScenario = Scenario;

TEST_F(InviteScenario, B2BUA_D19_nothing_of_one_realm_in_the_other) {
    invite("Server: x\r\nX-Custom:  kept  as is \r\n");
    const std::string out = bob.got("INVITE");
    EXPECT_EQ(out.find("10.10."), std::string::npos) << out;
    EXPECT_EQ(out.find("call-1"), std::string::npos);
    EXPECT_NE(out.find("X-Custom:  kept  as is \r\n"), std::string::npos);
    EXPECT_EQ(request_uri_of(out), "sip:bob@10.20.0.2:5060");
    EXPECT_EQ(header(out, "Max-Forwards"), "69");
    EXPECT_EQ(header(out, "Contact").rfind("<sip:alice@10.20.0.1", 0), 0U);
    answer();
    const std::string in = alice.got("SIP/2.0 200");
    EXPECT_EQ(in.find("10.20."), std::string::npos) << in;
    EXPECT_EQ(header(in, "To"), "<sip:bob@10.10.0.1>;tag=" + tag_of(header(in, "To")));
    EXPECT_EQ(header(in, "Call-ID"), "call-1");
    acknowledge();
    hang_up();
}

TEST_F(InviteScenario, B2BUA_M1_503_alone_becomes_500) {
    invite();
    bob.say(
        bob.response(bob.got("INVITE"), "503 Service Unavailable", "b1", "Retry-After: 60\r\n"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 500"), 1U);
    EXPECT_EQ(alice.count("SIP/2.0 503"), 0U);
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(calls(), 0U);
}

TEST_F(InviteScenario, B2BUA_I11_302_passes_with_its_contacts) {
    invite();
    const std::string contacts = "Contact: <sip:bob@there.example.com>;q=0.9\r\n";
    bob.say(bob.response(bob.got("INVITE"), "302 Moved Temporarily", "b1", contacts));
    turn();
    EXPECT_EQ(header_lines(alice.got("SIP/2.0 302"), "Contact"), contacts);
}

TEST_F(InviteScenario, B2BUA_D4_retry_after_407) {
    invite();
    const std::string first = bob.got("INVITE");
    bob.say(bob.response(first, "407 Proxy Authentication Required", "p1",
                         "Proxy-Authenticate: Digest realm=\"x\", nonce=\"n\"\r\n"));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 407"), "Proxy-Authenticate"),
              "Digest realm=\"x\", nonce=\"n\"");
    EXPECT_EQ(gate.counters().calls_challenged.read(), 1U);
    EXPECT_EQ(gate.counters().calls_refused.read(), 0U) << "one call is counted once";
    alice.say(alice.companion("ACK", 1));
    turn();
    EXPECT_EQ(gate.relays().live(), 1U);  // kept for the next try
    const std::string credentials =
        "Proxy-Authorization: Digest username=\"a\", uri=\"sip:bob@10.10.0.1\"\r\n";
    alice.say(alice.request("INVITE", 2, credentials, sdp("10.10.0.5", 4000)));
    turn();
    const std::string second = bob.got("INVITE");
    EXPECT_EQ(header(second, "Call-ID"), header(first, "Call-ID"));
    EXPECT_EQ(header(second, "From"), header(first, "From"));
    EXPECT_EQ(tag_of(header(second, "To")), "");
    EXPECT_EQ(cseq_of(second), cseq_of(first) + 1);
    EXPECT_EQ(header_lines(second, "Proxy-Authorization"), credentials);
    EXPECT_EQ(body_of(second), body_of(first));  // ports and o= as before
    bob.learn_invite(second, "b1");
    answer();
    acknowledge(2);
    EXPECT_EQ(gate.relays().live(), 1U);
    hang_up();
}

TEST_F(InviteScenario, B2BUA_D4_changed_from_tag_gets_a_new_far_tag) {
    invite();
    const std::string first = bob.got("INVITE");
    bob.say(bob.response(first, "401 Unauthorized", "p1"));
    turn();
    alice.say(alice.companion("ACK", 1));
    alice.local = "<sip:alice@10.10.0.5>;tag=other";
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4000)));
    turn();
    const std::string second = bob.got("INVITE");
    EXPECT_EQ(header(second, "Call-ID"), header(first, "Call-ID"));
    EXPECT_NE(tag_of(header(second, "From")), tag_of(header(first, "From")));
    EXPECT_EQ(cseq_of(second), cseq_of(first) + 1);
    bob.say(bob.response(second, "486 Busy Here", "b1"));
    turn();
}

TEST_F(InviteScenario, B2BUA_D4_nobody_comes_back_and_the_ports_go) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "407 Proxy Authentication Required", "p1"));
    run(Millis{9'000});
    EXPECT_EQ(gate.relays().live(), 1U);
    run(Millis{2'000});
    EXPECT_EQ(gate.relays().live(), 0U);
}

TEST_F(InviteScenario, B2BUA_D5_cseq_out_of_order) {
    establish();
    alice.say(alice.request("INFO", 5));
    turn();
    bob.say(bob.response(bob.got("INFO"), "200 OK", {}));
    turn();
    for (const std::uint32_t number : {4U, 5U}) {
        alice.forget();
        alice.say(alice.request("MESSAGE", number, "Content-Type: text/plain\r\n", "x"));
        turn();
        EXPECT_EQ(alice.count("SIP/2.0 500"), 1U) << number;
    }
    EXPECT_EQ(bob.count("MESSAGE"), 0U);
    hang_up(1000);  // gaps are fine
}

TEST_F(InviteScenario, B2BUA_D6_record_route_of_both_sides) {
    const std::string ours =
        "Record-Route: <sip:10.10.0.8;lr;x=1>\r\nRecord-Route: <sip:10.10.0.7;lr>\r\n";
    invite(ours);
    EXPECT_EQ(header(bob.got("INVITE"), "Record-Route"), "");
    const std::string theirs = "Record-Route: <sip:10.20.0.2;lr;p=2>, <sip:10.20.0.2:5062;lr>\r\n";
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", theirs, sdp("10.20.0.2", 6000)));
    turn();
    const std::string ok = alice.got("SIP/2.0 200");
    EXPECT_EQ(header_lines(ok, "Record-Route"), ours);
    alice.learn_response(ok);
    Party proxy(network, at("10.20.0.2", 5062), gate.outside(), "proxy");
    acknowledge();  // the reversed set: the proxy nearest to us first
    const std::string ack = proxy.got("ACK");
    EXPECT_EQ(request_uri_of(ack), bob.contact);
    EXPECT_EQ(header_lines(ack, "Route"),
              "Route: <sip:10.20.0.2:5062;lr>\r\nRoute: <sip:10.20.0.2;lr;p=2>\r\n");
    bob.say(bob.request("BYE", 1));
    turn();
    const std::string bye =
        alice.got("BYE");  // by its flow (B9), through its own proxies in their order
    EXPECT_EQ(header_lines(bye, "Route"),
              "Route: <sip:10.10.0.8;lr;x=1>\r\nRoute: <sip:10.10.0.7;lr>\r\n");
    EXPECT_EQ(request_uri_of(bye), alice.contact);
}

TEST_F(InviteScenario, B2BUA_D8_strict_router_on_the_far_side) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1",
                         "Record-Route: <sip:10.20.0.2:5062>\r\n", sdp("10.20.0.2", 6000)));
    turn();
    alice.learn_response(alice.got("SIP/2.0 200"));
    Party proxy(network, at("10.20.0.2", 5062), gate.outside(), "proxy");
    acknowledge();
    EXPECT_EQ(request_uri_of(proxy.got("ACK")), "sip:10.20.0.2:5062");
    EXPECT_EQ(header(proxy.got("ACK"), "Route"), "<" + bob.contact + ">");
    bob.say(bob.request("BYE", 1));
    turn();
}

TEST_F(InviteScenario, B2BUA_K10_preloaded_route) {
    alice.routes = {"<sip:10.10.0.1;lr>", "<sip:10.20.0.2:5062;lr>"};
    Party proxy(network, at("10.20.0.2", 5062), gate.outside(), "proxy");
    alice.say(alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000)));
    turn();
    const std::string invite = proxy.got("INVITE");
    EXPECT_EQ(header_lines(invite, "Route"), "Route: <sip:10.20.0.2:5062;lr>\r\n");
    proxy.say(proxy.response(invite, "486 Busy Here", "b1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 486"), 1U);
}

TEST_F(InviteScenario, B2BUA_K43_two_forks_of_one_invite_are_two_calls) {
    const std::string first = alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000));
    std::string second = first;
    second.replace(second.find("sip:bob@"), 8, "sip:eve@");
    second.replace(second.find("z9hG4bK-"), 8, "z9hG4bK+");
    std::string merged = first;
    merged.replace(merged.find("z9hG4bK-"), 8, "z9hG4bK*");
    alice.say(first);
    alice.say(second);
    alice.say(merged);  // C19: the same request by another way
    turn();
    const auto sent = bob.all("INVITE");
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_NE(header(sent[0].text, "Call-ID"), header(sent[1].text, "Call-ID"));
    EXPECT_EQ(alice.count("SIP/2.0 482"), 1U);
    EXPECT_EQ(calls(), 2U);
    for (const Heard& heard : sent) {
        bob.say(bob.response(heard.text, "486 Busy Here", "b1"));
    }
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 486"), 2U);
}

TEST_F(InviteScenario, B2BUA_C18_timer_c) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "180 Ringing", "b1"));
    run(Millis{184'000});
    EXPECT_EQ(bob.count("CANCEL"), 0U);
    run(Millis{1'200});
    EXPECT_EQ(bob.count("CANCEL"), 1U);
    EXPECT_GE(alice.count("SIP/2.0 408"), 1U);
    bob.say(bob.response(bob.got("INVITE"), "487 Request Terminated", "b1"));
    turn();
    EXPECT_EQ(gate.counters().calls_unanswered.read(), 1U);
}

TEST_F(InviteScenario, B2BUA_C13_request_in_no_dialog) {
    alice.remote = "<sip:bob@10.10.0.1>;tag=nobody";
    for (const std::string method : {"BYE", "INVITE", "INFO", "UPDATE", "NOTIFY"}) {
        alice.forget();
        alice.say(alice.request(method, 1));
        turn();
        EXPECT_EQ(alice.count("SIP/2.0 481"), 1U) << method;
    }
    alice.forget();
    alice.say(alice.request("ACK", 1));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0"), 0U);
    EXPECT_EQ(gate.counters().no_dialog.read(), 5U);
}

TEST_F(InviteScenario, B2BUA_D2_a_wrong_remote_tag_is_another_dialog) {
    establish();
    const std::string local = alice.local;
    alice.local = "<sip:alice@10.10.0.5>;tag=somebody";
    alice.say(alice.request("BYE", 2));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 481"), 1U);
    EXPECT_EQ(bob.count("BYE"), 0U);
    alice.local = local;
    hang_up();
}

}  // namespace
}  // namespace sallyport::call
