// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/legs.h"

#include "b2bua/call/dialog_names.h"
#include "b2bua/call/identity.h"
#include "b2bua/policy/contact_text.h"
#include "b2bua/routing/own_address.h"
#include "b2bua/sip/uri.h"

#include <utility>

namespace sallyport::call {
namespace {

/// A Route value that says nothing to the far side: ours, or a literal address of the realm that it
/// came from.
bool is_near(const Environment& env, std::string_view route, RealmId near) {
    const auto parsed = sip::NameAddr::parse(route);
    const auto uri =
        parsed.ok() ? sip::Uri::parse(parsed->uri) : Result<sip::Uri, sip::ParseError>(sip::Uri{});
    const auto ip = uri.ok() ? uri->ip() : std::nullopt;
    return (uri.ok() && routing::is_own(env.config, *uri)) ||
           (ip && env.realm(near).address.contains(*ip));
}

}  // namespace

Result<routing::Targets, routing::Refusal> choose_targets(Environment& env, RealmId from,
                                                          const sip::Message& request) {
    if (auto named = named_target(*env.dialogs, env.config, request)) {
        return routing::Targets{std::move(*named)};
    }
    return routing::choose(env.config, env.registered, from, request, env.now);
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
    b.call_id = retry ? retry->far_call_id
                      : env.identifiers.call_id(target.flow.realm, user_of(target.request_uri));
    b.local_tag = same_party ? retry->far_tag : env.identifiers.tag();
    b.local_cseq = same_party ? retry->far_cseq : env.identifiers.first_cseq();
    if (retry) {
        b.origin = retry->far_origin;
    }
    const RealmView far{&env.config, target.flow};
    b.local_party = with_tag_text(far.own_party(request.from()), b.local_tag);
    b.remote_party = far.peer_party(request.to());
    b.remote_target = target.request_uri;
    b.contact = policy::own_contact(user_of(contact_uri(request)), target.flow.local);
    return b;
}

std::vector<std::string> carried_routes(const Environment& env, const sip::Message& request,
                                        const Flow& near, const Flow& far) {
    std::vector<std::string> routes;
    if (env.realm(far.realm).nat) {
        return routes;
    }
    sip::ValueCursor cursor(request, sip::HeaderId::kRoute);
    while (const auto value = cursor.next()) {
        if (!routes.empty() || !is_near(env, *value, near.realm)) {
            routes.emplace_back(*value);
        }
    }
    return routes;
}

}  // namespace sallyport::call
