// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the datagram parser and of Patch: views stay inside, what parses is sent on in
// normal form, normal form is itself when sent again, means the same, and an edit is what the next
// parser reads.
#include "b2bua/sip/message.h"
#include "b2bua/sip/patch.h"
#include "b2bua/sip/uri.h"
#include "tests/fuzz/property.h"

#include <cstddef>
#include <string>
#include <vector>

namespace {

using namespace sallyport::sip;
using sallyport::fuzz::require;
using sallyport::fuzz::require_inside;

/// Long names and an edit may lift a message over a limit that it just kept.
constexpr Limits kWide = [] {
    Limits wide = kOwnLimits;
    wide.tolerate_bare_lf = false;
    return wide;
}();
constexpr std::size_t kRoom = 200000;
constexpr std::size_t kGrowth = 4096;  // room that a second parse leaves below its 65,536

void check_views(const Message& m, std::string_view text) {
    require_inside(m.octets(), text);
    for (const std::string_view part :
         {m.body(), m.method_name(), m.request_uri(), m.reason(), m.call_id(), m.top_via().text,
          m.top_via().params, m.top_via().received, m.from().text, m.from().params, m.to().display,
          m.contact().text, m.contact().uri}) {
        require_inside(part, text);
    }
    for (const HeaderField& field : m.headers()) {
        require(field.line + field.name_length < field.value + 1U &&
                    field.value + field.value_length <= field.next_line &&
                    field.next_line <= m.octets().size(),
                "the parts of a field stand in order");
    }
    for (const HeaderId id : {HeaderId::kVia, HeaderId::kContact, HeaderId::kRoute}) {
        ValueCursor cursor(m, id);
        while (const auto value = cursor.next()) {
            require_inside(*value, text);
        }
    }
}

void check_same(const Message& a, const Message& b) {
    require(a.is_request() == b.is_request() && a.status() == b.status(), "same kind");
    require(a.method_name() == b.method_name() && a.request_uri() == b.request_uri(), "same line");
    require(a.reason() == b.reason(), "same reason");
    require(a.call_id() == b.call_id() && a.cseq().number == b.cseq().number, "same ids");
    require(a.via_count() == b.via_count() && a.contact_count() == b.contact_count(), "same lists");
    require(a.top_via().branch == b.top_via().branch && a.top_via().host == b.top_via().host &&
                a.top_via().port == b.top_via().port,
            "same top Via");
    require(a.from().uri == b.from().uri && a.from().tag == b.from().tag, "same From");
    require(a.to().uri == b.to().uri && a.to().tag == b.to().tag, "same To");
    require(a.contact().uri == b.contact().uri, "same Contact");
    require(a.max_forwards() == b.max_forwards(), "same Max-Forwards");
    require(a.body() == b.body(), "same body");
}

void check_unedited(const Message& m) {
    static Message again;
    static std::vector<char> once(kRoom);
    const auto sent = Patch(m).encode(once);
    require(sent.ok(), "a message without edits can be sent on");
    const auto outcome = again.parse(*sent, kWide);
    require(outcome.ok(), "what is sent on parses");
    check_same(m, again);
    static std::vector<char> twice(kRoom);
    const auto resent = Patch(again).encode(twice);
    require(resent.ok() && *resent == *sent, "normal form stays byte for byte");
}

void check_edited(const Message& m) {
    static Message again;
    static std::vector<char> out(kRoom);
    Patch patch(m);
    const bool tagged = !m.from().tag.empty();
    if (tagged) {
        patch.replace(m.from().tag, "edited-tag");
    }
    patch.replace(m.to().uri, "sip:edited@192.0.2.1");
    // The cookie stays or stays away: with one, an INVITE of RFC 2543 would lack its Contact (A7).
    const std::string_view branch = m.top_via().rfc3261_branch ? "z9hG4bKedited" : "edited";
    patch.replace(m.top_via().branch, branch);
    patch.set_value(*m.find(HeaderId::kCallId), "edited-id");
    patch.set_request_uri(m.is_request() ? "sip:edited@[2001:db8::1]:5060" : "");
    patch.append("X-Edited", "yes\r\nX-Smuggled: no");
    patch.set_body("edited body");
    const auto sent = patch.encode(out);
    const bool editable = m.is_request() && !m.top_via().branch.empty();
    if (!editable) {
        return;  // an edit of nothing is refused: kNotInside
    }
    require(sent.ok(), "edits of different headers do not overlap");
    require(again.parse(*sent, kWide).ok(), "an edited message parses");
    require(again.request_uri() == "sip:edited@[2001:db8::1]:5060", "edited Request-URI");
    require(!tagged || again.from().tag == "edited-tag", "edited tag");
    require(again.to().uri == "sip:edited@192.0.2.1" && again.to().tag == m.to().tag, "edited To");
    require(again.top_via().branch == branch, "edited branch");
    require(again.call_id() == "edited-id", "edited Call-ID");
    require(again.body() == "edited body", "edited body");
    require(again.headers().size() >= m.headers().size() + 1, "no header is lost");
    require(again.headers().size() <= m.headers().size() + 2, "no header is smuggled in");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    static Message m;
    Limits limits;
    limits.tolerate_bare_lf = size % 2 == 0;
    const auto outcome = m.parse(text, limits);
    check_views(m, text);
    if (!outcome) {
        require(outcome.error().offset <= size, "the fault lies in the text");
        return 0;
    }
    if (m.headers().size() + 2 <= Message::kMaxHeaders && size + kGrowth < 65536) {
        check_unedited(m);
        check_edited(m);
    }
    return 0;
}
