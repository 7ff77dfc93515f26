// SPDX-License-Identifier: Apache-2.0
// The pieces of RFC 8866 s.9 that the rewriter edits: lines, and the fields of o=, c=, m=, a= and
// a=rtcp. Every result is a view into the text, so that a field can be replaced where it stands.
// Private to sdp-rewrite/: callers use session.h. Nothing here reads past the views it is given.
#pragma once

#include "config/types/ip.h"
#include "sdp-rewrite/session.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::sdp {

/// One line: type '\0' when it is empty. whole = type, '=', value and line end.
struct Line {
    char type{'\0'};
    std::string_view value;
    std::string_view whole;
    std::string_view end;  // "\r\n", "\n" or, at the end of the text, ""
    std::size_t offset{0};
    bool well_formed{true};  // <letter>=<value> without NUL or bare CR (some read a CR as line end)
};

/// Walks the lines of a text (B2BUA-F2: LF line ends are as good as CRLF).
class LineCursor {
public:
    explicit LineCursor(std::string_view text) noexcept : text_(text) {}
    [[nodiscard]] bool at_end() const noexcept { return position_ == text_.size(); }
    Line next() noexcept;

private:
    std::string_view text_;
    std::size_t position_{0};
};

/// The next token of rest, which loses it and the blanks before it; empty at the end.
std::string_view take_token(std::string_view& rest) noexcept;

/// The last token of rest, which loses it and the blanks after it; empty at the start.
std::string_view take_last_token(std::string_view& rest) noexcept;

[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// A decimal number and nothing else.
[[nodiscard]] std::optional<std::uint16_t> parse_u16(std::string_view text) noexcept;

/// Value of b= in bits per second (RFC 8866 s.5.8): AS in kbit/s, TIAS (RFC 3890 s.6.2) in bit/s.
/// 0: of another type (CT, RS, RR), no number, or none that a medium has.
[[nodiscard]] std::uint64_t parse_bandwidth(std::string_view value) noexcept;

/// o= (RFC 8866 s.5.2). Read from the right, because field devices put blanks into the username.
[[nodiscard]] std::optional<OriginFields> parse_origin(std::string_view value) noexcept;

/// c= (RFC 8866 s.5.7).
struct Connection {
    std::string_view nettype;
    std::string_view addrtype;
    std::string_view address;  // with /ttl and /count
    std::string_view host;     // without
    IpAddr ip;                 // Family::kNone for a name
    bool multicast{false};
    bool valid{false};  // IN, IP4 or IP6, and an address of that family or a name
};
[[nodiscard]] Connection parse_connection(std::string_view value) noexcept;

/// m= (RFC 8866 s.5.14). No format at all is tolerated: rejected streams come so from the field.
struct Media {
    std::string_view media;
    std::string_view port_token;  // with /n
    std::string_view port_text;   // without
    Port port;
    std::uint16_t port_count{1};
    std::string_view proto;
    std::string_view formats;
};
[[nodiscard]] std::optional<Media> parse_media(std::string_view value) noexcept;

/// a=<name>[:<value>] (RFC 8866 s.5.13).
struct Attribute {
    std::string_view name;
    std::string_view value;
};
[[nodiscard]] Attribute parse_attribute(std::string_view value) noexcept;

/// The value of a=rtcp (RFC 3605 s.2.1): a port, or a port and a whole connection address.
struct Rtcp {
    std::string_view port_text;
    std::string_view nettype;   // empty in the short form
    std::string_view addrtype;  // empty in the short form
    std::string_view address;   // empty in the short form
    Port port;
    IpAddr ip;  // Family::kNone for a name and in the short form
};
[[nodiscard]] std::optional<Rtcp> parse_rtcp(std::string_view value) noexcept;

}  // namespace sallyport::sdp
