// SPDX-License-Identifier: Apache-2.0
// The headers that every message is read for: Via, From, To, Call-ID, CSeq, Max-Forwards and
// Contact (RFC 3261 s.8.1.1, s.20), with their limits and their presence (A6-A8, A13, A19).
#include "b2bua/sip/list.h"
#include "b2bua/sip/message.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/scan.h"
#include "b2bua/sip/uri.h"

#include <algorithm>

namespace sallyport::sip {
namespace {

/// Calls take(element) for each list element of a value; most values have no comma and are not
/// walked.
template <class Take>
void for_each_element(std::string_view value, Take take) noexcept {
    const char* p = value.data();
    const char* const end = p + value.size();
    if (scan::find_any<',', ',', ','>(p, end) == end) {
        take(value);
        return;
    }
    while (p != nullptr) {
        const ListElement element = first_element(p, end);
        take(element.text);
        p = element.rest;
    }
}

/// An empty element of a list, or an empty parameter in it, is one wherever it stands (A13).
std::optional<ParseError> empty_part_of(std::string_view via) noexcept {
    if (via.empty()) {
        return ParseError{ParseFault::kEmptyListElement, 0};
    }
    const std::size_t params = std::min(via.find(';'), via.size());
    ParamCursor cursor(via.substr(params));
    while (cursor.next()) {
    }
    if (!cursor.failed() || cursor.error().fault != ParseFault::kEmptyParameter) {
        return std::nullopt;
    }
    return ParseError{ParseFault::kEmptyParameter,
                      static_cast<std::uint32_t>(params) + cursor.error().offset};
}

bool is_target_refresh_with_contact(Method method) noexcept {
    return method == Method::kInvite || method == Method::kSubscribe || method == Method::kRefer ||
           method == Method::kUpdate;
}

}  // namespace

void Message::read_lists(const Limits& limits) noexcept {
    std::size_t routes = 0;
    std::size_t record_routes = 0;
    for (const HeaderField& field : headers()) {
        if (field.id == HeaderId::kVia) {
            for_each_element(value(field), [this](std::string_view v) { read_via(v); });
        } else if (field.id == HeaderId::kContact) {
            for_each_element(value(field), [this](std::string_view v) { read_contact(v); });
        } else if (field.id == HeaderId::kRoute) {
            for_each_element(value(field), [&routes](std::string_view) { ++routes; });
        } else if (field.id == HeaderId::kRecordRoute) {
            for_each_element(value(field), [&record_routes](std::string_view) { ++record_routes; });
        }
    }
    const char* const at = octets_.data() + first_header_;
    if (via_count_ == 0) {
        note(ParseFault::kMissingVia, at);
    }
    if (via_count_ > limits.via) {
        note(ParseFault::kTooManyVias, at);
    }
    if (routes > limits.route || record_routes > limits.route) {
        note(ParseFault::kTooManyRoutes, at);
    }
    if (contact_count_ > limits.contact) {
        note(ParseFault::kTooManyContacts, at);
    }
}

/// Only the top value is ours to understand; the others are echoed as they came (RFC 4475
/// s.3.1.1.10).
void Message::read_via(std::string_view value) noexcept {
    if (++via_count_ != 1) {
        if (const auto empty = empty_part_of(value)) {
            note(empty->fault, value.data() + empty->offset);
        }
        return;
    }
    const auto outcome = top_via_.assign(value);
    if (!outcome) {
        note(outcome.error().fault, value.data() + outcome.error().offset);
    }
}

void Message::read_contact(std::string_view value) noexcept {
    if (value.empty()) {
        ++contact_count_;
        return note(ParseFault::kEmptyListElement, value.data());
    }
    NameAddr other;
    NameAddr& out = contact_count_++ == 0 ? contact_ : other;
    const auto outcome = out.assign(value);
    if (!outcome) {
        note(outcome.error().fault, value.data() + outcome.error().offset);
    }
}

void Message::read_address(HeaderId id, ParseFault missing, NameAddr& out,
                           const Limits& limits) noexcept {
    const HeaderField* const field = find(id);
    if (field == nullptr) {
        return note(missing, octets_.data() + first_header_);
    }
    const std::string_view text = value(*field);
    const auto outcome = out.assign(text);
    if (!outcome) {
        return note(outcome.error().fault, text.data() + outcome.error().offset);
    }
    if (out.uri == "*") {  // a Contact may say that, no one is called it
        note(ParseFault::kBadUri, out.uri.data());
    }
    if (out.tag.size() > limits.tag) {
        note(ParseFault::kTagTooLong, out.tag.data());
    }
}

void Message::read_call_id(const Limits& limits) noexcept {
    const HeaderField* const field = find(HeaderId::kCallId);
    if (field == nullptr) {
        return note(ParseFault::kMissingCallId, octets_.data() + first_header_);
    }
    const std::string_view text = value(*field);
    if (text.empty() || !scan::all(text, scan::kCallId)) {
        return note(ParseFault::kBadCallId, text.data());
    }
    if (text.size() > limits.call_id) {
        note(ParseFault::kCallIdTooLong, text.data());
    }
    call_id_ = text;
}

void Message::read_cseq() noexcept {
    const HeaderField* const field = find(HeaderId::kCSeq);
    if (field == nullptr) {
        return note(ParseFault::kMissingCseq, octets_.data() + first_header_);
    }
    const std::string_view text = value(*field);
    const auto cseq = CSeq::parse(text);
    if (!cseq) {
        return note(cseq.error().fault, text.data() + cseq.error().offset);
    }
    cseq_ = *cseq;
    if (!request_) {
        method_ = cseq_.method;
        method_name_ = cseq_.method_name;
    } else if (cseq_.method_name != method_name_) {
        const bool unknown = method_ == Method::kUnknown;  // A8
        note(unknown ? ParseFault::kUnknownMethodMismatch : ParseFault::kCseqMethodMismatch,
             cseq_.method_name.data());
    }
}

void Message::read_max_forwards() noexcept {
    const HeaderField* const field = find(HeaderId::kMaxForwards);
    if (field == nullptr) {
        return;
    }
    const std::string_view digits = value(*field);
    unsigned number = 0;
    for (const char c : digits) {
        number = number <= 255 ? number * 10 + static_cast<unsigned char>(c - '0') : number;
    }
    if (digits.empty() || number > 255 || !scan::all(digits, scan::kDigit)) {
        return note(ParseFault::kBadMaxForwards, digits.data());
    }
    max_forwards_ = static_cast<std::uint8_t>(number);
}

/// A7: exactly one Contact with a SIP(S) URI, where a dialog or its remote target is made of it.
void Message::check_contact() noexcept {
    if (!request_ || !is_target_refresh_with_contact(method_)) {
        return;
    }
    const char* const at = octets_.data() + first_header_;
    if (contact_count_ > 1) {
        return note(ParseFault::kSeveralContacts, at);
    }
    if (contact_count_ == 0) {
        const bool mid_dialog = !to_.tag.empty();
        const bool rfc2543 =
            method_ == Method::kInvite && (from_.tag.empty() || !top_via_.rfc3261_branch);
        if (!mid_dialog && !rfc2543) {
            note(ParseFault::kMissingContact, at);
        }
        return;
    }
    const auto uri = Uri::parse(contact_.uri);
    if (!uri || (uri->scheme != Scheme::kSip && uri->scheme != Scheme::kSips)) {
        note(uri ? ParseFault::kContactNotSip : uri.error().fault, contact_.text.data());
    }
}

}  // namespace sallyport::sip
