// SPDX-License-Identifier: Apache-2.0
#include "b2bua/routing/router.h"

#include "b2bua/policy/list_values.h"
#include "b2bua/policy/seen_through_nat.h"
#include "b2bua/routing/bulk_contact.h"
#include "b2bua/routing/dialled_number.h"
#include "b2bua/routing/own_address.h"
#include "b2bua/routing/trunk_group.h"
#include "b2bua/sip/uri.h"

#include <algorithm>
#include <iterator>
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
    if (is_own(config, uri)) {
        text.append(host_of(peer));
    } else {
        text.append(uri.host);
        text.append(uri.port ? ":" + std::to_string(uri.port->value) : "");
    }
    return text.append(uri.params);
}

/// The peers of a route in the order in which this request tries them.
std::vector<std::uint16_t> drawn_order(const Config& config, const ToPeers& to,
                                       Randomness& random) {
    std::vector<std::uint16_t> peers = to.peers;
    for (const GroupInRoute& group : to.groups) {
        const auto drawn = in_order(config.groups[group.group].members, random);
        std::copy(drawn.begin(), drawn.end(),
                  peers.begin() + static_cast<std::ptrdiff_t>(group.first));
    }
    return peers;
}

/// What a request and the tables say together.
struct Search {
    const Config& config;
    const RegisteredLookup& registered;
    const Asked& asked;
    const sip::Uri& uri;
    Randomness& random;
    Moment now;

    [[nodiscard]] const Route* route(RouteUse when = RouteUse::kAlways) const {
        return route_for(config, asked, uri, when);
    }
};

Choice to_peers(const Search& search, const NumberRule& number, const ToPeers& to) {
    Targets targets;
    for (const std::uint16_t index : drawn_order(search.config, to, search.random)) {
        const Peer& peer = search.config.peers[index];
        const std::string text = towards(search.config, peer, search.uri);
        const auto uri = sip::Uri::parse(text);
        auto goes = uri.ok() ? renumbered(number, *uri, host_of(peer)) : std::optional(text);
        if (!goes) {
            return refuse(484, "Address Incomplete");  // RFC 3261 s.21.4.22
        }
        Target& target = targets.emplace_back(
            Target{flow_to(search.config, peer), std::move(*goes), peer.redirect});
        target.failover_codes = peer.failover_codes;
    }
    return targets;
}

/// H24: phones that are bound call each other; others are called by the route for that time.
Choice without_registrar(const Search& search) {
    const RegistrarId registrar = registrar_of(search.config, search.asked.from);
    auto found = to_registered(search.config, search.registered, search.uri, registrar, search.now);
    if (found.ok() || found.error().status != kNotFound) {
        return found.ok() ? std::move(found) : refuse(480, "Temporarily Unavailable");
    }
    const Route* route = search.route(RouteUse::kSurvive);
    const auto* peers = route == nullptr ? nullptr : std::get_if<ToPeers>(&route->to);
    return peers == nullptr
               ? refuse(480, "Temporarily Unavailable")
               : because({Basis::kSurvival, route}, to_peers(search, route->number, *peers));
}

/// I1: no token, no user of ours: the route table decides.
Choice by_route(const Search& search, bool own) {
    const Config& config = search.config;
    const Route* route = search.route();
    if (route == nullptr && own && asks_for_credentials(config.realms[search.asked.from.value])) {
        return because({Basis::kOwnBinding}, to_registered(config, search.registered, search.uri,
                                                           kOwnRegistrar, search.now));
    }
    if (route == nullptr) {
        return because({Basis::kNoRoute},
                       own ? refuse(kNotFound, "Not Found") : refuse(403, "Forbidden"));
    }
    if (const auto* to = std::get_if<ToPeers>(&route->to)) {
        return because({Basis::kRoute, route}, to_peers(search, route->number, *to));
    }
    return because({Basis::kRoute, route},
                   to_registered(config, search.registered, search.uri, std::nullopt, search.now));
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

Choice choose(const Config& config, const RegisteredLookup& registered, const Asked& asked,
              Randomness& random, Moment now) {
    const auto uri = sip::Uri::parse(asked.request_uri);
    if (!uri.ok()) {
        return because({Basis::kUri}, refuse(400, "Bad Request-URI"));
    }
    if (uri->scheme == sip::Scheme::kSips) {  // B16: no door of ours speaks TLS
        return because({Basis::kUri}, refuse(480, "Temporarily Unavailable"));
    }
    const bool own = is_own(config, *uri);
    if (own) {
        Registered found = by_token(registered, *uri, now);
        if (found.reach != Reach::kUnknown) {
            return because({Basis::kToken}, to_binding(std::move(found)));
        }
    }
    if (config.users->has_domain(uri->host)) {
        return because({Basis::kOwnUser}, to_own_user(config, registered, *uri, now));
    }
    const Search search{config, registered, asked, *uri, random, now};
    return registered.survives(asked.from) ? because({Basis::kSurvival}, without_registrar(search))
                                           : by_route(search, own);
}

void prefer(Targets& targets, const Flow& flow) {
    const auto found = std::find_if(targets.begin(), targets.end(),
                                    [&](const Target& target) { return target.flow == flow; });
    if (found != targets.end()) {
        std::rotate(targets.begin(), found, std::next(found));
    }
}

}  // namespace sallyport::routing
