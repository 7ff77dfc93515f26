// SPDX-License-Identifier: Apache-2.0
// Message::parse: start line, one pass over the header lines, the body's frame. What the mandatory
// headers hold is read in message_headers.cpp. A fault does not end the pass where the rest can
// still be read, because the 400 that answers it copies headers from behind it (A20).
#include "b2bua/sip/message.h"

#include "b2bua/sip/list.h"
#include "b2bua/sip/scan.h"
#include "b2bua/sip/start_line.h"

namespace sallyport::sip {
namespace {

constexpr std::size_t kMaxMessage = 65536;  // A19; a datagram cannot even hold that much

std::size_t slot(HeaderId id) noexcept {
    return static_cast<std::size_t>(id);
}

}  // namespace

Outcome<ParseError> Message::parse(std::string_view datagram, const Limits& limits) noexcept {
    reset();
    max_body_parts_ = limits.body_parts;
    max_body_nesting_ = limits.body_nesting;
    const char* const end = datagram.data() + datagram.size();
    datagram_ = datagram.data();
    const char* begin = datagram.data();
    while (begin != end && (*begin == '\r' || *begin == '\n')) {
        ++begin;  // RFC 3261 s.7.5
    }
    octets_ = scan::view(begin, end);
    if (octets_.size() > kMaxMessage) {
        octets_ = {};
        note(ParseFault::kHeaderSectionTooLarge, begin);
    } else if (read_start_line(limits)) {
        index_headers(limits);
        frame_body(limits);
        read_lists(limits);
        read_address(HeaderId::kFrom, ParseFault::kMissingFrom, from_, limits);
        read_address(HeaderId::kTo, ParseFault::kMissingTo, to_, limits);
        read_call_id(limits);
        read_cseq();
        read_max_forwards();
        check_contact();
    }
    if (fault_) {
        return Failure{*fault_};
    }
    return Done{};
}

void Message::reset() noexcept {
    body_ = method_name_ = request_uri_ = reason_ = call_id_ = {};
    top_via_ = Via{};
    from_ = to_ = contact_ = NameAddr{};
    cseq_ = CSeq{};
    max_forwards_.reset();
    fault_.reset();
    header_count_ = via_count_ = contact_count_ = 0;
    first_header_ = body_offset_ = 0;
    status_ = 0;
    method_ = Method::kUnknown;
    request_ = false;
    first_.fill(0);
}

void Message::note(ParseFault fault, const char* at) noexcept {
    if (!fault_) {
        fault_ = ParseError{fault, scan::distance(datagram_, at)};
    }
}

/// False when nothing behind the line is worth reading.
bool Message::read_start_line(const Limits& limits) noexcept {
    const char* const begin = octets_.data();
    const char* const end = begin + octets_.size();
    const char* const stop = scan::find_line_break(begin, end);
    const bool crlf = end - stop >= 2 && stop[0] == '\r' && stop[1] == '\n';
    if (stop == begin || stop == end || (!crlf && *stop == '\r')) {
        note(ParseFault::kNotSip, begin);
        return false;
    }
    const StartLine line = StartLine::parse(scan::view(begin, stop), limits.uri);
    request_ = line.request;
    method_ = line.method;
    method_name_ = line.method_name;
    request_uri_ = line.request_uri;
    status_ = line.status;
    reason_ = line.reason;
    first_header_ = scan::distance(begin, stop) + (crlf ? 2 : 1);
    if (line.fault) {
        note(line.fault->fault, begin + line.fault->offset);
        return status_for(line.fault->fault) != 0;
    }
    if (!crlf && !limits.tolerate_bare_lf) {
        note(ParseFault::kBareLf, stop);
    }
    return true;
}

void Message::index_headers(const Limits& limits) noexcept {
    const char* const begin = octets_.data();
    const char* const end = begin + octets_.size();
    const char* p = begin + first_header_;
    body_offset_ = scan::distance(begin, end);
    while (p != end) {
        if (*p == '\r' && p + 1 != end && p[1] == '\n') {
            body_offset_ = scan::distance(begin, p + 2);
            return;
        }
        if (*p == '\n') {
            if (!limits.tolerate_bare_lf) {
                note(ParseFault::kBareLf, p);
            }
            body_offset_ = scan::distance(begin, p + 1);
            return;
        }
        if (header_count_ == std::min(kMaxHeaders, std::size_t{limits.headers})) {
            note(ParseFault::kTooManyHeaders, p);
            return;
        }
        p = index_line(p, limits);
    }
    note(ParseFault::kUnfinishedHeaders, end);
}

/// One header line with its folds; returns the start of the next.
const char* Message::index_line(const char* line, const Limits& limits) noexcept {
    const char* const begin = octets_.data();
    const char* const end = begin + octets_.size();
    HeaderField& field = headers_[header_count_];
    field.folded = false;
    const char* const colon = scan::find_any<':', '\r', '\n'>(line, end);
    const char* const stop = line_end(colon, field, limits);
    const char* next = stop;  // line_end() stays before the line break
    if (next != end) {
        next += *next == '\r' ? 2 : 1;
    }
    if (next - line > static_cast<std::ptrdiff_t>(limits.header_line)) {
        note(ParseFault::kHeaderLineTooLong, line);
    }
    if (colon == end || *colon != ':') {
        note(ParseFault::kBadHeaderLine, line);
        return next;
    }
    const auto value = scan::trim(colon + 1, stop);
    field.line = scan::distance(begin, line);
    field.value = scan::distance(begin, value.data());
    field.value_length = static_cast<std::uint32_t>(value.size());
    field.next_line = scan::distance(begin, next);
    field.name_length = static_cast<std::uint16_t>(colon - line);
    add_field(field);
    return next;
}

/// The line break that ends the header line, folds passed over; end when there is none.
const char* Message::line_end(const char* p, HeaderField& field, const Limits& limits) noexcept {
    const char* const end = octets_.data() + octets_.size();
    for (;;) {
        p = scan::find_line_break(p, end);
        if (p == end || (*p == '\r' && p + 1 == end)) {
            return end;  // index_headers() says kUnfinishedHeaders
        }
        const char* next = p + 1;
        if (*p == '\r' && *next != '\n') {
            note(ParseFault::kBareCr, p);
            p = next;
            continue;
        }
        if (*p == '\r') {
            ++next;
        } else {
            field.folded = true;
            if (!limits.tolerate_bare_lf) {
                note(ParseFault::kBareLf, p);
            }
        }
        if (next == end || !scan::is(*next, scan::kBlank)) {
            return p;
        }
        field.folded = true;
        p = next;
    }
}

/// Names the field and counts it in, unless its name is no token.
void Message::add_field(HeaderField& field) noexcept {
    std::string_view text = name(field);
    field.id = header_id(text);
    if (field.id == HeaderId::kUnknown) {
        while (!text.empty() && scan::is(text.back(), scan::kBlank)) {
            text.remove_suffix(1);  // HCOLON = *( SP / HTAB ) ":" SWS
        }
        field.name_length = static_cast<std::uint16_t>(text.size());
        field.id = header_id(text);
        if (text.empty() || !scan::all(text, scan::kToken)) {
            return note(ParseFault::kBadHeaderLine, octets_.data() + field.line);
        }
    }
    ++header_count_;
    if (field.id == HeaderId::kUnknown) {
        return;
    }
    std::uint16_t& first = first_[slot(field.id)];
    if (first == 0) {
        first = static_cast<std::uint16_t>(header_count_);
    } else if (arity(field.id) == Arity::kSingle) {
        note(ParseFault::kDuplicateHeader, octets_.data() + field.line);
    }
}

/// A10 for datagrams, and the limits of A19 on what was framed.
void Message::frame_body(const Limits& limits) noexcept {
    const char* const begin = octets_.data();
    const char* const body = begin + body_offset_;
    if (body_offset_ > limits.header_section) {
        note(ParseFault::kHeaderSectionTooLarge, begin);
    }
    std::size_t length = octets_.size() - body_offset_;
    if (const HeaderField* const field = find(HeaderId::kContentLength)) {
        const std::string_view digits = value(*field);
        std::size_t told = 0;
        for (const char c : digits) {
            told = told <= kMaxMessage ? told * 10 + static_cast<unsigned char>(c - '0') : told;
        }
        if (digits.empty() || !scan::all(digits, scan::kDigit)) {
            note(ParseFault::kBadContentLength, digits.data());
        } else if (told > length) {
            note(ParseFault::kContentLengthTooLarge, digits.data());
        } else {
            length = told;
        }
    }
    if (length > limits.body) {
        note(ParseFault::kBodyTooLarge, body);
    }
    body_ = scan::view(body, body + length);
    octets_ = scan::view(begin, body + length);
}

const HeaderField* Message::find(HeaderId id) const noexcept {
    const std::size_t position = first_[slot(id)];
    return position == 0 ? nullptr : &headers_[position - 1];
}

std::string_view Message::value_of(HeaderId id) const noexcept {
    const HeaderField* const field = find(id);
    return field == nullptr ? std::string_view{} : value(*field);
}

std::optional<std::string_view> ValueCursor::next() noexcept {
    if (failed_) {
        return std::nullopt;
    }
    if (rest_.data() == nullptr) {
        const auto fields = message_.headers();
        while (field_ < fields.size() && fields[field_].id != id_) {
            ++field_;
        }
        if (field_ == fields.size()) {
            return std::nullopt;
        }
        rest_ = message_.value(fields[field_++]);
    }
    const char* const end = rest_.data() + rest_.size();
    const ListElement element = first_element(rest_.data(), end);
    rest_ = element.rest == nullptr ? std::string_view{} : scan::view(element.rest, end);
    if (element.text.empty()) {
        failed_ = true;
        return std::nullopt;
    }
    return element.text;
}

}  // namespace sallyport::sip
