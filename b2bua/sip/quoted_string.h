// SPDX-License-Identifier: Apache-2.0
// quoted-string (RFC 3261 s.25.1): what stands between the quotes, as written. Backslash pairs are
// not resolved: what is compared here (boundaries, algorithms, qop) has none in honest traffic, and
// with one it matches nothing. Pure.
#pragma once

#include <string_view>

namespace sallyport::sip {

/// Text without quotes around it stays as it is.
[[nodiscard]] constexpr std::string_view unquoted(std::string_view text) noexcept {
    const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return quoted ? text.substr(1, text.size() - 2) : text;
}

}  // namespace sallyport::sip
