// SPDX-License-Identifier: Apache-2.0
#include "b2bua/sip/reason.h"

#include "b2bua/sip/delta_seconds.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/quoted_string.h"
#include "b2bua/sip/scan.h"

namespace sallyport::sip {

Result<Reason, ParseError> Reason::parse(std::string_view value) noexcept {
    const char* const begin = value.data();
    const char* const end = begin + value.size();
    const char* const protocol = scan::skip(begin, end, scan::kLws);
    const char* const protocol_end = scan::skip(protocol, end, scan::kToken);
    if (protocol == protocol_end) {
        return Failure{ParseError{ParseFault::kBadReason, scan::distance(begin, protocol)}};
    }
    Reason reason{scan::view(protocol, protocol_end), std::nullopt, {}};
    ParamCursor params(scan::view(protocol_end, end));
    while (const auto param = params.next()) {
        if (iequals(param->name, "cause") && param->value) {
            reason.cause = delta_seconds(*param->value);
        } else if (iequals(param->name, "text") && param->value) {
            reason.text = unquoted(*param->value);
        }
    }
    if (params.failed()) {
        const auto offset = scan::distance(begin, protocol_end) + params.error().offset;
        return Failure{ParseError{params.error().fault, offset}};
    }
    return reason;
}

}  // namespace sallyport::sip
