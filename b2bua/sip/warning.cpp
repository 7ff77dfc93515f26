// SPDX-License-Identifier: Apache-2.0
#include "b2bua/sip/warning.h"

#include "b2bua/sip/scan.h"

namespace sallyport::sip {

Result<Warning, ParseError> Warning::parse(std::string_view value) noexcept {
    const char* const begin = value.data();
    const char* const end = begin + value.size();
    const char* const code = scan::skip(begin, end, scan::kLws);
    const char* const code_end = scan::skip(code, end, scan::kDigit);
    const char* const agent = scan::skip(code_end, end, scan::kLws);
    const char* agent_end = agent;
    while (agent_end != end && !scan::is(*agent_end, scan::kLws) && *agent_end != '"') {
        ++agent_end;
    }
    const char* const text = scan::skip(agent_end, end, scan::kLws);
    const bool spaced = agent != code_end && text != agent_end && agent != agent_end;
    if (code_end - code != 3 || !spaced || text == end || *text != '"') {
        return Failure{ParseError{ParseFault::kBadWarning, scan::distance(begin, text)}};
    }
    const char* const text_end = scan::quoted_end(text, end);
    if (text_end == nullptr) {
        return Failure{ParseError{ParseFault::kUnterminatedQuote, scan::distance(begin, text)}};
    }
    if (scan::skip(text_end, end, scan::kLws) != end) {
        return Failure{ParseError{ParseFault::kTrailingText, scan::distance(begin, text_end)}};
    }
    return Warning{scan::view(code, code_end), scan::view(agent, agent_end),
                   scan::view(text, text_end)};
}

}  // namespace sallyport::sip
