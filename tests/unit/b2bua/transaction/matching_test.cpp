// SPDX-License-Identifier: Apache-2.0
// Matching through the Layer: branch and sent-by (C6), RFC 2543 peers (C7), merged requests (C19).
// RFC 3261 s.17.2.3, s.8.2.2.2.
#include "tests/unit/b2bua/transaction/bench.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::transaction {
namespace {

RequestText rfc2543(const std::string& method = "INVITE") {
    RequestText request;
    request.method = method;
    request.via = "SIP/2.0/UDP 192.0.2.10:5060";
    request.from = "<sip:alice@example.com>";  // no tag either
    return request;
}

RequestText with_via(const std::string& via) {
    RequestText request;
    request.via = via;
    return request;
}

TEST(Matching, B2BUA_C6_branch_sent_by_and_method_in_any_case_from_any_source) {
    Bench bench;
    bench.receive(with_via("SIP/2.0/UDP Phone.Example.COM:5060;branch=z9hG4bKa1;rport").text());
    Flow elsewhere = phone_flow();
    elsewhere.remote.port = Port{40000};
    bench.receive(with_via("SIP/2.0/UDP phone.example.com ;rport;branch=Z9HG4BKA1").text(),
                  elsewhere);
    EXPECT_EQ(bench.user.log, Log{"request INVITE"});
    EXPECT_EQ(bench.layer.counters().retransmissions_in.read(), 1U);
    EXPECT_EQ(bench.wire.sent.back().flow, phone_flow())
        << "answers keep going where the first one went";
}

struct OtherTransaction {
    const char* name;
    RequestText request;
};

TEST(Matching, B2BUA_C6_what_is_another_transaction) {
    RequestText base;
    base.call_id = "call-2";  // so that none of them is merged
    const auto changed = [&base](auto change) {
        RequestText request = base;
        change(request);
        return request;
    };
    const OtherTransaction cases[] = {
        {"branch",
         changed([](auto& r) { r.via = "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKa2"; })},
        {"host", changed([](auto& r) { r.via = "SIP/2.0/UDP 192.0.2.11:5060;branch=z9hG4bKa1"; })},
        {"port", changed([](auto& r) { r.via = "SIP/2.0/UDP 192.0.2.10:5061;branch=z9hG4bKa1"; })},
        {"method", changed([](auto& r) { r.method = "OPTIONS"; })},
    };
    for (const OtherTransaction& one : cases) {
        SCOPED_TRACE(one.name);
        Bench bench;
        bench.receive(RequestText{}.text());
        bench.receive(one.request.text());
        EXPECT_EQ(bench.user.log.size(), 2U);
    }
}

TEST(Rfc2543, B2BUA_C7_retransmissions_match_by_the_whole_set_of_fields) {
    Bench bench;
    bench.receive(rfc2543().text());
    bench.receive(rfc2543().text());
    EXPECT_EQ(bench.user.log, Log{"request INVITE"});
    EXPECT_EQ(bench.times("SIP/2.0 100").size(), 2U);

    RequestText other_via = rfc2543();
    other_via.via += ";hidden";
    bench.receive(other_via.text());
    RequestText other_cseq = rfc2543();
    other_cseq.cseq = "2";
    bench.receive(other_cseq.text());
    RequestText other_to = rfc2543();
    other_to.to += ";tag=x";
    bench.receive(other_to.text());
    RequestText other_uri = rfc2543();
    other_uri.uri = "sip:carol@example.com";
    bench.receive(other_uri.text());
    RequestText other_from = rfc2543();
    other_from.from += ";tag=y";
    bench.receive(other_from.text());
    bench.receive(rfc2543("OPTIONS").text());
    EXPECT_EQ(bench.user.log.size(), 7U);
}

TEST(Rfc2543, B2BUA_A15_the_bare_cookie_is_no_branch) {
    Bench bench;
    RequestText invite = with_via("SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK");
    bench.receive(invite.text());
    bench.receive(invite.text());
    EXPECT_EQ(bench.user.log.size(), 1U);
    invite.call_id = "another";
    bench.receive(invite.text());
    EXPECT_EQ(bench.user.log.size(), 2U) << "two phones that both send the bare cookie";
}

TEST(Rfc2543, B2BUA_C7_ack_matches_by_cseq_number_and_the_tag_that_was_sent) {
    Bench bench;
    const ServerHandle server = bench.open(rfc2543().text());
    ASSERT_TRUE(bench.answer(server, 486, "gate9"));
    RequestText ack = rfc2543("ACK");
    ack.to += ";tag=other";
    bench.receive(ack.text());
    EXPECT_EQ(bench.user.log, (Log{"request INVITE", "ack without transaction"}));
    ack.to = "<sip:bob@example.com>;tag=GATE9";
    bench.receive(ack.text());
    EXPECT_EQ(bench.user.log.size(), 2U) << "absorbed by its transaction";
    bench.run_until(5000);
    bench.expect_empty();
    EXPECT_EQ(bench.times("SIP/2.0 486"), Times{0});
}

TEST(Rfc2543, B2BUA_C7_cancel_matches_ignoring_the_method) {
    Bench bench;
    const ServerHandle server = bench.open(rfc2543().text());
    bench.user.cancel_hook = [&](ServerHandle invite) { EXPECT_EQ(invite, server); };
    RequestText wrong = rfc2543("CANCEL");
    wrong.cseq = "2";
    bench.receive(wrong.text());
    EXPECT_EQ(bench.layer.counters().unmatched_cancels.read(), 1U);
    bench.receive(rfc2543("CANCEL").text());
    EXPECT_EQ(bench.user.log, (Log{"request INVITE", "cancel"}));
}

TEST(Rfc2543, the_tag_sent_counts_although_another_was_set_before) {
    Bench bench;
    const ServerHandle server = bench.open(rfc2543().text());
    bench.receive(rfc2543("CANCEL").text());  // 200 with the tag of C17
    ASSERT_TRUE(bench.answer(server, 487, "late1"));
    RequestText ack = rfc2543("ACK");
    ack.to += ";tag=late1";
    bench.receive(ack.text());
    bench.run_until(32000);  // timer J of the CANCEL
    bench.expect_empty();
}

TEST(Merged, B2BUA_C19_by_another_path_to_the_same_uri_482) {
    Bench bench;
    bench.open(RequestText{}.text());
    bench.receive(with_via("SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKfork2").text());
    EXPECT_EQ(bench.wire.sent.back().octets.substr(0, 11), "SIP/2.0 482");
    EXPECT_EQ(bench.user.log, Log{"request INVITE"});
    EXPECT_EQ(bench.layer.counters().merged_requests.read(), 1U);
    // The ACK for the 482 is absorbed (C17), wherever it comes from.
    const std::string& refusal = bench.wire.sent.back().octets;
    const std::size_t tag = refusal.find(";tag=", refusal.find("\r\nTo:")) + 5;
    RequestText ack = with_via("SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKfork2");
    ack.method = "ACK";
    ack.to += ";tag=" + refusal.substr(tag, 16);
    bench.receive(ack.text());
    EXPECT_EQ(bench.layer.counters().stateless_acks.read(), 1U);
    EXPECT_EQ(bench.user.log, Log{"request INVITE"});
}

TEST(Merged, B2BUA_C19_what_is_not_merged) {
    const std::string fork = "SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKfork2";
    RequestText uri = with_via(fork);
    uri.uri = "sip:bob@other.example.com";
    RequestText cseq = with_via(fork);
    cseq.cseq = "2";
    RequestText from_tag = with_via(fork);
    from_tag.from = "<sip:alice@example.com>;tag=alice2";
    RequestText in_dialog = with_via(fork);
    in_dialog.to += ";tag=x";
    RequestText method = with_via(fork);
    method.method = "OPTIONS";
    for (const RequestText& request : {uri, cseq, from_tag, in_dialog, method}) {
        Bench bench;
        bench.open(RequestText{}.text());
        bench.receive(request.text());
        EXPECT_EQ(bench.user.log.size(), 2U) << request.text();
    }
}

TEST(Merged, B2BUA_C19_only_while_the_first_was_not_rejected) {
    for (const char* method : {"INVITE", "REGISTER"}) {
        RequestText request;
        request.method = method;
        Bench bench;
        const ServerHandle server = bench.open(request.text());
        ASSERT_TRUE(bench.answer(server, 503));
        request.via = "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKfailover";  // RFC 3263 s.4.3
        bench.receive(request.text());
        EXPECT_EQ(bench.user.log.size(), 2U);
    }
    Bench bench;
    const ServerHandle server = bench.open(RequestText{}.text());
    ASSERT_TRUE(bench.answer(server, 200));
    bench.receive(with_via("SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKfork2").text());
    EXPECT_EQ(bench.user.log.size(), 1U) << "answered 200: the slower copy is still merged";
}

}  // namespace
}  // namespace sallyport::transaction
