// SPDX-License-Identifier: Apache-2.0
#include "b2bua/policy/seen_through_nat.h"

#include "b2bua/sip/uri.h"

namespace sallyport::policy {
namespace {

constexpr Port kDefaultPort{5060};

bool came_through_proxies(const sip::Message& message) {
    sip::ValueCursor recorded(message, sip::HeaderId::kRecordRoute);
    if (recorded.next()) {
        return true;
    }
    sip::ValueCursor vias(message, sip::HeaderId::kVia);
    return message.is_request() && vias.next() && vias.next();
}

/// Contacts of another scheme (tel) name no address at all.
bool contacts_name_source(const sip::Message& message, const Endpoint& source) {
    sip::ValueCursor contacts(message, sip::HeaderId::kContact);
    while (const auto value = contacts.next()) {
        const auto contact = sip::NameAddr::parse(*value);
        const auto uri = contact.ok() ? sip::Uri::parse(contact->uri) : sip::Uri::parse("");
        if (uri.ok() && !uri->host.empty() && !names_source(uri->host, uri->port, source)) {
            return false;
        }
    }
    return true;
}

}  // namespace

bool names_source(std::string_view host, std::optional<Port> port, const Endpoint& source) {
    if (host.size() > 2 && host.front() == '[') {
        host = host.substr(1, host.size() - 2);
    }
    const auto ip = IpAddr::parse(host);
    return ip && source == Endpoint{*ip, port.value_or(kDefaultPort)};
}

bool names_source(std::string_view uri, const Endpoint& source) {
    const auto parsed = sip::Uri::parse(uri);
    return parsed.ok() && names_source(parsed->host, parsed->port, source);
}

bool via_names_source(const sip::Message& request, const Endpoint& source) {
    return names_source(request.top_via().host, request.top_via().port, source);
}

bool seen_through_nat(const sip::Message& message, const Endpoint& source) {
    if (message.is_request() && !via_names_source(message, source)) {
        return true;
    }
    return !came_through_proxies(message) && !contacts_name_source(message, source);
}

}  // namespace sallyport::policy
