// SPDX-License-Identifier: Apache-2.0
// CANCEL of an INVITE under way (spec M4, C14, C15, E-R1, R10; RFC 3261 s.9). The layer has
// answered the CANCEL.
#include "b2bua/call/events.h"
#include "b2bua/call/steps.h"

namespace sallyport::call {

void on_cancel(CallTable& table, Call& call, const sip::Message& cancel) {
    if (!call.invite || call.invite->exchange.final_sent) {
        return;
    }
    Environment& env = table.environment();
    InviteExchange& invite = *call.invite;
    respond_here(env, invite.exchange.server, 487, {});
    invite.exchange.final_sent = true;
    invite.cancelled = true;
    env.layer.cancel(invite.exchange.client, cancel.value_of(sip::HeaderId::kReason), env.now);
    if (invite.initial) {
        call.ended_by = "a";
        finish(env, call, CallResult::kCancelled, 487);
    } else {
        call.media->rollback();
    }
}

}  // namespace sallyport::call
