// SPDX-License-Identifier: Apache-2.0
// A regular expression of an operator for texts of strangers: RE2, whose time grows with the text
// and not with what is in it (https://github.com/google/re2/wiki/WhyRE2). Immutable; may be shared
// between threads.
#pragma once

#include "config/types/result.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace sallyport {

class Pattern {
public:
    static constexpr std::size_t kLongest = 256;

    Pattern() = default;  // empty
    /// What is wrong with the text, in RE2's words.
    [[nodiscard]] static Result<Pattern, std::string> compile(std::string_view text);

    [[nodiscard]] bool empty() const noexcept { return compiled_ == nullptr; }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// The whole of subject, octet by octet. False when empty.
    [[nodiscard]] bool matches(std::string_view subject) const;

    bool operator==(const Pattern& other) const noexcept { return text_ == other.text_; }

private:
    std::string text_;
    std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace sallyport
