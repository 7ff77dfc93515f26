// SPDX-License-Identifier: Apache-2.0
// Offers that come late, previews, padding, and bodies with more in them than a session description
// (B2BUA-E2 .. E4, E6, D16, D17; RFC 3261 s.13.2.1, RFC 3264, RFC 5621).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

using OfferScenario = Scenario;

TEST_F(OfferScenario, B2BUA_E3_delayed_offer_with_its_answer_in_ack) {
    alice.say(alice.request("INVITE", 1));
    turn();
    const std::string invite = bob.got("INVITE");
    EXPECT_EQ(body_of(invite), "");
    EXPECT_EQ(gate.relays().live(), 0U);
    bob.learn_invite(invite, "b1");
    answer();
    EXPECT_EQ(bob.count("ACK"), 0U);  // waits for alice's
    const std::string offer = alice.got("SIP/2.0 200");
    EXPECT_NE(body_of(offer).find("c=IN IP4 10.10.0.1\r\n"), std::string::npos);
    alice.say(alice.request("ACK", 1, {}, sdp("10.10.0.5", 4000)));
    turn();
    const std::string ack = bob.got("ACK");
    EXPECT_NE(body_of(ack).find("c=IN IP4 10.20.0.1\r\n"), std::string::npos);
    EXPECT_EQ(cseq_of(ack), cseq_of(invite));
    const auto relay = gate.relays().ids().front();
    EXPECT_EQ(gate.relays().side(relay, Side::kA)->remote.rtp, at("10.10.0.5", 4000));
    EXPECT_EQ(gate.relays().side(relay, Side::kB)->remote.rtp, at("10.20.0.2", 6000));
    hang_up();
}

TEST_F(OfferScenario, B2BUA_E3_ack_without_the_answer) {
    alice.say(alice.request("INVITE", 1));
    turn();
    answer();
    alice.say(alice.request("ACK", 1));
    turn();
    const std::string ack = bob.got("ACK");
    EXPECT_EQ(port_in(ack), 0);
    EXPECT_EQ(body_of(ack).find("10.10."), std::string::npos);
    EXPECT_EQ(header(bob.got("BYE"), "Reason"), "SIP;cause=488");
    EXPECT_EQ(header(alice.got("BYE"), "Reason"), "SIP;cause=488");
}

TEST_F(OfferScenario, B2BUA_E3_no_ack_to_a_delayed_offer) {
    alice.say(alice.request("INVITE", 1));
    turn();
    answer();
    run(Millis{33'000});
    EXPECT_EQ(port_in(bob.got("ACK")), 0);
    EXPECT_EQ(bob.count("BYE"), 1U);
    EXPECT_EQ(alice.count("BYE"), 1U);
}

TEST_F(OfferScenario, B2BUA_E2_preview_then_the_answer_governs) {
    invite();
    bob.say(
        bob.response(bob.got("INVITE"), "183 Session Progress", "b1", {}, sdp("10.20.0.2", 6100)));
    turn();
    const auto relay = gate.relays().ids().front();
    EXPECT_EQ(gate.relays().side(relay, Side::kB)->remote.rtp.port, Port{6100});
    EXPECT_EQ(port_in(alice.got("SIP/2.0 183")),
              gate.relays().side(relay, Side::kA)->ports.rtp.port.value);
    answer();
    EXPECT_EQ(gate.relays().side(relay, Side::kB)->remote.rtp.port, Port{6000});
    acknowledge();
    hang_up();
}

TEST_F(OfferScenario, B2BUA_E2_200_without_sdp_after_a_preview) {
    invite();
    bob.say(
        bob.response(bob.got("INVITE"), "183 Session Progress", "b1", {}, sdp("10.20.0.2", 6100)));
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1"));
    turn();
    alice.learn_response(alice.got("SIP/2.0 200"));
    acknowledge();
    EXPECT_EQ(gate.relays().live(), 1U);
    bob.say(bob.request("INVITE", 1, {}, sdp("10.20.0.2", 6100, "sendonly", 2)));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 491"), 0U);  // nothing is pending any more
    alice.say(alice.response(alice.got("INVITE"), "200 OK", {}, {},
                             sdp("10.10.0.5", 4000, "recvonly", 2)));
    turn();
    bob.say(bob.request("ACK", 1));
    turn();
    hang_up();
}

TEST_F(OfferScenario, B2BUA_E4_short_answer_is_padded) {
    alice.say(
        alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000) + "m=video 4100 RTP/AVP 96\r\n"));
    turn();
    EXPECT_EQ(gate.relays().live(), 2U);
    answer();
    EXPECT_EQ(port_in(alice.got("SIP/2.0 200"), 1), 0);
    EXPECT_EQ(gate.relays().live(), 1U);
    acknowledge();
    hang_up();
}

TEST_F(OfferScenario, B2BUA_E4_answer_with_too_many_streams) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {},
                         sdp("10.20.0.2", 6000) + "m=video 6100 RTP/AVP 96\r\n"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 500"), 1U);
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(header(bob.got("BYE"), "Reason"), "SIP;cause=488");
}

TEST_F(OfferScenario, B2BUA_D17_unreadable_answer) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", {}, "v=0\r\nm=audio x RTP/AVP 0\r\n"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 500"), 1U);
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(bob.count("BYE"), 1U);
}

TEST_F(OfferScenario, B2BUA_D17_unreadable_preview_is_dropped) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "183 Session Progress", "b1", {},
                         "v=0\r\nm=audio x RTP/AVP 0\r\n"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 183"), 0U);
    answer();
    acknowledge();
    hang_up();
}

struct BadOffer {
    const char* name;
    const char* from;
    const char* to;
    int status;
};

class BadOfferScenario : public Scenario, public ::testing::WithParamInterface<BadOffer> {};

TEST_P(BadOfferScenario, B2BUA_D17_refused_at_the_door) {
    std::string offer = sdp("10.10.0.5", 4000);
    const std::string from = GetParam().from;
    offer.replace(offer.find(from), from.size(), GetParam().to);
    alice.say(alice.request("INVITE", 1, {}, offer));
    turn();
    const std::string refusal = alice.got("SIP/2.0 " + std::to_string(GetParam().status));
    EXPECT_EQ(header(refusal, "Warning").rfind("399 inside \"", 0), 0U);
    EXPECT_EQ(bob.count("INVITE"), 0U);
    EXPECT_EQ(gate.relays().live(), 0U);
    EXPECT_EQ(calls(), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadOfferScenario,
    ::testing::Values(BadOffer{"no_version", "v=0\r\n", "", 400},
                      BadOffer{"port_is_no_number", "audio 4000", "audio many", 400},
                      BadOffer{"no_connection", "c=IN IP4 10.10.0.5\r\n", "", 400},
                      BadOffer{"multicast", "c=IN IP4 10.10.0.5", "c=IN IP4 233.252.0.1/127", 488},
                      BadOffer{"port_count", "audio 4000", "audio 4000/2", 488}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(OfferScenario, B2BUA_E6_origin_is_continued) {
    establish();
    const std::string first = bob.got("INVITE");
    EXPECT_NE(first.find("o=- 7 1 IN IP4 10.20.0.1\r\n"), std::string::npos);
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4000, "sendonly", 42)));
    turn();
    const std::string second = bob.got("INVITE");
    EXPECT_NE(second.find("o=- 7 2 IN IP4 10.20.0.1\r\n"), std::string::npos);
    EXPECT_EQ(port_in(second), port_in(first));
    bob.say(bob.response(second, "200 OK", {}, {}, sdp("10.20.0.2", 6000, "recvonly", 2)));
    turn();
    acknowledge(2);
    hang_up();
}

TEST_F(OfferScenario, B2BUA_K28_hold_stops_media_to_the_held_party) {
    establish();
    const auto relay = gate.relays().ids().front();
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4000, "sendonly", 2)));
    turn();
    EXPECT_NE(bob.got("INVITE").find("a=sendonly\r\n"), std::string::npos);
    bob.say(
        bob.response(bob.got("INVITE"), "200 OK", {}, {}, sdp("10.20.0.2", 6000, "recvonly", 2)));
    turn();
    acknowledge(2);
    EXPECT_FALSE(gate.relays().side(relay, Side::kA)->remote.send_media);
    EXPECT_TRUE(gate.relays().side(relay, Side::kB)->remote.send_media);
    hang_up();
}

TEST_F(OfferScenario, B2BUA_D16_multipart_invite) {
    const std::string body =
        "preamble\r\n--b1\r\nContent-Type: text/plain\r\n\r\nfirst\r\n--b1\r\n"
        "Content-Type: application/sdp\r\n\r\n" +
        sdp("10.10.0.5", 4000) +
        "\r\n--b1\r\nContent-Type: application/isup\r\n\r\n\x01\x02 binary\r\n--b1--\r\nepilogue";
    alice.say(alice.request("INVITE", 1, "Content-Type: multipart/mixed;boundary=b1\r\n", body));
    turn();
    const std::string crossed = body_of(bob.got("INVITE"));
    EXPECT_NE(crossed.find("c=IN IP4 10.20.0.1\r\n"), std::string::npos);
    EXPECT_EQ(crossed.find("10.10."), std::string::npos);
    EXPECT_EQ(crossed.substr(0, 70), body.substr(0, 70));
    EXPECT_NE(crossed.find("\x01\x02 binary\r\n--b1--\r\nepilogue"), std::string::npos);
    EXPECT_EQ(gate.relays().live(), 1U);
    bob.learn_invite(bob.got("INVITE"), "b1");
    answer();
    acknowledge();
    hang_up();
}

TEST_F(OfferScenario, B2BUA_D16_early_session_beside_the_session) {
    const std::string body =
        "--b1\r\nContent-Type: application/sdp\r\nContent-Disposition: early-session\r\n\r\n" +
        sdp("10.10.0.5", 4200) + "\r\n--b1\r\nContent-Type: application/sdp\r\n\r\n" +
        sdp("10.10.0.5", 4000) + "\r\n--b1--\r\n";
    alice.say(alice.request("INVITE", 1, "Content-Type: multipart/mixed;boundary=b1\r\n", body));
    turn();
    const std::string crossed = bob.got("INVITE");
    EXPECT_EQ(body_of(crossed).find("10.10."), std::string::npos);
    ASSERT_EQ(gate.relays().live(), 1U);
    const auto relay = gate.relays().ids().front();
    EXPECT_EQ(port_in(crossed, 1), gate.relays().side(relay, Side::kB)->ports.rtp.port.value);
    bob.learn_invite(crossed, "b1");
    answer();
    EXPECT_EQ(gate.relays().side(relay, Side::kA)->remote.rtp.port, Port{4000});
    acknowledge();
    hang_up();
}

TEST_F(OfferScenario, B2BUA_D16_encoded_and_encrypted) {
    struct Case {
        const char* lines;
        const char* header;
        const char* value;
    };
    constexpr Case kCases[] = {
        {"Content-Type: application/sdp\r\nContent-Encoding: gzip\r\n", "Accept-Encoding",
         "identity"},
        {"Content-Type: application/pkcs7-mime;smime-type=enveloped-data\r\n", "Accept",
         "application/sdp, multipart/mixed"},
    };
    std::uint32_t number = 1;
    for (const Case& row : kCases) {
        alice.say(alice.request("INVITE", number++, row.lines, "\x30\x80"));
        turn();
        EXPECT_EQ(header(alice.got("SIP/2.0 415"), row.header), row.value);
    }
    EXPECT_EQ(bob.count("INVITE"), 0U);
    EXPECT_EQ(calls(), 0U);
}

TEST_F(OfferScenario, B2BUA_D16_reinvite_that_cannot_be_read_changes_nothing) {
    establish();
    alice.say(alice.request("INVITE", 2, "Content-Type: application/sdp\r\nContent-Encoding: x\r\n",
                            "\x30\x80"));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 415"), "Accept-Encoding"), "identity");
    EXPECT_EQ(bob.count("INVITE"), 1U);
    EXPECT_EQ(gate.relays().live(), 1U);
    hang_up();
}

TEST_F(OfferScenario, B2BUA_D16_answer_that_cannot_be_read) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1", "Content-Encoding: gzip\r\n", "\x30"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 500"), 1U);
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(bob.count("BYE"), 1U);
}

TEST_F(OfferScenario, B2BUA_A19_seventeen_parts) {
    std::string body;
    for (int i = 0; i < 17; ++i) {
        body += "--b\r\n\r\nx\r\n";
    }
    alice.say(
        alice.request("INVITE", 1, "Content-Type: multipart/mixed;boundary=b\r\n", body + "--b--"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 400 Too Many Body Parts"), 1U);
    EXPECT_EQ(bob.count("INVITE"), 0U);
}

TEST_F(OfferScenario, B2BUA_D15_challenge_with_auth_int_only_passes_and_is_counted) {
    invite();
    bob.say(bob.response(bob.got("INVITE"), "401 Unauthorized", "b1",
                         "WWW-Authenticate: Digest realm=\"r\", qop=\"auth-int\"\r\n"));
    turn();
    EXPECT_EQ(header(alice.got("SIP/2.0 401"), "WWW-Authenticate"),
              "Digest realm=\"r\", qop=\"auth-int\"");
    EXPECT_EQ(gate.counters().auth_int_unsupported.read(), 1U);
    alice.say(alice.companion("ACK", 1));
    turn();
}

/// A re-INVITE has an answer of its own or none.
TEST_F(OfferScenario, B2BUA_E2_preview_is_not_repeated_for_a_later_offer) {
    invite();
    bob.say(
        bob.response(bob.got("INVITE"), "183 Session Progress", "b1", {}, sdp("10.20.0.2", 6000)));
    answer();
    acknowledge();
    alice.say(alice.request("INVITE", 2, {}, sdp("10.10.0.5", 4000, "sendonly", 2)));
    turn();
    alice.forget();
    bob.say(bob.response(bob.got("INVITE"), "200 OK", {}));
    turn();
    EXPECT_EQ(body_of(alice.got("SIP/2.0 200")), "");
    acknowledge(2);
    hang_up();
}

/// The offer that its ACK owes an answer to is the INVITE's, and has it.
TEST_F(OfferScenario, B2BUA_E3_own_ack_answers_no_offer_of_an_update) {
    invite();
    answer();
    bob.say(bob.request("UPDATE", 1, {}, sdp("10.20.0.2", 6000, "sendonly", 2)));
    turn();
    EXPECT_EQ(alice.count("UPDATE"), 1U);
    alice.say(alice.request("BYE", 2));
    turn();
    EXPECT_EQ(bob.count("ACK"), 1U);
    EXPECT_EQ(body_of(bob.got("ACK")), "");
    alice.say(alice.response(alice.got("UPDATE"), "481 Call/Transaction Does Not Exist", {}));
    turn();
}

}  // namespace
}  // namespace sallyport::call
