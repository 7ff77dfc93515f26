// SPDX-License-Identifier: Apache-2.0
// hostport (RFC 3261 s.25.1). Strict on IPv6 references and ports, so that an address has one
// reading here and in whatever compares it later.
#include "b2bua/sip/host_port.h"

#include "b2bua/sip/scan.h"

namespace sallyport::sip {
namespace {

/// End of the host that starts at p; p itself when there is none.
const char* host_end(const char* p, const char* end) noexcept {
    if (p == end || *p != '[') {
        return scan::skip(p, end, scan::kHost);
    }
    const char* close = p + 1;
    while (close != end && *close != ']') {
        ++close;
    }
    if (close == end) {
        return p;
    }
    const auto address = IpAddr::parse(scan::view(p + 1, close));
    return address && address->is_v6() ? close + 1 : p;
}

}  // namespace

Result<HostPort, ParseError> HostPort::parse(std::string_view text, AroundColon around) noexcept {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* p = host_end(begin, end);
    if (p == begin) {
        return Failure{ParseError{ParseFault::kBadHost, 0}};
    }
    HostPort out{scan::view(begin, p), std::nullopt, p};
    const std::uint8_t blank = around == AroundColon::kLws ? scan::kLws : 0;
    const char* const colon = scan::skip(p, end, blank);
    if (colon == end || *colon != ':') {
        return out;
    }
    const char* const digits = scan::skip(colon + 1, end, blank);
    std::uint32_t port = 0;
    for (p = digits; p != end && scan::is(*p, scan::kDigit) && port <= 0xffff; ++p) {
        port = port * 10 + static_cast<std::uint32_t>(*p - '0');
    }
    if (p == digits || port > 0xffff) {
        return Failure{ParseError{ParseFault::kBadPort, scan::distance(begin, digits)}};
    }
    out.port = Port{static_cast<std::uint16_t>(port)};
    out.rest = p;
    return out;
}

}  // namespace sallyport::sip
