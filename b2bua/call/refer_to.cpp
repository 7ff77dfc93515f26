// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/refer_to.h"

#include "b2bua/call/dialog_names.h"
#include "b2bua/policy/contact_text.h"
#include "b2bua/routing/own_address.h"
#include "b2bua/sip/dialog_reference.h"
#include "b2bua/sip/uri.h"
#include "b2bua/sip/uri_headers.h"

#include <algorithm>
#include <array>
#include <string>

namespace sallyport::call {
namespace {

using sip::DialogReference;
using sip::ReferenceForm;

/// The Replaces of a URI, decoded.
std::string replaces_of(const sip::Uri& uri) {
    const auto header = sip::find_uri_header(uri.headers, "Replaces");
    return header ? sip::unescaped(header->value) : std::string{};
}

/// The same value with another dialog in it; its other parameters stay where they are.
std::string renamed(std::string_view value, const DialogReference& at, const NamedDialog& named) {
    struct Piece {
        std::string_view old;
        std::string_view name;
    };
    std::array<Piece, 3> pieces{{{at.call_id, named.call_id},
                                 {at.local_tag, named.local_tag},
                                 {at.remote_tag, named.remote_tag}}};
    std::sort(pieces.begin(), pieces.end(),
              [](const Piece& a, const Piece& b) { return a.old.data() > b.old.data(); });
    std::string text(value);
    for (const Piece& piece : pieces) {  // from the back: what stands before keeps its place
        text.replace(static_cast<std::size_t>(piece.old.data() - value.data()), piece.old.size(),
                     piece.name);
    }
    return text;
}

/// The URI with another host and port. Ours always says its port.
std::string with_host(const sip::Uri& uri, std::string_view host_and_port) {
    const auto host = static_cast<std::size_t>(uri.host.data() - uri.text.data());
    return std::string(uri.text.substr(0, host)).append(host_and_port).append(uri.params);
}

std::string without_headers(std::string_view uri) {
    return std::string(uri.substr(0, uri.find('?')));
}

/// A URI by which the one who is referred reaches the target: its own where that is of the same
/// side and needs no flow of ours (B9), else a token that brings the request back to us.
std::string reaching(const routing::Target& target, const sip::Uri& uri, const Naming& naming) {
    const RealmId realm = target.flow.realm;
    if (realm == naming.to && !naming.config.realms[realm.value].nat) {
        return without_headers(target.request_uri);
    }
    const Endpoint door = routing::listen_point(naming.config, naming.to);
    const std::string token = naming.sealed.seal(target, naming.now);
    return token.empty() ? with_host(uri, door.to_string()) : policy::own_uri(token, door);
}

/// Whom a URI of ours stands for: a phone's token, one that was made for a Contact, or our Contact
/// in a dialog. Nullopt: nobody in particular.
std::optional<routing::Target> stands_for(const sip::Uri& uri, const Naming& naming) {
    if (const auto opened = naming.sealed.open(naming.config, uri.user, naming.now)) {
        return opened->ok() ? std::optional(**opened) : std::nullopt;
    }
    return naming.dialogs.behind_contact(uri, naming.from.remote);
}

/// A URI of ours for the other side. A token is as good there as here. One that stands for nobody
/// is our address of that side, or its peer's, as for a request to it (D12).
std::string behind_us(const sip::Uri& uri, const Naming& naming) {
    const auto phone = naming.registered.by_token(uri.user, naming.now);
    if (phone.reach == routing::Reach::kBound && phone.flow.realm == naming.to &&
        !naming.config.realms[naming.to.value].nat) {
        return without_headers(phone.contact_uri);
    }
    const bool token = phone.reach != routing::Reach::kUnknown;
    if (const auto target = token ? std::nullopt : stands_for(uri, naming)) {
        return reaching(*target, uri, naming);
    }
    const Peer* peer = token ? nullptr : routing::peer_behind(naming.config, naming.from.realm);
    const bool behind = peer != nullptr && peer->realm == naming.to;
    return with_host(uri, behind ? routing::host_of(*peer)
                                 : routing::listen_point(naming.config, naming.to).to_string());
}

/// The part behind "?", with the Replaces in it said for the other side.
std::string headers_with(const sip::Uri& uri, std::string_view replaces) {
    std::string headers(uri.headers);
    const auto old = sip::find_uri_header(uri.headers, "Replaces");
    const auto at = static_cast<std::size_t>(old->value.data() - uri.headers.data());
    return headers.replace(at, old->value.size(), sip::escaped_header_value(replaces));
}

}  // namespace

void rename_refer_to(sip::Patch& patch, const sip::Message& request, const Naming& naming) {
    const auto parsed = sip::NameAddr::parse(request.value_of(sip::HeaderId::kReferTo));
    const auto uri =
        parsed.ok() ? sip::Uri::parse(parsed->uri) : Result<sip::Uri, sip::ParseError>(sip::Uri{});
    if (!uri.ok() || (uri->scheme != sip::Scheme::kSip && uri->scheme != sip::Scheme::kSips)) {
        return;
    }
    const bool own = routing::is_own(naming.config, *uri);
    const std::string replaces = replaces_of(*uri);
    const auto at = DialogReference::parse(replaces, ReferenceForm::kToFrom);
    const auto named =
        at.ok() ? naming.dialogs.behind(at->call_id, at->local_tag, at->remote_tag) : std::nullopt;
    // A phone behind NAT is reached by its flow alone (B9), and that is ours.
    const bool direct =
        named && named->flow.realm == naming.to && !naming.config.realms[naming.to.value].nat;
    std::string base = without_headers(uri->text);
    std::string headers(uri->headers);
    if (named && (direct || !own)) {
        base = own ? without_headers(named->target) : base;
        headers = headers_with(*uri, renamed(replaces, *at, *named));
    } else if (named) {
        // The request will come back to us with the name as it is, and is then told where to go.
        base = with_host(*uri, routing::listen_point(naming.config, naming.to).to_string());
    } else if (own) {
        base = behind_us(*uri, naming);
    }
    if (!headers.empty()) {
        base.append("?").append(headers);
    }
    if (base != parsed->uri) {
        patch.replace(parsed->uri, base);
    }
}

}  // namespace sallyport::call
