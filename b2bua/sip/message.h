// SPDX-License-Identifier: Apache-2.0
// A SIP message as a view over the received octets: start line, an index of its headers made in one
// pass, the body, and the mandatory headers typed (RFC 3261 s.7, s.8.1.1, s.20). Owns no text: the
// octets must outlive it. Reused from one message to the next, so it never allocates. Pure; one
// thread at a time.
#pragma once

#include "b2bua/sip/cseq.h"
#include "b2bua/sip/header.h"
#include "b2bua/sip/method.h"
#include "b2bua/sip/name_addr.h"
#include "b2bua/sip/parse_error.h"
#include "b2bua/sip/via.h"
#include "config/types/message_limits.h"
#include "config/types/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sallyport::sip {

/// Where one header line stands. Offsets from the start of the message.
struct HeaderField {
    std::uint32_t line{0};   // first octet of the name
    std::uint32_t value{0};  // first octet of the trimmed value
    std::uint32_t value_length{0};
    std::uint32_t next_line{0};  // first octet after the line's CRLF, folds included
    std::uint16_t name_length{0};
    HeaderId id{HeaderId::kUnknown};
    bool folded{
        false};  // the line holds CRLF + LWS or ends in a bare LF: sent on normalised (A2, A3)
};

using Limits = MessageLimits;

/// For reading back what was stored: it was accepted once, with limits that are not known here.
inline constexpr Limits kOwnLimits{.header_section = 0xffff,
                                   .header_line = 0xffff,
                                   .body = 0xffff,
                                   .uri = 0xffff,
                                   .call_id = 0xffff,
                                   .tag = 0xffff,
                                   .via = 0xff,
                                   .route = 0xff,
                                   .contact = 0xff,
                                   .tolerate_bare_lf = true};

class Message {
public:
    static constexpr std::size_t kMaxHeaders = Limits::kMaxHeaders;

    /// Parses one UDP datagram (A1-A20). On failure what was understood stays readable: echoable()
    /// says whether a stateless answer can be made (A20). is_request() is right whenever the start
    /// line could be told apart. The first fault is returned; its offset counts from the start of
    /// the datagram.
    Outcome<ParseError> parse(std::string_view datagram, const Limits& limits = {}) noexcept;

    [[nodiscard]] bool is_request() const noexcept { return request_; }
    /// Of a request: its method. Of a response: its CSeq method.
    [[nodiscard]] Method method() const noexcept { return method_; }
    [[nodiscard]] std::string_view method_name() const noexcept { return method_name_; }
    /// Without the ?headers of a SIP URI (A12).
    [[nodiscard]] std::string_view request_uri() const noexcept { return request_uri_; }
    [[nodiscard]] int status() const noexcept { return status_; }
    [[nodiscard]] std::string_view reason() const noexcept { return reason_; }

    [[nodiscard]] std::string_view octets() const noexcept {
        return octets_;
    }  // start line .. end of body
    [[nodiscard]] std::string_view body() const noexcept { return body_; }
    /// What the body may be made of (A19): limits that the message was read with.
    [[nodiscard]] std::uint8_t max_body_parts() const noexcept { return max_body_parts_; }
    [[nodiscard]] std::uint8_t max_body_nesting() const noexcept { return max_body_nesting_; }
    [[nodiscard]] std::uint32_t first_header_offset() const noexcept { return first_header_; }
    [[nodiscard]] std::uint32_t body_offset() const noexcept { return body_offset_; }

    [[nodiscard]] std::span<const HeaderField> headers() const noexcept {
        return {headers_.data(), header_count_};
    }
    [[nodiscard]] std::string_view name(const HeaderField& f) const noexcept {
        return octets_.substr(f.line, f.name_length);
    }
    [[nodiscard]] std::string_view value(const HeaderField& f) const noexcept {
        return octets_.substr(f.value, f.value_length);
    }
    /// First field of that header; nullptr when absent.
    [[nodiscard]] const HeaderField* find(HeaderId id) const noexcept;
    /// Value of the first field; empty when absent.
    [[nodiscard]] std::string_view value_of(HeaderId id) const noexcept;
    [[nodiscard]] bool has(HeaderId id) const noexcept { return find(id) != nullptr; }

    // The mandatory headers; valid after a successful parse, and each one alone after a failed one
    // when non-empty.
    [[nodiscard]] const Via& top_via() const noexcept { return top_via_; }
    [[nodiscard]] std::size_t via_count() const noexcept { return via_count_; }
    [[nodiscard]] const NameAddr& from() const noexcept { return from_; }
    [[nodiscard]] const NameAddr& to() const noexcept { return to_; }
    /// First Contact value; its text is empty when there is none. Of INVITE, SUBSCRIBE, REFER and
    /// UPDATE requests the only one, and a SIP(S) URI that parses (A7).
    [[nodiscard]] const NameAddr& contact() const noexcept { return contact_; }
    [[nodiscard]] std::size_t contact_count() const noexcept { return contact_count_; }
    [[nodiscard]] std::string_view call_id() const noexcept { return call_id_; }
    [[nodiscard]] const CSeq& cseq() const noexcept { return cseq_; }
    [[nodiscard]] std::optional<std::uint8_t> max_forwards() const noexcept {
        return max_forwards_;
    }

    /// The top Via says where an answer goes, so that an error can be answered (A20). The answer
    /// copies Via, From, To, Call-ID and CSeq as received, and leaves out the one that is missing
    /// (A7); from().text and to().text are set even when the value is malformed.
    [[nodiscard]] bool echoable() const noexcept { return !top_via_.host.empty(); }

private:
    void reset() noexcept;
    void note(ParseFault fault, const char* at) noexcept;  // the first one stays
    [[nodiscard]] bool read_start_line(const Limits& limits) noexcept;
    void index_headers(const Limits& limits) noexcept;
    const char* index_line(const char* line, const Limits& limits) noexcept;
    const char* line_end(const char* p, HeaderField& field, const Limits& limits) noexcept;
    void add_field(HeaderField& field) noexcept;
    void frame_body(const Limits& limits) noexcept;
    void read_lists(const Limits& limits) noexcept;
    void read_via(std::string_view value) noexcept;
    void read_contact(std::string_view value) noexcept;
    void read_address(HeaderId id, ParseFault missing, NameAddr& out,
                      const Limits& limits) noexcept;
    void read_call_id(const Limits& limits) noexcept;
    void read_cseq() noexcept;
    void read_max_forwards() noexcept;
    void check_contact() noexcept;

    const char* datagram_{nullptr};
    std::string_view octets_;
    std::string_view body_;
    std::string_view method_name_;
    std::string_view request_uri_;
    std::string_view reason_;
    std::string_view call_id_;
    Via top_via_;
    NameAddr from_;
    NameAddr to_;
    NameAddr contact_;
    CSeq cseq_;
    std::optional<std::uint8_t> max_forwards_;
    std::size_t header_count_{0};
    std::size_t via_count_{0};
    std::size_t contact_count_{0};
    std::optional<ParseError> fault_;
    std::uint32_t first_header_{0};
    std::uint32_t body_offset_{0};
    std::uint8_t max_body_parts_{Limits::kMaxBodyParts};
    std::uint8_t max_body_nesting_{Limits::kMaxBodyNesting};
    int status_{0};
    Method method_{Method::kUnknown};
    bool request_{false};
    std::array<std::uint16_t, static_cast<std::size_t>(HeaderId::kCount)>
        first_{};                                   // index + 1; 0: absent
    std::array<HeaderField, kMaxHeaders> headers_;  // only the first header_count_ are meaningful
};

/// The values of a list header in order, over repeated fields and commas (A5). Never use it on the
/// digest headers.
class ValueCursor {
public:
    ValueCursor(const Message& message, HeaderId id) noexcept : message_(message), id_(id) {}
    /// Next value, trimmed; nullopt at the end. An empty element ends the walk and failed() is true
    /// (A13).
    std::optional<std::string_view> next() noexcept;
    [[nodiscard]] bool failed() const noexcept { return failed_; }

private:
    const Message& message_;
    std::string_view rest_;
    std::size_t field_{0};
    HeaderId id_;
    bool failed_{false};
};

}  // namespace sallyport::sip
