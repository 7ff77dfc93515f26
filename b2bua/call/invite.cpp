// SPDX-License-Identifier: Apache-2.0
// An INVITE outside a dialog: admission, routing, the caller's dialog, the first attempt (spec M1,
// D3-D6; RFC 3261 s.13.3.1, s.12.1).
#include "b2bua/call/attempt.h"
#include "b2bua/call/events.h"
#include "b2bua/call/legs.h"
#include "b2bua/call/overload.h"
#include "b2bua/call/pairing.h"
#include "b2bua/call/steps.h"
#include "b2bua/sip/delta_seconds.h"
#include "b2bua/sip/params.h"

#include <algorithm>
#include <utility>

namespace sallyport::call {
namespace {

void open_exchange(Environment& env, Call& call, transaction::ServerHandle server,
                   const sip::Message& invite) {
    InviteExchange opened;
    opened.initial = true;
    opened.exchange.method = sip::Method::kInvite;
    opened.exchange.from = Side::kA;
    opened.exchange.pair = kRootPair;
    opened.exchange.server = server;
    opened.exchange.echo = echo_of(env, server, invite);
    opened.exchange.knows_timer = knows_extension(invite, "timer");
    call.invite = std::move(opened);
    env.layer.attach(server, CallTable::ref_of(call));
    env.layer.set_to_tag(server, call.root.a.local_tag);
}

/// M1: the callee enforces Expires (RFC 3261 s.13.3.1); one that does not is cancelled a little
/// later.
void watch_expiry(Environment& env, Call& call, const sip::Message& invite) {
    constexpr Millis kGrace{5'000};
    if (const auto seconds = sip::delta_seconds(invite.value_of(sip::HeaderId::kExpires))) {
        call.deadline(Deadline::kExpires) =
            env.now + Millis{std::int64_t{*seconds} * 1000} + kGrace;
    }
}

bool admitted(CallTable& table, transaction::ServerHandle server, const sip::Message& invite) {
    Environment& env = table.environment();
    if (refused(env, server, policy::admit(invite))) {
        return false;
    }
    if (refuse_body(env, server, invite) || refuse_session_interval(env, server, invite)) {
        return false;
    }
    if (table.full()) {
        env.counters.too_many_calls.add();
        refuse_busy(env, server, "Too Many Calls");
        return false;
    }
    return true;
}

/// M6: where 100rel is forbidden nobody can be reached who has to use it. True: answered.
bool refuse_unreliable(Environment& env, transaction::ServerHandle server,
                       const sip::Message& invite, RealmId from, routing::Targets& targets) {
    std::optional<policy::Rejection> why;
    std::erase_if(targets, [&](const routing::Target& target) {
        auto refusal = policy::refuse_reliable(
            invite, policy::crossing_between(env.config, from, target.flow.realm));
        const bool forbidden = refusal.has_value();
        why = forbidden ? std::move(refusal) : std::move(why);
        return forbidden;
    });
    return targets.empty() && refused(env, server, why);
}

/// Whether there are targets, and the INVITE may go to them. False: it was answered.
bool reaches_targets(Environment& env, transaction::ServerHandle server, const sip::Message& invite,
                     RealmId from, Result<routing::Targets, routing::Refusal>& targets) {
    if (!targets.ok()) {
        refuse_routing(env, server, targets.error());
        return false;
    }
    if (refuse_unreliable(env, server, invite, from, *targets)) {
        return false;
    }
    const RealmId far = targets->front().flow.realm;
    return !refused(env, server, policy::refuse_privacy(invite, !env.realm(far).nat));
}

}  // namespace

void on_invite(CallTable& table, transaction::ServerHandle server, const sip::Message& invite,
               const Flow& flow) {
    Environment& env = table.environment();
    if (!admitted(table, server, invite)) {
        return;
    }
    auto targets = choose_targets(env, flow, invite);
    if (!reaches_targets(env, server, invite, flow.realm, targets)) {
        return;
    }
    Call& call = table.create();
    call.root.a = caller_dialog(env, invite, flow);
    call.targets = TargetSet(invite.octets(), std::move(*targets));
    call.single = sees_one_early_dialog(env.realm(flow.realm), invite);
    call.caller_knows_199 = !call.single && knows_extension(invite, "199");
    note_min_se(call, Side::kA, invite);
    open_exchange(env, call, server, invite);
    table.index(call, Side::kA, call.root.a);
    auto retry = env.retries.take(key_of(invite), env.now);
    if (retry) {
        call.targets.prefer(retry->far_flow);  // the nonce is that of the target that challenged
    }
    if (!begin_attempt(table, call, invite, *call.targets.take(), std::move(retry))) {
        env.counters.calls_failed.add();
        table.remove(call);
        return;
    }
    watch_expiry(env, call, invite);
    table.arm(call);
}

}  // namespace sallyport::call
