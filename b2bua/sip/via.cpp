// SPDX-License-Identifier: Apache-2.0
// via-parm (RFC 3261 s.25.1): sent-protocol LWS sent-by *(SEMI via-params). Any protocol name,
// version and transport is taken, because a request of SIP/7.0 is still answered (A11, RFC 4475
// s.3.1.2.16).
#include "b2bua/sip/via.h"

#include "b2bua/sip/host_port.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/scan.h"

namespace sallyport::sip {
namespace {

constexpr std::string_view kCookie = "z9hG4bK";  // RFC 3261 s.8.1.1.7
constexpr std::string_view kProtocol = "SIP/2.0/";

bool has_cookie(std::string_view branch) noexcept {
    return branch.size() > kCookie.size() &&
           iequals(scan::view(branch.data(), branch.data() + kCookie.size()), kCookie);
}

/// After "token LWS / LWS"; nullptr when that is not what stands there.
const char* after_slash(const char* p, const char* end) noexcept {
    const char* const token = scan::skip(p, end, scan::kToken);
    const char* const slash = scan::skip(token, end, scan::kLws);
    if (token == p || slash == end || *slash != '/') {
        return nullptr;
    }
    return scan::skip(slash + 1, end, scan::kLws);
}

/// Start of the transport token; nullptr when the sent-protocol is malformed.
const char* find_transport(const char* p, const char* end) noexcept {
    if (scan::view(p, end).starts_with(kProtocol) && p + kProtocol.size() != end &&
        scan::is(p[kProtocol.size()], scan::kToken)) {
        return p + kProtocol.size();
    }
    p = after_slash(p, end);
    return p == nullptr ? nullptr : after_slash(p, end);
}

bool is_port(std::string_view text) noexcept {
    std::uint32_t port = 0;
    for (const char c : text) {
        if (!scan::is(c, scan::kDigit) || port > 0xffff) {
            return false;
        }
        port = port * 10 + static_cast<std::uint32_t>(c - '0');
    }
    return port <= 0xffff;
}

std::string_view without_brackets(std::string_view address) noexcept {
    const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
    return bracketed ? scan::view(address.data() + 1, address.data() + address.size() - 1)
                     : address;
}

/// Keeps the parameters that the transaction layer reads. One of them twice, or without the value
/// it needs, is a fault: two readers could take different ones.
std::optional<ParseFault> keep(Via& via, const Param& param) noexcept {
    if (iequals(param.name, "branch")) {
        if (!via.branch.empty()) {
            return ParseFault::kDuplicateParameter;
        }
        if (!param.value) {
            return ParseFault::kBadParameter;
        }
        via.branch = *param.value;
        via.rfc3261_branch = has_cookie(via.branch);
    } else if (iequals(param.name, "rport")) {
        if (via.rport) {
            return ParseFault::kDuplicateParameter;
        }
        via.rport = param.value.value_or(std::string_view{});
        if (!is_port(*via.rport)) {
            return ParseFault::kBadPort;
        }
    } else if (iequals(param.name, "received")) {
        if (!via.received.empty()) {
            return ParseFault::kDuplicateParameter;
        }
        if (!param.value) {
            return ParseFault::kBadParameter;
        }
        via.received = without_brackets(*param.value);
    }
    return std::nullopt;
}

Outcome<ParseError> fail(ParseFault fault, const char* begin, const char* at) noexcept {
    return Failure{ParseError{fault, scan::distance(begin, at)}};
}

Outcome<ParseError> read_params(Via& via) noexcept {
    ParamCursor cursor(via.params);
    while (const auto param = cursor.next()) {
        if (const auto fault = keep(via, *param)) {
            return fail(*fault, via.text.data(), param->name.data());
        }
    }
    if (cursor.failed()) {
        return fail(cursor.error().fault, via.text.data(),
                    via.params.data() + cursor.error().offset);
    }
    return Done{};
}

}  // namespace

Outcome<ParseError> Via::assign(std::string_view value) noexcept {
    *this = Via{};
    text = value;
    const char* const begin = value.data();
    const char* const end = begin + value.size();
    const char* const token = find_transport(scan::skip(begin, end, scan::kLws), end);
    if (token == nullptr) {
        return fail(ParseFault::kBadVia, begin, begin);
    }
    const char* const token_end = scan::skip(token, end, scan::kToken);
    const char* const sent_by = scan::skip(token_end, end, scan::kLws);
    if (token == token_end || sent_by == token_end) {
        return fail(ParseFault::kBadVia, begin, token_end);
    }
    const auto host_port = HostPort::parse(scan::view(sent_by, end), AroundColon::kLws);
    if (!host_port) {
        return fail(ParseFault::kBadVia, begin, sent_by + host_port.error().offset);
    }
    const char* const rest = scan::skip(host_port->rest, end, scan::kLws);
    if (rest != end && *rest != ';') {
        return fail(ParseFault::kBadVia, begin, rest);
    }
    transport = scan::view(token, token_end);
    host = host_port->host;
    port = host_port->port;
    params = scan::view(rest, end);
    return read_params(*this);
}

Result<Via, ParseError> Via::parse(std::string_view text) noexcept {
    Via via;
    const auto outcome = via.assign(text);
    if (!outcome) {
        return Failure{outcome.error()};
    }
    return via;
}

}  // namespace sallyport::sip
