// SPDX-License-Identifier: Apache-2.0
// CANCEL of an INVITE under way (spec M4, C14, C15, E-R1, R10; RFC 3261 s.9). The layer has
// answered the CANCEL.
#include "b2bua/call/events.h"
#include "b2bua/call/steps.h"

namespace sallyport::call {

void give_up_invite(CallTable& table, Call& call, std::string_view reason) {
    if (!call.invite || call.invite->exchange.final_sent) {
        return;
    }
    Environment& env = table.environment();
    InviteExchange& invite = *call.invite;
    if (!invite.initial && call.state == CallState::kConfirmed) {
        // The far side decides whether it is changed or not; both sides hear the same (decision 5).
        invite.withdrawn = true;
        env.layer.cancel(invite.exchange.client, reason, env.now);
        return;
    }
    respond_here(env, invite.exchange.server, 487, {});
    invite.exchange.final_sent = true;
    invite.cancelled = true;
    env.layer.cancel(invite.exchange.client, reason, env.now);
    if (invite.initial) {
        finish(env, call, CallResult::kCancelled, 487);
    } else {
        roll_back_invite(call);
    }
}

void on_cancel(CallTable& table, Call& call, const sip::Message& cancel) {
    if (call.state == CallState::kInviting) {
        call.ended_by = "a";
    }
    give_up_invite(table, call, cancel.value_of(sip::HeaderId::kReason));
}

}  // namespace sallyport::call
