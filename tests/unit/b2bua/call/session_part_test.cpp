// SPDX-License-Identifier: Apache-2.0
// The session description inside a body (B2BUA-D16; RFC 2046 s.5.1, RFC 5621 s.3): only it changes,
// and the part's own Content-Length with it.
#include "b2bua/call/session_part.h"

#include "tests/unit/b2bua/call/message_text.h"

namespace sallyport::call {
namespace {

struct BodyCase {
    const char* name;
    const char* type;
    const char* body;
    const char* session;  // what is found; empty: nothing
    const char* changed;  // the body with "NEW" in its place; unused when nothing is found
};

class SessionPart : public ::testing::TestWithParam<BodyCase> {};

TEST_P(SessionPart, B2BUA_D16) {
    const BodyCase& row = GetParam();
    const std::string type =
        *row.type == '\0' ? "" : "Content-Type: " + std::string(row.type) + "\r\n";
    const MessageText text(MessageText::request("INFO", type, row.body));
    EXPECT_EQ(session_description(text.message), row.session);
    const std::string_view changed = *row.session == '\0' ? row.body : row.changed;
    EXPECT_EQ(with_session_description(text.message, "NEW"), changed);
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
     "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n", "", ""},
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
};

INSTANTIATE_TEST_SUITE_P(Table, SessionPart, ::testing::ValuesIn(kBodies),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SessionPartLimit, B2BUA_A19_sixteen_parts) {
    std::string body;
    for (int i = 0; i < 16; ++i) {
        body += "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n";
    }
    body += "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b--\r\n";
    const MessageText text(
        MessageText::request("INFO", "Content-Type: multipart/mixed;boundary=b\r\n", body));
    EXPECT_EQ(session_description(text.message), "");
}

}  // namespace
}  // namespace sallyport::call
