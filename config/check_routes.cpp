// SPDX-License-Identifier: Apache-2.0
// The rules between routes, and between routes and realms, one function each.
#include "config/checked.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>
#include <vector>

namespace sallyport::config {
namespace {

bool same_name(std::string_view a, std::string_view b) noexcept {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

bool same_conditions(const Conditions& a, const Conditions& b) {
    Conditions named = a;
    if (same_name(a.header.name, b.header.name)) {
        named.header.name = b.header.name;
    }
    return named == b;
}

/// Everything that says which requests a route takes can be read.
bool is_clear(const Checked& c, std::size_t route) {
    constexpr std::array<std::string_view, 8> kKeys{
        "when", "priority", "method", "user", "user-prefix", "user-regex", "domain", "header"};
    return c.is_good(Scope::kRoute, route, "from") &&
           std::all_of(kKeys.begin(), kKeys.end(), [&](std::string_view key) {
               return c.is_not_bad(Scope::kRoute, route, key);
           });
}

/// One of them may take what is meant for the other.
bool stand_together(const Checked& c, std::size_t one, std::size_t other) {
    const Route& a = c.config.routes[one];
    const Route& b = c.config.routes[other];
    return one != other && a.from == b.from && a.when == b.when && is_clear(c, one) &&
           is_clear(c, other);
}

/// Which route takes a request must not be chance.
void routes_differ(const Checked& c) {
    for (std::size_t later = 1; later < c.config.routes.size(); ++later) {
        const Route& b = c.config.routes[later];
        for (std::size_t earlier = 0; earlier < later; ++earlier) {
            const Route& a = c.config.routes[earlier];
            if (a.priority != b.priority || !same_conditions(a.conditions, b.conditions) ||
                !stand_together(c, earlier, later)) {
                continue;
            }
            c.fault(Scope::kRoute, later, "from",
                    sentence("realm, conditions and priority of [route." + a.name + "] again",
                             "a route that takes other requests",
                             "give one of them a condition, such as user-prefix, or remove it"));
            break;
        }
    }
}

/// Behind a route that takes everything no other one takes anything.
void routes_are_reached(const Checked& c) {
    for (std::size_t never = 0; never < c.config.routes.size(); ++never) {
        const Route& b = c.config.routes[never];
        for (std::size_t first = 0; first < c.config.routes.size(); ++first) {
            const Route& a = c.config.routes[first];
            if (!is_unconditional(a) || a.priority >= b.priority ||
                !stand_together(c, first, never)) {
                continue;
            }
            c.warnings.add(c.place(Scope::kRoute, never, "priority"),
                           full_key(Scope::kRoute, b.name, "priority"),
                           sentence(std::to_string(b.priority) + ", behind [route." + a.name +
                                        "], which takes every request",
                                    "at most " + std::to_string(a.priority),
                                    "change one of the two; this route is never taken"));
            break;
        }
    }
}

void one_condition_for_the_user(const Checked& c) {
    for (std::size_t i = 0; i < c.config.routes.size(); ++i) {
        const Conditions& asks = c.config.routes[i].conditions;
        std::vector<std::string_view> keys;
        for (const auto& [key, absent] : {std::pair{"user", asks.user.empty()},
                                          std::pair{"user-prefix", asks.user_prefix.empty()},
                                          std::pair{"user-regex", asks.user_regex.empty()}}) {
            if (!absent) {
                keys.emplace_back(key);
            }
        }
        if (keys.size() > 1) {
            c.fault(Scope::kRoute, i, keys.back(),
                    sentence(std::string(keys.front()) + " beside it", "one of the two",
                             "remove this line, or " + std::string(keys.front())));
        }
    }
}

/// D12: what goes to a phone is its own Contact.
void numbers_change_on_the_way_to_peers(const Checked& c) {
    for (std::size_t i = 0; i < c.config.routes.size(); ++i) {
        const Route& route = c.config.routes[i];
        if (!std::holds_alternative<ToRegistered>(route.to) || !c.is_good(Scope::kRoute, i, "to")) {
            continue;
        }
        const bool strips = route.number.strip != 0;
        if (strips || !route.number.prefix.empty()) {
            c.fault(Scope::kRoute, i, strips ? "strip-digits" : "add-prefix",
                    sentence("a rule for numbers on the way to registered phones",
                             "one on the way to peers", "remove the line"));
        }
    }
}

void every_realm_has_a_route(const Checked& c) {
    for (std::size_t i = 0; i < c.config.realms.size(); ++i) {
        bool routed = false;
        for (std::size_t r = 0; r < c.config.routes.size(); ++r) {
            // A route whose realm could not be read may have been meant for this one.
            routed |= !c.is_good(Scope::kRoute, r, "from") ||
                      (c.config.routes[r].from.value == i &&
                       c.config.routes[r].when == RouteUse::kAlways);
        }
        if (routed || c.config.realms[i].registration == RegistrationMode::kLocal) {
            continue;
        }
        const std::string& name = c.config.realms[i].name;
        c.warnings.add(c.section(Scope::kRealm, i).place, full_key(Scope::kRealm, name, ""),
                       sentence("no route from this realm", "one",
                                "add a section with 'from = " + name +
                                    "' unless calls from there shall be refused"));
    }
}

/// A route for the time without a registrar, from a realm that does without at no time (H24).
void survive_routes_are_of_use(const Checked& c) {
    for (std::size_t i = 0; i < c.config.routes.size(); ++i) {
        const Route& route = c.config.routes[i];
        if (route.when != RouteUse::kSurvive || !c.is_good(Scope::kRoute, i, "from")) {
            continue;
        }
        const Realm& realm = c.config.realms[route.from.value];
        if (realm.registration != RegistrationMode::kSurvive) {
            c.fault(Scope::kRoute, i, "when",
                    sentence("registration is not survive in realm " + realm.name, "survive",
                             "set it there, or remove this route"));
        } else if (std::holds_alternative<ToRegistered>(route.to) &&
                   c.is_good(Scope::kRoute, i, "to")) {
            c.fault(
                Scope::kRoute, i, "to",
                sentence("registered", "peers: phones that are registered are called without it",
                         "name a peer, or remove this route"));
        }
    }
}

}  // namespace

void check_routes(const Checked& checked) {
    routes_differ(checked);
    routes_are_reached(checked);
    one_condition_for_the_user(checked);
    numbers_change_on_the_way_to_peers(checked);
    every_realm_has_a_route(checked);
    survive_routes_are_of_use(checked);
}

}  // namespace sallyport::config
