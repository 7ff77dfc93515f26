// SPDX-License-Identifier: Apache-2.0
#include "b2bua/routing/incoming_route.h"

#include "b2bua/routing/flow_token.h"
#include "b2bua/routing/own_address.h"
#include "b2bua/sip/name_addr.h"
#include "b2bua/sip/uri.h"

#include <algorithm>
#include <optional>

namespace sallyport::routing {
namespace {

std::optional<sip::Uri> uri_of(std::string_view route) {
    const auto value = sip::NameAddr::parse(route);
    const auto uri = value.ok() ? sip::Uri::parse(value->uri) : sip::Uri::parse("");
    return uri.ok() ? std::optional(*uri) : std::nullopt;
}

/// A strict router puts our Route value, which has no user but a flow token, into the Request-URI
/// and the Request-URI to the end of Route (RFC 3261 s.16.12.1.2). Our Contacts have a user as a
/// rule, and a call to a user at our address is just that, whatever Route it brings.
bool strictly_routed(const Config& config, const sip::Message& request,
                     const std::vector<std::string_view>& routes) {
    const auto uri = sip::Uri::parse(request.request_uri());
    if (routes.empty() || !uri.ok() || !is_own(config, *uri) ||
        !(uri->user.empty() || FlowTokens::has_form(uri->user))) {
        return false;
    }
    const auto last = uri_of(routes.back());
    return last && !is_own(config, *last);
}

/// The flow token of the first of the leading own values that has one; empty: none has.
std::string_view leading_flow_token(const Config& config,
                                    const std::vector<std::string_view>& routes) {
    for (const std::string_view route : routes) {
        const auto uri = uri_of(route);
        if (!uri || !is_own(config, *uri)) {
            break;
        }
        if (FlowTokens::has_form(uri->user)) {
            return uri->user;
        }
    }
    return {};
}

/// Ours, a literal address of the realm that it came from, which the far side must not see (D19),
/// or one where no request can go.
bool is_near(const Config& config, std::string_view route, RealmId near) {
    const auto uri = uri_of(route);
    const auto ip = uri ? uri->ip() : std::nullopt;
    const bool nowhere = ip && (ip->is_loopback() || ip->is_multicast() || ip->is_unspecified());
    return nowhere || (uri && is_own(config, *uri)) ||
           (ip && config.realms[near.value].address.contains(*ip));
}

std::vector<std::string_view> beyond_us(const Config& config,
                                        const std::vector<std::string_view>& values, RealmId from) {
    const auto first = std::find_if(values.begin(), values.end(), [&](std::string_view value) {
        return !is_near(config, value, from);
    });
    return {first, values.end()};
}

}  // namespace

IncomingRoute incoming_route(const Config& config, const sip::Message& request, RealmId from) {
    IncomingRoute route{request.request_uri(), {}, {}};
    std::vector<std::string_view> values = route_values(request);
    if (strictly_routed(config, request, values)) {
        route.flow_token = sip::Uri::parse(request.request_uri())->user;
        route.request_uri = uri_of(values.back())->text;
        values.pop_back();
    }
    if (route.flow_token.empty()) {
        route.flow_token = leading_flow_token(config, values);
    }
    route.rest = route.flow_token.empty() ? routes_beyond(config, values, from)
                                          : beyond_us(config, values, from);
    return route;
}

std::vector<std::string_view> route_values(const sip::Message& message) {
    std::vector<std::string_view> values;
    sip::ValueCursor cursor(message, sip::HeaderId::kRoute);
    while (const auto value = cursor.next()) {
        values.push_back(*value);
    }
    return values;
}

std::vector<std::string_view> routes_beyond(const Config& config,
                                            const std::vector<std::string_view>& values,
                                            RealmId from) {
    const bool ignored = config.realms[from.value].preloaded_route == PreloadedRoute::kIgnore;
    return ignored ? std::vector<std::string_view>{} : beyond_us(config, values, from);
}

}  // namespace sallyport::routing
