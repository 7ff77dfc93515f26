// SPDX-License-Identifier: Apache-2.0
// Requests that bring a Path URI of ours as their topmost Route (H15, RFC 5626 s.5.3): the flow
// token in it says whom they are for. Pure but for the lookup.
#pragma once

#include "b2bua/routing/flow_token.h"
#include "b2bua/routing/incoming_route.h"
#include "b2bua/routing/registered_lookup.h"
#include "b2bua/routing/router.h"

#include <optional>

namespace sallyport::routing {

struct FlowRoutes {
    const Config& config;
    const FlowTokens& tokens;
    const RegisteredLookup& registered;
    Moment now;
};

/// The phone of the token, with the Request-URI as it came. from: the flow that the request came in
/// by. nullopt: it brought no token, or that of its own flow (RFC 5626 s.5.3.2), and goes its usual
/// way. Refusals: 403 a token that is not ours, 430 a flow that nobody is bound by any more, 480
/// sips (B16), 400 unreadable URI.
[[nodiscard]] std::optional<Result<Targets, Refusal>> choose_by_flow(const FlowRoutes& flows,
                                                                     const Flow& from,
                                                                     const IncomingRoute& route);

}  // namespace sallyport::routing
