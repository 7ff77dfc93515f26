// SPDX-License-Identifier: Apache-2.0
// Every parser of a header value, with every header value of the golden messages and every
// truncation of it, and with samples of its own: the text ends at a page that cannot be read.
// Whatever is refused says where; whatever is accepted lies inside the text.
#include "b2bua/sip/cseq.h"
#include "b2bua/sip/delta_seconds.h"
#include "b2bua/sip/digest.h"
#include "b2bua/sip/disposition.h"
#include "b2bua/sip/media_type.h"
#include "b2bua/sip/message.h"
#include "b2bua/sip/multipart.h"
#include "b2bua/sip/name_addr.h"
#include "b2bua/sip/rack.h"
#include "b2bua/sip/reason.h"
#include "b2bua/sip/retry_after.h"
#include "b2bua/sip/rseq.h"
#include "b2bua/sip/session_expires.h"
#include "b2bua/sip/uri.h"
#include "b2bua/sip/via.h"
#include "b2bua/sip/warning.h"
#include "tests/unit/b2bua/sip/sip_text.h"

#include <initializer_list>
#include <set>

namespace sallyport::sip {
namespace {

void expect_inside(std::string_view text, std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts) {
        ASSERT_TRUE(part.empty() || (part.data() >= text.data() &&
                                     part.data() + part.size() <= text.data() + text.size()))
            << text;
    }
}

template <class Parsed, class Check>
void check(const Parsed& parsed, std::string_view text, Check views) {
    if (parsed.ok()) {
        views(*parsed);
    } else {
        ASSERT_LE(parsed.error().offset, text.size()) << text;
    }
}

void addresses(std::string_view text) {
    check(Uri::parse(text), text, [text](const Uri& uri) {
        expect_inside(text, {uri.user, uri.password, uri.host, uri.params, uri.headers});
        EXPECT_TRUE(equivalent(uri, uri));
    });
    check(NameAddr::parse(text), text, [text](const NameAddr& value) {
        expect_inside(text, {value.display, value.uri, value.params, value.tag});
    });
    check(Via::parse(text), text, [text](const Via& via) {
        expect_inside(text, {via.host, via.params, via.branch, via.received, via.transport});
    });
}

void numbers(std::string_view text) {
    check(CSeq::parse(text), text,
          [text](const CSeq& cseq) { expect_inside(text, {cseq.method_name}); });
    check(RAck::parse(text), text,
          [text](const RAck& rack) { expect_inside(text, {rack.cseq.method_name}); });
    check(RSeq::parse(text), text, [](const RSeq&) {});
    check(SessionExpires::parse(text), text, [](const SessionExpires&) {});
    check(MinSe::parse(text), text, [](const MinSe&) {});
    check(RetryAfter::parse(text), text, [](const RetryAfter&) {});
    (void)delta_seconds(text);
}

void words(std::string_view text) {
    check(Digest::parse(text), text, [text](const Digest& digest) {
        expect_inside(text, {digest.scheme, digest.params, digest.realm, digest.qop, digest.uri});
        TokenCursor options(digest.qop);
        while (options.next()) {
        }
    });
    check(MediaType::parse(text), text, [text](const MediaType& type) {
        expect_inside(text, {type.type, type.subtype, type.params, type.param("boundary")});
    });
    check(Disposition::parse(text), text, [text](const Disposition& disposition) {
        expect_inside(text, {disposition.type, disposition.params});
        (void)disposition.optional();
    });
    check(Reason::parse(text), text, [text](const Reason& reason) {
        expect_inside(text, {reason.protocol, reason.text});
    });
    check(Warning::parse(text), text, [text](const Warning& warning) {
        expect_inside(text, {warning.code, warning.agent, warning.text});
    });
}

void body(std::string_view text) {
    BodyPart whole;
    whole.type = "multipart/mixed;boundary=7a9cbec02ceef655";
    whole.content = text;
    check(BodyParts::parse(whole), text, [text](const BodyParts& parts) {
        for (const BodyPart& part : parts.parts().subspan(1)) {
            expect_inside(text, {part.type, part.encoding, part.disposition, part.content});
        }
    });
}

std::set<std::string> header_values() {
    std::set<std::string> values;
    Message message;
    for (const auto& entry : std::filesystem::directory_iterator(test::golden() / "rfc4475")) {
        const std::string text = test::read_file(entry.path());
        (void)message.parse(text);
        values.emplace(message.request_uri());
        for (const HeaderField& field : message.headers()) {
            values.emplace(message.value(field));
        }
    }
    EXPECT_GT(values.size(), 200U);
    values.insert(
        {"Digest realm=\"a \\\"b\\\"\", qop=\"auth, auth-int\" , nonce=x==, stale=FALSE",
         "Digest username=\"bob\",uri=\"sip:b@c\",qop=auth,nc=00000001,cnonce=\"\"",
         "307 isi.edu:5060 \"Session \\\"parameter\\\"\"", "SIP ;cause=200 ;text=\"elsewhere\"",
         "18000 (in a (long \\) ) meeting) ;duration=3600", "776656 1 INVITE", "4000;refresher=uac",
         "multipart/mixed; boundary=\"a b\" ; x=y", "session;handling=required"});
    return values;
}

TEST(GuardPage, every_truncation_of_every_header_value) {
    for (const std::string& value : header_values()) {
        const test::GuardedText guarded(value.size());
        for (std::size_t size = 0; size <= value.size(); ++size) {
            const std::string_view text = guarded.put(std::string_view(value).substr(0, size));
            addresses(text);
            numbers(text);
            words(text);
        }
    }
}

TEST(GuardPage, every_truncation_of_a_multipart) {
    Message message;
    const std::string octets = test::read_file(test::golden() / "rfc4475" / "mpart01.dat");
    ASSERT_TRUE(message.parse(octets).ok());
    const std::string_view whole = message.body();
    const test::GuardedText guarded(whole.size());
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        body(guarded.put(whole.substr(0, size)));
    }
}

}  // namespace
}  // namespace sallyport::sip
