// SPDX-License-Identifier: Apache-2.0
// 2xx to an INVITE (spec M1, M6, E2, E-R1, R2, R3, R7; RFC 3261 s.13.2.2.4, s.13.3.1.4).
#include "b2bua/call/events.h"
#include "b2bua/call/inactivity.h"
#include "b2bua/call/local_transfer.h"
#include "b2bua/call/pairing.h"
#include "b2bua/call/prack.h"
#include "b2bua/call/session_part.h"
#include "b2bua/call/setup_time.h"
#include "b2bua/call/steps.h"
#include "b2bua/call/stray.h"
#include "b2bua/sip/params.h"

#include <algorithm>

namespace sallyport::call {
namespace {

constexpr std::string_view kElsewhere = R"(SIP;cause=200;text="Call completed elsewhere")";
constexpr std::string_view kUnusable = "SIP;cause=488";

/// E1: an exchange that reliable provisional responses have completed is not repeated in the 2xx.
bool negotiated(const Call& call, std::size_t pair) noexcept {
    return call.invite->reliable.negotiated(pair);
}

SdpRole role_of(const Call& call, const Media& media, Side answerer) noexcept {
    if (negotiated(call, call.invite->exchange.pair)) {
        return SdpRole::kPassive;
    }
    const auto offered = media.offered_by();
    if (offered == dataplane::other(answerer)) {
        return SdpRole::kAnswer;
    }
    const bool delayed = !call.invite->exchange.carries_offer && !offered;
    return delayed ? SdpRole::kOffer : SdpRole::kPassive;
}

/// The offer that a 2xx makes when its INVITE made none (E3).
std::string_view own_offer(const Call& call, std::size_t pair,
                           const sip::Message& response) noexcept {
    return call.invite->exchange.carries_offer || negotiated(call, pair)
               ? std::string_view{}
               : session_description(response);
}

/// A 2xx for a pair that lost, or for an INVITE that its sender no longer wants: ACK, then BYE, and
/// the other leg never hears of it (E-R1, R7).
void turn_away(CallTable& table, Call& call, std::size_t pair, const sip::Message& response) {
    table.environment().counters.late_2xx.add();
    send_own_ack(table.environment(), call, Side::kB, pair, own_offer(call, pair, response));
    if (!call.pairs[pair].ended) {
        send_own_bye(table, call, Side::kB, pair, call.confirmed ? kElsewhere : std::string_view{});
    }
}

/// The fork that the caller has hung up on, or that was said to be over, has won: no other one will
/// answer any more, for a proxy cancels them (RFC 3261 s.16.7 step 10).
void end_unanswered(CallTable& table, Call& call) {
    Environment& env = table.environment();
    InviteExchange& invite = *call.invite;
    invite.exchange.pair = kRootPair;
    respond_here(env, invite.exchange.server, 487, {});
    invite.exchange.final_sent = true;
    invite.cancelled = true;
    finish(env, call, CallResult::kCancelled, 487);
}

/// The answer cannot be anchored or passed: the far leg is given up and the sender told (D17).
void give_up(CallTable& table, Call& call, const sip::Message& answer, int status,
             std::string_view reason) {
    Environment& env = table.environment();
    InviteExchange& invite = *call.invite;
    const Side far = dataplane::other(invite.exchange.from);
    respond_here(env, invite.exchange.server, status, reason);
    invite.exchange.final_sent = true;
    send_own_ack(env, call, far, invite.exchange.pair,
                 own_offer(call, invite.exchange.pair, answer));
    if (!invite.initial) {
        end_both(table, call, kUnusable);  // the far side believes in what it answered (E4)
        return;
    }
    send_own_bye(table, call, far, invite.exchange.pair, kUnusable);
    finish(env, call, CallResult::kFailed, status);
}

/// The sender still waits for the answer to the INVITE's own offer. An UPDATE or PRACK under way
/// has an offer of its own.
bool owes_answer(Call& call) noexcept {
    const Exchange& exchange = call.invite->exchange;
    return exchange.carries_offer && call.media_of(exchange.pair).offered_by() == exchange.from &&
           std::none_of(call.exchanges.begin(), call.exchanges.end(),
                        [](const Exchange& e) { return e.client && e.carries_offer; });
}

/// E2: a 2xx without SDP, or one whose answer stood in a 1xx that we acknowledged ourselves: what
/// the sender was shown then is its answer now. Without any the offer has come to nothing and must
/// not stay pending for ever.
std::optional<std::string> settle_without_answer(Call& call) {
    if (!owes_answer(call)) {
        return std::nullopt;
    }
    const Exchange& exchange = call.invite->exchange;
    Media& media = call.media_of(exchange.pair);
    if (const std::string& said = call.pair(exchange.pair).said; !said.empty()) {
        // Another callee may have been heard since: this one's media counts again (E12).
        auto text = media.carry(dataplane::other(exchange.from), SdpRole::kAnswer, said,
                                call.pair(exchange.pair).of(exchange.from).origin);
        if (text.ok()) {
            return std::move(*text);
        }
    }
    media.settle_for_preview();
    if (media.offer_pending()) {
        media.rollback();
    }
    const std::string& preview = call.pair(call.invite->exchange.pair).preview;
    return preview.empty() ? std::nullopt : std::optional(preview);
}

/// The 2xx has gone to the sender of the INVITE (E-R2, R4).
void await_ack(Environment& env, Call& call) {
    call.invite->answered = true;
    call.invite->resend_after = env.t1;
    call.deadline(Deadline::kResend2xx) = env.now + env.t1;
    call.deadline(Deadline::kAck) = env.now + env.t1 * 64;
}

/// M2: with early-ack the far leg does not wait for the near one's ACK, if that owes it no answer.
void acknowledge_early(Environment& env, Call& call) {
    const Exchange& exchange = call.invite->exchange;
    const Side far = dataplane::other(exchange.from);
    const bool owes_sdp = call.media_of(exchange.pair).offered_by() == far;
    if (!owes_sdp && env.realm(call.root.of(far).flow.realm).early_ack == Toggle::kOn) {
        send_own_ack(env, call, far, exchange.pair);
    }
}

void relay_readable_answer(CallTable& table, Call& call, const Answered& response) {
    Environment& env = table.environment();
    InviteExchange& invite = *call.invite;
    Exchange& exchange = invite.exchange;
    const Side far = dataplane::other(exchange.from);
    std::optional<std::string> text;
    const auto session = session_description(response.message);
    if (session.empty() || (negotiated(call, exchange.pair) && owes_answer(call))) {
        text = settle_without_answer(call);
    } else {
        Media* media =
            invite.initial ? media_for(call, exchange.pair, response.message) : call.media.get();
        if (media == nullptr) {
            env.counters.no_ports.add();
            give_up(table, call, response.message, 500, "No Media Ports");
            return;
        }
        auto carried = media->carry(far, role_of(call, *media, far), session,
                                    call.pair(exchange.pair).of(exchange.from).origin);
        if (!carried.ok()) {
            env.counters.sdp_refused.add();
            give_up(table, call, response.message, 500, carried.error().reason);
            return;
        }
        text = std::move(*carried);
    }
    if (!respond_across(env, call, exchange, response.message, {text, {}})) {
        give_up(table, call, response.message, 513, "Message Too Large");
        return;
    }
    await_ack(env, call);
    if (invite.initial) {
        confirm(table, call, exchange.pair);
    } else {
        refresh_targets(env, call, exchange, response.message);
    }
    acknowledge_early(env, call);
    agree_session_timer(env, call, exchange, response.message);
}

void relay_answer(CallTable& table, Call& call, const Answered& response) {
    if (const auto body = readable_parts(response.message); !body.ok()) {
        table.environment().counters.sdp_refused.add();
        give_up(table, call, response.message, 500, body.error().reason);  // D16
    } else {
        relay_readable_answer(table, call, response);
    }
}

bool has_tag(const DialogPair& pair, const sip::Message& response) noexcept {
    const std::string_view tag = response.to().tag;
    return sip::iequals(pair.a.remote_tag, tag) || sip::iequals(pair.b.remote_tag, tag);
}

/// What a fork that lost was sent when its first 2xx came; null: none.
const SentAck* own_ack_of(const Call& call, const sip::Message& response) {
    const auto pair = find_pair(call, response);
    const bool has = pair && call.confirmed != pair && call.pairs[*pair].own_ack;
    return has ? &*call.pairs[*pair].own_ack : nullptr;
}

/// A 2xx that was answered before: the same ACK again; while the sender's ACK is awaited, nothing
/// (E-R3). One that was not, of an INVITE that is done with, comes from a fork that lost (E-R7).
void repeat_ack(CallTable& table, Call& call, const Answered& response) {
    const bool current = call.invite && call.invite->exchange.client == response.client;
    const SentAck* ack = nullptr;
    if (current && call.invite->ack) {
        ack = &*call.invite->ack;
    } else if (!current) {
        ack = own_ack_of(call, response.message);
        ack = ack != nullptr ? ack : table.departed().ack_of(response.message);
        const bool ours = call.confirmed && has_tag(call.pairs[*call.confirmed], response.message);
        if (ack == nullptr && !ours) {
            turn_away_late(table, call, response);
        }
    }
    if (ack != nullptr) {
        (void)table.environment().sender.send(ack->flow, ack->octets);
    }
}

/// First or later 2xx of the initial INVITE, which may have forked (E12).
void on_initial_answer(CallTable& table, Call& call, const Answered& response) {
    const auto pair = pair_of(table, call, response.message);
    if (!pair) {
        turn_away_stray(table, response);
        return;
    }
    InviteExchange& invite = *call.invite;
    if (call.confirmed == pair) {
        repeat_ack(table, call, response);
        return;
    }
    if (const auto& ack = call.pairs[*pair].own_ack) {
        (void)table.environment().sender.send(ack->flow, ack->octets);
        return;
    }
    learn(call, *pair, response.message);
    const bool lost = call.pairs[*pair].lost;
    if (!lost && withhold(call, *pair, response)) {
        return;
    }
    invite.far_done = true;
    if (lost || invite.exchange.final_sent) {
        turn_away(table, call, *pair, response.message);
        if (!invite.exchange.final_sent) {
            end_unanswered(table, call);
        }
        return;
    }
    invite.exchange.pair = *pair;
    show(call, *pair);
    if (call.referred) {
        on_target_answer(table, call, response.message);
    } else {
        relay_answer(table, call, response);
    }
}

}  // namespace

void confirm(CallTable& table, Call& call, std::size_t pair) {
    Environment& env = table.environment();
    call.state = CallState::kConfirmed;
    call.confirmed = pair;
    call.answered_at = env.now;
    call.result = CallResult::kAnswered;
    call.final_status = 200;
    adopt_media(call, pair);
    call.targets = {};
    call.deadline(Deadline::kExpires).reset();
    watch_media(env, call);
    env.counters.calls_answered.add();
    count_setup_time(env.counters, env.now - call.started);
}

void on_answer(CallTable& table, Call& call, const Answered& response) {
    if (!call.invite || call.invite->exchange.client != response.client) {
        repeat_ack(table, call, response);
        return;
    }
    InviteExchange& invite = *call.invite;
    if (invite.initial) {
        on_initial_answer(table, call, response);
        return;
    }
    if (invite.far_done) {
        repeat_ack(table, call, response);
        return;
    }
    if (withhold(call, invite.exchange.pair, response)) {
        return;
    }
    invite.far_done = true;
    if (invite.cancelled || call.state == CallState::kEnding) {
        // E-R1, R8: nobody waits for it any more; what was committed before stays.
        send_own_ack(table.environment(), call, dataplane::other(invite.exchange.from),
                     invite.exchange.pair, own_offer(call, invite.exchange.pair, response.message));
        return;
    }
    relay_answer(table, call, response);
}

}  // namespace sallyport::call
