// SPDX-License-Identifier: Apache-2.0
// SUBSCRIBE and REFER outside a dialog (spec M9, M11; RFC 6665 s.4.1.2.1, s.4.4.1, RFC 3515 s.2.4):
// admission, routing, the two legs' dialogs, the first request of the far leg, its answer, and the
// dialogs that NOTIFYs make, which may come before the answer and from several notifiers (M10).
#include "b2bua/call/anchoring.h"
#include "b2bua/call/body.h"
#include "b2bua/call/events.h"
#include "b2bua/call/legs.h"
#include "b2bua/call/overload.h"
#include "b2bua/call/pairing.h"
#include "b2bua/call/steps.h"
#include "b2bua/call/usage.h"

#include <algorithm>

namespace sallyport::call {
namespace {

bool admitted(CallTable& table, transaction::ServerHandle server, const sip::Message& request) {
    Environment& env = table.environment();
    if (refused(env, server, policy::admit(request))) {
        return false;
    }
    if (refused_by_method(env, server, request) || refuse_body(env, server, request)) {
        return false;
    }
    // As many as calls may be, but they take no room from calls. Each shard has its part.
    const std::size_t shards = std::max<std::size_t>(env.config.shards, 1);
    if (table.subscribed() >= (env.config.max_calls + shards - 1) / shards) {
        env.counters.too_many_subscriptions.add();
        refuse_busy(env, server, "Too Many Subscriptions");
        return false;
    }
    return true;
}

/// Both dialogs, and the Route that is left for the far side.
void set_out(Environment& env, Call& call, const sip::Message& request, const Flow& near,
             routing::Targets& targets) {
    const auto retry = env.retries.take(key_of(request), env.now);
    if (retry) {
        routing::prefer(targets, retry->far_flow);  // the nonce is that of who challenged (D4)
    }
    call.root.a = caller_dialog(env, request, near);
    call.root.b = callee_dialog(env, request, targets.front(), retry);
    take_route(env, request, near, targets.front(), call.root.b);
}

transaction::ClientHandle send_first(Environment& env, Call& call, const Received& request) {
    Dialog& b = call.root.b;
    const Destination to = destination(b);
    const std::string branch = env.identifiers.branch();
    RequestFrame frame = frame_of(b, to, branch);
    frame.contact = b.contact;
    frame.cseq = ++b.local_cseq;
    frame.max_forwards = hops_left(request.message);
    const auto description =
        crossing_description(env.config, b.flow.realm, request.message, std::nullopt);
    frame.session_description = description;
    const auto beside = sessions_beside(env.config, b.flow.realm, request.message);
    frame.passive_sessions = beside;
    const Naming naming = naming_of(env, call.root.a.flow, b.flow.realm);
    frame.naming = &naming;
    const auto octets =
        cross_request(request.message, frame,
                      crossing_of(env, call, Side::kA, request.message, false), env.scratch);
    if (!octets) {
        env.counters.too_large.add();
        respond_here(env, request.server, 513, "Message Too Large");
        return {};
    }
    const auto client = env.layer.request(*octets, b.flow, CallTable::ref_of(call), env.now);
    if (!client) {
        refuse_busy(env, request.server, "Too Many Transactions");
    }
    return client;
}

/// D4: the subscriber may try again, with credentials or a longer Expires, on the same Call-ID.
void keep_retry_context(Environment& env, const Call& call, const Exchange& exchange, int status) {
    const auto from = sip::NameAddr::parse(call.root.a.remote_party);
    if (invites_retry(status) && from.ok()) {
        const Dialog& b = call.root.b;
        env.retries.keep(
            {sip::name(exchange.method), call.root.a.call_id, from->uri},
            {call.root.a.remote_tag, b.call_id, b.local_tag, b.local_cseq, {}, nullptr, b.flow},
            env.now);
    }
}

/// The dialog of a 2xx: a NOTIFY may have made it before, and then it is as that said (RFC 6665
/// s.4.4.1).
void take_dialog(CallTable& table, Call& call, Exchange& exchange, const sip::Message& response) {
    const auto pair = pair_of(table, call, response);
    if (!pair) {
        return;
    }
    exchange.pair = *pair;
    std::uint32_t serial = subscription_of(call, *pair);
    if (serial == 0) {
        learn(call, *pair, response);
        serial = open_fork(call, exchange.usage.serial, *pair);
    }
    exchange.usage.serial = serial;
}

}  // namespace

void on_subscribe(CallTable& table, transaction::ServerHandle server, const sip::Message& request,
                  const Flow& flow) {
    Environment& env = table.environment();
    if (!admitted(table, server, request)) {
        return;
    }
    auto target = choose_targets(env, flow, request);
    if (!target.ok()) {
        refuse_routing(env, server, target.error());
        return;
    }
    const RealmId far = target->front().flow.realm;
    if (refused(env, server, policy::refuse_privacy(request, !env.realm(far).nat))) {
        return;
    }
    Call& call = table.create(CallState::kNoSession);
    set_out(env, call, request, flow, *target);
    const Received received{server, request, flow, Side::kA, kRootPair};
    Exchange exchange;
    exchange.method = request.method();
    exchange.initial = true;
    exchange.pair = kRootPair;
    exchange.server = server;
    exchange.echo = echo_of(env, server, request);
    exchange.client = send_first(env, call, received);
    if (exchange.client) {
        env.layer.set_to_tag(server, call.root.a.local_tag);
        table.index(call, Side::kA, call.root.a);
        table.index(call, Side::kB, call.root.b);
        request_crossed(env, call, exchange, received);
        call.exchanges.push_back(std::move(exchange));
    }
    settle(table, call);
}

void on_first_answer(CallTable& table, Call& call, Exchange& exchange,
                     const sip::Message& response) {
    Environment& env = table.environment();
    if (response.status() < 200) {
        return;  // C5
    }
    exchange.client = {};
    if (response.status() < 300) {
        take_dialog(table, call, exchange, response);
    } else {
        note_rest(env, call.root.b.flow, response);
        keep_retry_context(env, call, exchange, response.status());
    }
    response_crossed(env, call, exchange, response);
    if (!respond_across(env, call, exchange, response, {})) {
        respond_here(env, exchange.server, 513, "Message Too Large");
        exchange.final_sent = true;
    }
}

FoundDialog dialog_by_notify(CallTable& table, const sip::Message& notify) {
    const FoundDialog half = table.find_half(notify.call_id(), notify.to().tag);
    Call* call = half.side == Side::kB ? half.call : nullptr;
    const std::uint32_t opening = call == nullptr ? 0 : opening_for(*call, notify);
    if (opening == 0 || call->pairs.size() >= kMaxPairs) {
        return {};
    }
    const std::size_t pair = add_pair(table, *call, notify.from(), contact_uri(notify));
    Dialog& b = call->pairs[pair].b;
    b.route_set = record_routes(notify);  // we are its UAS (RFC 3261 s.12.1.1)
    if (const auto target = contact_uri(notify); !target.empty()) {
        b.remote_target = target;
    }
    open_fork(*call, opening, pair);
    return {call, Side::kB, pair};
}

}  // namespace sallyport::call
