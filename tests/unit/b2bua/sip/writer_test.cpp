// SPDX-License-Identifier: Apache-2.0
// Messages that we originate (A2, D11).
#include "b2bua/sip/writer.h"

#include "tests/unit/b2bua/sip/sip_text.h"

#include <gtest/gtest.h>

namespace sallyport::sip {
namespace {

TEST(Writer, a_response_that_echoes_its_request) {
    const std::string text = test::crlf(
        "OPTIONS sip:b@c SIP/2.0\nv: SIP/2.0/UDP h;branch=z9hG4bK1\nVia: SIP/2.0/UDP i,\n "
        "SIP/2.0/TCP j\n"
        "f: <sip:a@b>\n ;tag=1\nt: <sip:b@c>\ni: x@y\nCSeq: 7 OPTIONS\n\n");
    Message m;
    ASSERT_TRUE(m.parse(text).ok());
    std::vector<char> out(1024);
    Writer w(out);
    w.status_line(404, default_reason(404)).copy(m, HeaderId::kVia).copy(m, HeaderId::kFrom);
    w.header_begin("To").text(m.to().text).text(";tag=").text("9f").line_end();
    w.copy(m, HeaderId::kCallId).copy(m, HeaderId::kCSeq).copy(m, HeaderId::kRoute);
    const auto sent = w.finish();
    ASSERT_TRUE(sent);
    EXPECT_EQ(*sent, test::crlf("SIP/2.0 404 Not Found\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\n"
                                "Via: SIP/2.0/UDP i, SIP/2.0/TCP j\nFrom: <sip:a@b> ;tag=1\n"
                                "To: <sip:b@c>;tag=9f\nCall-ID: x@y\nCSeq: 7 OPTIONS\n"
                                "Content-Length: 0\n\n"));
}

TEST(Writer, a_request_with_a_body) {
    std::vector<char> out(1024);
    const auto sent = Writer(out)
                          .request_line("INFO", "sip:b@c")
                          .header_begin("CSeq")
                          .number(2147483647)
                          .text(" INFO")
                          .line_end()
                          .lines("X: 1\r\nY: 2\r\n")
                          .finish("text/plain", "hi\r\n");
    ASSERT_TRUE(sent);
    EXPECT_EQ(*sent,
              "INFO sip:b@c SIP/2.0\r\nCSeq: 2147483647 INFO\r\nX: 1\r\nY: 2\r\n"
              "Content-Type: text/plain\r\nContent-Length: 4\r\n\r\nhi\r\n");
}

TEST(Writer, no_value_makes_a_line_of_its_own) {
    std::vector<char> out(1024);
    const auto sent = Writer(out)
                          .status_line(200, "OK\r\nX: 1")
                          .header("Subject", "a\r\nVia: evil")
                          .header("Reason", "a\nb\rc \r\n\t d")
                          .finish();
    ASSERT_TRUE(sent);
    EXPECT_EQ(*sent,
              "SIP/2.0 200 OK X: 1\r\nSubject: a Via: evil\r\nReason: a b c d\r\n"
              "Content-Length: 0\r\n\r\n");
}

TEST(Writer, overflow_at_any_size_is_told_and_nothing_is_written_behind) {
    const std::string body(40, 'b');
    std::vector<char> big(1024);
    const auto whole =
        Writer(big).request_line("BYE", "sip:b@c").header("To", "<sip:a>").finish("a/b", body);
    ASSERT_TRUE(whole);
    for (std::size_t size = 0; size <= whole->size(); ++size) {
        std::vector<char> out(size + 8, '#');
        const auto sent = Writer(std::span(out).first(size))
                              .request_line("BYE", "sip:b@c")
                              .header("To", "<sip:a>")
                              .finish("a/b", body);
        EXPECT_EQ(sent.has_value(), size == whole->size());
        EXPECT_EQ(std::string(out.end() - 8, out.end()), "########");
    }
}

TEST(Writer, default_reasons) {
    EXPECT_EQ(default_reason(100), "Trying");
    EXPECT_EQ(default_reason(200), "OK");
    EXPECT_EQ(default_reason(487), "Request Terminated");
    EXPECT_EQ(default_reason(606), "Not Acceptable");
    for (const int status : {-1, 0, 99, 101, 299, 609, 999}) {
        EXPECT_EQ(default_reason(status), "Unknown");
    }
}

}  // namespace
}  // namespace sallyport::sip
