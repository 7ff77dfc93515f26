// SPDX-License-Identifier: Apache-2.0
// 101-199 to an INVITE (spec M1, M6, E1, E2, E12; RFC 3261 s.13.2.2.1, RFC 3262 s.4).
#include "b2bua/call/events.h"
#include "b2bua/call/pairing.h"
#include "b2bua/call/prack.h"
#include "b2bua/call/session_part.h"
#include "b2bua/call/steps.h"
#include "b2bua/sip/params.h"

namespace sallyport::call {
namespace {

/// The session description of the response, as the other side is shown it.
struct Carried {
    SdpRole role{SdpRole::kPassive};
    std::optional<std::string> text;
};

/// E1, E2: with an offer in the INVITE the answer if it is reliable on both legs, else a preview;
/// without one, the first reliable one is the offer. What comes later changes nothing.
SdpRole role_of(const InviteExchange& invite, const Media& media, bool reliable) noexcept {
    const auto offered = media.offered_by();
    if (invite.reliable.negotiated(invite.exchange.pair)) {
        return SdpRole::kPassive;
    }
    if (!invite.exchange.carries_offer) {
        return reliable && !offered ? SdpRole::kOffer : SdpRole::kPassive;
    }
    if (offered != invite.exchange.from) {
        return SdpRole::kPassive;
    }
    return reliable && invite.reliable.understood ? SdpRole::kAnswer : SdpRole::kPreview;
}

/// RFC 3262 s.4: a repetition, or one whose predecessor has not come, says nothing.
bool out_of_turn(Environment& env, const InviteExchange& invite, const sip::Message& response) {
    const auto rseq = reliable_number(response);
    if (!rseq || invite.reliable.is_next(invite.exchange.pair, *rseq)) {
        return false;
    }
    env.counters.reliable_ignored.add();
    return true;
}

void pass(CallTable& table, Call& call, const sip::Message& response, const Carried& carried) {
    InviteExchange& invite = *call.invite;
    if (carried.role == SdpRole::kPreview) {
        call.pair(invite.exchange.pair).preview = carried.text.value_or(std::string{});
    }
    if (!reliable_number(response)) {
        (void)respond_across(table.environment(), call, invite.exchange, response,
                             {carried.text, {}});
    } else if (invite.reliable.understood && response.status() != 199) {
        pass_reliably(table, call, response, carried.role, carried.text);
    } else {
        pass_unreliably(table, call, response, carried.role, carried.text);
    }
}

/// RFC 5009 s.8: the far side itself says that nothing of it is to be heard yet.
bool is_to_be_heard(const sip::Message& response) noexcept {
    sip::ValueCursor values(response, sip::HeaderId::kPEarlyMedia);
    while (const auto value = values.next()) {
        if (sip::iequals(*value, "inactive")) {
            return false;
        }
    }
    return true;
}

/// Applies it to the media of the pair. False: it cannot be used.
bool carry_session(Environment& env, Call& call, const sip::Message& response, Carried& carried) {
    const Exchange& exchange = call.invite->exchange;
    if (!readable_parts(response).ok()) {
        env.counters.sdp_refused.add();
        return false;
    }
    const auto session = session_description(response);
    if (session.empty()) {
        return true;
    }
    const Side far = dataplane::other(exchange.from);
    Media* media =
        call.invite->initial ? media_for(call, exchange.pair, response) : call.media.get();
    if (media == nullptr) {
        env.counters.no_ports.add();
        return false;
    }
    carried.role = role_of(*call.invite, *media, reliable_number(response).has_value());
    auto text =
        media->carry(far, carried.role, session, call.pair(exchange.pair).of(exchange.from).origin);
    if (!text.ok()) {
        env.counters.sdp_refused.add();
        return false;
    }
    carried.text = std::move(*text);
    if (call.single && carried.role == SdpRole::kPreview) {
        call.pairs[exchange.pair].said = session;
    }
    if (call.invite->initial) {
        media->take_floor(is_to_be_heard(response));
    }
    return true;
}

/// D7, RFC 6141 s.4.7: a reliable 1xx to a re-INVITE moves the target of its sender, so that the
/// PRACK finds it; an unreliable one moves nothing.
void refresh_target(Call& call, const sip::Message& response) {
    const Exchange& exchange = call.invite->exchange;
    const std::string_view target = contact_uri(response);
    if (!call.invite->initial && reliable_number(response) && !target.empty()) {
        call.pair(exchange.pair).of(dataplane::other(exchange.from)).remote_target = target;
    }
}

/// RFC 6228 s.4: an early dialog of the far side is over; its caller hears of it when it knows 199.
bool ends_early_dialog(Call& call, const sip::Message& response) {
    if (response.status() != 199 || !call.invite->initial) {
        return false;
    }
    lose_pair(call, call.invite->exchange.pair);
    return true;
}

}  // namespace

void on_provisional(CallTable& table, Call& call, const Answered& response) {
    Environment& env = table.environment();
    if (!call.invite || response.message.status() == 100) {
        return;
    }
    InviteExchange& invite = *call.invite;
    if (invite.cancelled || invite.answered || call.state == CallState::kEnding) {
        return;  // E-R12: a 1xx behind the final one
    }
    Exchange& exchange = invite.exchange;
    if (invite.initial) {
        const auto pair = pair_of(table, call, response.message);
        if (!pair || call.pairs[*pair].lost) {
            return;  // E14: that early dialog is over
        }
        exchange.pair = *pair;
        show(call, *pair);
        learn(call, *pair, response.message);
    }
    if (call.referred) {
        return;  // its caller does not know of it yet
    }
    if (out_of_turn(env, invite, response.message)) {
        return;
    }
    Carried carried;
    if (ends_early_dialog(call, response.message)) {
        if (!call.caller_knows_199) {  // E14
            if (reliable_number(response.message)) {
                acknowledge_here(table, call, response.message, SdpRole::kPassive);
            }
            return;
        }
    } else if (!carry_session(env, call, response.message, carried)) {
        return;  // D17: a 1xx whose SDP cannot be used says nothing
    }
    refresh_target(call, response.message);
    pass(table, call, response.message, carried);
}

}  // namespace sallyport::call
