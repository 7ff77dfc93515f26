// SPDX-License-Identifier: Apache-2.0
// Request-Line and Status-Line. Repairs are those of A12 (several SP, trailing SP, ?headers);
// everything else has a fault.
#include "b2bua/sip/start_line.h"

#include "b2bua/sip/params.h"
#include "b2bua/sip/scan.h"
#include "b2bua/sip/uri.h"

namespace sallyport::sip {
namespace {

constexpr std::string_view kVersion = "SIP/2.0";

enum class Version : std::uint8_t { kTwo, kOther, kNone };

/// SIP-Version = "SIP" "/" 1*DIGIT "." 1*DIGIT.
Version version_of(std::string_view token) noexcept {
    if (token == kVersion || iequals(token, kVersion)) {
        return Version::kTwo;
    }
    const char* const begin = token.data();
    const char* const end = begin + token.size();
    if (token.size() < 4 || !iequals(scan::view(begin, begin + 4), "SIP/")) {
        return Version::kNone;
    }
    const char* const dot = scan::skip(begin + 4, end, scan::kDigit);
    const bool numbers = dot != begin + 4 && dot != end && *dot == '.' && dot + 1 != end &&
                         scan::skip(dot + 1, end, scan::kDigit) == end;
    return numbers ? Version::kOther : Version::kNone;
}

const char* skip_sp(const char* p, const char* end) noexcept {
    while (p != end && *p == ' ') {
        ++p;
    }
    return p;
}

const char* find_sp(const char* p, const char* end) noexcept {
    while (p != end && *p != ' ') {
        ++p;
    }
    return p;
}

/// A11, A12, A19. Trims the headers of a SIP URI off.
std::optional<ParseFault> check_uri(std::string_view& text, std::size_t limit) noexcept {
    if (text.front() == '<') {
        return ParseFault::kBracketedRequestUri;
    }
    if (text.size() > limit) {
        return ParseFault::kRequestUriTooLong;
    }
    const auto uri = Uri::parse(text);
    if (!uri) {
        return uri.error().fault == ParseFault::kSpaceInUri ? ParseFault::kSpaceInRequestUri
                                                            : ParseFault::kBadRequestUri;
    }
    if (uri->scheme == Scheme::kOther) {
        return ParseFault::kUnsupportedUriScheme;
    }
    if (uri->headers.data() != nullptr) {
        text = scan::view(text.data(), uri->headers.data() - 1);
    }
    return std::nullopt;
}

void read_status(StartLine& line, const char* begin, const char* end) noexcept {
    const auto fault = [&](ParseFault what, const char* at) {
        line.fault = ParseError{what, scan::distance(begin, at)};
    };
    const char* p = find_sp(begin, end);
    if (version_of(scan::view(begin, p)) != Version::kTwo) {
        return fault(ParseFault::kBadStatusLine, begin);
    }
    const char* const code = skip_sp(p, end);
    p = scan::skip(code, end, scan::kDigit);
    if (p == code || (p != end && *p != ' ')) {
        return fault(ParseFault::kBadStatusLine, code);
    }
    if (p - code != 3) {  // 4294967301 is no 5 (RFC 4475 s.3.1.2.19)
        return fault(ParseFault::kStatusOutOfRange, code);
    }
    line.status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
    if (line.status < 100 || line.status > 699) {
        return fault(ParseFault::kStatusOutOfRange, code);
    }
    // The SP after the code is there even when the phrase is empty; devices forget it, and nothing
    // else can be meant.
    line.reason = scan::view(p == end ? p : p + 1, end);
}

/// What is wrong with a line of the form method URI version.
std::optional<ParseFault> check_request(StartLine& line, Version version,
                                        std::size_t uri_limit) noexcept {
    auto fault = scan::all(line.method_name, scan::kToken) ? check_uri(line.request_uri, uri_limit)
                                                           : std::optional(ParseFault::kBadMethod);
    if (version == Version::kOther) {  // A11: 505 if the line otherwise parses, else drop
        const bool parses = !fault || *fault == ParseFault::kUnsupportedUriScheme;
        fault = parses ? ParseFault::kVersionNotSupported : ParseFault::kNotSip;
    }
    return fault;
}

void read_request(StartLine& line, const char* begin, const char* end,
                  std::size_t uri_limit) noexcept {
    while (end != begin && end[-1] == ' ') {
        --end;
    }
    const char* version = end;
    while (version != begin && version[-1] != ' ') {
        --version;
    }
    const Version which = version_of(scan::view(version, end));
    const char* const method_end = find_sp(begin, end);
    const char* const uri = skip_sp(method_end, end);
    if (which == Version::kNone || method_end == begin) {
        line.fault = ParseError{ParseFault::kNotSip, 0};
        return;
    }
    line.request = true;
    line.method_name = scan::view(begin, method_end);
    line.method = method_of(line.method_name);
    if (uri >= version) {  // "INVITE SIP/2.0", or the version alone
        line.fault = ParseError{ParseFault::kBadRequestLine, scan::distance(begin, method_end)};
        return;
    }
    const char* uri_end = version;
    while (uri_end[-1] == ' ') {
        --uri_end;
    }
    line.request_uri = scan::view(uri, uri_end);
    if (const auto fault = check_request(line, which, uri_limit)) {
        line.fault = ParseError{*fault, scan::distance(begin, uri)};
    }
}

}  // namespace

StartLine StartLine::parse(std::string_view text, std::size_t uri_limit) noexcept {
    StartLine line;
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    // No method token holds "/", so the first four octets tell the two lines apart.
    if (text.size() >= 4 && iequals(scan::view(begin, begin + 4), "SIP/")) {
        read_status(line, begin, end);
    } else {
        read_request(line, begin, end, uri_limit);
    }
    return line;
}

}  // namespace sallyport::sip
