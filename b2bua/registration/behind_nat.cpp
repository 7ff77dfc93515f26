// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/behind_nat.h"

#include "b2bua/sip/params.h"
#include "b2bua/sip/uri.h"

#include <algorithm>

namespace sallyport::registration {
namespace {

constexpr Port kDefaultPort{5060};

/// The host is an address and, with its port, where the packet came from.
bool names_source(std::string_view host, std::optional<Port> port, const Endpoint& source) {
    if (host.size() > 2 && host.front() == '[') {
        host = host.substr(1, host.size() - 2);
    }
    const auto ip = IpAddr::parse(host);
    return ip && source == Endpoint{*ip, port.value_or(kDefaultPort)};
}

}  // namespace

bool seen_through_nat(const sip::Message& request, const RequestedContacts& asked,
                      const Endpoint& source) {
    if (!names_source(request.top_via().host, request.top_via().port, source)) {
        return true;
    }
    return std::any_of(asked.list.begin(), asked.list.end(), [&](const RequestedContact& contact) {
        const auto uri = sip::Uri::parse(contact.uri);
        return contact.routable && uri.ok() && !names_source(uri->host, uri->port, source);
    });
}

bool keeps_alive(const sip::Message& request) {
    return sip::find_param(request.top_via().params, "keep").has_value();
}

}  // namespace sallyport::registration
