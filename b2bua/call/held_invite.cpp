// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/held_invite.h"

#include "b2bua/call/steps.h"

#include <utility>

namespace sallyport::call {
namespace {

constexpr Millis kForAck{500};      // E-R13
constexpr Millis kForFinal{2'000};  // E10

/// The 2xx went to its sender and the ACK is still to come.
bool awaits_ack(const InviteExchange& ahead) noexcept {
    return ahead.answered && !ahead.acknowledged;
}

/// The ACK that is missing owes nothing (E3), and its sender shows by this INVITE that it has the
/// 2xx: the far leg may have its ACK without it.
bool may_do_without_ack(const Call& call) noexcept {
    const InviteExchange& ahead = *call.invite;
    return awaits_ack(ahead) && ahead.exchange.from == call.held->side &&
           !call.media->offer_pending();
}

void resume(CallTable& table, Call& call) {
    const HeldInvite held = std::exchange(call.held, std::nullopt).value();
    call.deadline(Deadline::kHeld).reset();
    if (const sip::Message* invite = table.environment().layer.request_of(held.server)) {
        on_reinvite(table, call, {held.server, *invite, held.flow, held.side, held.pair});
    }
}

}  // namespace

bool hold_invite(CallTable& table, Call& call, const Received& invite) {
    Environment& env = table.environment();
    if (call.held || !call.invite || !call.invite->exchange.final_sent) {
        return false;
    }
    call.held = HeldInvite{invite.server, invite.flow, invite.side, invite.pair};
    call.deadline(Deadline::kHeld) = env.now + (awaits_ack(*call.invite) ? kForAck : kForFinal);
    env.layer.attach(invite.server, CallTable::ref_of(call));  // for its CANCEL
    env.counters.held_invites.add();
    return true;
}

void release_held(CallTable& table, Call& call) {
    if (!call.held) {
        return;
    }
    if (call.state == CallState::kEnding || call.owed_bye) {  // E-R8: the BYE won
        drop_held(table.environment(), call);
    } else if (!call.invite || call.invite->settled()) {
        resume(table, call);
    }
}

void on_held_expired(CallTable& table, Call& call) {
    if (!call.held) {
        return;
    }
    Environment& env = table.environment();
    if (!may_do_without_ack(call)) {
        env.counters.glare.add();
        respond_here(env, call.held->server, 491, {});
        call.held.reset();
        return;
    }
    call.deadline(Deadline::kResend2xx).reset();
    call.deadline(Deadline::kAck).reset();
    if (!call.invite->ack) {
        send_own_ack(env, call, dataplane::other(call.held->side), call.invite->exchange.pair);
    }
    call.invite->acknowledged = true;
    resume(table, call);
}

void drop_held(Environment& env, Call& call) {
    if (call.held) {
        respond_here(env, call.held->server, 487, {});
        call.held.reset();
        call.deadline(Deadline::kHeld).reset();
    }
}

}  // namespace sallyport::call
