// SPDX-License-Identifier: Apache-2.0
// 300-699 to an INVITE, and INVITEs that get no answer at all: a re-INVITE's end here, an initial
// one's search goes on in serial_search.h (spec M1, E8, E-R9, C18; RFC 3261 s.13.2.2.2, s.14.1).
#include "b2bua/call/events.h"
#include "b2bua/call/serial_search.h"
#include "b2bua/call/steps.h"

#include <algorithm>

namespace sallyport::call {
namespace {

bool ends_dialog(int status) noexcept {
    return status == 481 || status == 408;
}

/// A re-INVITE failed: the call goes on as it was (E8), unless the far leg has forgotten it (E-R9).
void fail_reinvite(CallTable& table, Call& call, int status) {
    roll_back_invite(call);
    if (ends_dialog(status) && call.state == CallState::kConfirmed) {
        const Side far = dataplane::other(call.invite->exchange.from);
        end_both(table, call, "SIP;cause=" + std::to_string(status),
                 status == 481 ? std::optional(far) : std::nullopt);
    }
}

}  // namespace

void reject_invite(CallTable& table, Call& call, int status, std::string_view reason) {
    Environment& env = table.environment();
    InviteExchange& invite = *call.invite;
    respond_here(env, invite.exchange.server, status, reason);
    invite.exchange.final_sent = true;
    invite.cancelled = true;  // a 2xx that still comes is turned away (E-R1)
    env.layer.cancel(invite.exchange.client, {}, env.now);
    if (invite.initial) {
        finish(env, call, CallResult::kFailed, status);
    } else {
        roll_back_invite(call);
    }
}

void roll_back_invite(Call& call) {
    // E8: what a PRACK or UPDATE inside it has completed is committed, and one that is under way
    // with an offer has an offer of its own.
    const bool other = std::any_of(call.exchanges.begin(), call.exchanges.end(),
                                   [](const Exchange& e) { return e.client && e.carries_offer; });
    if (!other) {
        call.media_of(call.invite->exchange.pair).rollback();
    }
}

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
        on_target_refused(table, call, response.message);
        return;
    }
    if (!respond_across(env, call, invite.exchange, response.message, {})) {
        respond_here(env, invite.exchange.server, 513, "Message Too Large");
        invite.exchange.final_sent = true;
    }
    fail_reinvite(table, call, response.message.status());
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
    const int status = failure == transaction::ClientFailure::kTransport ? 503 : 408;  // C4
    if (invite.initial) {
        on_target_failed(table, call, status);
        return;
    }
    const bool withdrawn = invite.withdrawn && status == 408;  // RFC 3261 s.9.1: as if cancelled
    respond_here(env, invite.exchange.server, withdrawn ? 487 : crossed_status(status), {});
    invite.exchange.final_sent = true;
    invite.cancelled = true;  // a 2xx that still comes is turned away (E-R1)
    fail_reinvite(table, call, withdrawn ? 487 : 408);
}

}  // namespace sallyport::call
