// SPDX-License-Identifier: Apache-2.0
// Messages on their way from one leg to the other (B2BUA-D10, D11, A18, M1; RFC 3261 s.8.1.1,
// s.8.2.6.2).
#include "b2bua/call/crossing.h"

#include "tests/unit/b2bua/call/message_text.h"
#include "tests/unit/b2bua/call/party.h"
#include "tests/unit/b2bua/call/scenario.h"

#include <array>

namespace sallyport::call {
namespace {

class Crossed : public ::testing::Test {
protected:
    std::string request(const std::string& text, const RequestFrame& frame) {
        const MessageText from(text);
        policy::Crossing crossing;
        crossing.method = from.message.method();
        crossing.from_trusted = crossing.to_trusted = true;
        const auto out = cross_request(from.message, frame, crossing, room_);
        return out ? std::string(*out) : std::string{};
    }
    std::string response(const std::string& text, const ResponseFrame& frame) {
        const MessageText from(text);
        policy::Crossing crossing;
        crossing.request = false;
        crossing.method = from.message.method();
        crossing.from_trusted = crossing.to_trusted = true;
        const auto out = cross_response(from.message, frame, crossing, room_);
        return out ? std::string(*out) : std::string{};
    }
    RequestFrame frame() {
        RequestFrame f;
        f.request_uri = "sip:bob@10.20.0.2";
        f.from = "<sip:alice@10.20.0.1>;tag=ours";
        f.to = "<sip:bob@10.20.0.2>;tag=theirs";
        f.call_id = "far";
        f.branch = "z9hG4bKfar";
        f.contact = "<sip:alice@10.20.0.1:5060>";
        f.sent_by = at("10.20.0.1");
        f.cseq = 77;
        f.max_forwards = 69;
        return f;
    }
    ResponseFrame answer_frame() {
        ResponseFrame f;
        f.vias =
            "Via: SIP/2.0/UDP 1.1.1.1;branch=z9hG4bKx\r\nVia: SIP/2.0/UDP "
            "2.2.2.2;branch=z9hG4bKy\r\n";
        f.from = "<sip:alice@10.10.0.5>;tag=a1";
        f.to = "<sip:bob@10.10.0.1>;tag=ours";
        f.call_id = "near";
        f.cseq = "5 INVITE";
        return f;
    }
    std::array<char, 65536> room_{};
};

TEST_F(Crossed, B2BUA_D11_request_is_written_whole) {
    const std::array<std::string, 2> routes{"<sip:r1;lr>", "<sip:r2;lr>"};
    RequestFrame f = frame();
    f.routes = routes;
    EXPECT_EQ(request(MessageText::request(
                          "INVITE",
                          "Record-Route: <sip:10.10.0.9;lr>\r\nRoute: <sip:10.10.0.1;lr>\r\n"
                          "Contact: <sip:alice@10.10.0.5>;+sip.instance=\"<urn:x>\";ob;isfocus\r\n"
                          "x-ODD:  two  blanks\t\r\nSubject: hi\r\n"),
                      f),
              "INVITE sip:bob@10.20.0.2 SIP/2.0\r\n"
              "Via: SIP/2.0/UDP 10.20.0.1:5060;branch=z9hG4bKfar;rport\r\n"
              "Route: <sip:r1;lr>\r\n"
              "Route: <sip:r2;lr>\r\n"
              "From: <sip:alice@10.20.0.1>;tag=ours\r\n"
              "To: <sip:bob@10.20.0.2>;tag=theirs\r\n"
              "Call-ID: far\r\n"
              "Max-Forwards: 69\r\n"
              "CSeq: 77 INVITE\r\n"
              "x-ODD:  two  blanks\t\r\n"
              "Subject: hi\r\n"
              "Content-Length: 0\r\n"
              "Contact: <sip:alice@10.20.0.1:5060>;+sip.instance=\"<urn:x>\";isfocus\r\n"
              "\r\n");
}

TEST_F(Crossed, B2BUA_D11_response_is_written_whole) {
    ResponseFrame f = answer_frame();
    f.contact = "<sip:bob@10.10.0.1:5060>";
    f.record_routes = "Record-Route: <sip:10.10.0.9;lr>\r\n";
    EXPECT_EQ(response(MessageText::response(
                           "200 Fine by me",
                           "Record-Route: <sip:10.20.0.9;lr>\r\n"
                           "Contact: \"Bob\" <sip:bob@10.20.0.2>;gr=u;audio\r\nX-A: b\r\n"),
                       f),
              "SIP/2.0 200 Fine by me\r\n"
              "Via: SIP/2.0/UDP 1.1.1.1;branch=z9hG4bKx\r\n"
              "Via: SIP/2.0/UDP 2.2.2.2;branch=z9hG4bKy\r\n"
              "Record-Route: <sip:10.10.0.9;lr>\r\n"
              "From: <sip:alice@10.10.0.5>;tag=a1\r\n"
              "To: <sip:bob@10.10.0.1>;tag=ours\r\n"
              "Call-ID: near\r\n"
              "CSeq: 5 INVITE\r\n"
              "X-A: b\r\n"
              "Content-Length: 0\r\n"
              "Contact: <sip:bob@10.10.0.1:5060>;audio\r\n"
              "\r\n");
}

TEST_F(Crossed, B2BUA_D10_method_without_contact_gets_none) {
    RequestFrame f = frame();
    f.contact = {};
    const std::string crossed =
        request(MessageText::request("INFO", "Contact: <sip:alice@10.10.0.5>\r\n"), f);
    EXPECT_EQ(crossed.find("Contact"), std::string::npos);
    EXPECT_EQ(crossed.find("10.10."), std::string::npos);
}

struct StatusCase {
    const char* name;
    const char* heard;
    int status;
    const char* first_line;
};

class CrossedStatus : public Crossed, public ::testing::WithParamInterface<StatusCase> {};

TEST_P(CrossedStatus, B2BUA_M1_status_line) {
    ResponseFrame f = answer_frame();
    f.status = GetParam().status;
    f.redirection.emplace();
    const std::string crossed = response(MessageText::response(GetParam().heard, {}), f);
    EXPECT_EQ(crossed.substr(0, crossed.find("\r\n")), GetParam().first_line);
}

INSTANTIATE_TEST_SUITE_P(
    Table, CrossedStatus,
    ::testing::Values(StatusCase{"503_becomes_500", "503 Service Unavailable", 500,
                                 "SIP/2.0 500 Server Internal Error"},
                      StatusCase{"503_without_reason", "503 ", 500,
                                 "SIP/2.0 500 Server Internal Error"},
                      StatusCase{"same_keeps_its_reason", "486 Ich telefoniere", 486,
                                 "SIP/2.0 486 Ich telefoniere"},
                      StatusCase{"unknown_status_stays", "499 Odd", 0, "SIP/2.0 499 Odd"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(Crossed, B2BUA_D15_credentials_are_dropped_on_request_only) {
    const std::string lines =
        "Authorization: Digest username=\"a\"\r\nProxy-Authorization: Digest username=\"b\"\r\n";
    RequestFrame f = frame();
    f.contact = {};
    EXPECT_EQ(
        header_lines(request(MessageText::request("BYE", lines), f), "Authorization") +
            header_lines(request(MessageText::request("BYE", lines), f), "Proxy-Authorization"),
        lines);
    f.drop_credentials = true;
    EXPECT_EQ(request(MessageText::request("BYE", lines), f).find("uthorization"),
              std::string::npos);
}

TEST_F(Crossed, B2BUA_D11_rack_names_the_other_legs_invite) {
    RequestFrame f = frame();
    f.contact = {};
    f.rack = "9 4711 INVITE";
    const std::string crossed =
        request(MessageText::request("PRACK", "RAck: 776656 1 INVITE\r\n"), f);
    EXPECT_EQ(header_lines(crossed, "RAck"), "RAck: 9 4711 INVITE\r\n");
}

TEST_F(Crossed, B2BUA_F8_body_and_its_length) {
    RequestFrame f = frame();
    f.session_description = "v=0\r\nlonger than before\r\n";
    const std::string crossed =
        request(MessageText::request(
                    "INVITE", "Contact: <sip:a@10.10.0.5>\r\nc: application/sdp\r\n", "v=0\r\n"),
                f);
    EXPECT_EQ(body_of(crossed), *f.session_description);
    EXPECT_EQ(header(crossed, "Content-Length"), std::to_string(f.session_description->size()));
    EXPECT_EQ(header(crossed, "Content-Type"), "application/sdp");
}

TEST_F(Crossed, B2BUA_J12_what_does_not_fit_is_refused) {
    const MessageText from(MessageText::request("INFO", "X: " + std::string(300, 'x') + "\r\n"));
    RequestFrame f = frame();
    f.contact = {};
    std::array<char, 400> small{};
    EXPECT_FALSE(cross_request(from.message, f, {}, small).has_value());
}

TEST_F(Crossed, B2BUA_A2_no_text_makes_a_line_of_its_own) {
    RequestFrame f = frame();
    f.to = "<sip:bob@10.20.0.2>\r\nX-Evil: 1";
    const std::string crossed = request(MessageText::request("INFO", {}), f);
    EXPECT_EQ(header(crossed, "X-Evil"), "");
}

}  // namespace
}  // namespace sallyport::call
