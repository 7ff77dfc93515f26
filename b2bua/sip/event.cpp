// SPDX-License-Identifier: Apache-2.0
// Event = event-type *( SEMI event-param ), event-param = generic-param / "id" EQUAL token
// (RFC 6665 s.8.4).
#include "b2bua/sip/event.h"

#include "b2bua/sip/params.h"
#include "b2bua/sip/scan.h"

namespace sallyport::sip {

Result<Event, ParseError> Event::parse(std::string_view text) noexcept {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* const package = scan::skip(begin, end, scan::kLws);
    const char* const package_end = scan::skip(package, end, scan::kToken);
    const char* const rest = scan::skip(package_end, end, scan::kLws);
    if (package_end == package || (rest != end && *rest != ';')) {
        return Failure{ParseError{ParseFault::kBadEvent, scan::distance(begin, rest)}};
    }
    Event event{scan::view(package, package_end), {}, scan::view(rest, end)};
    ParamCursor cursor(event.params);
    while (const auto param = cursor.next()) {
        if (!iequals(param->name, "id")) {
            continue;
        }
        if (!event.id.empty() || !param->value) {
            return Failure{
                ParseError{ParseFault::kBadEvent, scan::distance(begin, param->name.data())}};
        }
        event.id = *param->value;
    }
    if (cursor.failed()) {
        return Failure{
            ParseError{cursor.error().fault, scan::distance(begin, rest) + cursor.error().offset}};
    }
    return event;
}

}  // namespace sallyport::sip
