// SPDX-License-Identifier: Apache-2.0
// The parts of a body: a bounded walk over multipart/* and what is nested in it (RFC 2046 s.5.1,
// RFC 5621 s.3; limits A19). Views into the body; preamble and epilogue are no parts. Pure; no
// allocation.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/sip/parse_error.h"
#include "config/types/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sallyport::sip {

/// A body, or one part of a multipart: the values of its headers, trimmed and empty when absent.
struct BodyPart {
    std::string_view type;            // Content-Type
    std::string_view encoding;        // Content-Encoding
    std::string_view disposition;     // Content-Disposition
    std::string_view content_length;  // of a part only: a message's is not the part's own affair
    std::string_view content;
    std::uint8_t parent{0};  // index of the part around it; the whole body is its own parent
    std::uint8_t depth{0};   // 0: the whole body
};

class BodyParts {
public:
    static constexpr std::size_t kMaxParts = Limits::kMaxBodyParts;      // A19; however nested
    static constexpr std::size_t kMaxNesting = Limits::kMaxBodyNesting;  // A19

    /// kTooManyParts, kPartsTooDeep; kDuplicatePartHeader, kDuplicateParameter: with two
    /// Content-Types or boundaries a body would be one thing to us and another to the far end.
    [[nodiscard]] static Result<BodyParts, ParseError> parse(const Message& message) noexcept;
    [[nodiscard]] static Result<BodyParts, ParseError> parse(
        const BodyPart& whole, std::size_t max_parts = kMaxParts,
        std::size_t max_nesting = kMaxNesting) noexcept;

    /// The whole body first, then its parts as they stand in the text, each before the parts that
    /// are inside it.
    [[nodiscard]] std::span<const BodyPart> parts() const noexcept {
        return {parts_.data(), count_};
    }

private:
    friend class MultipartWalk;
    BodyParts() noexcept = default;

    std::array<BodyPart, kMaxParts + 1> parts_{};
    std::size_t count_{0};
};

}  // namespace sallyport::sip
