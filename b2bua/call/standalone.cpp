// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/standalone.h"

#include "b2bua/call/anchoring.h"
#include "b2bua/call/body.h"
#include "b2bua/call/crossing.h"
#include "b2bua/call/identity.h"
#include "b2bua/call/legs.h"
#include "b2bua/call/options.h"
#include "b2bua/call/overload.h"
#include "b2bua/call/preferred_identity.h"
#include "b2bua/call/steps.h"
#include "b2bua/call/usage.h"
#include "b2bua/policy/challenge.h"
#include "b2bua/policy/contact_text.h"
#include "b2bua/routing/incoming_route.h"
#include "b2bua/sip/uri.h"

namespace sallyport::call {
namespace {

/// RFC 6665 s.8.1.1: a NOTIFY has one; the others have none (M12).
std::string contact_of(const sip::Message& request, const Endpoint& local) {
    return request.method() == sip::Method::kNotify
               ? policy::own_contact(user_of(contact_uri(request)), local)
               : std::string{};
}

/// What a response repeats of its request. Views into both.
ResponseFrame frame_of(const Echo& echo, std::string_view to) noexcept {
    ResponseFrame frame;
    frame.vias = echo.vias;
    frame.from = echo.from;
    frame.to = to;
    frame.call_id = echo.call_id;
    frame.cseq = echo.cseq;
    return frame;
}

std::string identity_of_sender(Environment& env, transaction::ServerHandle server,
                               const sip::Message& request) {
    const Flow* flow = env.layer.flow_of(server);
    return flow == nullptr ? std::string{} : asserted_identity(env, request, *flow);
}

void refuse_too_large(Environment& env, transaction::ServerHandle server) {
    env.counters.too_large.add();
    respond_here(env, server, 513, "Message Too Large");
}

}  // namespace

policy::Crossing StandaloneRelay::crossing(const sip::Message& message, RealmId from,
                                           RealmId to) const {
    return crossing_between(environment_, message, from, to);
}

StandaloneRelay::Pending StandaloneRelay::open(transaction::ServerHandle server,
                                               const sip::Message& request, const Flow& near,
                                               const Flow& far,
                                               const std::optional<RetryContext>& retry) {
    Environment& env = environment_;
    Pending pending;
    pending.server = server;
    pending.echo = echo_of(env, server, request);
    pending.from_uri = request.from().uri;
    pending.from_tag = request.from().tag;
    pending.to_tag = env.identifiers.tag();
    env.layer.set_to_tag(server, pending.to_tag);
    const bool same = retry && retry->from_tag == pending.from_tag;
    pending.far_call_id = retry ? retry->far_call_id : env.identifiers.call_id();
    pending.far_tag = same ? retry->far_tag : env.identifiers.tag();
    pending.far_cseq = retry ? retry->far_cseq + 1 : env.identifiers.first_cseq();
    pending.near = near;
    pending.far = far.realm;
    pending.far_flow = far;
    return pending;
}

/// The Route decides the next hop, as that of a dialog would (D8, D9, H16). What is left of it for
/// the request.
std::vector<std::string> StandaloneRelay::follow(const sip::Message& request, const Flow& near,
                                                 routing::Target& target) const {
    Dialog dialog;
    dialog.remote_target = target.request_uri;
    take_route(environment_, request, near, target, dialog);
    Destination to = destination(dialog);
    target.flow = dialog.flow;
    target.request_uri = std::move(to.request_uri);
    return std::move(to.routes);
}

bool StandaloneRelay::send(Pending& pending, const sip::Message& request,
                           const routing::Target& target, std::span<const std::string> routes) {
    Environment& env = environment_;
    const RealmView far{&env.config, target.flow};
    const std::string from = with_tag_text(far.shown_from(request), pending.far_tag);
    const std::string to = far.peer_party(request.to());
    const std::string branch = env.identifiers.branch();
    RequestFrame frame;
    frame.request_uri = target.request_uri;
    frame.routes = routes;
    frame.from = from;
    frame.to = to;
    frame.call_id = pending.far_call_id;
    frame.branch = branch;
    frame.sent_by = target.flow.local;
    frame.cseq = pending.far_cseq;
    frame.max_forwards = static_cast<std::uint8_t>(request.max_forwards().value_or(70) - 1);
    const auto description = crossing_description(env.config, pending.far, request, std::nullopt);
    frame.session_description = description;
    const auto beside = sessions_beside(env.config, pending.far, request);
    frame.passive_sessions = beside;
    const Naming naming = naming_of(env, pending.near, pending.far);
    frame.naming = &naming;
    const std::string contact = contact_of(request, target.flow.local);
    frame.contact = contact;
    policy::Crossing across = crossing(request, pending.near.realm, pending.far);
    across.identity = identity_of_sender(env, pending.server, request);
    const auto octets = cross_request(request, frame, across, env.scratch);
    if (!octets) {
        refuse_too_large(env, pending.server);
        return false;
    }
    const std::uint64_t id = ++last_id_;
    const auto client = env.layer.request(*octets, target.flow, {kStandaloneRef | id}, env.now);
    if (!client) {
        refuse_busy(env, pending.server, "Too Many Transactions");
        return false;
    }
    pending_.emplace(id, std::move(pending));
    return true;
}

void StandaloneRelay::on_request(transaction::ServerHandle server, const sip::Message& request,
                                 const Flow& flow) {
    Environment& env = environment_;
    const auto route = routing::incoming_route(env.config, request, flow.realm);
    if (is_for_us(env.config, request, route.request_uri)) {
        answer_options(env, server);
        return;
    }
    if (refused(env, server, policy::admit(request))) {
        return;
    }
    if (refused_by_method(env, server, request)) {
        return;
    }
    auto target = choose_targets(env, flow, request);
    if (!target.ok() && is_nobody_here(env.config, request, target.error().status)) {
        answer_options(env, server);
        return;
    }
    if (!target.ok()) {
        refuse_routing(env, server, target.error());
        return;
    }
    const auto retry = env.retries.take(key_of(request), env.now);
    if (retry) {
        routing::prefer(*target, retry->far_flow);  // the nonce is that of who challenged (D4)
    }
    routing::Target first = target->front();
    if (refused(env, server, policy::refuse_privacy(request, !env.realm(first.flow.realm).nat))) {
        return;
    }
    const std::vector<std::string> routes = follow(request, flow, first);
    Pending pending = open(server, request, flow, first.flow, retry);
    (void)send(pending, request, first, routes);
}

/// D4: what invites a second try; D15: what no credentials will do for.
void StandaloneRelay::note_refusal(const Pending& pending, const sip::Message& response) {
    Environment& env = environment_;
    if (invites_retry(response.status())) {
        env.retries.keep({response.method_name(), pending.echo.call_id, pending.from_uri},
                         {pending.from_tag,
                          pending.far_call_id,
                          pending.far_tag,
                          pending.far_cseq,
                          {},
                          nullptr,
                          pending.far_flow},
                         env.now);
    }
    if (policy::offers_only_auth_int(response)) {
        env.counters.auth_int_unsupported.add();
    }
}

void StandaloneRelay::on_response(transaction::UserRef ref, const sip::Message& response) {
    const auto found = pending_.find(ref.value & ((1ULL << 56) - 1));
    if (found == pending_.end() || response.status() < 200) {
        return;
    }
    Environment& env = environment_;
    const Pending pending = std::move(pending_.extract(found).mapped());
    note_rest(env, pending.far_flow, response);
    note_refusal(pending, response);
    const std::string to = with_tag_text(pending.echo.to, pending.to_tag);
    ResponseFrame frame = frame_of(pending.echo, to);
    frame.status = crossed_status(response.status());
    frame.redirection = redirection_of(env, pending.far, pending.near.realm, response.status());
    const auto description =
        crossing_description(env.config, pending.near.realm, response, std::nullopt);
    frame.session_description = description;
    const auto beside = sessions_beside(env.config, pending.near.realm, response);
    frame.passive_sessions = beside;
    const auto octets = cross_response(
        response, frame, crossing(response, pending.far, pending.near.realm), env.scratch);
    if (octets) {
        (void)env.layer.respond(pending.server, frame.status, *octets, env.now);
    } else {
        refuse_too_large(env, pending.server);
    }
}

void StandaloneRelay::on_failed(transaction::UserRef ref) {
    const auto found = pending_.find(ref.value & ((1ULL << 56) - 1));
    if (found != pending_.end()) {
        environment_.layer.abandon(found->second.server, environment_.now);
        pending_.erase(found);
    }
}

}  // namespace sallyport::call
