// SPDX-License-Identifier: Apache-2.0
// The target of a transfer has answered (RFC 3725 s.4.1, flow I): its offer goes to the transferee
// in a re-INVITE, the transferee's answer to the target in the ACK, and the two are one call.
#include "b2bua/call/local_transfer.h"
#include "b2bua/call/own_request.h"
#include "b2bua/call/pairing.h"
#include "b2bua/call/record.h"
#include "b2bua/call/session_part.h"
#include "b2bua/call/session_refresh.h"
#include "b2bua/call/steps.h"
#include "b2bua/call/transfer_steps.h"

#include <optional>
#include <string>

namespace sallyport::call {
namespace {

constexpr std::string_view kUnusable = "SIP;cause=488";
constexpr Millis kLookAgain{200};
/// The target waits for its ACK for 64*T1 (RFC 3261 s.13.3.1.4); the answer needs time, too.
constexpr Millis kPatience{10'000};

/// The attempt has failed after all; what is left of it goes, and the transferor is told.
void fail_attempt(CallTable& table, Call& attempt, int status) {
    Call* call = table.find(attempt.referred->by);
    drop_attempt(table, attempt, status);
    if (call != nullptr && call->transfer) {
        fail_transfer(table, *call, status);
        settle(table, *call);
    }
}

/// Offers the target's session to the transferee. Returns 0, or why it cannot be.
int reinvite(CallTable& table, Call& call, Call& attempt) {
    Environment& env = table.environment();
    LocalTransfer& transfer = *call.transfer;
    const Side to = dataplane::other(transfer.from);
    attempt.media->continue_session(call.media->agreed_by(to));
    auto offer = attempt.media->carry(Side::kB, SdpRole::kOffer, attempt.referred->offer,
                                      call.pair(transfer.pair).of(to).origin);
    if (!offer.ok()) {
        env.counters.sdp_refused.add();
        return offer.error().status;
    }
    const OwnRequest request{sip::Method::kInvite, to, transfer.pair, {}, std::move(*offer)};
    transfer.reinvite = send_own(table, call, request);
    return transfer.reinvite ? 0 : 503;
}

/// The names by which the transferee's dialog is found lead to the other call from now on.
void hand_over(CallTable& table, Call& call, Call& attempt) {
    const Side side = dataplane::other(call.transfer->from);
    const Dialog dialog = call.pair(call.transfer->pair).of(side);
    table.unindex(attempt.root.a);
    for (DialogPair& pair : attempt.pairs) {
        table.unindex(pair.a);
    }
    attempt.root.a = dialog;
    attempt.pairs[*attempt.confirmed].a = dialog;
    const auto forget = [&dialog](Dialog& old) {
        if (old.call_id == dialog.call_id && old.local_tag == dialog.local_tag) {
            old.local_tag.clear();
        }
    };
    forget(call.root.of(side));
    for (DialogPair& pair : call.pairs) {
        forget(pair.of(side));
    }
    table.index(attempt, Side::kA, dialog);
}

/// The transferor has done its part.
void dismiss(CallTable& table, Call& call, const LocalTransfer& transfer) {
    Environment& env = table.environment();
    if (!transfer.hung_up) {
        send_own_bye(table, call, transfer.from, transfer.pair, {});
    }
    call.state = CallState::kEnding;
    if (call.ended_by.empty()) {
        call.ended_by = "transfer";
    }
    write_record(env, call);
    call.media->release();
    call.subscriptions.clear();  // those with the transferee have lost their dialog
    table.share(call);           // its names go before the other call gives them out
}

void take_over(CallTable& table, Call& call, Call& attempt) {
    const LocalTransfer transfer = *call.transfer;
    hand_over(table, call, attempt);
    const Referral referred = *attempt.referred;
    attempt.referred.reset();
    confirm(table, attempt, *attempt.confirmed);
    conclude_transfer(table, call, 200);
    dismiss(table, call, transfer);
    if (referred.hung_up) {
        attempt.ended_by = "b";
        end_both(table, attempt, {}, Side::kB);
    }
    settle(table, attempt);
}

/// The transferee has accepted the target's session.
void join(CallTable& table, Call& call, Call& attempt, const sip::Message& response) {
    Environment& env = table.environment();
    const LocalTransfer& transfer = *call.transfer;
    Dialog& transferee = call.pair(transfer.pair).of(dataplane::other(transfer.from));
    if (const auto target = contact_uri(response); !target.empty()) {
        transferee.remote_target = target;  // D7
    }
    const std::size_t pair = *attempt.confirmed;
    const auto session = session_description(response);
    auto answer = session.empty() ? Result<std::string, SdpRefusal>(Failure{SdpRefusal{}})
                                  : attempt.media->carry(Side::kA, SdpRole::kAnswer, session,
                                                         attempt.pairs[pair].b.origin);
    if (!answer.ok()) {
        env.counters.sdp_refused.add();
        const bool alone = transfer.hung_up;
        abandon_transfer(table, call, 488);
        if (!alone) {
            end_both(table, call, kUnusable);  // E4: the transferee believes in what it answered
        }
        return;
    }
    send_ack(env, attempt, Side::kB, pair, *answer);
    take_over(table, call, attempt);
}

/// The transferee has not. E-R9: it may even have forgotten the call.
void decline(CallTable& table, Call& call, int status) {
    const LocalTransfer transfer = *call.transfer;
    const Side transferee = dataplane::other(transfer.from);
    abandon_transfer(table, call, status);
    if (!transfer.hung_up && (status == 408 || status == 481)) {
        end_both(table, call, "SIP;cause=" + std::to_string(status),
                 status == 481 ? std::optional(transferee) : std::nullopt);
    }
}

}  // namespace

void on_target_answer(CallTable& table, Call& attempt, const sip::Message& response) {
    Environment& env = table.environment();
    InviteExchange& invite = *attempt.invite;
    invite.exchange.final_sent = true;  // nobody waits for it
    attempt.confirmed = invite.exchange.pair;
    attempt.deadline(Deadline::kExpires).reset();
    adopt_media(attempt, invite.exchange.pair);
    attempt.referred->offer = session_description(response);
    attempt.referred->patience = env.now + kPatience;
    if (attempt.referred->offer.empty() || !readable_parts(response).ok()) {
        env.counters.sdp_refused.add();
        fail_attempt(table, attempt, 488);
        return;
    }
    resume_transfer(table, attempt);
}

void resume_transfer(CallTable& table, Call& attempt) {
    Call* call = attempt.referred ? table.find(attempt.referred->by) : nullptr;
    if (call == nullptr || !call->transfer) {
        return;
    }
    const Moment now = table.environment().now;
    if (!is_busy(*call)) {
        if (const int status = reinvite(table, *call, attempt); status != 0) {
            fail_attempt(table, attempt, status);
        }
    } else if (now < attempt.referred->patience) {
        attempt.deadline(Deadline::kTransfer) = now + kLookAgain;
    } else {
        fail_attempt(table, attempt, 491);
    }
}

bool on_transfer_answer(CallTable& table, Call& call, Exchange& exchange,
                        const sip::Message* response) {
    const int status = response == nullptr ? 408 : response->status();
    if (exchange.method == sip::Method::kNotify) {
        exchange.client = {};
        if (call.transfer && (status == 408 || status == 481 || status == 489)) {
            call.transfer->notifies = false;  // RFC 6665 s.4.2.2
        }
        return true;
    }
    if (!call.transfer || !exchange.client || exchange.client != call.transfer->reinvite) {
        return false;
    }
    const Exchange answered = exchange;
    exchange.client = {};
    call.transfer->reinvite = {};
    Call* attempt = table.find(call.transfer->attempt);
    Environment& env = table.environment();
    if (status / 100 == 2) {
        acknowledge_own(table, call, answered, *response);
    }
    if (attempt == nullptr || !attempt->referred) {
        decline(table, call, 408);  // E4: it may have accepted a session that is no more
    } else if (status / 100 == 2) {
        join(table, call, *attempt, *response);
    } else if (status == 491 && env.now < attempt->referred->patience) {
        attempt->media->rollback();
        attempt->deadline(Deadline::kTransfer) =
            env.now + glare_delay(env, dataplane::other(answered.from));
        table.arm(*attempt);
    } else {
        decline(table, call, status);
    }
    return true;
}

}  // namespace sallyport::call
