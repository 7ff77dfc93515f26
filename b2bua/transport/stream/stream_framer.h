// SPDX-License-Identifier: Apache-2.0
// Cuts the octets of a TCP or TLS connection into SIP messages (B2, A10; RFC 3261 s.7.5, s.18.3)
// and finds the line ends that keep connections alive between them (B17; RFC 5626 s.3.5.1,
// s.4.4.1). One per connection, on the thread of its owner. Pure: no I/O, no clock. Reads every
// octet of a header section twice, however they arrive, and holds at most one message.
#pragma once

#include "config/types/message_limits.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sallyport {

enum class StreamFault : std::uint8_t {
#define SALLYPORT_STREAM_FAULT(name, status, help) name,
#include "b2bua/transport/stream/stream_faults.def"
#undef SALLYPORT_STREAM_FAULT
};

/// 400, 413 or 513; 0 when nobody can be answered.
[[nodiscard]] int status_for(StreamFault fault) noexcept;

class StreamFramer {
public:
    static constexpr std::size_t kMaxMessage = 65536;  // A19

    struct Found {
        enum class Kind : std::uint8_t {
            kNothing,  // all input is used up; more octets are needed
            kMessage,  // text: one message, good until the next call
            kLineEnd,  // a first CRLF between messages: the answer to our ping, or half a ping
            kPing,     // a second one: to be answered with one CRLF
            kFault,    // the stream is dead; text: what came of the message at fault
        };
        Kind kind{Kind::kNothing};
        std::string_view text{};
    };

    explicit StreamFramer(const MessageLimits& limits) noexcept : limits_(limits) {}

    /// The next thing that the stream holds; takes what it reads off the front of input. Call it
    /// until it finds nothing (or a fault, which it then finds for ever).
    [[nodiscard]] Found next(std::string_view& input) noexcept;

    /// Part of a message has come, and the rest has not.
    [[nodiscard]] bool inside_message() const noexcept { return !message_.empty() && !given_; }
    [[nodiscard]] std::optional<StreamFault> fault() const noexcept { return fault_; }
    /// Octets of memory that it holds.
    [[nodiscard]] std::size_t memory() const noexcept { return message_.capacity(); }

private:
    /// How much of CRLF CRLF the last octets are. Even: at the start of a line.
    enum LineEnds : std::uint8_t { kNone, kCr, kCrLf, kCrLfCr, kBlankLine };

    void forget_given() noexcept;
    [[nodiscard]] Found between_messages(std::string_view& input) noexcept;
    void read_header_section(std::string_view& input) noexcept;
    [[nodiscard]] bool step(char octet) noexcept;
    void read_length() noexcept;
    void read_body(std::string_view& input) noexcept;
    void take(std::string_view& input, std::size_t octets) noexcept;
    Found fail(StreamFault fault) noexcept;

    MessageLimits limits_;
    std::vector<char> message_;  // what has come of the current message, or the one just given out
    std::size_t whole_{0};       // octets of the message; 0: its header section is not complete
    LineEnds line_ends_{kNone};
    bool given_{false};
    std::optional<StreamFault> fault_;
};

}  // namespace sallyport
