// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/attempt.h"

#include "b2bua/call/body.h"
#include "b2bua/call/history.h"
#include "b2bua/call/legs.h"
#include "b2bua/call/prack.h"
#include "b2bua/call/session_part.h"
#include "b2bua/call/steps.h"
#include "b2bua/policy/seen_through_nat.h"
#include "b2bua/transaction/reply.h"

#include <string>
#include <vector>

namespace sallyport::call {
namespace {

/// First request of the B-leg. False: refused, with the reason already on the A-leg.
bool send_invite(CallTable& table, Call& call, const sip::Message& invite,
                 std::optional<std::string_view> session) {
    Environment& env = table.environment();
    Dialog& b = call.root.b;
    const std::string branch = env.identifiers.branch();
    const std::uint8_t hops = invite.max_forwards().value_or(70);
    const Destination to = destination(b);
    RequestFrame frame = frame_of(b, to, branch);
    frame.contact = b.contact;
    frame.cseq = ++b.local_cseq;
    frame.max_forwards = static_cast<std::uint8_t>(hops - 1);  // 0 was refused by policy (C20)
    frame.session_description = session;
    const auto beside = sessions_beside(env.config, b.flow.realm, invite);
    frame.passive_sessions = beside;
    const Naming naming = naming_of(env, call.root.a.flow, b.flow.realm);
    frame.naming = &naming;
    frame.min_se = raised_interval(env.config, invite);
    const std::string history = added_history(env, call, invite);
    frame.history = history;
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
    respond_here(env, server, why.status, why.reason,
                 warning_line(env.realm(call.root.a.flow.realm).name, why));
    return false;
}

/// The ports of the attempt: the refused INVITE's that the caller repeats, or new ones (E15).
void open_media(Environment& env, Call& call, const sip::Message& invite,
                std::optional<RetryContext>& retry) {
    const Flow& a = call.root.a.flow;
    const Flow& b = call.root.b.flow;
    if (retry && retry->media && retry->media->joins(a.realm, b.realm)) {
        call.media = std::move(retry->media);
    } else if (!call.pairs.empty() || !call.passed_over.empty()) {
        call.media = std::make_unique<Media>(env.relays, env.config);
    }
    call.media->begin_early();
    call.media->set_peer(Side::kA,
                         {a.realm, a.remote.ip, policy::seen_through_nat(invite, a.remote)});
    call.media->set_peer(Side::kB, {b.realm, b.remote.ip});
}

/// I13, E14: the caller may forget the early dialogs of the target before (RFC 6228 s.4).
void close_early_dialogs(Environment& env, Call& call) {
    for (const DialogPair& pair : call.pairs) {
        if (call.caller_knows_199 && !pair.lost) {
            transaction::Reply gone;
            gone.status = 199;
            gone.reason = "Early Dialog Terminated";
            gone.to_tag = pair.a.local_tag;
            (void)transaction::reply(env.layer, call.invite->exchange.server, gone, env.now);
        }
    }
}

}  // namespace

bool begin_attempt(CallTable& table, Call& call, const sip::Message& invite,
                   const routing::Target& target, std::optional<RetryContext> retry) {
    Environment& env = table.environment();
    call.root.b = callee_dialog(env, invite, target, retry);
    take_route(env, invite, call.root.a.flow, target, call.root.b);
    open_media(env, call, invite, retry);
    table.index(call, Side::kB, call.root.b);
    InviteExchange& exchange = *call.invite;
    exchange.exchange.pair = kRootPair;
    exchange.exchange.carries_offer = false;
    exchange.far_done = false;
    exchange.reliable.understood = is_served_reliably(env, call, Side::kA, invite);
    std::optional<std::string> text;
    if (!carry_offer(env, call, session_description(invite), text) ||
        !send_invite(table, call, invite, text)) {
        return false;
    }
    const Millis patience{env.config.no_1xx_timeout * 1000};
    if (patience != Millis{0} && call.targets.more()) {
        call.deadline(Deadline::kSilence) = env.now + patience;  // I10
    }
    return true;
}

void leave_attempt(CallTable& table, Call& call) {
    Environment& env = table.environment();
    const transaction::ClientHandle client = call.invite->exchange.client;
    env.layer.cancel(client, {}, env.now);
    call.passed_over.push_back(client);
    close_early_dialogs(env, call);
    for (DialogPair& pair : call.pairs) {
        pair.lost = true;
        pair.media.reset();
    }
    call.media_user.reset();
    call.invite->reliable.start_over();
    table.unindex(call.root.b);
    call.media->release();
    call.deadline(Deadline::kSilence).reset();
}

}  // namespace sallyport::call
