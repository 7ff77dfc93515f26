// SPDX-License-Identifier: Apache-2.0
#include "b2bua/routing/router.h"

#include "b2bua/policy/list_values.h"
#include "b2bua/policy/seen_through_nat.h"
#include "b2bua/routing/bulk_contact.h"
#include "b2bua/routing/own_address.h"
#include "b2bua/sip/uri.h"

#include <variant>

namespace sallyport::routing {
namespace {

constexpr int kNotFound = 404;

Failure<Refusal> refuse(int status, std::string_view reason) {
    return {Refusal{status, reason}};
}

std::vector<std::string> values_of(std::string_view list) {
    std::vector<std::string> values;
    policy::ListValues cursor(list);
    while (const auto value = cursor.next()) {
        values.emplace_back(*value);
    }
    return values;
}

Target phone(Registered&& found) {
    Target target{found.flow, std::move(found.contact_uri)};
    target.through_nat =
        found.path.empty() && !policy::names_source(target.request_uri, found.flow.remote);
    target.route = values_of(found.path);
    return target;
}

/// H14: the phone's own Contact as Request-URI, over the flow that it registered from.
Choice to_binding(Registered&& found) {
    switch (found.reach) {
        case Reach::kBound:
            return Targets{phone(std::move(found))};
        case Reach::kExpired:
            return refuse(480, "Temporarily Unavailable");
        case Reach::kAmbiguous:
            return refuse(485, "Ambiguous");
        case Reach::kUnknown:
            break;
    }
    return refuse(kNotFound, "Not Found");
}

/// H14. The token of a PBX's numbers stands in a parameter, because their user part is the number
/// (H3, RFC 6140 s.5.2).
Registered by_token(const RegisteredLookup& registered, const sip::Uri& uri, Moment now) {
    if (const std::string_view token = bulk_token(uri); !token.empty()) {
        Registered found = registered.by_token(token, now);
        const auto contact = sip::Uri::parse(found.contact_uri);
        if (found.reach != Reach::kBound) {
            return found;
        }
        if (contact.ok() && is_bulk(*contact)) {
            found.contact_uri = bulk_target(*contact, uri);
            return found;
        }
    }
    return uri.user.empty() ? Registered{} : registered.by_token(uri.user, now);
}

/// Behind our own address or that of a peer, the user part alone says who is meant: phones register
/// under their provider's domain, and carriers call them at an address.
Choice to_registered(const Config& config, const RegisteredLookup& registered, const sip::Uri& uri,
                     std::optional<RegistrarId> registrar, Moment now) {
    Registered found = registered.by_aor(uri.user, uri.host, registrar, now);
    if (found.reach == Reach::kUnknown &&
        (is_own(config, uri) || peer_of(config, uri) != nullptr)) {
        found = registered.by_user(uri.user, registrar, now);
    }
    return to_binding(std::move(found));
}

/// A user of ours who has no phone at the moment is not unknown (RFC 3261 s.21.4.18).
Choice to_own_user(const Config& config, const RegisteredLookup& registered, const sip::Uri& uri,
                   Moment now) {
    Registered found = registered.by_aor(uri.user, uri.host, kOwnRegistrar, now);
    if (found.reach == Reach::kUnknown && config.users->find(uri.user, uri.host) != nullptr) {
        found.reach = Reach::kExpired;
    }
    return to_binding(std::move(found));
}

/// D12: user, parameters and host stay; only a host that is our own becomes the peer's. Headers of
/// a SIP URI are never sent on (A12); other schemes pass as they are.
std::string towards(const Config& config, const Peer& peer, const sip::Uri& uri) {
    if (uri.scheme != sip::Scheme::kSip) {
        return std::string(uri.text);
    }
    const auto host = static_cast<std::size_t>(uri.host.data() - uri.text.data());
    std::string text(uri.text.substr(0, host));
    const auto peer_uri = sip::Uri::parse(peer.uri);
    const sip::Uri& goes_to = is_own(config, uri) && peer_uri.ok() ? *peer_uri : uri;
    text.append(goes_to.host);
    if (goes_to.port) {
        text.append(":").append(std::to_string(goes_to.port->value));
    }
    return text.append(uri.params);
}

Targets to_peers(const Config& config, const ToPeers& to, const sip::Uri& uri) {
    Targets targets;
    for (const std::uint16_t index : to.peers) {
        const Peer& peer = config.peers[index];
        targets.push_back({flow_to(config, peer), towards(config, peer, uri), peer.redirect});
    }
    return targets;
}

/// H24: phones that are bound call each other; others are called by the route for that time.
Choice without_registrar(const Config& config, const RegisteredLookup& registered, RealmId from,
                         const sip::Uri& uri, Moment now) {
    auto found = to_registered(config, registered, uri, registrar_of(config, from), now);
    const Route* route = route_from(config, from, RouteUse::kSurvive);
    const auto* peers = route == nullptr ? nullptr : std::get_if<ToPeers>(&route->to);
    if (found.ok() || peers == nullptr || found.error().status != kNotFound) {
        return found.ok() ? std::move(found) : refuse(480, "Temporarily Unavailable");
    }
    return because({Basis::kSurvival, route}, to_peers(config, *peers, uri));
}

/// No token, no user of ours: the route table of the realm.
Choice by_route(const Config& config, const RegisteredLookup& registered, RealmId from,
                const sip::Uri& uri, Moment now) {
    const bool own = is_own(config, uri);
    const Route* route = route_from(config, from);
    if (route == nullptr && own && asks_for_credentials(config.realms[from.value])) {
        return because({Basis::kOwnBinding},
                       to_registered(config, registered, uri, kOwnRegistrar, now));
    }
    if (route == nullptr) {
        return because({Basis::kNoRoute},
                       own ? refuse(kNotFound, "Not Found") : refuse(403, "Forbidden"));
    }
    if (const auto* to = std::get_if<ToPeers>(&route->to)) {
        return because({Basis::kRoute, route}, to_peers(config, *to, uri));
    }
    return because({Basis::kRoute, route},
                   to_registered(config, registered, uri, std::nullopt, now));
}

}  // namespace

Choice because(Ground ground, Choice choice) {
    const auto note = [&ground](Ground& of) {
        if (of.basis == Basis::kNone) {
            of = ground;
        }
    };
    if (!choice.ok()) {
        Refusal refusal = choice.error();
        note(refusal.ground);
        return Failure{refusal};
    }
    for (Target& target : *choice) {
        note(target.ground);
    }
    return choice;
}

Choice choose(const Config& config, const RegisteredLookup& registered, RealmId from,
              std::string_view request_uri, Moment now) {
    const auto uri = sip::Uri::parse(request_uri);
    if (!uri.ok()) {
        return because({Basis::kUri}, refuse(400, "Bad Request-URI"));
    }
    if (uri->scheme == sip::Scheme::kSips) {  // B16: no door of ours speaks TLS
        return because({Basis::kUri}, refuse(480, "Temporarily Unavailable"));
    }
    if (is_own(config, *uri)) {
        Registered found = by_token(registered, *uri, now);
        if (found.reach != Reach::kUnknown) {
            return because({Basis::kToken}, to_binding(std::move(found)));
        }
    }
    if (config.users->has_domain(uri->host)) {
        return because({Basis::kOwnUser}, to_own_user(config, registered, *uri, now));
    }
    if (registered.survives(from)) {
        return because({Basis::kSurvival}, without_registrar(config, registered, from, *uri, now));
    }
    return by_route(config, registered, from, *uri, now);
}

}  // namespace sallyport::routing
