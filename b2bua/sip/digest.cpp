// SPDX-License-Identifier: Apache-2.0
#include "b2bua/sip/digest.h"

#include "b2bua/sip/params.h"
#include "b2bua/sip/quoted_string.h"
#include "b2bua/sip/scan.h"

#include <array>

namespace sallyport::sip {
namespace {

struct Known {
    std::string_view name;
    std::string_view Digest::*place;
};

constexpr std::array<Known, 11> kKnown{{{"realm", &Digest::realm},
                                        {"nonce", &Digest::nonce},
                                        {"opaque", &Digest::opaque},
                                        {"algorithm", &Digest::algorithm},
                                        {"qop", &Digest::qop},
                                        {"stale", &Digest::stale},
                                        {"username", &Digest::username},
                                        {"uri", &Digest::uri},
                                        {"response", &Digest::response},
                                        {"cnonce", &Digest::cnonce},
                                        {"nc", &Digest::nc}}};

/// LWS and commas: what may stand between two elements of a list.
const char* skip_separators(const char* p, const char* end) noexcept {
    while (p != end && (*p == ',' || scan::is(*p, scan::kLws))) {
        ++p;
    }
    return p;
}

/// False: it was there before.
bool keep(Digest& digest, const AuthParam& param) noexcept {
    for (const Known& known : kKnown) {
        if (!iequals(param.name, known.name)) {
            continue;
        }
        std::string_view& place = digest.*known.place;
        if (place.data() != nullptr) {
            return false;
        }
        place = unquoted(param.value);
    }
    return true;
}

}  // namespace

std::optional<AuthParam> AuthParamCursor::fail(ParseFault fault, const char* at) noexcept {
    error_ = ParseError{fault, scan::distance(begin_, at)};
    at_ = end_;
    return std::nullopt;
}

std::optional<AuthParam> AuthParamCursor::next() noexcept {
    const char* const name = skip_separators(at_, end_);
    if (name == end_) {
        at_ = end_;
        return std::nullopt;
    }
    const char* const name_end = scan::skip(name, end_, scan::kToken);
    const char* const equals = scan::skip(name_end, end_, scan::kLws);
    if (name_end == name || equals == end_ || *equals != '=') {
        return fail(ParseFault::kBadParameter, equals);
    }
    const char* const value = scan::skip(equals + 1, end_, scan::kLws);
    const char* value_end = value;
    if (value != end_ && *value == '"') {
        value_end = scan::quoted_end(value, end_);
        if (value_end == nullptr) {
            return fail(ParseFault::kUnterminatedQuote, value);
        }
    } else {
        // base64 ends in "=", and uri= is seen without quotes.
        while (value_end != end_ &&
               (scan::is(*value_end, scan::kParam) || *value_end == '=' || *value_end == ';')) {
            ++value_end;
        }
    }
    at_ = scan::skip(value_end, end_, scan::kLws);
    if (value_end == value || (at_ != end_ && *at_ != ',')) {
        return fail(ParseFault::kBadParameter, at_);
    }
    return AuthParam{scan::view(name, name_end), scan::view(value, value_end)};
}

Result<Digest, ParseError> Digest::parse(std::string_view text) noexcept {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* const scheme = scan::skip(begin, end, scan::kLws);
    const char* const scheme_end = scan::skip(scheme, end, scan::kToken);
    if (scheme == scheme_end || (scheme_end != end && !scan::is(*scheme_end, scan::kLws))) {
        return Failure{ParseError{ParseFault::kBadAuthScheme, scan::distance(begin, scheme_end)}};
    }
    Digest digest;
    digest.scheme = scan::view(scheme, scheme_end);
    digest.params = scan::trim(scheme_end, end);
    if (!digest.is_digest()) {
        return digest;
    }
    AuthParamCursor cursor(digest.params);
    while (const auto param = cursor.next()) {
        if (!keep(digest, *param)) {
            return Failure{ParseError{ParseFault::kDuplicateParameter,
                                      scan::distance(begin, param->name.data())}};
        }
    }
    if (cursor.failed()) {
        const auto offset = scan::distance(begin, digest.params.data()) + cursor.error().offset;
        return Failure{ParseError{cursor.error().fault, offset}};
    }
    return digest;
}

bool Digest::is_digest() const noexcept {
    return iequals(scheme, "Digest");
}

std::optional<std::string_view> TokenCursor::next() noexcept {
    const char* const end = rest_.data() + rest_.size();
    const char* const begin = skip_separators(rest_.data(), end);
    if (begin == end) {
        rest_ = {};
        return std::nullopt;
    }
    const char* stop = begin;
    while (stop != end && *stop != ',') {
        ++stop;
    }
    rest_ = scan::view(stop, end);
    return scan::trim(begin, stop);
}

}  // namespace sallyport::sip
