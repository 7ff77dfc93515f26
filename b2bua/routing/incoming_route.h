// SPDX-License-Identifier: Apache-2.0
// Route as it arrives in a request outside dialogs (RFC 3261 s.16.4, s.16.12.1; D9): what a strict
// router did to the Request-URI is undone, values that name us are popped, the rest is where the
// sender wants the request to go. Where the topmost value is a Path URI of ours, its flow token
// says to whom (H15, RFC 5626 s.5.3). Pure.
#pragma once

#include "b2bua/sip/message.h"
#include "config/config.h"

#include <string_view>
#include <vector>

namespace sallyport::routing {

/// Views into the request.
struct IncomingRoute {
    std::string_view request_uri;        // as the sender of the call wrote it
    std::vector<std::string_view> rest;  // Route values for the far side, in order
    std::string_view flow_token;         // of the topmost value; empty: it is no Path of ours
};

/// from: the realm that it came in by; its option preloaded-route decides whether there is a rest.
/// What stands behind a Path of ours is the rest in any case: it is the phone's own path.
[[nodiscard]] IncomingRoute incoming_route(const Config& config, const sip::Message& request,
                                           RealmId from);

/// Those of the Route values that are for the far side: none that names us, or that the far side
/// must not see; none at all where preloaded-route = ignore. from: the realm that they came from.
[[nodiscard]] std::vector<std::string_view> routes_beyond(
    const Config& config, const std::vector<std::string_view>& values, RealmId from);

/// All Route values of a message, in order.
[[nodiscard]] std::vector<std::string_view> route_values(const sip::Message& message);

}  // namespace sallyport::routing
