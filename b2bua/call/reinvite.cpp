// SPDX-License-Identifier: Apache-2.0
// INVITE inside a dialog (spec M3, E7-E10; RFC 3261 s.14).
#include "b2bua/call/events.h"
#include "b2bua/call/held_invite.h"
#include "b2bua/call/prack.h"
#include "b2bua/call/session_part.h"
#include "b2bua/call/steps.h"

namespace sallyport::call {
namespace {

/// E9: 500 while an offer or INVITE that this side sent has no final, be it that it waits here, 491
/// while ours towards it is under way.
void refuse_glare(Environment& env, const Received& invite, bool own) {
    env.counters.glare.add();
    if (own) {
        const std::uint64_t seconds = env.identifiers.number() % 11;
        respond_here(env, invite.server, 500, {},
                     "Retry-After: " + std::to_string(seconds) + "\r\n");
    } else {
        respond_here(env, invite.server, 491, {});
    }
}

/// True: it was refused or waits (E9, E10, E-R13).
bool is_in_the_way(CallTable& table, Call& call, const Received& invite) {
    const bool busy = call.invite && !call.invite->settled();
    if (!busy && !call.media->offer_pending()) {
        return false;
    }
    if (busy && hold_invite(table, call, invite)) {
        return true;
    }
    const bool waits = call.held && call.held->side == invite.side;
    const bool unanswered =
        busy && call.invite->exchange.from == invite.side && !call.invite->exchange.final_sent;
    const bool offered = !busy && call.media->offered_by() == invite.side;
    refuse_glare(table.environment(), invite, waits || unanswered || offered);
    return true;
}

/// The 2xx of the INVITE that makes room may still be repeated (E-R3).
void keep_settled(CallTable& table, const Call& call) {
    if (call.invite && call.invite->ack) {
        table.departed().keep_ack(*call.invite->ack, table.environment().now);
    }
}

InviteExchange open_exchange(Environment& env, const Received& invite) {
    InviteExchange opened;
    opened.exchange.method = sip::Method::kInvite;
    opened.exchange.from = invite.side;
    opened.exchange.pair = invite.pair;
    opened.exchange.server = invite.server;
    opened.exchange.echo = echo_of(env, invite.server, invite.message);
    opened.exchange.new_target = contact_uri(invite.message);
    opened.exchange.new_flow = invite.flow;
    opened.exchange.knows_timer = knows_extension(invite.message, "timer");
    return opened;
}

}  // namespace

void on_reinvite(CallTable& table, Call& call, const Received& invite) {
    Environment& env = table.environment();
    if (call.state == CallState::kEnding) {
        respond_here(env, invite.server, 481, {});  // E-R8: the BYE won
        return;
    }
    if (is_in_the_way(table, call, invite)) {
        return;
    }
    keep_settled(table, call);
    InviteExchange opened = open_exchange(env, invite);
    opened.reliable.understood = is_served_reliably(env, call, invite.side, invite.message);
    const Side far = dataplane::other(invite.side);
    std::optional<std::string> text;
    if (const auto session = session_description(invite.message); !session.empty()) {
        auto carried = call.media->carry(invite.side, SdpRole::kOffer, session,
                                         call.pair(invite.pair).of(far).origin);
        if (!carried.ok()) {
            env.counters.sdp_refused.add();
            respond_here(env, invite.server, carried.error().status, carried.error().reason,
                         warning_line(env.realm(invite.flow.realm).name, carried.error()));
            return;
        }
        text = std::move(*carried);
        opened.exchange.carries_offer = true;
    }
    opened.exchange.client = send_across(env, call, invite, text);
    if (!opened.exchange.client) {
        call.media->rollback();
        return;
    }
    call.pair(invite.pair).preview.clear();  // of the INVITE before
    call.pair(invite.pair).said.clear();
    opened.client_cseq = call.pair(invite.pair).of(far).local_cseq;
    env.layer.attach(invite.server, CallTable::ref_of(call));
    call.invite = std::move(opened);
}

}  // namespace sallyport::call
