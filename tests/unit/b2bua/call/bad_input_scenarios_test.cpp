// SPDX-License-Identifier: Apache-2.0
// What section A refuses, at a whole gate: for each fault the answer, the one counter that moves,
// and a call that works right behind it (B2BUA-A1..A20; RFC 4475 s.3.1.2, s.3.3).
#include "b2bua/transaction/counters.h"
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

using sip::ParseFault;
using Write = std::string (*)(const Party& alice);

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}
std::string invite_of(const Party& alice) {
    return alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000));
}
/// The INVITE without the lines of that name.
std::string without(const Party& alice, std::string_view name) {
    const std::string text = invite_of(alice);
    return replaced(text, header_lines(text, name), "");
}
std::string with(const Party& alice, std::string_view lines) {
    return alice.request("INVITE", 1, lines, sdp("10.10.0.5", 4000));
}
std::string repeated(std::string_view piece, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) {
        text += piece;
    }
    return text;
}
std::string parts(int count) {
    return repeated("--b\r\n\r\nx\r\n", count) + "--b--";
}
std::string nested() {
    const std::string type = "Content-Type: multipart/mixed;boundary=";
    return "--a\r\n" + type + "b\r\n\r\n--b\r\n" + type + "c\r\n\r\n--c\r\n" + type +
           "d\r\n\r\n--d\r\n\r\nx\r\n--d--\r\n--c--\r\n--b--\r\n--a--";
}

/// What counts it, if not the parser.
enum class Counted : std::uint8_t { kFault, kSdp, kPolicy, kMisrouted };

struct Row {
    const char* name;
    const char* answer;  // start of the answer; "": silence
    Write write;
    ParseFault fault{};
    Counted counted{Counted::kFault};
};

// clang-format off
const Row kRows[] = {
    // A1, A2, A3: lines.
    {"A2_bare_cr", "SIP/2.0 400 Bare CR", [](const Party& a) { return with(a, "Q: a\rb\r\n"); }, ParseFault::kBareCr},
    {"A2_bare_lf", "SIP/2.0 400 Bare LF", [](const Party& a) { return with(a, "Q: a\n"); }, ParseFault::kBareLf},
    {"A2_no_colon", "SIP/2.0 400 Bad Header Line", [](const Party& a) { return with(a, "Q a\r\n"); }, ParseFault::kBadHeaderLine},
    {"A20_not_sip", "", [](const Party&) { return std::string("hello world\r\n\r\n"); }, ParseFault::kNotSip},
    // A6: twice; the answer says so whatever the header is.
    {"A6_two_froms", "SIP/2.0 400 Single-Instance", [](const Party& a) { return with(a, "f: <sip:x@y>;tag=2\r\n"); }, ParseFault::kDuplicateHeader},
    {"A6_two_tos", "SIP/2.0 400 Single-Instance", [](const Party& a) { return with(a, "To: <sip:x@y>\r\n"); }, ParseFault::kDuplicateHeader},
    {"A6_two_call_ids", "SIP/2.0 400 Single-Instance", [](const Party& a) { return with(a, "i: other\r\n"); }, ParseFault::kDuplicateHeader},
    {"A6_two_cseqs", "SIP/2.0 400 Single-Instance", [](const Party& a) { return with(a, "CSeq: 2 INVITE\r\n"); }, ParseFault::kDuplicateHeader},
    {"A6_two_lengths", "SIP/2.0 400 Single-Instance", [](const Party& a) { return with(a, "l: 0\r\n"); }, ParseFault::kDuplicateHeader},
    {"A6_two_expires", "SIP/2.0 400 Single-Instance", [](const Party& a) { return with(a, "Expires: 1\r\nExpires: 1\r\n"); }, ParseFault::kDuplicateHeader},
    {"A6_two_session_expires", "SIP/2.0 400 Single-Instance", [](const Party& a) { return with(a, "x: 90\r\nSession-Expires: 90\r\n"); }, ParseFault::kDuplicateHeader},
    {"A6_two_replaces", "SIP/2.0 400 Single-Instance", [](const Party& a) { return with(a, repeated("Replaces: c;to-tag=1;from-tag=2\r\n", 2)); }, ParseFault::kDuplicateHeader},
    {"A6_two_max_forwards", "SIP/2.0 400 Single-Instance", [](const Party& a) { return with(a, "Max-Forwards: 70\r\n"); }, ParseFault::kDuplicateHeader},
    {"A6_two_content_types", "SIP/2.0 400 Single-Instance", [](const Party& a) { return with(a, "c: application/sdp\r\n"); }, ParseFault::kDuplicateHeader},
    {"A6_two_min_expires", "SIP/2.0 400 Single-Instance", [](const Party& a) { return with(a, repeated("Min-Expires: 1\r\n", 2)); }, ParseFault::kDuplicateHeader},
    {"A6_two_events", "SIP/2.0 400 Single-Instance", [](const Party& a) { return with(a, repeated("o: presence\r\n", 2)); }, ParseFault::kDuplicateHeader},
    {"A6_two_subscription_states", "SIP/2.0 400 Single-Instance", [](const Party& a) { return with(a, repeated("Subscription-State: active\r\n", 2)); }, ParseFault::kDuplicateHeader},
    {"A6_two_rseqs", "SIP/2.0 400 Single-Instance", [](const Party& a) { return with(a, repeated("RSeq: 1\r\n", 2)); }, ParseFault::kDuplicateHeader},
    {"A6_two_racks", "SIP/2.0 400 Single-Instance", [](const Party& a) { return with(a, repeated("RAck: 1 1 INVITE\r\n", 2)); }, ParseFault::kDuplicateHeader},
    {"A6_two_min_ses", "SIP/2.0 400 Single-Instance", [](const Party& a) { return with(a, repeated("Min-SE: 90\r\n", 2)); }, ParseFault::kDuplicateHeader},
    {"A6_two_joins", "SIP/2.0 400 Single-Instance", [](const Party& a) { return with(a, repeated("Join: c;to-tag=1;from-tag=2\r\n", 2)); }, ParseFault::kDuplicateHeader},
    // A7: missing, and named.
    {"A7_no_from", "SIP/2.0 400 Missing From", [](const Party& a) { return without(a, "From"); }, ParseFault::kMissingFrom},
    {"A7_no_to", "SIP/2.0 400 Missing To", [](const Party& a) { return without(a, "To"); }, ParseFault::kMissingTo},
    {"A7_no_call_id", "SIP/2.0 400 Missing Call-ID", [](const Party& a) { return without(a, "Call-ID"); }, ParseFault::kMissingCallId},
    {"A7_no_cseq", "SIP/2.0 400 Missing CSeq", [](const Party& a) { return without(a, "CSeq"); }, ParseFault::kMissingCseq},
    {"A7_no_contact", "SIP/2.0 400 Missing Contact", [](const Party& a) { return without(a, "Contact"); }, ParseFault::kMissingContact},
    {"A7_two_contacts", "SIP/2.0 400 More Than One Contact", [](const Party& a) { return with(a, "m: <sip:x@y>\r\n"); }, ParseFault::kSeveralContacts},
    {"A7_contact_not_sip", "SIP/2.0 400 Contact Is Not", [](const Party& a) { return replaced(invite_of(a), "<" + a.contact + ">", "<tel:+1>"); }, ParseFault::kContactNotSip},
    {"A7_no_via", "", [](const Party& a) { return without(a, "Via"); }, ParseFault::kMissingVia},
    {"A7_unusable_via", "", [](const Party& a) { return replaced(invite_of(a), "SIP/2.0/UDP ", "SIP/2.0 "); }, ParseFault::kBadVia},
    // A8: CSeq and Max-Forwards.
    {"A8_cseq_too_large", "SIP/2.0 400 CSeq Out", [](const Party& a) { return replaced(invite_of(a), "CSeq: 1 ", "CSeq: 2147483648 "); }, ParseFault::kCseqOutOfRange},
    {"A8_cseq_no_number", "SIP/2.0 400 Bad CSeq", [](const Party& a) { return replaced(invite_of(a), "CSeq: 1 ", "CSeq: one "); }, ParseFault::kBadCseq},
    {"A8_other_method", "SIP/2.0 400 CSeq Method", [](const Party& a) { return replaced(invite_of(a), "1 INVITE", "1 BYE"); }, ParseFault::kCseqMethodMismatch},
    {"A8_unknown_method", "SIP/2.0 501", [](const Party& a) { return replaced(a.request("FOO", 1), "1 FOO", "1 BAR"); }, ParseFault::kUnknownMethodMismatch},
    {"A8_max_forwards", "SIP/2.0 400 Bad Max-Forwards", [](const Party& a) { return replaced(invite_of(a), "Max-Forwards: 70", "Max-Forwards: 256"); }, ParseFault::kBadMaxForwards},
    // A10: Content-Length.
    {"A10_longer_than_the_datagram", "SIP/2.0 400 Content-Length Exceeds", [](const Party& a) { return replaced(invite_of(a), "Content-Length: ", "Content-Length: 9"); }, ParseFault::kContentLengthTooLarge},
    {"A10_negative", "SIP/2.0 400 Bad Content-Length", [](const Party& a) { return replaced(invite_of(a), "Content-Length: ", "Content-Length: -"); }, ParseFault::kBadContentLength},
    // A11, A12: the request line.
    {"A11_version", "SIP/2.0 505", [](const Party& a) { return replaced(invite_of(a), " SIP/2.0\r\n", " SIP/7.0\r\n"); }, ParseFault::kVersionNotSupported},
    {"A11_scheme", "SIP/2.0 416", [](const Party& a) { return replaced(invite_of(a), a.target, "http://x/"); }, ParseFault::kUnsupportedUriScheme},
    {"A12_brackets", "SIP/2.0 400 Brackets", [](const Party& a) { return replaced(invite_of(a), a.target, "<" + a.target + ">"); }, ParseFault::kBracketedRequestUri},
    {"A12_space", "SIP/2.0 400 Space In Request-URI", [](const Party& a) { return replaced(invite_of(a), a.target, a.target + "; lr"); }, ParseFault::kSpaceInRequestUri},
    // A13: grammar.
    {"A13_open_quote", "SIP/2.0 400 Unterminated", [](const Party& a) { return replaced(invite_of(a), "To: ", "To: \"Bob "); }, ParseFault::kUnterminatedQuote},
    {"A13_empty_element", "SIP/2.0 400 Empty List", [](const Party& a) { return replaced(invite_of(a), "<" + a.contact + ">", "<" + a.contact + ">,"); }, ParseFault::kEmptyListElement},
    {"A13_empty_parameter", "SIP/2.0 400 Empty Parameter", [](const Party& a) { return replaced(invite_of(a), ";rport", ";;rport"); }, ParseFault::kEmptyParameter},
    {"A13_display_name", "SIP/2.0 400 Bad Display Name", [](const Party& a) { return replaced(invite_of(a), "To: ", "To: Bob, B. "); }, ParseFault::kBadDisplayName},
    {"A13_space_in_uri", "SIP/2.0 400 Space In URI", [](const Party& a) { return replaced(invite_of(a), "To: <", "To: < "); }, ParseFault::kSpaceInUri},
    {"A13_needs_brackets", "SIP/2.0 400 URI Needs", [](const Party& a) { return replaced(invite_of(a), "<" + a.contact + ">", a.contact + "?x=y"); }, ParseFault::kNeedsBrackets},
    // A19: limits.
    {"A19_header_section", "SIP/2.0 513", [](const Party& a) { return with(a, repeated("Q: " + std::string(8000, 'x') + "\r\n", 5)); }, ParseFault::kHeaderSectionTooLarge},
    {"A19_header_line", "SIP/2.0 400 Header Line", [](const Party& a) { return with(a, "Q: " + std::string(8190, 'x') + "\r\n"); }, ParseFault::kHeaderLineTooLong},
    {"A19_headers", "SIP/2.0 400 Too Many Headers", [](const Party& a) { return with(a, repeated("Q: 1\r\n", 256)); }, ParseFault::kTooManyHeaders},
    {"A19_vias", "SIP/2.0 400 Too Many Via", [](const Party& a) { return with(a, repeated("v: SIP/2.0/UDP h\r\n", 70)); }, ParseFault::kTooManyVias},
    {"A19_routes", "SIP/2.0 400 Too Many Route", [](const Party& a) { return with(a, repeated("Route: <sip:h;lr>\r\n", 31)); }, ParseFault::kTooManyRoutes},
    {"A19_request_uri", "SIP/2.0 414", [](const Party& a) { return replaced(invite_of(a), a.target, "sip:" + std::string(1024, 'u') + "@h"); }, ParseFault::kRequestUriTooLong},
    {"A19_call_id", "SIP/2.0 400 Call-ID Too Long", [](const Party& a) { return replaced(invite_of(a), "Call-ID: ", "Call-ID: " + std::string(256, 'c')); }, ParseFault::kCallIdTooLong},
    {"A19_tag", "SIP/2.0 400 Tag Too Long", [](const Party& a) { return replaced(invite_of(a), ";tag=", ";tag=" + std::string(256, 't')); }, ParseFault::kTagTooLong},
    {"A19_contacts", "SIP/2.0 400 Too Many Contact", [](const Party& a) { return a.request("MESSAGE", 1, repeated("m: <sip:h>\r\n", 33)); }, ParseFault::kTooManyContacts},
    {"A19_body", "SIP/2.0 413", [](const Party& a) { return a.request("MESSAGE", 1, "Content-Type: text/plain\r\n", std::string(32769, 'b')); }, ParseFault::kBodyTooLarge},
    {"A19_body_parts", "SIP/2.0 400 Too Many Body Parts", [](const Party& a) { return a.request("INVITE", 1, "Content-Type: multipart/mixed;boundary=b\r\n", parts(17)); }, {}, Counted::kSdp},
    {"A19_nesting", "SIP/2.0 400 Body Parts Nested", [](const Party& a) { return a.request("INVITE", 1, "Content-Type: multipart/mixed;boundary=a\r\n", nested()); }, {}, Counted::kSdp},
    {"A19_media_lines", "SIP/2.0 488", [](const Party& a) { return a.request("INVITE", 1, {}, sdp("10.10.0.5", 4000) + repeated("m=audio 4000 RTP/AVP 0\r\n", 32)); }, {}, Counted::kSdp},
    // A16, A17, A20: what is never answered.
    {"A16_status", "", [](const Party& a) { return "SIP/2.0 700 Odd\r\n" + header_lines(invite_of(a), "Via") + "\r\n"; }, ParseFault::kStatusOutOfRange},
    {"A17_two_vias", "", [](const Party& a) { return replaced(invite_of(a), "INVITE " + a.target + " SIP/2.0", "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.10.0.1;branch=z9hG4bKx"); }, {}, Counted::kMisrouted},
    {"A20_ack", "", [](const Party& a) { return replaced(a.request("ACK", 1), "CSeq: 1 ", "CSeq: x "); }, ParseFault::kBadCseq},
    {"A20_tag_of_a_response", "", [](const Party& a) { return replaced(replaced(invite_of(a), "INVITE " + a.target + " SIP/2.0", "SIP/2.0 200 OK"), "CSeq: 1 ", "CSeq: x "); }, ParseFault::kBadCseq},
    // A21: option tags.
    {"A21_bext01", "SIP/2.0 420", [](const Party& a) { return with(a, "Proxy-Require: nobody\r\n"); }, {}, Counted::kPolicy},
};
// clang-format on

class BadInput : public Scenario, public ::testing::WithParamInterface<Row> {
protected:
    /// All that may have counted it; only one of them did.
    [[nodiscard]] std::uint64_t count_of(Counted which) {
        const Counters& counters = gate.counters();
        const transaction::Counters& layer = gate.shard().transaction_counters();
        switch (which) {
            case Counted::kFault:
                return faults();
            case Counted::kSdp:
                return counters.sdp_refused.read();
            case Counted::kPolicy:
                return counters.policy_refused.read();
            case Counted::kMisrouted:
                return layer.misrouted_responses.read();
        }
        return 0;
    }
    [[nodiscard]] std::uint64_t faults() const {
        std::uint64_t sum = 0;
        for (const Counter& fault : gate.counters().parse_faults) {
            sum += fault.read();
        }
        return sum;
    }
};

TEST_P(BadInput, B2BUA_A_its_answer_its_counter_and_then_a_call) {
    const Row& row = GetParam();
    const std::string_view answer = row.answer;
    alice.say(row.write(alice));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0"), alice.count("SIP/2.0 100") + (answer.empty() ? 0U : 1U));
    if (!answer.empty()) {
        EXPECT_EQ(alice.count(answer), 1U);
        EXPECT_EQ(header(alice.got(answer), "Content-Length"), "0");
    }
    for (const Counted which :
         {Counted::kFault, Counted::kSdp, Counted::kPolicy, Counted::kMisrouted}) {
        EXPECT_EQ(count_of(which), which == row.counted ? 1U : 0U) << static_cast<int>(which);
    }
    if (row.counted == Counted::kFault) {
        EXPECT_EQ(gate.counters().parse_faults[static_cast<std::size_t>(row.fault)].read(), 1U);
    }
    if (answer.find("488") != std::string_view::npos) {
        EXPECT_EQ(header(alice.got(answer), "Warning").rfind("399 inside ", 0), 0U);
    }
    EXPECT_EQ(bob.count("INVITE") + bob.count("MESSAGE") + bob.count("FOO"), 0U);
    alice.say(alice.companion("ACK", 1));
    turn();
    alice.forget();
    alice.dial("good", "sip:bob@10.10.0.1");
    establish();
    hang_up();
    EXPECT_EQ(gate.counters().calls_answered.read(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Rows, BadInput, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

using BadReplyAddress = Scenario;

TEST_F(BadReplyAddress, B2BUA_A20_an_answer_to_port_0_is_never_sent) {
    Party phone(network, at("10.20.0.9", 0), gate.outside(), "zero");
    phone.dial("call-1", "sip:bob@10.20.0.1");
    phone.say(phone.request("OPTIONS", 1));
    turn();
    EXPECT_EQ(phone.count("SIP/2.0"), 0U);
    EXPECT_EQ(gate.shard().transaction_counters().bad_reply_address.read(), 1U);
    establish();
    hang_up();
}

}  // namespace
}  // namespace sallyport::call
