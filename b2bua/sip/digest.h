// SPDX-License-Identifier: Apache-2.0
// The digest headers: WWW-/Proxy-Authenticate, Authorization, Proxy-Authorization (RFC 3261 s.20.7,
// s.25.1; RFC 7616 s.3.3, s.3.4; RFC 8760). One value per line, never split at its commas (A5).
// Views into the message, without their quotes. Pure; no allocation.
#pragma once

#include "b2bua/sip/parse_error.h"
#include "config/types/result.h"

#include <optional>
#include <string_view>

namespace sallyport::sip {

struct AuthParam {
    std::string_view name;
    std::string_view value;  // quotes kept; never without data(), so that it can be replaced
};

/// Walks "name=value, name=value". Empty elements are skipped (RFC 9110 s.5.6.1).
class AuthParamCursor {
public:
    explicit AuthParamCursor(std::string_view text) noexcept
        : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}
    /// The next one; nullopt at the end or at a fault, which failed() then tells apart.
    std::optional<AuthParam> next() noexcept;
    [[nodiscard]] bool failed() const noexcept { return error_.has_value(); }
    /// Offset from the start of the text. Only after failed().
    [[nodiscard]] ParseError error() const noexcept { return error_.value_or(ParseError{}); }

private:
    std::optional<AuthParam> fail(ParseFault fault, const char* at) noexcept;

    const char* begin_;
    const char* at_;
    const char* end_;
    std::optional<ParseError> error_;
};

/// One challenge or one set of credentials; what is absent is empty. Of a scheme other than Digest
/// only scheme and params are set: it is the users' business (A18).
struct Digest {
    std::string_view scheme;
    std::string_view params;  // everything after the scheme
    std::string_view realm;
    std::string_view nonce;
    std::string_view opaque;
    std::string_view algorithm;
    std::string_view qop;  // of a challenge a list of options, of credentials the one chosen
    std::string_view stale;
    std::string_view username;
    std::string_view uri;
    std::string_view response;
    std::string_view cnonce;
    std::string_view nc;

    /// A known parameter twice is a fault: two readers could take different ones.
    [[nodiscard]] static Result<Digest, ParseError> parse(std::string_view text) noexcept;
    [[nodiscard]] bool is_digest() const noexcept;
};

/// Walks the options of a qop list, or any list of tokens: trimmed, empty ones skipped.
class TokenCursor {
public:
    explicit TokenCursor(std::string_view text) noexcept : rest_(text) {}
    std::optional<std::string_view> next() noexcept;

private:
    std::string_view rest_;
};

}  // namespace sallyport::sip
