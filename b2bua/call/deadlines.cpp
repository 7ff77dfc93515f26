// SPDX-License-Identifier: Apache-2.0
// What happens to a call when time passes: 2xx and reliable 1xx again, no ACK, no answer to a BYE,
// dead media, the last resort (spec E-R2, R4, R15, M5, G13).
#include "b2bua/call/events.h"
#include "b2bua/call/held_invite.h"
#include "b2bua/call/inactivity.h"
#include "b2bua/call/local_transfer.h"
#include "b2bua/call/owed_bye.h"
#include "b2bua/call/prack.h"
#include "b2bua/call/serial_search.h"
#include "b2bua/call/session_refresh.h"
#include "b2bua/call/steps.h"
#include "b2bua/call/usage.h"

#include <algorithm>

namespace sallyport::call {
namespace {

bool take_if_due(Call& call, Deadline which, Moment now) noexcept {
    auto& deadline = call.deadline(which);
    if (!deadline || now < *deadline) {
        return false;
    }
    deadline.reset();
    return true;
}

/// E-R2: T1 doubling to T2, on every transport, until the ACK.
void resend_2xx(Environment& env, Call& call) {
    InviteExchange& invite = *call.invite;
    if (const Flow* flow = env.layer.flow_of(invite.exchange.server)) {
        (void)env.sender.send(*flow, invite.ok);
    }
    invite.resend_after = std::min(invite.resend_after * 2, env.t2);
    call.deadline(Deadline::kResend2xx) = env.now + invite.resend_after;
}

/// M5: the sender of a BYE does not wait for a far leg that says nothing.
void answer_byes(Environment& env, Call& call) {
    for (Exchange& exchange : call.exchanges) {
        if (exchange.method == sip::Method::kBye && !exchange.final_sent) {
            respond_here(env, exchange.server, 200, {});
            exchange.final_sent = true;
        }
    }
}

/// M1: the INVITE has lapsed and the far side did not say so.
void expire_invite(CallTable& table, Call& call) {
    if (call.state == CallState::kInviting && call.invite) {
        call.ended_by = "expires";
        give_up_invite(table, call, {});
    }
}

/// E-R4, M5.
void on_no_ack(CallTable& table, Call& call) {
    if (call.owed_bye) {
        send_owed_bye(table, call);
    } else if (call.invite && call.invite->answered) {
        table.environment().counters.ack_timeouts.add();
        call.ended_by = "ack-timeout";
        end_both(table, call, "SIP;cause=408");
    }
}

/// G13, G14
void watch_relays(CallTable& table, Call& call) {
    Environment& env = table.environment();
    const bool keep_open = take_if_due(call, Deadline::kMediaKeepalive, env.now);
    const bool look = take_if_due(call, Deadline::kMedia, env.now);
    if (call.state != CallState::kConfirmed) {
        return;
    }
    if (keep_open) {
        keep_media_open(env, call);
    }
    if (look) {
        look_at_media(table, call);
    }
}

/// M3
void watch_session(CallTable& table, Call& call) {
    const Moment now = table.environment().now;
    const bool expired = take_if_due(call, Deadline::kSession, now);
    const bool due = take_if_due(call, Deadline::kRefresh, now);
    if (call.state != CallState::kConfirmed) {
        return;
    }
    if (expired) {
        expire_session(table, call);
    } else if (due) {
        refresh_session(table, call);
    }
}

void watch_attempt(CallTable& table, Call& call) {
    const Moment now = table.environment().now;
    if (take_if_due(call, Deadline::kExpires, now)) {
        expire_invite(table, call);
    }
    if (take_if_due(call, Deadline::kTransfer, now)) {
        resume_transfer(table, call);  // M9
    }
}

}  // namespace

void on_deadline(CallTable& table, Call& call) {
    Environment& env = table.environment();
    if (take_if_due(call, Deadline::kAck, env.now)) {
        on_no_ack(table, call);
    }
    if (take_if_due(call, Deadline::kResend2xx, env.now) && call.invite &&
        !call.invite->acknowledged) {
        resend_2xx(env, call);
    }
    if (take_if_due(call, Deadline::kReliable, env.now) && call.invite) {
        repeat_provisionals(table, call);  // M6
    }
    if (take_if_due(call, Deadline::kSilence, env.now)) {
        on_silence(table, call);
    }
    watch_attempt(table, call);
    if (take_if_due(call, Deadline::kHeld, env.now)) {
        on_held_expired(table, call);
    }
    if (take_if_due(call, Deadline::kByeAnswer, env.now)) {
        answer_byes(env, call);
    }
    watch_session(table, call);
    watch_relays(table, call);
    if (take_if_due(call, Deadline::kSubscription, env.now)) {
        expire_subscriptions(call, env.now);
    }
    if (take_if_due(call, Deadline::kRemoval, env.now)) {
        call.bye_challenged = false;
        std::erase_if(call.exchanges, [&call](const Exchange& e) {
            return call.subscriptions.empty() || e.method == sip::Method::kBye;
        });
        call.invite.reset();
    }
}

}  // namespace sallyport::call
