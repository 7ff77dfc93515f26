// SPDX-License-Identifier: Apache-2.0
// 300-699 to an INVITE, and INVITEs that get no answer at all (spec M1, D4, E8, E-R9, C18; RFC 3261
// s.13.2.2.2, s.14.1).
#include "b2bua/call/events.h"
#include "b2bua/call/steps.h"
#include "b2bua/sip/params.h"

#include <utility>

namespace sallyport::call {
namespace {

/// D4: the caller may try again, with credentials or otherwise, on the same Call-ID.
void keep_retry_context(Environment& env, Call& call, int status) {
    if (!invites_retry(status)) {
        return;
    }
    const auto from = sip::NameAddr::parse(call.root.a.remote_party);
    if (!from.ok()) {
        return;
    }
    RetryContext context;
    context.from_tag = call.root.a.remote_tag;
    context.far_call_id = call.root.b.call_id;
    context.far_tag = call.root.b.local_tag;
    context.far_cseq = call.root.b.local_cseq;
    context.far_origin = call.root.b.origin;
    call.media->rollback_to_ports();
    context.media = std::exchange(call.media, std::make_unique<Media>(env.relays, env.config));
    env.retries.keep(call.root.a.call_id, from->uri, std::move(context), env.now);
}

bool ends_dialog(int status) noexcept {
    return status == 481 || status == 408;
}

/// A re-INVITE failed: the call goes on as it was (E8), unless the far leg has forgotten it (E-R9).
void fail_reinvite(CallTable& table, Call& call, int status) {
    call.media->rollback();
    if (ends_dialog(status) && call.state == CallState::kConfirmed) {
        end_both(table, call, "SIP;cause=" + std::to_string(status));
    }
}

}  // namespace

void on_refusal(CallTable& table, Call& call, const Answered& response) {
    if (!call.invite || call.invite->exchange.client != response.client || call.invite->far_done) {
        return;
    }
    Environment& env = table.environment();
    InviteExchange& invite = *call.invite;
    invite.far_done = true;
    if (invite.exchange.final_sent) {
        return;  // cancelled, or the call ended: its sender has its answer
    }
    if (invite.initial) {
        invite.exchange.pair = ~std::size_t{0};  // the answer of the whole call: the root's tag
        keep_retry_context(env, call, response.message.status());
    }
    if (!respond_across(env, call, invite.exchange, response.message, std::nullopt)) {
        respond_here(env, invite.exchange.server, 513, "Message Too Large");
        invite.exchange.final_sent = true;
    }
    if (invite.initial) {
        finish(env, call, CallResult::kRefused, response.message.status());
    } else {
        fail_reinvite(table, call, response.message.status());
    }
}

void on_invite_failed(CallTable& table, Call& call, transaction::ClientFailure failure) {
    Environment& env = table.environment();
    InviteExchange& invite = *call.invite;
    if (failure == transaction::ClientFailure::kTimerC) {
        env.layer.cancel(invite.exchange.client, {},
                         env.now);  // C18: its final or timeout ends the leg
    } else {
        invite.far_done = true;
    }
    if (invite.exchange.final_sent) {
        return;
    }
    const int status = failure == transaction::ClientFailure::kTransport ? 500 : 408;
    respond_here(env, invite.exchange.server, status, {});
    invite.exchange.final_sent = true;
    invite.cancelled = true;  // a 2xx that still comes is turned away (E-R1)
    if (invite.initial) {
        finish(env, call, status == 408 ? CallResult::kUnanswered : CallResult::kFailed, status);
    } else {
        fail_reinvite(table, call, 408);
    }
}

}  // namespace sallyport::call
