// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/serial_search.h"

#include "b2bua/call/attempt.h"
#include "b2bua/call/overload.h"
#include "b2bua/call/steps.h"

#include <algorithm>
#include <utility>

namespace sallyport::call {
namespace {

/// D4: the caller may try again, with credentials or otherwise, on the same Call-ID.
void keep_retry_context(Environment& env, Call& call, int status) {
    const auto from = sip::NameAddr::parse(call.root.a.remote_party);
    if (!invites_retry(status) || !from.ok()) {
        return;
    }
    RetryContext context;
    context.from_tag = call.root.a.remote_tag;
    context.far_flow = call.targets.current().flow;
    context.far_call_id = call.root.b.call_id;
    context.far_tag = call.root.b.local_tag;
    context.far_cseq = call.root.b.local_cseq;
    context.far_origin = call.root.b.origin;
    call.media->rollback_to_ports();
    context.media = std::exchange(call.media, std::make_unique<Media>(env.relays, env.config));
    for (const Side side : {Side::kA, Side::kB}) {  // for what may still have to be refused (E-R7)
        const Flow& flow = call.root.of(side).flow;
        call.media->set_peer(side, {flow.realm, flow.remote.ip});
    }
    env.retries.keep({"INVITE", call.root.a.call_id, from->uri}, std::move(context), env.now);
}

/// I6: after these the next target may do better. A redirected call goes through all Contacts
/// (I11), but nobody is asked again after a 6xx (RFC 3261 s.16.7 step 5).
bool leads_on(const Call& call, int status) noexcept {
    if (status / 100 == 6) {
        return false;
    }
    const bool rang = std::any_of(call.pairs.begin(), call.pairs.end(),
                                  [](const DialogPair& pair) { return !pair.lost; });
    return status == 503 || call.targets.redirected() || call.targets.follows(status) ||
           call.targets.fails_over(status, rang);
}

/// Starts the next attempt. False: no target is left.
bool try_next(CallTable& table, Call& call) {
    sip::Message invite;
    const auto target = call.targets.take();
    if (!target || !invite.parse(call.targets.invite(), sip::kOwnLimits).ok()) {
        return false;
    }
    leave_attempt(table, call);
    table.environment().counters.failovers.add();
    if (!begin_attempt(table, call, invite, *target, std::nullopt)) {
        call.invite->exchange.final_sent = true;
        call.invite->far_done = true;
        finish(table.environment(), call, CallResult::kFailed, 500);
    }
    return true;
}

/// The answer of the whole call is the root's: none of the early dialogs gave it.
void answer_with(CallTable& table, Call& call, const Refused& refused) {
    Environment& env = table.environment();
    InviteExchange& invite = *call.invite;
    invite.exchange.pair = kRootPair;
    if (call.referred) {
        invite.exchange.final_sent = true;  // nobody waits for a response: local_transfer.h
        return;
    }
    sip::Message response;
    const bool heard =
        !refused.octets.empty() && response.parse(refused.octets, sip::kOwnLimits).ok();
    if (!heard) {
        respond_here(env, invite.exchange.server, refused.status, {});
        invite.exchange.final_sent = true;
        return;
    }
    if (refused.status == 401 || refused.status == 407) {
        invite.other_challenges = call.targets.other_challenges();
    }
    keep_retry_context(env, call, refused.status);
    if (!respond_across(env, call, invite.exchange, response, {})) {
        respond_here(env, invite.exchange.server, 513, "Message Too Large");
        invite.exchange.final_sent = true;
    }
}

CallResult result_of(const Refused& refused) noexcept {
    if (!refused.octets.empty()) {
        const bool challenge = refused.status == 401 || refused.status == 407;
        return challenge ? CallResult::kChallenged : CallResult::kRefused;
    }
    return refused.status == 408 ? CallResult::kUnanswered : CallResult::kFailed;
}

void give_final(CallTable& table, Call& call) {
    // Every target redirected us, and none of the Contacts could be tried (I11).
    static const Refused kNothing{480, {}};
    const Refused* best = call.targets.best();
    Refused chosen = best == nullptr ? kNothing : *best;
    const CallResult result = result_of(chosen);
    if (chosen.octets.empty() && chosen.status == 408) {
        chosen.status = static_cast<int>(table.environment().config.no_response_code);  // M1
    } else if (chosen.octets.empty()) {
        chosen.status = crossed_status(chosen.status);
    }
    answer_with(table, call, chosen);
    finish(table.environment(), call, result, chosen.status);
}

}  // namespace

void on_target_refused(CallTable& table, Call& call, const sip::Message& response) {
    const int status = response.status();
    note_rest(table.environment(), call.root.b.flow, response);
    const bool followed = call.targets.follows(status);
    call.targets.note_end(status, &response);
    if (followed) {
        Environment& env = table.environment();
        call.targets.add_contacts(env.config, call.root.a.flow.realm, response);
    } else {
        call.targets.note_refusal({status, std::string(response.octets())});
    }
    if (!leads_on(call, status) || !try_next(table, call)) {
        give_final(table, call);
    }
}

void on_target_failed(CallTable& table, Call& call, int status) {
    call.targets.note_end(status, nullptr);
    call.targets.note_refusal({status, {}});
    const bool unheard = !call.invite->heard;
    if (!(unheard || leads_on(call, status)) || !try_next(table, call)) {
        call.invite->cancelled = true;  // a 2xx that still comes is turned away (E-R1)
        give_final(table, call);
    }
}

void on_silence(CallTable& table, Call& call) {
    if (call.state == CallState::kInviting && call.invite && !call.invite->exchange.final_sent) {
        (void)try_next(table, call);
    }
}

}  // namespace sallyport::call
