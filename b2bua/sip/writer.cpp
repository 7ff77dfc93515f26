// SPDX-License-Identifier: Apache-2.0
// Writer: CRLF, single SP in start lines, long names, no folds (A2).
#include "b2bua/sip/writer.h"

#include <algorithm>
#include <array>

namespace sallyport::sip {
namespace {

struct Reason {
    int status;
    std::string_view phrase;
};

// RFC 3261 s.21, and the codes of RFC 3265, 3312, 3329, 3892, 3903, 4028, 4412, 5360, 5626, 6442,
// 6665, 8224.
constexpr std::array kReasons = std::to_array<Reason>({
    {100, "Trying"},
    {180, "Ringing"},
    {181, "Call Is Being Forwarded"},
    {182, "Queued"},
    {183, "Session Progress"},
    {199, "Early Dialog Terminated"},
    {200, "OK"},
    {202, "Accepted"},
    {204, "No Notification"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Moved Temporarily"},
    {305, "Use Proxy"},
    {380, "Alternative Service"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {410, "Gone"},
    {412, "Conditional Request Failed"},
    {413, "Request Entity Too Large"},
    {414, "Request-URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Unsupported URI Scheme"},
    {417, "Unknown Resource-Priority"},
    {420, "Bad Extension"},
    {421, "Extension Required"},
    {422, "Session Interval Too Small"},
    {423, "Interval Too Brief"},
    {424, "Bad Location Information"},
    {428, "Use Identity Header"},
    {429, "Provide Referrer Identity"},
    {430, "Flow Failed"},
    {433, "Anonymity Disallowed"},
    {436, "Bad Identity Info"},
    {437, "Unsupported Credential"},
    {438, "Invalid Identity Header"},
    {439, "First Hop Lacks Outbound Support"},
    {440, "Max-Breadth Exceeded"},
    {469, "Bad Info Package"},
    {470, "Consent Needed"},
    {480, "Temporarily Unavailable"},
    {481, "Call/Transaction Does Not Exist"},
    {482, "Loop Detected"},
    {483, "Too Many Hops"},
    {484, "Address Incomplete"},
    {485, "Ambiguous"},
    {486, "Busy Here"},
    {487, "Request Terminated"},
    {488, "Not Acceptable Here"},
    {489, "Bad Event"},
    {491, "Request Pending"},
    {493, "Undecipherable"},
    {494, "Security Agreement Required"},
    {500, "Server Internal Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Server Time-out"},
    {505, "Version Not Supported"},
    {513, "Message Too Large"},
    {580, "Precondition Failure"},
    {600, "Busy Everywhere"},
    {603, "Decline"},
    {604, "Does Not Exist Anywhere"},
    {606, "Not Acceptable"},
    {607, "Unwanted"},
    {608, "Rejected"},
});
static_assert(std::ranges::is_sorted(kReasons, {}, &Reason::status));

}  // namespace

Writer& Writer::request_line(std::string_view method, std::string_view uri) noexcept {
    out_.put_unfolded(method);
    out_.put(" ");
    out_.put_unfolded(uri);
    out_.put(" SIP/2.0\r\n");
    return *this;
}

Writer& Writer::status_line(int status, std::string_view reason) noexcept {
    out_.put("SIP/2.0 ");
    out_.put_number(static_cast<std::uint64_t>(status));
    out_.put(" ");
    out_.put_unfolded(reason);
    return line_end();
}

Writer& Writer::header(std::string_view name, std::string_view value) noexcept {
    return header_begin(name).text(value).line_end();
}

Writer& Writer::header_begin(std::string_view name) noexcept {
    out_.put_unfolded(name);
    out_.put(": ");
    return *this;
}

Writer& Writer::text(std::string_view piece) noexcept {
    out_.put_unfolded(piece);
    return *this;
}

Writer& Writer::number(std::uint64_t value) noexcept {
    out_.put_number(value);
    return *this;
}

Writer& Writer::line_end() noexcept {
    out_.put("\r\n");
    return *this;
}

Writer& Writer::copy(const Message& from, HeaderId id) noexcept {
    for (const HeaderField& field : from.headers()) {
        if (field.id == id) {
            header(id == HeaderId::kUnknown ? from.name(field) : long_name(id), from.value(field));
        }
    }
    return *this;
}

Writer& Writer::lines(std::string_view block) noexcept {
    out_.put(block);
    return *this;
}

std::optional<std::string_view> Writer::finish(std::string_view content_type,
                                               std::string_view body) noexcept {
    if (!content_type.empty()) {
        header("Content-Type", content_type);
    }
    header_begin("Content-Length").number(body.size()).line_end().line_end();
    out_.put(body);
    return out_.overflow() ? std::nullopt : std::optional(out_.written());
}

std::string_view default_reason(int status) noexcept {
    const auto* const row = std::ranges::lower_bound(kReasons, status, {}, &Reason::status);
    return row != kReasons.end() && row->status == status ? row->phrase : "Unknown";
}

}  // namespace sallyport::sip
