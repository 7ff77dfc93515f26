// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/legs.h"

#include "b2bua/call/dialog_names.h"
#include "b2bua/call/identity.h"
#include "b2bua/policy/contact_text.h"
#include "b2bua/policy/privacy.h"
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

}  // namespace

namespace {
using Choice = Result<routing::Targets, routing::Refusal>;
}  // namespace

Result<routing::Targets, routing::Refusal> choose_targets(Environment& env, RealmId from,
                                                          const sip::Message& request) {
    if (auto named = named_target(*env.dialogs, env.config, request)) {
        return routing::Targets{std::move(*named)};
    }
    const auto route = routing::incoming_route(env.config, request, from);
    const auto uri = sip::Uri::parse(route.request_uri);
    if (uri.ok() && uri->scheme == sip::Scheme::kSip && routing::is_own(env.config, *uri)) {
        if (auto sealed = env.sealed.open(env.config, uri->user, env.now)) {
            return sealed->ok() ? Choice(routing::Targets{std::move(**sealed)})
                                : Choice(Failure{sealed->error()});
        }
    }
    return routing::choose(env.config, env.registered, from, route.request_uri, env.now);
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

std::vector<std::string> carried_routes(const Environment& env, const sip::Message& request,
                                        const Flow& near, const Flow& far) {
    if (env.realm(far.realm).nat) {
        return {};
    }
    const auto route = routing::incoming_route(env.config, request, near.realm);
    return {route.rest.begin(), route.rest.end()};
}

}  // namespace sallyport::call
