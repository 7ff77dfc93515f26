// SPDX-License-Identifier: Apache-2.0
#include "b2bua/routing/route_table.h"

#include "b2bua/routing/dialled_number.h"
#include "b2bua/sip/header.h"
#include "b2bua/sip/params.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <tuple>

namespace sallyport::routing {
namespace {

/// RFC 3261 s.19.1.4; addresses compare as addresses (B21). A dot at the end of a name means
/// nothing.
bool is_in(const sip::Uri& uri, std::string_view domain) {
    std::string_view host = uri.host;
    if (host.ends_with('.')) {
        host.remove_suffix(1);
    }
    if (domain.starts_with("*.")) {
        const std::string_view below = domain.substr(1);
        return host.size() > below.size() &&
               sip::iequals(host.substr(host.size() - below.size()), below);
    }
    if (sip::iequals(host, domain)) {
        return true;
    }
    const auto ip = uri.ip();
    const bool bracketed = domain.starts_with('[');
    return ip && ip == IpAddr::parse(bracketed ? domain.substr(1, domain.size() - 2) : domain);
}

bool has_header(const sip::Message& request, const HeaderCondition& wanted) {
    const sip::HeaderId id = sip::header_id(wanted.name);
    const auto fields = request.headers();
    return std::any_of(fields.begin(), fields.end(), [&](const sip::HeaderField& field) {
        const bool named = id == sip::HeaderId::kUnknown
                               ? sip::iequals(request.name(field), wanted.name)
                               : field.id == id;
        return named && (!wanted.value || request.value(field) == *wanted.value);
    });
}

bool takes(const Conditions& wanted, const Asked& asked, const sip::Uri& uri,
           std::string_view user) {
    return (wanted.method.empty() || asked.request.method_name() == wanted.method) &&
           (wanted.user.empty() || user == wanted.user) && user.starts_with(wanted.user_prefix) &&
           (wanted.user_regex.empty() || wanted.user_regex.matches(user)) &&
           (wanted.domain.empty() || is_in(uri, wanted.domain)) &&
           (wanted.header.name.empty() || has_header(asked.request, wanted.header));
}

/// Lower is asked first.
auto rank(const Route& route) {
    const Conditions& wanted = route.conditions;
    constexpr std::size_t kWhole = std::numeric_limits<std::size_t>::max();
    const std::size_t known = wanted.user.empty() ? wanted.user_prefix.size() : kWhole;
    return std::tuple(route.priority, is_unconditional(route), kWhole - known);
}

}  // namespace

const Route* route_for(const Config& config, const Asked& asked, const sip::Uri& uri,
                       RouteUse when) {
    const std::string user = dialled_user(uri);
    const Route* best = nullptr;
    for (const Route& route : config.routes) {
        if (route.from == asked.from && route.when == when &&
            (best == nullptr || rank(route) < rank(*best)) &&
            takes(route.conditions, asked, uri, user)) {
            best = &route;
        }
    }
    return best;
}

}  // namespace sallyport::routing
