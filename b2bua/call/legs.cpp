// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/legs.h"

#include "b2bua/call/dialog_names.h"
#include "b2bua/call/identity.h"
#include "b2bua/call/steps.h"
#include "b2bua/policy/contact_text.h"
#include "b2bua/policy/list_values.h"
#include "b2bua/policy/privacy.h"
#include "b2bua/routing/flow_route.h"
#include "b2bua/routing/incoming_route.h"
#include "b2bua/routing/own_address.h"
#include "b2bua/sip/uri.h"

#include <utility>

namespace sallyport::call {
namespace {

/// D3
std::string far_call_id(Environment& env, const sip::Message& request,
                        const routing::Target& target) {
    return env.realm(target.flow.realm).callid == CallIdOfCalls::kPreserve
               ? std::string(request.call_id())
               : env.identifiers.call_id(target.flow.realm, user_of(target.request_uri));
}

using routing::Basis;
using routing::Choice;

/// The request brought the Path URI of that flow (H15).
bool names_flow(const Environment& env, const routing::IncomingRoute& route, const Flow& flow) {
    if (route.flow_token.empty()) {
        return false;
    }
    const auto named = env.flow_tokens.open(env.config, route.flow_token);
    return named.ok() && *named == flow;
}

/// H16, RFC 3608 s.6.1: what the registrar gave the sender to reach its own side; other targets of
/// a route table are not behind it.
std::vector<std::string> service_route(const Environment& env, const sip::Message& request,
                                       const Flow& near, const Flow& far) {
    const Peer* registrar = routing::peer_behind(env.config, near.realm);
    if (registrar == nullptr || !(routing::flow_to(env.config, *registrar) == far)) {
        return {};
    }
    const std::string given = env.registered.service_route(near, request.from().uri, env.now);
    std::vector<std::string> values;
    policy::ListValues cursor(given);
    while (const auto value = cursor.next()) {
        const auto route = sip::NameAddr::parse(*value);
        const auto uri = route.ok() ? sip::Uri::parse(route->uri) : sip::Uri::parse("");
        if (!values.empty() || !uri.ok() || !routing::is_own(env.config, *uri)) {
            values.emplace_back(*value);  // D9: leading values that name us are done with
        }
    }
    return values;
}

Choice targets_of(Environment& env, const Flow& from, const sip::Message& request) {
    if (auto named = named_target(*env.dialogs, env.config, request)) {
        return routing::because({Basis::kDialog}, routing::Targets{std::move(*named)});
    }
    const auto route = routing::incoming_route(env.config, request, from.realm);
    const routing::FlowRoutes flows{env.config, env.flow_tokens, env.registered, env.now};
    if (auto phone = routing::choose_by_flow(flows, from, route)) {
        return routing::because({Basis::kFlow}, std::move(*phone));
    }
    const auto uri = sip::Uri::parse(route.request_uri);
    if (uri.ok() && uri->scheme == sip::Scheme::kSip && routing::is_own(env.config, *uri)) {
        if (auto sealed = env.sealed.open(env.config, uri->user, env.now)) {
            return routing::because({Basis::kSealed},
                                    sealed->ok() ? Choice(routing::Targets{std::move(**sealed)})
                                                 : Choice(Failure{sealed->error()}));
        }
    }
    auto targets =
        routing::choose(env.config, env.registered, {from.realm, route.request_uri, request},
                        env.identifiers.randomness(), env.now);
    return targets.ok() ? env.resting.awake(std::move(*targets), env.now) : std::move(targets);
}

}  // namespace

Choice choose_targets(Environment& env, const Flow& from, const sip::Message& request) {
    Choice choice = targets_of(env, from, request);
    if (env.routed) {
        env.routed(choice);
    }
    return choice;
}

RetryKey key_of(const sip::Message& request) noexcept {
    return {request.method_name(), request.call_id(), request.from().uri};
}

Dialog caller_dialog(Environment& env, const sip::Message& request, const Flow& flow) {
    Dialog a;
    a.call_id = request.call_id();
    a.local_tag = env.identifiers.tag();
    a.remote_tag = request.from().tag;
    a.local_party = with_tag(request.to(), {});
    a.remote_party = request.from().text;
    a.remote_target =
        contact_uri(request).empty() ? request.from().uri : contact_uri(request);  // A7
    a.route_set = record_routes(request);
    a.contact = policy::own_contact(user_of(request.request_uri()), flow.local);
    a.remote_cseq = request.cseq().number;
    a.flow = flow;
    learn_allow(a, request);
    return a;
}

Dialog callee_dialog(Environment& env, const sip::Message& request, const routing::Target& target,
                     const std::optional<RetryContext>& retry) {
    Dialog b;
    b.flow = target.flow;
    const bool same_party = retry && sip::iequals(retry->from_tag, request.from().tag);
    b.call_id = retry ? retry->far_call_id : far_call_id(env, request, target);
    b.local_tag = same_party ? retry->far_tag : env.identifiers.tag();
    b.local_cseq = retry ? retry->far_cseq : env.identifiers.first_cseq();
    if (retry) {
        b.origin = retry->far_origin;
    }
    const RealmView far{&env.config, target.flow};
    b.local_party = with_tag_text(far.shown_from(request), b.local_tag);
    b.remote_party = far.peer_party(request.to());
    b.remote_target = target.request_uri;
    const bool hidden = policy::hides_contact(request, !env.realm(target.flow.realm).nat);
    b.contact = policy::own_contact(hidden ? policy::kAnonymousUser : user_of(contact_uri(request)),
                                    target.flow.local);
    return b;
}

void take_route(const Environment& env, const sip::Message& request, const Flow& near,
                const routing::Target& target, Dialog& b) {
    b.flow = target.flow;
    if (!target.route
             .empty()) {  // RFC 3327 s.5.4; the nearest proxy is where the REGISTER came from
        b.route_set = target.route;
        return;
    }
    const auto route = routing::incoming_route(env.config, request, near.realm);
    const bool by_path = names_flow(env, route, target.flow);
    if (by_path || !env.realm(target.flow.realm).nat) {
        b.route_set.assign(route.rest.begin(), route.rest.end());
    }
    if (!by_path && b.route_set.empty()) {
        b.route_set = service_route(env, request, near, target.flow);
    }
    if (!by_path && !b.route_set.empty()) {  // else the route table decides, not the R-URI (D12)
        b.flow = next_hop(env, b, destination(b));
    }
}

}  // namespace sallyport::call
