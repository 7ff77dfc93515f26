// SPDX-License-Identifier: Apache-2.0
#include "b2bua/sip/media_type.h"

#include "b2bua/sip/params.h"
#include "b2bua/sip/quoted_string.h"
#include "b2bua/sip/scan.h"

namespace sallyport::sip {

Result<MediaType, ParseError> MediaType::parse(std::string_view text) noexcept {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const auto fault = [begin](ParseFault why, const char* at) {
        return Failure{ParseError{why, scan::distance(begin, at)}};
    };
    const char* const type = scan::skip(begin, end, scan::kLws);
    const char* const type_end = scan::skip(type, end, scan::kToken);
    const char* const slash = scan::skip(type_end, end, scan::kLws);
    if (type == type_end || slash == end || *slash != '/') {
        return fault(ParseFault::kBadMediaType, slash);
    }
    const char* const subtype = scan::skip(slash + 1, end, scan::kLws);
    const char* const subtype_end = scan::skip(subtype, end, scan::kToken);
    const char* const rest = scan::skip(subtype_end, end, scan::kLws);
    if (subtype == subtype_end || (rest != end && *rest != ';')) {
        return fault(ParseFault::kBadMediaType, rest);
    }
    const MediaType parsed{scan::view(type, type_end), scan::view(subtype, subtype_end),
                           scan::view(rest, end)};
    ParamCursor cursor(parsed.params);
    while (cursor.next()) {
    }
    if (cursor.failed()) {
        return fault(cursor.error().fault, rest + cursor.error().offset);
    }
    return parsed;
}

bool MediaType::is(std::string_view wanted_type, std::string_view wanted_subtype) const noexcept {
    return iequals(type, wanted_type) && iequals(subtype, wanted_subtype);
}

std::string_view MediaType::param(std::string_view name) const noexcept {
    const auto found = find_param(params, name);
    return found && found->value ? unquoted(*found->value) : std::string_view{};
}

}  // namespace sallyport::sip
