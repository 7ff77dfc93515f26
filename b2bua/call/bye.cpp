// SPDX-License-Identifier: Apache-2.0
// BYE (spec M5, E-R5, R6, R8; RFC 3261 s.15).
#include "b2bua/call/events.h"
#include "b2bua/call/owed_bye.h"
#include "b2bua/call/pairing.h"
#include "b2bua/call/record.h"
#include "b2bua/call/steps.h"

#include <algorithm>

namespace sallyport::call {
namespace {

constexpr Millis kAnswerWithin{2'000};  // M5
constexpr Millis kRetryWithin{10'000};  // M5: after a challenge

/// A BYE that the caller sends before the call is confirmed ends that early dialog, and the last
/// one like a CANCEL (M5).
void end_early(CallTable& table, Call& call, const Received& bye) {
    Environment& env = table.environment();
    if (bye.side != Side::kA) {
        respond_here(env, bye.server, 481,
                     {});  // RFC 3261 s.15: a callee must not send BYE on an early dialog
        return;
    }
    respond_here(env, bye.server, 200, {});
    const auto live = std::count_if(call.pairs.begin(), call.pairs.end(),
                                    [](const DialogPair& pair) { return !pair.lost; });
    if (live > 1 && !call.single) {
        send_own_bye(table, call, Side::kB, bye.pair, bye.message.value_of(sip::HeaderId::kReason));
        lose_pair(call, bye.pair);
        return;
    }
    on_cancel(table, call, bye.message);
}

void pass_on(CallTable& table, Call& call, const Received& bye) {
    Environment& env = table.environment();
    Exchange exchange;
    exchange.method = sip::Method::kBye;
    exchange.from = bye.side;
    exchange.pair = bye.pair;
    exchange.server = bye.server;
    exchange.echo = echo_of(env, bye.server, bye.message);
    exchange.client = send_across(env, call, bye, std::nullopt);
    if (exchange.client) {
        call.exchanges.push_back(std::move(exchange));
        call.deadline(Deadline::kByeAnswer) = env.now + kAnswerWithin;
    }
}

}  // namespace

void clear_invite(CallTable& table, Call& call) {
    if (!call.invite) {
        return;
    }
    Environment& env = table.environment();
    InviteExchange& invite = *call.invite;
    if (!invite.exchange.final_sent) {
        respond_here(env, invite.exchange.server, 487, {});
        invite.exchange.final_sent = true;
        invite.cancelled = true;
        env.layer.cancel(invite.exchange.client, {}, env.now);
    } else if (invite.answered && !invite.ack) {
        send_own_ack(env, call, dataplane::other(invite.exchange.from), invite.exchange.pair);
    }
}

void on_bye(CallTable& table, Call& call, const Received& bye) {
    Environment& env = table.environment();
    if (call.state == CallState::kInviting) {
        end_early(table, call, bye);
        return;
    }
    if (on_bye_before_ack(table, call, bye)) {
        return;
    }
    if (call.state == CallState::kEnding && !call.bye_challenged) {
        respond_here(env, bye.server, 200, {});  // E-R6: the legs' BYEs crossed
        call.pair(bye.pair).ended |= bye.side == Side::kB;
        return;
    }
    call.bye_challenged = false;
    call.pair(bye.pair).ended = true;
    if (call.state == CallState::kConfirmed) {
        clear_invite(table, call);
        call.state = CallState::kEnding;
        call.ended_by = bye.side == Side::kA ? "a" : "b";
        write_record(env, call);
        call.media->release();
    }
    pass_on(table, call, bye);
}

void on_bye_answer(CallTable& table, Call& call, Exchange& exchange, const sip::Message* response) {
    Environment& env = table.environment();
    exchange.client = {};
    if (exchange.final_sent) {
        return;  // our own BYE, or its sender has had its 200 already
    }
    const int status = response == nullptr ? 0 : response->status();
    if ((status == 401 || status == 407) && respond_across(env, call, exchange, *response, {})) {
        call.bye_challenged = true;
        call.deadline(Deadline::kRemoval) = env.now + kRetryWithin;
    } else {
        respond_here(env, exchange.server, 200, {});
        exchange.final_sent = true;
    }
    call.deadline(Deadline::kByeAnswer).reset();
}

}  // namespace sallyport::call
