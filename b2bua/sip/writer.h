// SPDX-License-Identifier: Apache-2.0
// Writes a message that we originate: responses, ACK, CANCEL, BYE, OPTIONS. Appends to a caller's
// buffer; overflow is remembered and finish() returns nullopt. Content-Length is always written
// (D11). Pure; no allocation.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/sip/text_sink.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sallyport::sip {

/// CR and LF in any text but lines() and the body are written as SP: no value makes a header line
/// of its own (A3).
class Writer {
public:
    explicit Writer(std::span<char> out) noexcept : out_(out) {}

    Writer& request_line(std::string_view method, std::string_view uri) noexcept;
    Writer& status_line(int status, std::string_view reason) noexcept;  // status 100..699
    Writer& header(std::string_view name, std::string_view value) noexcept;
    /// Value in pieces: header_begin("To").text(...).text(...).line_end()
    Writer& header_begin(std::string_view name) noexcept;
    Writer& text(std::string_view piece) noexcept;
    Writer& number(std::uint64_t value) noexcept;
    Writer& line_end() noexcept;
    /// Every field of that header as received (long name, unfolded).
    Writer& copy(const Message& from, HeaderId id) noexcept;
    /// Ready-made header lines, each ended by CRLF.
    Writer& lines(std::string_view block) noexcept;
    /// Content-Length, blank line, body. content_type may be empty when body is.
    [[nodiscard]] std::optional<std::string_view> finish(std::string_view content_type = {},
                                                         std::string_view body = {}) noexcept;

private:
    TextSink out_;
};

/// RFC 3261 s.21 default reason phrase; "Unknown" for the rest.
[[nodiscard]] std::string_view default_reason(int status) noexcept;

}  // namespace sallyport::sip
