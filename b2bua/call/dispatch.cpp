// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/dispatch.h"

#include "b2bua/call/events.h"
#include "b2bua/call/held_invite.h"
#include "b2bua/call/local_transfer.h"
#include "b2bua/call/options.h"
#include "b2bua/call/prack.h"
#include "b2bua/call/session_part.h"
#include "b2bua/call/steps.h"
#include "b2bua/call/stray.h"
#include "b2bua/call/usage.h"
#include "b2bua/sip/uri.h"

#include <algorithm>

namespace sallyport::call {
namespace {

/// How many Vias an INVITE of ours may bring back before it counts as a loop (C21).
constexpr std::size_t kSpiralHops = 5;

/// RFC 5393 s.4: an INVITE that we made comes back from where we sent it, for the same user. A
/// spiral comes back for another user, from another realm, or after a few hops.
bool is_loop(const Environment& env, const sip::Message& invite, RealmId from) {
    const auto uri = sip::Uri::parse(invite.request_uri());
    return invite.via_count() > kSpiralHops && uri.ok() &&
           env.identifiers.minted(invite.call_id(), from, uri->user);
}

/// D5: a number at or below the last one is out of order (RFC 3261 s.12.2.2).
bool in_order(Dialog& dialog, const sip::Message& request) noexcept {
    const std::uint32_t number = request.cseq().number;
    if (dialog.remote_cseq && number <= *dialog.remote_cseq) {
        return false;
    }
    dialog.remote_cseq = number;
    return true;
}

void on_request(CallTable& table, Call& call, const Received& request) {
    if (call.owed_bye && request.message.method() != sip::Method::kBye) {
        respond_here(table.environment(), request.server, 481, {});  // E-R14
        return;
    }
    if (on_request_in_transfer(table, call, request)) {
        return;
    }
    switch (request.message.method()) {
        case sip::Method::kInvite:
            on_reinvite(table, call, request);
            break;
        case sip::Method::kBye:
            on_bye(table, call, request);
            break;
        case sip::Method::kPrack:
            on_prack(table, call, request);
            break;
        case sip::Method::kAck:
        case sip::Method::kCancel:
            break;  // the layer reports them by other ways
        case sip::Method::kOptions:
        case sip::Method::kRegister:
        case sip::Method::kUpdate:
        case sip::Method::kInfo:
        case sip::Method::kRefer:
        case sip::Method::kSubscribe:
        case sip::Method::kNotify:
        case sip::Method::kPublish:
        case sip::Method::kMessage:
        case sip::Method::kUnknown:
            on_in_dialog(table, call, request);
            break;
    }
}

/// A request of a fork that lost: the call goes on without its dialog, which will have our BYE.
void on_lost_fork(Environment& env, Call& call, const Received& request) {
    if (request.message.method() == sip::Method::kPrack) {
        on_lost_prack(env, call, request);
        return;
    }
    const bool bye = request.message.method() == sip::Method::kBye;
    call.pair(request.pair).ended |= bye;
    respond_here(env, request.server, bye ? 200 : 481, {});
}

/// Of the early dialogs that the caller sees as one only the one that it is shown can ask anything
/// of it, and the caller something of a callee only while there is one (E12). True: answered.
bool refused_unshown(Environment& env, Call& call, const Received& request) {
    const bool bye = request.message.method() == sip::Method::kBye;
    const bool unshown = call.pair(request.pair).lost || call.shown != request.pair;
    if (!call.single || call.confirmed || call.pairs.empty() || bye || !unshown) {
        return false;
    }
    env.counters.unshown_dialog.add();
    const std::uint64_t seconds = env.identifiers.number() % 11;
    respond_here(env, request.server, 500, "Early Dialog Not Shown",
                 "Retry-After: " + std::to_string(seconds) + "\r\n");
    return true;
}

/// C20 and the other things that must not cross. True: answered.
bool refused_by_policy(Environment& env, Call& call, const Received& request) {
    const sip::Message& message = request.message;
    if (message.method() == sip::Method::kOptions && message.max_forwards() == std::uint8_t{0}) {
        answer_options(env, request.server);
        return true;
    }
    const RealmId near = call.root.of(request.side).flow.realm;
    const RealmId far = call.root.of(dataplane::other(request.side)).flow.realm;
    const policy::Crossing across = policy::crossing_between(env.config, near, far);
    return refused(env, request.server, policy::admit(message)) ||
           refused(env, request.server, policy::refuse_reliable(message, across)) ||
           refused(env, request.server, policy::refuse_privacy(message, !env.realm(far).nat)) ||
           refuse_body(env, request.server, message) ||
           refuse_session_interval(env, request.server, message);
}

Exchange* exchange_of(Call& call, transaction::ClientHandle client) noexcept {
    const auto found = std::find_if(call.exchanges.begin(), call.exchanges.end(),
                                    [client](const Exchange& e) { return e.client == client; });
    return found == call.exchanges.end() ? nullptr : &*found;
}

/// A target that was given up: it is told so by the CANCEL, and when that came too late by ACK and
/// BYE (I10, E-R7).
bool passed_over(CallTable& table, Call& call, const Answered& response) {
    const auto& past = call.passed_over;
    if (std::find(past.begin(), past.end(), response.client) == past.end()) {
        return false;
    }
    if (response.message.status() / 100 == 2) {
        turn_away_late(table, call, response);
    }
    return true;
}

void on_invite_response(CallTable& table, Call& call, const Answered& response) {
    if (passed_over(table, call, response)) {
        return;
    }
    if (call.invite && call.invite->exchange.client == response.client) {
        call.invite->heard = true;
        call.deadline(Deadline::kSilence).reset();
    }
    const int status = response.message.status();
    if (status < 200) {
        on_provisional(table, call, response);
    } else if (status < 300) {
        on_answer(table, call, response);
    } else {
        on_refusal(table, call, response);
    }
}

void on_exchange_response(CallTable& table, Call& call, Exchange& exchange,
                          const sip::Message& response) {
    learn_allow(call.pair(exchange.pair).of(dataplane::other(exchange.from)), response);
    if (exchange.initial) {
        on_first_answer(table, call, exchange, response);
    } else if (exchange.method != sip::Method::kBye) {
        on_in_dialog_answer(table, call, exchange, response);
    } else if (response.status() >= 200) {
        on_bye_answer(table, call, exchange, &response);
    }
}

void on_no_dialog(CallTable& table, transaction::ServerHandle server, const sip::Message& request) {
    Environment& env = table.environment();
    if (request.method() == sip::Method::kBye &&
        table.departed().take_bye(request.call_id(), request.from().tag)) {
        respond_here(env, server, 200, {});  // E-R6
        return;
    }
    env.counters.no_dialog.add();
    respond_here(env, server, 481, {});
}

}  // namespace

void dispatch_in_dialog(CallTable& table, transaction::ServerHandle server,
                        const sip::Message& request, const Flow& flow) {
    Environment& env = table.environment();
    FoundDialog found = table.find_dialog(request.call_id(), request.to().tag, request.from().tag);
    if (found.call == nullptr) {
        found = dialog_by_notify(table, request);
    }
    if (found.call == nullptr) {
        on_no_dialog(table, server, request);
        return;
    }
    Call& call = *found.call;
    if (!in_order(call.pair(found.pair).of(found.side), request)) {
        respond_here(env, server, 500, "CSeq Out of Order");
        return;
    }
    const Received received{server, request, flow, found.side, found.pair};
    learn_allow(call.pair(found.pair).of(found.side), request);
    note_min_se(call, found.side, request);
    call.pair(found.pair).of(found.side).said_bye |= request.method() == sip::Method::kBye;
    const bool left = call.pair(found.pair).lost && !(call.single && found.side == Side::kA);
    const bool lost = call.confirmed ? *call.confirmed != found.pair : left;
    if (lost) {
        on_lost_fork(env, call, received);
    } else if (!refused_unshown(env, call, received) && !refused_by_policy(env, call, received) &&
               !refused_by_usage(env, call, received)) {
        on_request(table, call, received);
    }
    settle(table, call);
}

void dispatch_invite(CallTable& table, transaction::ServerHandle server, const sip::Message& invite,
                     const Flow& flow) {
    Environment& env = table.environment();
    if (is_loop(env, invite, flow.realm)) {
        env.counters.loops.add();
        respond_here(env, server, 482, "Loop Detected");
        return;
    }
    on_invite(table, server, invite, flow);
}

void dispatch_subscribe(CallTable& table, transaction::ServerHandle server,
                        const sip::Message& request, const Flow& flow) {
    on_subscribe(table, server, request, flow);
}

void dispatch_cancel(CallTable& table, transaction::ServerHandle invite,
                     const sip::Message& cancel) {
    Call* call = table.find(table.environment().layer.ref_of(invite));
    if (call != nullptr && call->held && call->held->server == invite) {
        drop_held(table.environment(), *call);
        settle(table, *call);
    } else if (call != nullptr && call->invite && call->invite->exchange.server == invite) {
        on_cancel(table, *call, cancel);
        settle(table, *call);
    }
}

void dispatch_ack(CallTable& table, const sip::Message& ack, const Flow& flow) {
    const FoundDialog found = table.find_dialog(ack.call_id(), ack.to().tag, ack.from().tag);
    if (found.call == nullptr) {
        return;  // C13
    }
    on_ack(table, *found.call, {{}, ack, flow, found.side, found.pair});
    settle(table, *found.call);
}

void dispatch_response(CallTable& table, transaction::ClientHandle client, transaction::UserRef ref,
                       const sip::Message& response, const Flow& flow) {
    Call* call = table.find(ref);
    if (call == nullptr) {
        if (response.method() == sip::Method::kInvite && response.status() / 100 == 2) {
            turn_away_stray(table, {client, response, flow});
        }
        return;
    }
    if (Exchange* exchange = exchange_of(*call, client)) {
        on_exchange_response(table, *call, *exchange, response);
    } else if (response.method() == sip::Method::kInvite) {
        on_invite_response(table, *call, {client, response, flow});
    }
    settle(table, *call);
}

void dispatch_failed(CallTable& table, transaction::ClientHandle client, transaction::UserRef ref,
                     transaction::ClientFailure failure) {
    Call* call = table.find(ref);
    if (call == nullptr) {
        return;
    }
    Exchange* exchange = exchange_of(*call, client);
    if (exchange != nullptr && exchange->method == sip::Method::kBye) {
        on_bye_answer(table, *call, *exchange, nullptr);
    } else if (exchange != nullptr) {
        on_in_dialog_failed(table, *call, *exchange);
    } else if (call->invite && call->invite->exchange.client == client) {
        on_invite_failed(table, *call, failure);
    }
    settle(table, *call);
}

void dispatch_deadlines(CallTable& table) {
    const Moment now = table.environment().now;
    while (Call* call = table.next_due(now)) {
        on_deadline(table, *call);
        settle(table, *call);
    }
}

}  // namespace sallyport::call
