// SPDX-License-Identifier: Apache-2.0
// An INVITE outside a dialog: admission, routing, the two legs' dialogs, the first B-leg request
// (spec M1, D3-D6, D9-D12; RFC 3261 s.13.3.1, s.12.1).
#include "b2bua/call/events.h"
#include "b2bua/call/identity.h"
#include "b2bua/call/session_part.h"
#include "b2bua/call/steps.h"
#include "b2bua/policy/contact_text.h"
#include "b2bua/routing/own_address.h"
#include "b2bua/sip/uri.h"

#include <algorithm>

namespace sallyport::call {
namespace {

std::string_view user_of(std::string_view uri) noexcept {
    const auto parsed = sip::Uri::parse(uri);
    return parsed.ok() ? parsed->user : std::string_view{};
}

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

/// The pre-loaded Route that is left for the far side (D9). Towards a registered phone there is
/// none: it is reached by its flow (H14).
std::vector<std::string> carried_routes(const Environment& env, const sip::Message& invite,
                                        const Flow& near, const Flow& far) {
    std::vector<std::string> routes;
    if (env.realm(far.realm).nat) {
        return routes;
    }
    sip::ValueCursor cursor(invite, sip::HeaderId::kRoute);
    while (const auto value = cursor.next()) {
        if (!routes.empty() || !is_near(env, *value, near.realm)) {
            routes.emplace_back(*value);
        }
    }
    return routes;
}

Dialog caller_dialog(Environment& env, const sip::Message& invite, const Flow& flow) {
    Dialog a;
    a.call_id = invite.call_id();
    a.local_tag = env.identifiers.tag();
    a.remote_tag = invite.from().tag;
    a.local_party = with_tag(invite.to(), {});
    a.remote_party = invite.from().text;
    a.remote_target = contact_uri(invite).empty() ? invite.from().uri : contact_uri(invite);  // A7
    a.route_set = record_routes(invite);
    a.contact = policy::own_contact(user_of(invite.request_uri()), flow.local);
    a.remote_cseq = invite.cseq().number;
    a.flow = flow;
    return a;
}

Dialog callee_dialog(Environment& env, const sip::Message& invite, const routing::Target& target,
                     std::optional<RetryContext>& retry) {
    Dialog b;
    b.flow = target.flow;
    const bool same_party = retry && sip::iequals(retry->from_tag, invite.from().tag);
    b.call_id = retry ? retry->far_call_id
                      : env.identifiers.call_id(target.flow.realm, user_of(target.request_uri));
    b.local_tag = same_party ? retry->far_tag : env.identifiers.tag();
    b.local_cseq = same_party ? retry->far_cseq : env.identifiers.first_cseq();
    if (retry) {
        b.origin = retry->far_origin;
    }
    const RealmView far{&env.config, target.flow};
    b.local_party = with_tag_text(far.own_party(invite.from()), b.local_tag);
    b.remote_party = far.peer_party(invite.to());
    b.remote_target = target.request_uri;
    b.contact = policy::own_contact(user_of(contact_uri(invite)), target.flow.local);
    return b;
}

/// First request of the B-leg. False: refused, with the reason already on the A-leg.
bool send_invite(CallTable& table, Call& call, const sip::Message& invite,
                 std::optional<std::string_view> session, std::span<const std::string> routes) {
    Environment& env = table.environment();
    Dialog& b = call.root.b;
    const std::string branch = env.identifiers.branch();
    const std::uint8_t hops = invite.max_forwards().value_or(70);
    RequestFrame frame;
    frame.request_uri = b.remote_target;
    frame.routes = routes;
    frame.from = b.local_party;
    frame.to = b.remote_party;
    frame.call_id = b.call_id;
    frame.branch = branch;
    frame.contact = b.contact;
    frame.sent_by = b.flow.local;
    frame.cseq = ++b.local_cseq;
    frame.max_forwards = static_cast<std::uint8_t>(hops - 1);  // 0 was refused by policy (C20)
    frame.session_description = session;
    const auto octets =
        cross_request(invite, frame, crossing_of(env, call, Side::kA, invite, false), env.scratch);
    InviteExchange& exchange = *call.invite;
    exchange.client_cseq = frame.cseq;
    if (!octets) {
        env.counters.too_large.add();
        respond_here(env, exchange.exchange.server, 513, "Message Too Large");
        return false;
    }
    exchange.exchange.client = env.layer.request(*octets, b.flow, CallTable::ref_of(call), env.now);
    if (!exchange.exchange.client) {
        refuse_busy(env, exchange.exchange.server, "Too Many Transactions");
        return false;
    }
    return true;
}

void open_exchange(Environment& env, Call& call, transaction::ServerHandle server,
                   const sip::Message& invite) {
    InviteExchange opened;
    opened.initial = true;
    opened.exchange.method = sip::Method::kInvite;
    opened.exchange.from = Side::kA;
    opened.exchange.pair = ~std::size_t{0};  // the root, until a response makes a pair
    opened.exchange.server = server;
    opened.exchange.echo = echo_of(env, server, invite);
    call.invite = std::move(opened);
    env.layer.attach(server, CallTable::ref_of(call));
    env.layer.set_to_tag(server, call.root.a.local_tag);
}

/// Anchors the offer, if there is one. False: refused.
bool carry_offer(Environment& env, Call& call, std::string_view offer,
                 std::optional<std::string>& text) {
    if (offer.empty()) {
        return true;  // delayed offer (E3)
    }
    auto carried = call.media->carry(Side::kA, SdpRole::kOffer, offer, call.root.b.origin);
    if (carried.ok()) {
        text = std::move(*carried);
        call.invite->exchange.carries_offer = true;
        return true;
    }
    const SdpRefusal& why = carried.error();
    const transaction::ServerHandle server = call.invite->exchange.server;
    if (why.status == 503) {
        env.counters.no_ports.add();
        refuse_busy(env, server, why.reason);
        return false;
    }
    env.counters.sdp_refused.add();
    std::string warning = "Warning: 399 ";
    warning.append(env.realm(call.root.a.flow.realm).name).append(" \"").append(why.explanation);
    respond_here(env, server, why.status, why.reason, warning.append("\"\r\n"));
    return false;
}

bool admitted(CallTable& table, transaction::ServerHandle server, const sip::Message& invite,
              const Flow& flow) {
    Environment& env = table.environment();
    policy::Crossing crossing;
    crossing.method = invite.method();
    crossing.from_trusted = !env.realm(flow.realm).nat;
    if (const auto rejection = policy::admit(invite, crossing)) {
        env.counters.policy_refused.add();
        respond_here(env, server, rejection->status, rejection->reason, rejection->header_line);
        return false;
    }
    // max-calls is the whole gateway's; shards share nothing, so each has its part of it.
    const std::size_t shards = std::max<std::size_t>(env.config.shards, 1);
    if (table.size() >= (env.config.max_calls + shards - 1) / shards) {
        env.counters.too_many_calls.add();
        refuse_busy(env, server, "Too Many Calls");
        return false;
    }
    return true;
}

}  // namespace

void on_invite(CallTable& table, transaction::ServerHandle server, const sip::Message& invite,
               const Flow& flow) {
    Environment& env = table.environment();
    if (!admitted(table, server, invite, flow)) {
        return;
    }
    auto target = routing::choose(env.config, env.registered, flow.realm, invite, env.now);
    if (!target.ok()) {
        env.counters.no_route.add();
        respond_here(env, server, target.error().status, target.error().reason);
        return;
    }
    Call& call = table.create();
    call.root.a = caller_dialog(env, invite, flow);
    auto retry = env.retries.take(invite.call_id(), invite.from().uri, env.now);
    call.root.b = callee_dialog(env, invite, *target, retry);
    if (retry && retry->media && retry->media->joins(flow.realm, target->flow.realm)) {
        call.media = std::move(retry->media);
    }
    const std::vector<std::string> routes = carried_routes(env, invite, flow, target->flow);
    call.root.b.route_set = routes;
    call.root.b.flow = next_hop(env, call.root.b, {call.root.b.remote_target, routes, false});
    if (routes.empty()) {
        call.root.b.flow = target->flow;  // the route table decided, not the R-URI (D12)
    }
    const auto peer = [&env](const Flow& f) {
        return MediaPeer{f.realm, f.remote.ip, env.realm(f.realm).nat};
    };
    call.media->set_peer(Side::kA, peer(flow));
    call.media->set_peer(Side::kB, peer(call.root.b.flow));
    open_exchange(env, call, server, invite);
    table.index(call, Side::kA, call.root.a);
    table.index(call, Side::kB, call.root.b);
    std::optional<std::string> text;
    if (!carry_offer(env, call, session_description(invite), text) ||
        !send_invite(table, call, invite, text, routes)) {
        env.counters.calls_failed.add();
        table.remove(call);
    }
}

}  // namespace sallyport::call
