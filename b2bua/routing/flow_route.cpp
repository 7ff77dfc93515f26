// SPDX-License-Identifier: Apache-2.0
#include "b2bua/routing/flow_route.h"

#include "b2bua/sip/uri.h"

#include <string>

namespace sallyport::routing {

std::optional<Result<Targets, Refusal>> choose_by_flow(const FlowRoutes& flows, const Flow& from,
                                                       const IncomingRoute& route) {
    if (route.flow_token.empty()) {
        return std::nullopt;
    }
    const auto flow = flows.tokens.open(flows.config, route.flow_token);
    if (!flow.ok()) {
        return Failure{flow.error()};
    }
    if (*flow == from) {
        return std::nullopt;
    }
    if (!flows.registered.has_flow(*flow, flows.now)) {
        return Failure{Refusal{430, "Flow Failed"}};  // RFC 5626 s.11.5
    }
    const auto uri = sip::Uri::parse(route.request_uri);
    if (!uri.ok()) {
        return Failure{Refusal{400, "Bad Request-URI"}};
    }
    if (uri->scheme == sip::Scheme::kSips) {
        return Failure{Refusal{480, "Temporarily Unavailable"}};
    }
    return Targets{{*flow, std::string(route.request_uri)}};
}

}  // namespace sallyport::routing
