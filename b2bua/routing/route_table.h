// SPDX-License-Identifier: Apache-2.0
// Which route of its realm takes a new request (I1): by method, Request-URI and headers. Pure;
// reads the immutable Config only.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/sip/uri.h"
#include "config/config.h"

#include <string_view>

namespace sallyport::routing {

/// A new request that looks for its way. Views; the request outlives it.
struct Asked {
    RealmId from;                  // the realm that it came in by
    std::string_view request_uri;  // that of incoming_route.h (D9)
    const sip::Message& request;   // its method and headers
};

/// The route with the lowest priority that takes the request; among equal ones that with the user,
/// then the longest user prefix, then the first of the file, then that without conditions. uri: the
/// parsed request_uri. nullptr: none takes it.
[[nodiscard]] const Route* route_for(const Config& config, const Asked& asked, const sip::Uri& uri,
                                     RouteUse when = RouteUse::kAlways);

}  // namespace sallyport::routing
