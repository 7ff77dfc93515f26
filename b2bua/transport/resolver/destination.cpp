// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/resolver/destination.h"

#include "b2bua/sip/params.h"

#include <string_view>

namespace sallyport::resolver {
namespace {

struct Word {
    std::string_view name;
    Transport in_sip;
    Transport in_sips;  // RFC 3261 s.26.2.2: there it names what runs below TLS
};

/// "tls" and "wss" are not to be written into URIs, but are met in them (B16).
constexpr Word kWords[] = {
    {"udp", Transport::kUdp, Transport::kUdp}, {"tcp", Transport::kTcp, Transport::kTls},
    {"tls", Transport::kTls, Transport::kTls}, {"ws", Transport::kWs, Transport::kWss},
    {"wss", Transport::kWss, Transport::kWss},
};

std::optional<Transport> transport_of(std::string_view name, bool sips) noexcept {
    for (const Word& word : kWords) {
        if (sip::iequals(word.name, name)) {
            return sips ? word.in_sips : word.in_sip;
        }
    }
    return std::nullopt;
}

std::string_view without_brackets(std::string_view host) noexcept {
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    return bracketed ? host.substr(1, host.size() - 2) : host;
}

}  // namespace

Result<Destination, Fault> Destination::of(const sip::Uri& uri) {
    if (uri.scheme != sip::Scheme::kSip && uri.scheme != sip::Scheme::kSips) {
        return Failure{Fault::kBadUri};
    }
    Destination to;
    to.sips = uri.scheme == sip::Scheme::kSips;
    to.host = without_brackets(uri.host);
    to.port = uri.port;
    if (const auto transport = sip::find_param(uri.params, "transport")) {
        to.transport = transport_of(transport->value.value_or(""), to.sips);
        if (!to.transport) {
            return Failure{Fault::kNoTransport};
        }
        if (to.sips && !is_secure(*to.transport)) {
            return Failure{Fault::kNotSecure};
        }
    }
    if (const auto maddr = sip::find_param(uri.params, "maddr"); maddr && maddr->value) {
        to.maddr = without_brackets(*maddr->value);
    }
    return to;
}

}  // namespace sallyport::resolver
