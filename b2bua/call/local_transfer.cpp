// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/local_transfer.h"

#include "b2bua/call/attempt.h"
#include "b2bua/call/held_invite.h"
#include "b2bua/call/record.h"
#include "b2bua/call/steps.h"
#include "b2bua/call/transfer_steps.h"
#include "b2bua/call/transfer_target.h"
#include "b2bua/sip/delta_seconds.h"
#include "b2bua/sip/event.h"
#include "b2bua/sip/params.h"

#include <algorithm>
#include <string>
#include <utility>

namespace sallyport::call {
namespace {

using sip::HeaderId;
using sip::Method;

/// Behind the Expires of the INVITE (M1).
constexpr Millis kAttemptLimit{185'000};
constexpr std::string_view kActive = "active;expires=";

std::string active(std::uint32_t seconds) {
    return std::string(kActive) + std::to_string(seconds);
}

/// RFC 4488 s.4
bool declines_subscription(const sip::Message& refer) noexcept {
    const std::string_view text = refer.value_of(HeaderId::kReferSub);
    return sip::iequals(text.substr(0, text.find_first_of("; \t")), "false");
}

/// What refuses a request for the moment.
void refuse_for_now(Environment& env, const Received& request) {
    const Method method = request.message.method();
    if (method == Method::kInvite || method == Method::kUpdate || method == Method::kRefer) {
        env.counters.glare.add();
        respond_here(env, request.server, 491, {});
    } else {
        const std::uint64_t seconds = 1 + env.identifiers.number() % 10;
        respond_here(env, request.server, 500, {},
                     "Retry-After: " + std::to_string(seconds) + "\r\n");
    }
}

InviteExchange opened() {
    InviteExchange invite;
    invite.initial = true;
    invite.exchange.method = Method::kInvite;
    invite.exchange.from = Side::kA;
    invite.exchange.pair = kRootPair;
    return invite;
}

/// Calls the target. Returns 0, or the status that stands for the attempt.
int call_target(CallTable& table, Call& call, const TransferTarget& target,
                const sip::Message& refer) {
    Environment& env = table.environment();
    LocalTransfer& transfer = *call.transfer;
    DialogPair& pair = call.pair(transfer.pair);
    const Dialog& transferee = pair.of(dataplane::other(transfer.from));
    const std::string octets = transfer_invite(env, transferee, target, refer);
    sip::Message invite;
    if (octets.empty() || !invite.parse(octets, env.config.limits).ok()) {
        return 400;
    }
    auto targets =
        transfer_targets(env, pair.of(transfer.from).flow, transferee.flow.realm, invite);
    if (!targets.ok()) {
        env.counters.no_route.add();
        return targets.error().status;
    }
    Call& attempt = table.create();
    attempt.root.a = transferee;
    attempt.root.a.local_tag = env.identifiers.tag();  // the dialog itself stays where it is
    attempt.targets = TargetSet(octets, std::move(*targets));
    attempt.invite = opened();
    attempt.referred = Referral{call.id, {}, false, {}};
    attempt.deadline(Deadline::kExpires) = env.now + kAttemptLimit;
    if (!begin_attempt(table, attempt, invite, *attempt.targets.take(), std::nullopt)) {
        env.counters.calls_failed.add();
        table.remove(attempt);
        return 503;
    }
    transfer.attempt = attempt.id;
    table.arm(attempt);
    return 0;
}

void begin(CallTable& table, Call& call, const Received& refer, const TransferTarget& target) {
    Environment& env = table.environment();
    if (table.full()) {
        env.counters.too_many_calls.add();
        refuse_busy(env, refer.server, "Too Many Calls");
        return;
    }
    const bool silent = declines_subscription(refer.message);
    const std::string lines = "Contact: " + call.pair(refer.pair).of(refer.side).contact + "\r\n" +
                              (silent ? "Refer-Sub: false\r\n" : "");
    respond_here(env, refer.server, 202, "Accepted", lines);
    Exchange exchange;
    exchange.from = refer.side;
    exchange.pair = refer.pair;
    exchange.new_target = contact_uri(refer.message);
    exchange.new_flow = refer.flow;
    refresh_sender(env, call, exchange);  // D7
    env.counters.local_transfers.add();
    LocalTransfer transfer;
    transfer.from = refer.side;
    transfer.pair = refer.pair;
    transfer.refer = refer.message.cseq().number;
    transfer.notifies = !silent;
    call.transfer = transfer;
    notify_transferor(table, call, 100, active(kTransferExpires));
    if (const int status = call_target(table, call, target, refer.message); status != 0) {
        fail_transfer(table, call, status);
    }
}

/// RFC 3515 s.2.4.4, RFC 6665 s.4.1.2.3: the transferor goes on with its subscription or ends it.
/// True: it is that one.
bool resubscribed(CallTable& table, Call& call, const Received& subscribe) {
    Environment& env = table.environment();
    LocalTransfer& transfer = *call.transfer;
    const auto event = sip::Event::parse(subscribe.message.value_of(HeaderId::kEvent));
    const bool ours = event.ok() && event->package == "refer" && transfer.notifies &&
                      (event->id.empty() || event->id == std::to_string(transfer.refer));
    if (!ours) {
        return false;
    }
    const auto asked = sip::delta_seconds(subscribe.message.value_of(HeaderId::kExpires));
    const std::uint32_t seconds = std::min(asked.value_or(kTransferExpires), kTransferExpires);
    respond_here(env, subscribe.server, 200, {},
                 "Contact: " + call.pair(transfer.pair).of(transfer.from).contact +
                     "\r\nExpires: " + std::to_string(seconds) + "\r\n");
    notify_transferor(table, call, 100,
                      seconds == 0 ? "terminated;reason=timeout" : active(seconds));
    transfer.notifies = seconds != 0;
    return true;
}

/// The transferor does not wait for the outcome (RFC 5589 s.6.1): the transferee stays with us.
void leave(CallTable& table, Call& call, const Received& bye) {
    Environment& env = table.environment();
    respond_here(env, bye.server, 200, {});
    drop_held(env, call);
    clear_invite(table, call);
    call.transfer->hung_up = true;
    call.ended_by = bye.side == Side::kA ? "a" : "b";
    stop_session_timer(call);
    for (const Deadline unwanted : {Deadline::kMedia, Deadline::kResend2xx, Deadline::kAck}) {
        call.deadline(unwanted).reset();
    }
    call.media->release();
}

/// The transferee has hung up. True: there is nobody to tell of it.
bool lose_transferee(CallTable& table, Call& call, const Received& bye) {
    Environment& env = table.environment();
    const bool alone = call.transfer->hung_up;
    if (alone) {
        respond_here(env, bye.server, 200, {});
        call.pair(bye.pair).ended = true;
        call.state = CallState::kEnding;
        write_record(env, call);
    }
    abandon_transfer(table, call, 487);
    return alone;
}

/// What comes from the two parties of the call meanwhile.
bool on_request_beside(CallTable& table, Call& call, const Received& request) {
    Environment& env = table.environment();
    const LocalTransfer& transfer = *call.transfer;
    const Method method = request.message.method();
    const bool transferor = request.side == transfer.from;
    if (method == Method::kBye && !transferor) {
        return lose_transferee(table, call, request);
    }
    if (method == Method::kSubscribe && transferor && resubscribed(table, call, request)) {
        return true;
    }
    if (method == Method::kBye && !transfer.hung_up) {
        leave(table, call, request);
        return true;
    }
    if (transferor && transfer.hung_up) {
        respond_here(env, request.server, method == Method::kBye ? 200 : 481, {});
        return true;
    }
    const bool negotiates = method == Method::kInvite || method == Method::kUpdate;
    if (transfer.hung_up || method == Method::kRefer || (negotiates && transfer.reinvite)) {
        refuse_for_now(env, request);
        return true;
    }
    return false;
}

/// What the target asks before its call has another end.
void on_request_of_target(CallTable& table, Call& attempt, const Received& request) {
    Environment& env = table.environment();
    if (request.message.method() != Method::kBye) {
        refuse_for_now(env, request);
        return;
    }
    // RFC 3261 s.15: not on an early dialog.
    respond_here(env, request.server, attempt.confirmed ? 200 : 481, {});
    if (attempt.confirmed) {
        attempt.referred->hung_up = true;
        attempt.pair(request.pair).ended = true;
    }
}

}  // namespace

bool on_request_in_transfer(CallTable& table, Call& call, const Received& request) {
    if (call.referred) {
        on_request_of_target(table, call, request);
        return true;
    }
    if (call.transfer) {
        return on_request_beside(table, call, request);
    }
    const bool refers = request.message.method() == Method::kRefer &&
                        call.state == CallState::kConfirmed &&
                        table.environment().config.refer == Transfers::kLocal;
    const auto target = refers ? transfer_target(request.message) : std::nullopt;
    if (target) {
        begin(table, call, request, *target);
    }
    return target.has_value();
}

void follow_transfer(CallTable& table, Call& call) {
    if (call.state != CallState::kEnding) {
        return;
    }
    if (call.transfer) {
        abandon_transfer(table, call, 487);
    }
    if (call.referred) {
        const Referral referred = *std::exchange(call.referred, std::nullopt);
        Call* by = table.find(referred.by);
        if (by != nullptr && by->transfer) {
            fail_transfer(table, *by, call.final_status);
            settle(table, *by);
        }
    }
}

}  // namespace sallyport::call
