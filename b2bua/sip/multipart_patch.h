// SPDX-License-Identifier: Apache-2.0
// A body with the contents of some of its parts replaced: boundaries, preamble, epilogue, part
// headers and all other parts stay octet for octet; the own Content-Length of a part whose content
// changes is written anew, and that of the parts around it (D16, RFC 5621 s.3). Pure; no
// allocation.
#pragma once

#include "b2bua/sip/multipart.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace sallyport::sip {

struct PartText {
    std::size_t part{0};  // index into parts(); of a part that has no parts inside it
    std::string_view text;
};

/// What with_contents() needs at most. texts: by rising part, each part once.
[[nodiscard]] std::size_t room_for(const BodyParts& body, std::span<const PartText> texts) noexcept;

/// The body written into out and returned as a view of it; nullopt: it does not fit.
[[nodiscard]] std::optional<std::string_view> with_contents(const BodyParts& body,
                                                            std::span<const PartText> texts,
                                                            std::span<char> out) noexcept;

}  // namespace sallyport::sip
