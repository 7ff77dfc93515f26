// SPDX-License-Identifier: Apache-2.0
#include "b2bua/sip/disposition.h"

#include "b2bua/sip/params.h"
#include "b2bua/sip/scan.h"

namespace sallyport::sip {

Result<Disposition, ParseError> Disposition::parse(std::string_view text) noexcept {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* const type = scan::skip(begin, end, scan::kLws);
    const char* const type_end = scan::skip(type, end, scan::kToken);
    const char* const rest = scan::skip(type_end, end, scan::kLws);
    if (type == type_end || (rest != end && *rest != ';')) {
        return Failure{ParseError{ParseFault::kBadDisposition, scan::distance(begin, rest)}};
    }
    const Disposition parsed{scan::view(type, type_end), scan::view(rest, end)};
    ParamCursor cursor(parsed.params);
    while (cursor.next()) {
    }
    if (cursor.failed()) {
        const auto offset = scan::distance(begin, rest) + cursor.error().offset;
        return Failure{ParseError{cursor.error().fault, offset}};
    }
    return parsed;
}

bool Disposition::is(std::string_view wanted) const noexcept {
    return iequals(type, wanted);
}

bool Disposition::optional() const noexcept {
    const auto handling = find_param(params, "handling");
    return handling && handling->value && iequals(*handling->value, "optional");
}

}  // namespace sallyport::sip
