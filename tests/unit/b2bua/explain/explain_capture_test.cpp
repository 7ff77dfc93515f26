// SPDX-License-Identifier: Apache-2.0
// What --explain says about captures: messages in order in one run, what belongs to another run,
// and what is made up so that others can be explained.
#include "tests/unit/b2bua/digest_client.h"
#include "tests/unit/b2bua/explain/asking.h"

#include <gtest/gtest.h>

namespace sallyport::explain {
namespace {

/// The value of a header in the text of a report, from that place on.
std::string after(const std::string& report, std::string_view what, std::size_t from = 0) {
    const std::size_t begin = report.find(what, from) + what.size();
    return report.substr(begin, report.find_first_of(" \n;>", begin) - begin);
}

std::string ok_to(const std::string& branch, const std::string& call_id, const std::string& cseq) {
    return "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 10.20.0.1:5060;branch=" + branch +
           "\nFrom: <sip:alice@10.20.0.1>;tag=x\nTo: <sip:bob@10.20.0.2>;tag=b1\nCall-ID: " +
           call_id + "\nCSeq: " + cseq +
           " INVITE\nContact: <sip:bob@10.20.0.2>\nContent-Length: 0\n\n";
}

TEST(ExplainCapture, plays_a_capture_in_order) {
    const Config config = sim::example_config();
    const std::string invite =
        framed("10.10.0.5", "10.10.0.1", request("INVITE", "sip:bob@10.10.0.1"));
    const std::string sent = ask(config, pcap(kEthernet, {invite}))->text;
    // The numbers of a run are the same every time, so an answer to it can be in the capture.
    const std::string answer =
        framed("10.20.0.2", "10.20.0.1",
               ok_to(after(sent, "10.20.0.1:5060;branch="), after(sent, "  + Call-ID: "),
                     after(sent, "  + CSeq: ")));
    const std::string stray = framed("10.20.0.2", "10.20.0.1", ok_to("z9hG4bKother", "c", "1"));
    const std::string own = framed("10.10.0.1", "10.10.0.5", ok_to("z9hG4bK1", "c1", "1"));
    const std::string others =
        framed("10.10.0.5", "10.10.0.77", request("OPTIONS", "sip:10.10.0.77"));
    const auto made = ask(config, pcap(kEthernet, {invite, stray, answer, own, others}));
    ASSERT_TRUE(made.ok()) << made.error();
    EXPECT_TRUE(made->passes);
    for (const char* words :
         {"message 1 of 5, frame 1: INVITE", "it was sent to the address of that realm",
          "message 2 of 5, frame 2: 200 OK to INVITE 1", "belongs to no transaction of this run",
          "message 3 of 5, frame 3: 200 OK", "decided by   the transaction that it answers",
          "sent to      10.10.0.5:5060 in [realm.inside]", "  + Contact: <sip:bob@10.10.0.1:5060>",
          "not played   sent by the gateway of the capture",
          "not played   sent to 10.10.0.77:5060, which is not the gateway: [realm.inside] "
          "listens"}) {
        EXPECT_NE(made->text.find(words), std::string::npos) << words << "\n" << made->text;
    }
}

/// H22, H23: the users file has what it takes to prove who somebody is.
TEST(ExplainCapture, goes_on_for_a_user_of_the_gateway) {
    const Config config = with_option([](Config& c) {
        c.routes.clear();
        c.realms[0].registration = RegistrationMode::kLocal;
        Users users;
        users.add("alice", "lab.example",
                  DigestClient{"alice", "wonderland"}.secret("lab.example"));
        c.users = std::make_shared<const Users>(std::move(users));
    });
    const std::string registers = replaced(request("REGISTER", "sip:lab.example"),
                                           "sip:alice@example.com", "sip:alice@lab.example");
    const std::string invites =
        replaced(request("INVITE", "sip:alice@lab.example", {}, "10.10.0.6"), "sip:alice@10.10.0.6",
                 "sip:alice@lab.example");
    const auto made = ask(config, pcap(kEthernet, {framed("10.10.0.5", "10.10.0.1", registers),
                                                   framed("10.10.0.6", "10.10.0.1", invites)}));
    ASSERT_TRUE(made.ok()) << made.error();
    EXPECT_TRUE(made->passes) << made->text;
    for (const char* words :
         {"frame 1: REGISTER", "frame 1, with credentials: REGISTER sip:lab.example",
          "made up: the same with credentials of alice@lab.example",
          "answered by the gateway itself: 200 OK", "frame 2, with credentials: INVITE",
          "decided by   the domain of the Request-URI, which has users in",
          "goes to      10.10.0.5:5060 in [realm.inside], as sip:alice@10.10.0.5",
          "Proxy-Authorization taken out: it answered a challenge of the gateway itself"}) {
        EXPECT_NE(made->text.find(words), std::string::npos) << words << "\n" << made->text;
    }
    const std::string stranger = replaced(request("INVITE", "sip:alice@lab.example"),
                                          "From: <sip:alice@", "From: <sip:eve@");
    EXPECT_EQ(ask(config, stranger)->text.find("made up"), std::string::npos);
}

TEST(ExplainCapture, answers_a_cancel_that_ends_its_invite) {
    const std::string invite =
        framed("10.10.0.5", "10.10.0.1", request("INVITE", "sip:bob@10.10.0.1"));
    const std::string cancel =
        framed("10.10.0.5", "10.10.0.1", request("CANCEL", "sip:bob@10.10.0.1"));
    const auto made = ask(sim::example_config(), pcap(kEthernet, {invite, cancel, cancel}));
    EXPECT_TRUE(made->passes) << made->text;
    for (const char* words :
         {"answered by the gateway itself: 200", "487 Request Terminated to INVITE",
          "counted      retransmissions_in"}) {
        EXPECT_NE(made->text.find(words), std::string::npos) << words << "\n" << made->text;
    }
}

TEST(ExplainCapture, says_which_message_does_not_pass) {
    const std::string good = framed("10.10.0.5", "10.10.0.1", request("OPTIONS", "sip:10.10.0.1"));
    const std::string bad =
        framed("10.20.0.2", "10.20.0.1", request("MESSAGE", "sip:nobody@10.20.0.1"));
    const std::string of_another_run =
        framed("10.10.0.5", "10.10.0.1",
               replaced(request("BYE", "sip:bob@10.10.0.1"), "To: <sip:bob@10.10.0.1>",
                        "To: <sip:bob@10.10.0.1>;tag=real"));
    const auto with_bad = ask(sim::example_config(), pcap(kEthernet, {good, bad}));
    EXPECT_FALSE(with_bad->passes);
    EXPECT_NE(with_bad->text.find("does not pass: message 2 of 2, frame 2\n"), std::string::npos);
    const auto with_bye = ask(sim::example_config(), pcap(kEthernet, {good, of_another_run}));
    EXPECT_TRUE(with_bye->passes);
    EXPECT_NE(with_bye->text.find("belongs to no dialog of this run"), std::string::npos);
    EXPECT_FALSE(ask(sim::example_config(), pcap(kEthernet, {of_another_run}))->passes);
}

TEST(ExplainCapture, does_not_pass_where_nothing_came_in) {
    const std::string others =
        framed("10.10.0.5", "10.10.0.77", request("OPTIONS", "sip:10.10.0.77"));
    const auto made = ask(sim::example_config(), pcap(kEthernet, {others}));
    ASSERT_TRUE(made.ok());
    EXPECT_FALSE(made->passes);
    const auto claimed =
        ask(sim::example_config(), pcap(kEthernet, {others}), {sim::kInside, std::nullopt});
    EXPECT_NE(claimed->text.find("though it was sent to 10.10.0.77:5060"), std::string::npos);
}

/// H14: the Contact that the registrar is told is what others call.
TEST(ExplainCapture, finds_a_phone_whose_register_came_before) {
    const Config config = sim::example_config();
    const std::string registers =
        framed("10.10.0.5", "10.10.0.1", request("REGISTER", "sip:example.com"));
    const std::string told = ask(config, pcap(kEthernet, {registers}))->text;
    const std::string token = after(told, "  + Contact: <");
    ASSERT_TRUE(token.starts_with("sip:")) << told;
    const std::string call =
        framed("10.20.0.2", "10.20.0.1", request("INVITE", token, {}, "10.20.0.2"));
    const auto made = ask(config, pcap(kEthernet, {registers, call}));
    EXPECT_TRUE(made->passes);
    for (const char* words :
         {"the Request-URI, the token of a phone's binding",
          "goes to      10.10.0.5:5060 in [realm.inside], as sip:alice@10.10.0.5"}) {
        EXPECT_NE(made->text.find(words), std::string::npos) << words << "\n" << made->text;
    }
}

}  // namespace
}  // namespace sallyport::explain
