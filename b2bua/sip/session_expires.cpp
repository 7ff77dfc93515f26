// SPDX-License-Identifier: Apache-2.0
// Session-Expires = delta-seconds *(SEMI se-params), Min-SE = delta-seconds *(SEMI generic-param)
// (RFC 4028 s.4, s.5). Both have the same shape, and a value too large for 32 bits is the largest
// that is not (A9).
#include "b2bua/sip/session_expires.h"

#include "b2bua/sip/digits.h"
#include "b2bua/sip/params.h"

#include <limits>

namespace sallyport::sip {
namespace {

struct Timed {
    std::uint32_t seconds;
    std::string_view params;
};

Result<Timed, ParseError> read(std::string_view text) noexcept {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* const first = scan::skip(begin, end, scan::kLws);
    const Digits number = read_digits(first, end, std::numeric_limits<std::uint32_t>::max());
    const char* const rest = scan::skip(number.end, end, scan::kLws);
    if (number.end == first || (rest != end && *rest != ';')) {
        return Failure{ParseError{ParseFault::kBadSessionInterval, scan::distance(begin, rest)}};
    }
    return Timed{static_cast<std::uint32_t>(number.value), scan::view(rest, end)};
}

/// Any other value than the two of RFC 4028 s.4 is nobody's.
bool read_refresher(const Param& param, std::optional<Refresher>& refresher) noexcept {
    if (!iequals(param.name, "refresher")) {
        return true;
    }
    const std::string_view value = param.value.value_or(std::string_view{});
    const bool uac = iequals(value, "uac");
    if (refresher || (!uac && !iequals(value, "uas"))) {
        return false;
    }
    refresher = uac ? Refresher::kUac : Refresher::kUas;
    return true;
}

}  // namespace

Result<SessionExpires, ParseError> SessionExpires::parse(std::string_view text) noexcept {
    const auto timed = read(text);
    if (!timed.ok()) {
        return Failure{timed.error()};
    }
    SessionExpires parsed{timed->seconds, {}};
    const auto params_at = scan::distance(text.data(), timed->params.data());
    ParamCursor cursor(timed->params);
    while (const auto param = cursor.next()) {
        if (!read_refresher(*param, parsed.refresher)) {
            return Failure{ParseError{ParseFault::kBadRefresher,
                                      scan::distance(text.data(), param->name.data())}};
        }
    }
    if (cursor.failed()) {
        return Failure{ParseError{cursor.error().fault, params_at + cursor.error().offset}};
    }
    return parsed;
}

Result<MinSe, ParseError> MinSe::parse(std::string_view text) noexcept {
    const auto timed = read(text);
    if (!timed.ok()) {
        return Failure{timed.error()};
    }
    return MinSe{timed->seconds};
}

}  // namespace sallyport::sip
