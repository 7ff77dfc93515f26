// SPDX-License-Identifier: Apache-2.0
// Edits to a received message: what has no edit leaves byte for byte as it came (A18). Spans of
// edits are disjoint; a second edit of the same span replaces the first. Encoding normalises what
// spec section A asks for: long names for compact ones, folds to one SP, a start line with single
// SP and upper-case version, Content-Length recomputed and always present (A2, A3, F8). Pure; no
// allocation.
#pragma once

#include "b2bua/sip/message.h"
#include "config/types/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sallyport::sip {

enum class PatchFault : std::uint8_t {
    kTooManyEdits,
    kNoRoom,     // edit text or the encoded message exceeds its buffer
    kOverlap,    // an edit crosses another one without being the same span
    kNotInside,  // the span is not a header value, the method, the Request-URI or the reason phrase
                 // of the message
};

class Patch {
public:
    /// message and its octets must outlive the patch. The message has parsed without a fault.
    explicit Patch(const Message& message) noexcept : message_(message) {}

    // All texts are copied, CR and LF in them as SP: no text makes a header line of its own. A
    // fault is remembered and returned by encode().
    void set_request_uri(std::string_view uri) noexcept;
    /// Of a response: another status, with its reason phrase (not copied: must live until
    /// encode()).
    void set_status(int status, std::string_view reason) noexcept;
    void set_value(const HeaderField& field, std::string_view text) noexcept;
    /// Replaces a piece of the message, for instance from().uri or a tag. An empty piece inserts
    /// before its position, after what was inserted there earlier.
    void replace(std::string_view piece, std::string_view text) noexcept;
    void remove(
        const HeaderField& field) noexcept;  // the whole line; forgets earlier edits of its value
    void prepend(std::string_view name,
                 std::string_view value) noexcept;  // before the first header, in call order
    void append(std::string_view name,
                std::string_view value) noexcept;  // after the last header, in call order
    void insert_after(const HeaderField& field, std::string_view name,
                      std::string_view value) noexcept;
    void set_body(std::string_view body) noexcept;  // not copied: must live until encode()

    /// Writes the edited message; returns the part of out that was used.
    [[nodiscard]] Result<std::string_view, PatchFault> encode(std::span<char> out) const noexcept;

private:
    enum class Kind : std::uint8_t {
        kLine,
        kInsert,
        kReplace
    };  // whole lines go in before a line start
    struct Edit {
        std::uint32_t begin;
        std::uint32_t end;
        std::uint32_t text;  // offset in text_
        std::uint32_t text_length;
        Kind kind;
    };
    class Encoder;
    static constexpr std::size_t kMaxEdits = 320;
    static constexpr std::size_t kMaxText = 24576;

    void add(Edit edit, std::string_view text) noexcept;
    void add_line(std::uint32_t at, std::string_view name, std::string_view value) noexcept;
    void place(const Edit& edit) noexcept;
    void forget_inside(const HeaderField& field) noexcept;
    [[nodiscard]] bool store(std::string_view text) noexcept;
    [[nodiscard]] bool editable(std::uint32_t begin, std::uint32_t end) const noexcept;
    [[nodiscard]] std::uint32_t headers_end() const noexcept;
    void fail(PatchFault fault) noexcept;

    const Message& message_;
    std::optional<std::string_view> body_;
    struct StatusLine {
        int status;
        std::string_view reason;
    };
    std::optional<StatusLine> status_;
    std::array<Edit, kMaxEdits>
        edits_;  // by begin; at one place in call order, insertions before a replacement
    std::array<char, kMaxText> text_;
    std::size_t edit_count_{0};
    std::size_t text_used_{0};
    std::optional<PatchFault> fault_;
};

}  // namespace sallyport::sip
