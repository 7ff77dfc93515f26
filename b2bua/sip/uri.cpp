// SPDX-License-Identifier: Apache-2.0
// SIP and SIPS URIs (RFC 3261 s.19.1, s.25.1). The first "@" ends the userinfo, which may hold ";"
// and "?" (RFC 4475 s.3.1.1.9). Escapes are left alone (A14).
#include "b2bua/sip/uri.h"

#include "b2bua/sip/host_port.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/scan.h"

namespace sallyport::sip {
namespace {

Scheme scheme_of(std::string_view name) noexcept {
    if (iequals(name, "sip")) {
        return Scheme::kSip;
    }
    if (iequals(name, "sips")) {
        return Scheme::kSips;
    }
    if (iequals(name, "tel")) {
        return Scheme::kTel;
    }
    return iequals(name, "urn") ? Scheme::kUrn : Scheme::kOther;
}

std::optional<ParseError> check_params(std::string_view params) noexcept {
    ParamCursor cursor(params);
    while (cursor.next()) {
    }
    return cursor.failed() ? std::optional(cursor.error()) : std::nullopt;
}

/// Everything after "sip:"; begin is where offsets count from.
std::optional<ParseError> read_sip(Uri& uri, const char* p, const char* end) noexcept {
    const char* const begin = uri.text.data();
    const auto fault = [begin](ParseFault what, const char* at, std::uint32_t more = 0) {
        return ParseError{what, scan::distance(begin, at) + more};
    };
    const char* const at = scan::find_any<'@', '@', '@'>(p, end);
    if (at != end) {
        const char* const colon = scan::find_any<':', '@', '@'>(p, at);
        if (colon == p) {
            return fault(ParseFault::kBadUri, p);  // userinfo without a user
        }
        uri.has_userinfo = true;
        uri.user = scan::view(p, colon);
        uri.password = colon == at ? std::string_view{} : scan::view(colon + 1, at);
        p = at + 1;
    }
    const auto host_port = HostPort::parse(scan::view(p, end), AroundColon::kNothing);
    if (!host_port) {
        return fault(host_port.error().fault, p, host_port.error().offset);
    }
    uri.host = host_port->host;
    uri.port = host_port->port;
    p = host_port->rest;
    const char* const question = scan::find_any<'?', '?', '?'>(p, end);
    if (p != question && *p != ';') {
        return fault(ParseFault::kBadUri, p);
    }
    uri.params = scan::view(p, question);
    uri.headers = question == end ? std::string_view{} : scan::view(question + 1, end);
    if (const auto error = check_params(uri.params)) {
        return fault(error->fault, p, error->offset);
    }
    return std::nullopt;
}

}  // namespace

Result<Uri, ParseError> Uri::parse(std::string_view text) noexcept {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* const colon = scan::skip(begin, end, scan::kToken);
    if (colon == begin || colon == end || *colon != ':' || colon + 1 == end) {
        return Failure{ParseError{ParseFault::kBadUri, scan::distance(begin, colon)}};
    }
    if (const char* const odd = scan::skip(colon + 1, end, scan::kUri); odd != end) {
        const bool space = scan::is(*odd, scan::kLws);
        return Failure{ParseError{space ? ParseFault::kSpaceInUri : ParseFault::kBadUri,
                                  scan::distance(begin, odd)}};
    }
    Uri uri;
    uri.text = text;
    uri.scheme = scheme_of(scan::view(begin, colon));
    if (uri.scheme == Scheme::kSip || uri.scheme == Scheme::kSips) {
        if (const auto error = read_sip(uri, colon + 1, end)) {
            return Failure{*error};
        }
    }
    return uri;
}

std::optional<IpAddr> Uri::ip() const noexcept {
    if (host.size() > 2 && host.front() == '[') {
        return IpAddr::parse(scan::view(host.data() + 1, host.data() + host.size() - 1));
    }
    return IpAddr::parse(host);
}

}  // namespace sallyport::sip
