// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/redirect_contacts.h"

#include "b2bua/policy/contact_text.h"
#include "b2bua/routing/own_address.h"
#include "b2bua/sip/uri.h"

namespace sallyport::call {
namespace {

std::string without_headers(const sip::Uri& uri) {
    return std::string(uri.text.substr(0, uri.text.find('?')));
}

/// The URI that stands for it on the other side; empty: there is none.
std::string shown(const Redirection& redirection, const sip::Uri& uri) {
    const Config& config = *redirection.config;
    const auto ip = uri.ip();
    const Endpoint door = routing::listen_point(config, redirection.to);
    if (!ip || config.realms[redirection.to.value].address.contains(*ip)) {
        return std::string(uri.text);  // public, or an address that the other side has itself
    }
    if (routing::is_own(config, uri)) {
        return policy::own_uri(uri.user, door).append(uri.params);
    }
    if (ip->is_loopback() || ip->is_multicast() || ip->is_unspecified()) {
        return {};
    }
    const Flow flow{redirection.from,
                    Transport::kUdp,
                    routing::listen_point(config, redirection.from),
                    {*ip, uri.port.value_or(Port{5060})}};
    const std::string token =
        redirection.sealed->seal({flow, without_headers(uri)}, redirection.now);
    return token.empty() ? token : policy::own_uri(token, door);
}

}  // namespace

std::optional<Redirection> redirection_of(const Environment& env, RealmId from, RealmId to,
                                          int status) noexcept {
    return status < 300 ? std::nullopt
                        : std::optional(Redirection{&env.config, &env.sealed, from, to, env.now});
}

std::optional<std::vector<std::string>> redirect_contacts(const Redirection& redirection,
                                                          const sip::Message& response) {
    if (redirection.config == nullptr || response.status() / 100 != 3 ||
        redirection.from == redirection.to ||
        !redirection.config->realms[redirection.from.value].hide_redirects) {
        return std::nullopt;
    }
    std::vector<std::string> values;
    sip::ValueCursor cursor(response, sip::HeaderId::kContact);
    while (const auto value = cursor.next()) {
        const auto contact = sip::NameAddr::parse(*value);
        const auto uri = contact.ok() ? sip::Uri::parse(contact->uri)
                                      : Result<sip::Uri, sip::ParseError>(sip::Uri{});
        if (!contact.ok() || !uri.ok()) {
            continue;
        }
        const bool ours = uri->scheme == sip::Scheme::kSip || uri->scheme == sip::Scheme::kSips;
        const std::string other = ours ? shown(redirection, *uri) : std::string(contact->uri);
        if (!other.empty()) {
            const auto at = static_cast<std::size_t>(contact->uri.data() - value->data());
            values.push_back(std::string(*value).replace(at, contact->uri.size(), other));
        }
    }
    return values;
}

}  // namespace sallyport::call
