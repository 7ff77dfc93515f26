// SPDX-License-Identifier: Apache-2.0
#include "b2bua/sip/retry_after.h"

#include "b2bua/sip/delta_seconds.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/scan.h"

namespace sallyport::sip {
namespace {

/// One octet after the comment that opens at p, nested ones included; nullptr when it never closes.
const char* comment_end(const char* p, const char* end) noexcept {
    std::size_t open = 0;
    for (; p != end; ++p) {
        if (*p == '\\') {
            if (++p == end) {
                break;
            }
        } else if (*p == '(') {
            ++open;
        } else if (*p == ')' && --open == 0) {
            return p + 1;
        }
    }
    return nullptr;
}

}  // namespace

Result<RetryAfter, ParseError> RetryAfter::parse(std::string_view text) noexcept {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const auto fault = [begin](ParseFault why, const char* at) {
        return Failure{ParseError{why, scan::distance(begin, at)}};
    };
    const char* const digits = scan::skip(begin, end, scan::kLws);
    const char* const digits_end = scan::skip(digits, end, scan::kDigit);
    const auto seconds = delta_seconds(scan::view(digits, digits_end));
    if (!seconds) {
        return fault(ParseFault::kBadRetryAfter, digits);
    }
    const char* rest = scan::skip(digits_end, end, scan::kLws);
    if (rest != end && *rest == '(') {
        rest = comment_end(rest, end);
        if (rest == nullptr) {
            return fault(ParseFault::kBadRetryAfter, digits_end);
        }
    }
    RetryAfter parsed{*seconds, std::nullopt};
    ParamCursor params(scan::view(rest, end));
    while (const auto param = params.next()) {
        if (iequals(param->name, "duration")) {
            parsed.duration = param->value ? delta_seconds(*param->value) : std::nullopt;
        }
    }
    if (params.failed()) {
        return fault(params.error().fault, rest + params.error().offset);
    }
    return parsed;
}

}  // namespace sallyport::sip
