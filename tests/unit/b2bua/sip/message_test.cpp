// SPDX-License-Identifier: Apache-2.0
// Message::parse: header lines, folds, mandatory headers, Contact, Content-Length (A2-A8, A10,
// A20).
#include "b2bua/sip/message.h"

#include "tests/unit/b2bua/sip/sip_text.h"

#include <gtest/gtest.h>

namespace sallyport::sip {
namespace {

using test::crlf;
using test::kContactLine;
using test::request;

std::string without_line(std::string text, std::string_view name) {
    const auto at = text.find("\r\n" + std::string(name) + ":") + 2;
    return text.erase(at, text.find("\r\n", at) + 2 - at);
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

std::string_view fault_of(Message& m, std::string_view text, const Limits& limits = {}) {
    const auto outcome = m.parse(text, limits);
    return outcome ? "none" : label_for(outcome.error().fault);
}

TEST(Message, reads_an_invite) {
    const std::string text =
        request("INVITE", std::string(kContactLine) + "X-Seen: by\nContent-Length: 4\n", "v=0\n");
    Message m;
    ASSERT_TRUE(m.parse(text).ok());
    EXPECT_TRUE(m.is_request());
    EXPECT_EQ(m.method(), Method::kInvite);
    EXPECT_EQ(m.request_uri(), "sip:bob@biloxi.example.com");
    EXPECT_EQ(m.top_via().host, "192.0.2.1");
    EXPECT_EQ(m.top_via().port, Port{5060});
    EXPECT_EQ(m.via_count(), 1U);
    EXPECT_EQ(m.from().display, "Alice");
    EXPECT_EQ(m.from().tag, "9fxced76sl");
    EXPECT_EQ(m.to().uri, "sip:bob@biloxi.example.com");
    EXPECT_EQ(m.call_id(), "3848276298220188511@atlanta.example.com");
    EXPECT_EQ(m.cseq().number, 1U);
    EXPECT_EQ(m.max_forwards(), 70);
    EXPECT_EQ(m.contact().uri, "sip:alice@192.0.2.1");
    EXPECT_EQ(m.body(), "v=0\n");
    EXPECT_EQ(m.octets(), text);
    ASSERT_EQ(m.headers().size(), 9U);
    const HeaderField& seen = m.headers()[7];
    EXPECT_EQ(m.name(seen), "X-Seen");
    EXPECT_EQ(m.value(seen), "by");
    EXPECT_EQ(seen.id, HeaderId::kUnknown);
    EXPECT_EQ(m.octets().substr(seen.line, seen.next_line - seen.line), "X-Seen: by\r\n");
    EXPECT_TRUE(m.echoable());
}

TEST(Message, is_reused_without_a_trace_of_the_last_one) {
    const std::string first = request("INVITE", std::string(kContactLine) + "Route: <sip:a>\n");
    const std::string second = without_line(without_line(request("BYE"), "From"), "Max-Forwards");
    Message m;
    ASSERT_TRUE(m.parse(first).ok());
    EXPECT_EQ(fault_of(m, second), "missing_from");
    EXPECT_TRUE(m.from().text.empty());
    EXPECT_TRUE(m.contact().text.empty());
    EXPECT_EQ(m.contact_count(), 0U);
    EXPECT_FALSE(m.has(HeaderId::kRoute));
    EXPECT_FALSE(m.max_forwards());
    EXPECT_EQ(fault_of(m, ""), "not_sip");
    EXPECT_FALSE(m.echoable());
    EXPECT_TRUE(m.headers().empty());
    EXPECT_TRUE(m.body().empty());
}

TEST(Message, B2BUA_A4_compact_and_long_names_mix) {
    const std::string text = crlf(
        "INVITE sip:b@c SIP/2.0\nv:SIP/2.0/UDP h;branch=z9hG4bK1\nF:<sip:a@b>;tag=1\nt :<sip:b@c>\n"
        "i:1\ncSeQ:1 INVITE\nM:<sip:a@b>\nl:0\n\n");
    Message m;
    ASSERT_TRUE(m.parse(text).ok());
    EXPECT_EQ(m.from().tag, "1");
    EXPECT_EQ(m.name(*m.find(HeaderId::kTo)), "t");
    EXPECT_EQ(m.call_id(), "1");
}

TEST(Message, B2BUA_A3_folds) {
    const std::string text =
        replaced(request("OPTIONS", "Subject: one\n two\n\tthree \nX:\n \n Y: z\nEmpty:\n"),
                 "From: Alice", "From:\r\n \"A\r\n lice\"");
    Message m;
    ASSERT_TRUE(m.parse(text).ok());
    EXPECT_EQ(m.from().uri, "sip:alice@atlanta.example.com");
    EXPECT_EQ(m.from().display, "\"A\r\n lice\"");
    EXPECT_TRUE(m.find(HeaderId::kFrom)->folded);
    EXPECT_EQ(m.value_of(HeaderId::kSubject), "one\r\n two\r\n\tthree");
    EXPECT_FALSE(m.find(HeaderId::kTo)->folded);
    const auto fields = m.headers();
    EXPECT_EQ(m.name(fields[fields.size() - 2]), "X");
    EXPECT_EQ(m.value(fields[fields.size() - 2]), "Y: z");
    EXPECT_EQ(m.value(fields.back()), "");
}

TEST(Message, bad_lines) {
    struct Row {
        const char* line;
        const char* fault;
    };
    constexpr Row kRows[] = {
        {"no colon here\n", "bad_header_line"},
        {": no name\n", "bad_header_line"},
        {"two words: x\n", "bad_header_line"},
        {"na\"me: x\n", "bad_header_line"},
        {"\x80: x\n", "bad_header_line"},
        {"Subject: a\rb\n", "bare_cr"},
        {"Subject: a\r", "bare_cr"},
        {"Sub\rject: a\n", "bare_cr"},
        {"X: y\n", "none"},
        {"X:\n", "none"},
        {"X \t : y\n", "none"},
        {"!#: y\n", "bad_header_line"},
        {"!%*_+`'~: y\n", "none"},
        {"X: \x01\x7f\xff\n", "none"},
    };
    for (const Row& row : kRows) {
        Message m;
        EXPECT_EQ(fault_of(m, request("OPTIONS", row.line)), row.fault) << row.line;
    }
}

TEST(Message, first_header_line_may_not_be_a_fold) {
    Message m;
    EXPECT_EQ(fault_of(m, replaced(request("OPTIONS"), "\r\nVia", "\r\n Via")), "bad_header_line");
}

TEST(Message, B2BUA_A2_bare_lf_only_where_tolerated) {
    std::string text = request("OPTIONS", "Subject: a\n b\n");
    std::erase(text, '\r');
    Message m;
    EXPECT_EQ(fault_of(m, text), "bare_lf");
    EXPECT_TRUE(m.echoable());
    Limits tolerant;
    tolerant.tolerate_bare_lf = true;
    EXPECT_EQ(fault_of(m, text, tolerant), "none");
    EXPECT_EQ(m.value_of(HeaderId::kSubject), "a\n b");
    EXPECT_EQ(m.top_via().branch, "z9hG4bK74bf9");
    const std::string one = replaced(request("OPTIONS"), "70\r\n", "70\n");
    EXPECT_EQ(fault_of(m, one), "bare_lf");
}

TEST(Message, unfinished_header_section) {
    std::string text = request("OPTIONS");
    Message m;
    EXPECT_EQ(fault_of(m, text.substr(0, text.size() - 2)), "unfinished_headers");
    EXPECT_TRUE(m.echoable());
    EXPECT_EQ(fault_of(m, text.substr(0, text.size() - 1)), "bad_header_line");
}

TEST(Message, B2BUA_A6_single_headers_twice) {
    for (const char* line :
         {"From: <sip:x@y>;tag=2\n", "t: <sip:x@y>\n", "i: other\n", "CSeq: 2 OPTIONS\n",
          "Max-Forwards: 70\n", "Content-Length: 0\nl: 0\n", "Content-Type: a/b\nc: a/b\n",
          "Expires: 1\nExpires: 1\n", "Min-Expires: 1\nMin-Expires: 1\n", "Event: a\no: a\n",
          "Subscription-State: active\nSubscription-State: active\n", "RSeq: 1\nRSeq: 1\n",
          "RAck: 1 1 INVITE\nRAck: 1 1 INVITE\n", "Session-Expires: 90\nx: 90\n",
          "Min-SE: 90\nMin-SE: 90\n", "Replaces: a\nReplaces: a\n", "Join: a\nJoin: a\n"}) {
        Message m;
        EXPECT_EQ(fault_of(m, request("OPTIONS", line)), "duplicate_header") << line;
    }
    for (const char* line : {"Date: a\nDate: b\n", "Supported: a\nk: b\n", "Subject: a\ns: b\n",
                             "Authorization: Digest a\nAuthorization: Digest b\n"}) {
        Message m;
        EXPECT_EQ(fault_of(m, request("OPTIONS", line)), "none") << line;
    }
}

TEST(Message, B2BUA_A7_missing_headers_are_named) {
    constexpr std::pair<const char*, const char*> kRows[] = {
        {"From", "Missing From"},
        {"To", "Missing To"},
        {"Call-ID", "Missing Call-ID"},
        {"CSeq", "Missing CSeq"},
    };
    for (const auto& [name, reason] : kRows) {
        Message m;
        const std::string text = without_line(request("OPTIONS"), name);
        const auto outcome = m.parse(text);
        ASSERT_FALSE(outcome.ok()) << name;
        EXPECT_EQ(reason_for(outcome.error().fault), reason);
        EXPECT_EQ(status_for(outcome.error().fault), 400);
        EXPECT_TRUE(m.echoable());
    }
    Message m;
    EXPECT_EQ(fault_of(m, without_line(request("OPTIONS"), "Via")), "missing_via");
    EXPECT_FALSE(m.echoable());
    EXPECT_EQ(fault_of(m, replaced(request("OPTIONS"), "192.0.2.1:5060", "")), "bad_via");
    EXPECT_FALSE(m.echoable());
    EXPECT_EQ(fault_of(m, without_line(request("OPTIONS"), "Max-Forwards")), "none");
    EXPECT_FALSE(m.max_forwards());
    EXPECT_EQ(fault_of(m, replaced(request("OPTIONS"), ";tag=9fxced76sl", "")), "none");
    EXPECT_TRUE(m.from().tag.empty());
}

TEST(Message, B2BUA_A7_contact_of_dialog_methods) {
    struct Row {
        const char* method;
        const char* contact;
        const char* fault;
    };
    constexpr Row kRows[] = {
        {"INVITE", "", "missing_contact"},
        {"SUBSCRIBE", "", "missing_contact"},
        {"REFER", "", "missing_contact"},
        {"UPDATE", "", "missing_contact"},
        {"OPTIONS", "", "none"},
        {"REGISTER", "", "none"},
        {"BYE", "", "none"},
        {"INVITE", "Contact: <sip:a@b>\n", "none"},
        {"INVITE", "m: sips:a@b;expires=1\n", "none"},
        {"INVITE", "Contact: <sip:a@b>, <sip:c@d>\n", "several_contacts"},
        {"REFER", "Contact: <sip:a@b>\nm: <sip:c@d>\n", "several_contacts"},
        {"REGISTER", "Contact: <sip:a@b>, <sip:c@d>\n", "none"},
        {"INVITE", "Contact: <tel:+1>\n", "contact_not_sip"},
        {"SUBSCRIBE", "Contact: *\n", "bad_uri"},
        {"REGISTER", "Contact: *\n", "none"},
        {"REGISTER", "Contact: <mailto:a@b>\n", "none"},
        {"INVITE", "Contact: <sip:@b>\n", "bad_uri"},
        {"INVITE", "Contact: <sip:a@[::1>\n", "bad_host"},
        {"INVITE", "Contact:\n", "empty_list_element"},
        {"REGISTER", "Contact: <sip:a@b>,\n", "empty_list_element"},
        {"REGISTER", "Contact: <sip:a@b>,,<sip:c@d>\n", "empty_list_element"},
        {"REGISTER", "Contact: <sip:a@b>,<sip:c@d\n", "unclosed_bracket"},
        {"REGISTER", "Contact: \"a <sip:a@b>,<sip:c@d>\n", "unterminated_quote"},
        {"REGISTER", "Contact: sip:a@b?x=y\n", "needs_brackets"},
        {"REGISTER", "Contact: \"a,b\" <sip:a,b@b>;x=\",\",sip:c@d\n", "none"},
    };
    for (const Row& row : kRows) {
        Message m;
        EXPECT_EQ(fault_of(m, request(row.method, row.contact)), row.fault)
            << row.method << " " << row.contact;
    }
}

TEST(Message, B2BUA_A7_contact_may_be_missing_in_dialog_and_in_rfc2543) {
    Message m;
    EXPECT_EQ(fault_of(m, replaced(request("INVITE"), "com>\r\nCall", "com>;tag=x\r\nCall")),
              "none");
    EXPECT_EQ(fault_of(m, replaced(request("INVITE"), ";tag=9fxced76sl", "")), "none");
    EXPECT_EQ(fault_of(m, replaced(request("INVITE"), ";branch=z9hG4bK74bf9", "")), "none");
    EXPECT_EQ(fault_of(m, replaced(request("INVITE"), "z9hG4bK74bf9", "z9hG4bK")), "none");
    EXPECT_EQ(fault_of(m, replaced(request("SUBSCRIBE"), ";tag=9fxced76sl", "")),
              "missing_contact");
}

TEST(Message, B2BUA_A8_cseq_and_max_forwards) {
    struct Row {
        const char* from;
        const char* to;
        const char* fault;
    };
    constexpr Row kRows[] = {
        {"1 OPTIONS", "2147483647 OPTIONS", "none"},
        {"1 OPTIONS", "2147483648 OPTIONS", "cseq_out_of_range"},
        {"1 OPTIONS", "4294967297 OPTIONS", "cseq_out_of_range"},
        {"1 OPTIONS", "1 INVITE", "cseq_method_mismatch"},
        {"1 OPTIONS", "1 options", "cseq_method_mismatch"},
        {"1 OPTIONS", "OPTIONS", "bad_cseq"},
        {"Forwards: 70", "Forwards: 0", "none"},
        {"Forwards: 70", "Forwards: 255", "none"},
        {"Forwards: 70", "Forwards: 000000000000000000000255", "none"},
        {"Forwards: 70", "Forwards: 256", "bad_max_forwards"},
        {"Forwards: 70", "Forwards: 4294967366", "bad_max_forwards"},
        {"Forwards: 70", "Forwards: -1", "bad_max_forwards"},
        {"Forwards: 70", "Forwards:", "bad_max_forwards"},
        {"Forwards: 70", "Forwards: 7 0", "bad_max_forwards"},
    };
    for (const Row& row : kRows) {
        Message m;
        EXPECT_EQ(fault_of(m, replaced(request("OPTIONS"), row.from, row.to)), row.fault) << row.to;
    }
    Message m;
    EXPECT_EQ(fault_of(m, replaced(request("FROB"), "1 FROB", "1 INVITE")),
              "unknown_method_mismatch");
    EXPECT_EQ(m.cseq().method, Method::kInvite);
}

TEST(Message, B2BUA_A10_content_length_in_a_datagram) {
    struct Row {
        const char* header;
        const char* fault;
        const char* body;
    };
    constexpr Row kRows[] = {
        {"", "none", "12345"},
        {"Content-Length: 5\n", "none", "12345"},
        {"Content-Length: 0005\n", "none", "12345"},
        {"l:3\n", "none", "123"},
        {"Content-Length: 0\n", "none", ""},
        {"Content-Length: 6\n", "content_length_too_large", "12345"},
        {"Content-Length: 4294967301\n", "content_length_too_large", "12345"},
        {"Content-Length: 18446744073709551621\n", "content_length_too_large", "12345"},
        {"Content-Length: -5\n", "bad_content_length", "12345"},
        {"Content-Length: +5\n", "bad_content_length", "12345"},
        {"Content-Length: 5,5\n", "bad_content_length", "12345"},
        {"Content-Length:\n", "bad_content_length", "12345"},
        {"Content-Length: five\n", "bad_content_length", "12345"},
    };
    for (const Row& row : kRows) {
        Message m;
        const std::string text = request("OPTIONS", row.header, "12345");
        EXPECT_EQ(fault_of(m, text), row.fault) << row.header;
        EXPECT_EQ(m.body(), row.body) << row.header;
        EXPECT_EQ(m.octets().size(), m.body_offset() + m.body().size()) << row.header;
    }
}

TEST(Message, B2BUA_A13_lists_of_via) {
    Message m;
    const std::string two = replaced(request("OPTIONS"), "74bf9", "74bf9 , SIP/2.0/TCP i");
    EXPECT_EQ(fault_of(m, two), "none");
    EXPECT_EQ(m.via_count(), 2U);
    EXPECT_EQ(m.top_via().text, "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK74bf9");
    EXPECT_EQ(fault_of(m, replaced(request("OPTIONS"), "74bf9", "74bf9,")), "empty_list_element");
    EXPECT_TRUE(m.echoable());
    EXPECT_EQ(fault_of(m, replaced(request("OPTIONS"), "74bf9", "74bf9;;")), "empty_parameter");
    EXPECT_TRUE(m.echoable());
    EXPECT_EQ(fault_of(m, request("OPTIONS", "Via:\n")), "empty_list_element");
    EXPECT_EQ(fault_of(m, request("OPTIONS", "Via: SIP/2.0/UDP h;;branch=x\n")), "empty_parameter");
    EXPECT_EQ(fault_of(m, request("OPTIONS", "Via: SIP/2.0/UDP h (RFC 2543);branch=x=\n")), "none");
}

TEST(Message, B2BUA_A20_a_late_header_is_readable_behind_an_early_fault) {
    const std::string text = replaced(request("OPTIONS"), "OPTIONS sip:bob@", "OPTIONS sip:b ob@");
    Message m;
    EXPECT_EQ(fault_of(m, text), "space_in_request_uri");
    EXPECT_EQ(m.call_id(), "3848276298220188511@atlanta.example.com");
    EXPECT_EQ(m.cseq().number, 1U);
    EXPECT_EQ(m.from().tag, "9fxced76sl");
}

TEST(Message, the_fault_says_where) {
    const std::string text = "\r\n" + replaced(request("OPTIONS"), "To: Bob <", "To: Bob, <");
    Message m;
    const auto outcome = m.parse(text);
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.error().offset, text.find("Bob, <") + 3);
}

TEST(Message, bad_call_ids) {
    for (const char* id : {"", "a b", "a\x01", "a\x80"}) {
        Message m;
        EXPECT_EQ(fault_of(m, replaced(request("OPTIONS"),
                                       "3848276298220188511@atlanta.example.com", id)),
                  "bad_call_id");
    }
}

TEST(Message, from_and_to_are_no_wildcards) {
    Message m;
    EXPECT_EQ(
        fault_of(m, replaced(request("OPTIONS"), "To: Bob <sip:bob@biloxi.example.com>", "To: *")),
        "bad_uri");
}

}  // namespace
}  // namespace sallyport::sip
