// SPDX-License-Identifier: Apache-2.0
// The session descriptions inside a body (B2BUA-D16; RFC 2046 s.5.1, RFC 5621 s.3): only they
// change, and their parts' own Content-Length with them; what nobody here can read is refused.
#include "b2bua/call/session_part.h"

#include "tests/unit/b2bua/call/message_text.h"

namespace sallyport::call {
namespace {

struct BodyCase {
    const char* name;
    const char* type;
    const char* body;
    const char* session;  // what is negotiated; empty: nothing
    const char* changed;  // the body with "NEW" for each description; empty: there is none
};

class SessionPart : public ::testing::TestWithParam<BodyCase> {};

TEST_P(SessionPart, B2BUA_D16) {
    const BodyCase& row = GetParam();
    const std::string type =
        *row.type == '\0' ? "" : "Content-Type: " + std::string(row.type) + "\r\n";
    const MessageText text(MessageText::request("INFO", type, row.body));
    EXPECT_EQ(session_description(text.message), row.session);
    const auto body = readable_parts(text.message);
    ASSERT_TRUE(body.ok());
    const SessionParts found = SessionParts::of(*body);
    const std::vector<std::string> texts(found.parts.size(), "NEW");
    const std::string_view changed = *row.changed == '\0' ? row.body : row.changed;
    EXPECT_EQ(crossed_body(text.message, {{}, texts}).value_or(row.body), changed);
    EXPECT_EQ(crossed_body(text.message, {"NEW", texts}).value_or(row.body), changed);
    EXPECT_EQ(crossed_body(text.message, {}).value_or(row.body), row.body);
}

const BodyCase kBodies[] = {
    {"plain", "application/sdp", "v=0\r\n", "v=0\r\n", "NEW"},
    {"case_and_parameters", "Application/SDP ; charset=utf-8", "v=0\r\n", "v=0\r\n", "NEW"},
    {"other_type", "text/plain", "v=0\r\n", "", ""},
    {"no_type", "", "v=0\r\n", "", ""},
    {"prefix_of_the_type", "application/sdpx", "v=0\r\n", "", ""},
    {"empty_body", "application/sdp", "", "", ""},
    {"one_part", "multipart/mixed;boundary=b",
     "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b--\r\n", "v=0",
     "--b\r\nContent-Type: application/sdp\r\n\r\nNEW\r\n--b--\r\n"},
    {"quoted_boundary", "multipart/mixed; boundary=\"b c\"",
     "--b c\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--b c--", "v=0\r\n",
     "--b c\r\nContent-Type: application/sdp\r\n\r\nNEW\r\n--b c--"},
    {"preamble_second_part_epilogue", "multipart/mixed;boundary=b",
     "pre\r\n--b\r\nContent-Type: text/plain\r\n\r\nt\r\n--b\r\nc: "
     "application/sdp\r\n\r\nv=0\r\n--b--\r\nepi",
     "v=0",
     "pre\r\n--b\r\nContent-Type: text/plain\r\n\r\nt\r\n--b\r\nc: "
     "application/sdp\r\n\r\nNEW\r\n--b--\r\nepi"},
    {"own_content_length", "multipart/mixed;boundary=b",
     "--b\r\nContent-Length: 5\r\nContent-Type: application/sdp\r\nContent-ID: "
     "<x>\r\n\r\nv=000\r\n--b--\r\n",
     "v=000",
     "--b\r\nContent-Length: 3\r\nContent-Type: application/sdp\r\nContent-ID: "
     "<x>\r\n\r\nNEW\r\n--b--\r\n"},
    {"bare_line_ends", "multipart/mixed;boundary=b",
     "--b\nContent-Type: application/sdp\n\nv=0\n--b--\n", "v=0",
     "--b\nContent-Type: application/sdp\n\nNEW\n--b--\n"},
    {"boundary_is_prefix_of_a_nested_one", "multipart/mixed;boundary=b",
     "--b\r\nContent-Type: text/plain\r\n\r\n--b-x\r\nContent-Type: "
     "application/sdp\r\n\r\nv=0\r\n--b-x--\r\n--b--\r\n",
     "", ""},
    {"nested", "multipart/mixed;boundary=b",
     "--b\r\nContent-Type: multipart/alternative;boundary=bi\r\n\r\n--bi\r\nContent-Type: "
     "application/sdp\r\n\r\n"
     "v=0\r\n--bi--\r\n--b--\r\n",
     "v=0",
     "--b\r\nContent-Type: multipart/alternative;boundary=bi\r\n\r\n--bi\r\nContent-Type: "
     "application/sdp\r\n\r\n"
     "NEW\r\n--bi--\r\n--b--\r\n"},
    {"delimiter_inside_a_line", "multipart/mixed;boundary=b",
     "--b\r\nContent-Type: application/sdp\r\n\r\nx --b y\r\n--b--\r\n", "x --b y",
     "--b\r\nContent-Type: application/sdp\r\n\r\nNEW\r\n--b--\r\n"},
    {"sdp_behind_the_end", "multipart/mixed;boundary=b",
     "--b\r\nContent-Type: text/plain\r\n\r\nt\r\n--b--\r\nContent-Type: "
     "application/sdp\r\n\r\nv=0\r\n",
     "", ""},
    {"no_closing_delimiter", "multipart/mixed;boundary=b",
     "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n", "v=0",
     "--b\r\nContent-Type: application/sdp\r\n\r\nNEW\r\n"},
    {"no_boundary", "multipart/mixed",
     "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b--\r\n", "", ""},
    {"empty_boundary", "multipart/mixed;boundary=",
     "--\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n----\r\n", "", ""},
    {"only_dashes", "multipart/mixed;boundary=b", "--b", "", ""},
    {"part_without_blank_line", "multipart/mixed;boundary=b",
     "--b\r\nContent-Type: application/sdp\r\n--b--\r\n", "", ""},
    {"junk_headers_in_a_part", "multipart/mixed;boundary=b",
     "--b\r\n\xff\x01 nothing\r\n: \r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b--", "v=0",
     "--b\r\n\xff\x01 nothing\r\n: \r\nContent-Type: application/sdp\r\n\r\nNEW\r\n--b--"},
    {"folded_header_of_a_part", "multipart/mixed;\r\n boundary=b",
     "--b\r\nContent-Type:\r\n application/sdp\r\nContent-Disposition: session;\r\n "
     "handling=required\r\n\r\nv=0\r\n--b--",
     "v=0",
     "--b\r\nContent-Type:\r\n application/sdp\r\nContent-Disposition: session;\r\n "
     "handling=required\r\n\r\nNEW\r\n--b--"},
    {"every_description", "multipart/mixed;boundary=b",
     "--b\r\nContent-Type: application/sdp\r\nContent-Disposition: early-session\r\n\r\nv=1\r\n"
     "--b\r\nContent-Type: application/isup\r\nContent-Disposition: signal;handling=optional\r\n"
     "\r\n\x01\x02\r\n\x03\r\n"
     "--b\r\nContent-Type: application/sdp\r\nContent-Disposition: Session\r\n\r\nv=2\r\n"
     "--b\r\nContent-Type: application/sdp\r\n\r\nv=3\r\n--b--",
     "v=2",
     "--b\r\nContent-Type: application/sdp\r\nContent-Disposition: early-session\r\n\r\nNEW\r\n"
     "--b\r\nContent-Type: application/isup\r\nContent-Disposition: signal;handling=optional\r\n"
     "\r\n\x01\x02\r\n\x03\r\n"
     "--b\r\nContent-Type: application/sdp\r\nContent-Disposition: Session\r\n\r\nNEW\r\n"
     "--b\r\nContent-Type: application/sdp\r\n\r\nNEW\r\n--b--"},
    {"only_an_early_session", "multipart/mixed;boundary=b",
     "--b\r\nContent-Type: application/sdp\r\nContent-Disposition: early-session\r\n\r\nv=1\r\n"
     "--b--",
     "",
     "--b\r\nContent-Type: application/sdp\r\nContent-Disposition: early-session\r\n\r\nNEW\r\n"
     "--b--"},
    {"other_disposition", "multipart/mixed;boundary=b",
     "--b\r\nContent-Type: application/sdp\r\nContent-Disposition: render\r\n\r\nv=1\r\n--b--", "",
     ""},
    {"lengths_of_all_around", "multipart/mixed;boundary=b",
     "--b\r\nContent-Length: 56\r\nContent-Type: multipart/alternative;boundary=i\r\n\r\n"
     "--i\r\nl: 5\r\nContent-Type: application/sdp\r\n\r\nv=000\r\n--i--\r\n"
     "--b\r\nContent-Length: 4\r\n\r\nabcd\r\n--b--",
     "v=000",
     "--b\r\nContent-Length: 54\r\nContent-Type: multipart/alternative;boundary=i\r\n\r\n"
     "--i\r\nl: 3\r\nContent-Type: application/sdp\r\n\r\nNEW\r\n--i--\r\n"
     "--b\r\nContent-Length: 4\r\n\r\nabcd\r\n--b--"},
};

INSTANTIATE_TEST_SUITE_P(Table, SessionPart, ::testing::ValuesIn(kBodies),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(CrossedBody, B2BUA_D16_each_description_gets_its_own_text) {
    const std::string sdp = "--b\r\nc: application/sdp\r\n";
    const std::string early = sdp + "Content-Disposition: early-session\r\n\r\n";
    const MessageText text(
        MessageText::request("INFO", "c: multipart/mixed;boundary=b\r\n",
                             early + "v=1\r\n" + sdp + "\r\nv=2\r\n" + sdp + "\r\nv=3\r\n--b--"));
    const std::vector<std::string> passive{"one", "three"};
    EXPECT_EQ(crossed_body(text.message, {"two", passive}),
              early + "one\r\n" + sdp + "\r\ntwo\r\n" + sdp + "\r\nthree\r\n--b--");
}

TEST(CrossedBody, B2BUA_D16_nothing_crosses_that_was_not_anchored) {
    const std::string contact = "Contact: <sip:alice@10.10.0.5>\r\n";
    const MessageText offer(
        MessageText::request("UPDATE", contact + "c: application/sdp\r\n", "v=0\r\n"));
    EXPECT_EQ(crossed_body(offer.message, {}), "");
    const MessageText encoded(
        MessageText::response("200 OK", "c: application/sdp\r\ne: gzip\r\n", "\x1f"));
    EXPECT_EQ(crossed_body(encoded.message, {}), "");
    const MessageText text(MessageText::response("200 OK", "c: text/plain\r\n", "hello"));
    EXPECT_EQ(crossed_body(text.message, {}), std::nullopt);
}

struct RefusalCase {
    const char* name;
    const char* method;
    const char* lines;  // complete header lines
    const char* body;
    int status;  // 0: crosses
    const char* header_lines;
};

class UnreadableBody : public ::testing::TestWithParam<RefusalCase> {};

TEST_P(UnreadableBody, B2BUA_D16) {
    const RefusalCase& row = GetParam();
    std::string lines = row.lines;
    if (std::string_view(row.method) == "INVITE") {
        lines += "Contact: <sip:alice@10.10.0.5>\r\n";
    }
    const MessageText text(MessageText::request(row.method, lines, row.body));
    const auto body = readable_parts(text.message);
    EXPECT_EQ(body.ok() ? 0 : body.error().status, row.status);
    EXPECT_EQ(body.ok() ? "" : body.error().header_lines, row.header_lines);
}

constexpr const char* kIdentity = "Accept-Encoding: identity\r\n";
constexpr const char* kAccept = "Accept: application/sdp, multipart/mixed\r\n";

const RefusalCase kRefusals[] = {
    {"gzip", "INVITE", "Content-Type: application/sdp\r\nContent-Encoding: gzip\r\n", "\x1f\x8b",
     415, kIdentity},
    {"gzip_in_info", "INFO", "c: application/sdp\r\ne: gzip\r\n", "\x1f\x8b", 415, kIdentity},
    {"identity_first", "INVITE", "c: application/sdp\r\ne: identity, deflate\r\n", "x", 415,
     kIdentity},
    {"identity", "INVITE", "c: application/sdp\r\nContent-Encoding: Identity\r\n", "v=0\r\n", 0,
     ""},
    {"gzip_of_another_type", "INVITE", "c: text/plain\r\ne: gzip\r\n", "\x1f\x8b", 0, ""},
    {"gzip_of_a_part", "INVITE", "c: multipart/mixed;boundary=b\r\n",
     "--b\r\nc: application/sdp\r\ne: gzip\r\n\r\nx\r\n--b--", 415, kIdentity},
    {"gzip_of_a_multipart", "INVITE", "c: multipart/mixed;boundary=b\r\ne: gzip\r\n", "x", 415,
     kIdentity},
    {"gzip_of_a_multipart_in_message", "MESSAGE", "c: multipart/mixed;boundary=b\r\ne: gzip\r\n",
     "x", 0, ""},
    {"enveloped", "INVITE",
     "c: application/pkcs7-mime;smime-type=enveloped-data;name=smime.p7m\r\n"
     "Content-Disposition: attachment;filename=smime.p7m;handling=required\r\n",
     "\x30\x80", 415, kAccept},
    {"enveloped_part", "INVITE", "c: multipart/mixed;boundary=b\r\n",
     "--b\r\nc: application/pkcs7-mime; smime-type=\"enveloped-data\"\r\n\r\nx\r\n--b--", 415,
     kAccept},
    {"enveloped_in_message", "MESSAGE", "c: application/pkcs7-mime;smime-type=enveloped-data\r\n",
     "x", 0, ""},
    {"certificates", "INVITE", "c: application/pkcs7-mime;smime-type=certs-only\r\n", "x", 0, ""},
    {"signed_description", "INVITE", "c: multipart/signed;boundary=b\r\n",
     "--b\r\nc: application/sdp\r\n\r\nv=0\r\n--b\r\nc: application/pkcs7-signature\r\n\r\nx\r\n"
     "--b--",
     415, kAccept},
    {"signed_text", "INVITE", "c: multipart/signed;boundary=b\r\n",
     "--b\r\nc: text/plain\r\n\r\nhello\r\n--b\r\nc: application/pkcs7-signature\r\n\r\nx\r\n--b--",
     0, ""},
    {"unknown_required", "INVITE",
     "c: application/unknown\r\nContent-Disposition: x;handling=required\r\n", "x", 0, ""},
    {"malformed_type", "INVITE", "c: multipart/mixed;;boundary=b\r\n", "x", 400, ""},
    {"malformed_type_elsewhere", "INFO", "c: multipart\r\n", "x", 0, ""},
    {"two_types_in_a_part", "INFO", "c: multipart/mixed;boundary=b\r\n",
     "--b\r\nc: text/plain\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b--", 400, ""},
    {"two_boundaries", "INFO", "c: multipart/mixed;boundary=b;boundary=c\r\n", "--b--", 400, ""},
};

INSTANTIATE_TEST_SUITE_P(Table, UnreadableBody, ::testing::ValuesIn(kRefusals),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sallyport::call
