// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/identity.h"

#include "b2bua/call/dialog.h"
#include "b2bua/policy/privacy.h"
#include "b2bua/sip/uri.h"

namespace sallyport::call {
namespace {

std::string host_text(const IpAddr& ip) {
    return ip.is_v6() ? "[" + ip.to_string() + "]" : ip.to_string();
}

/// The party without its tag; its literal host replaced (with its port) when it lies outside the
/// realm it is sent to.
std::string moved(const sip::NameAddr& party, const Prefix& realm, const IpAddr& replacement) {
    std::string text = with_tag(party, {});
    const auto uri = sip::Uri::parse(party.uri);
    const auto ip = uri.ok() ? uri->ip() : std::nullopt;
    if (!ip || realm.contains(*ip)) {
        return text;
    }
    const char* begin = party.text.data();
    const auto host_at = static_cast<std::size_t>(uri->host.data() - begin);
    std::size_t length = uri->host.size();
    if (uri->port) {
        const auto after = party.text.find_first_not_of(":0123456789", host_at + length);
        length = (after == std::string_view::npos ? party.text.size() : after) - host_at;
    }
    return text.replace(host_at, length, host_text(replacement));
}

}  // namespace

std::string RealmView::own_party(const sip::NameAddr& from) const {
    const Realm& realm = config->realms[flow.realm.value];
    return moved(from, realm.address, realm.address.address);
}

std::string RealmView::shown_from(const sip::Message& request) const {
    const bool trusted = !config->realms[flow.realm.value].nat;
    return policy::hides_from(request, trusted) ? std::string(policy::kAnonymousParty)
                                                : own_party(request.from());
}

std::string RealmView::peer_party(const sip::NameAddr& to) const {
    const Realm& realm = config->realms[flow.realm.value];
    return moved(to, realm.address, flow.remote.ip);
}

std::string with_tag_text(std::string party, std::string_view tag) {
    return party.append(";tag=").append(tag);
}

}  // namespace sallyport::call
