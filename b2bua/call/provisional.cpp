// SPDX-License-Identifier: Apache-2.0
// 101-199 to an INVITE (spec M1, E2, E12; RFC 3261 s.13.2.2.1).
#include "b2bua/call/events.h"
#include "b2bua/call/pairing.h"
#include "b2bua/call/session_part.h"
#include "b2bua/call/steps.h"
#include "b2bua/sip/params.h"

namespace sallyport::call {
namespace {

/// Sent with RSeq, so that its SDP is an answer or offer and not a preview (RFC 3262 s.5).
bool is_reliable(const sip::Message& response) noexcept {
    return response.has(sip::HeaderId::kRSeq);
}

SdpRole role_of(const Media& media, Side answerer, bool reliable) noexcept {
    const auto offered = media.offered_by();
    if (offered == dataplane::other(answerer)) {
        return reliable ? SdpRole::kAnswer : SdpRole::kPreview;
    }
    return reliable && !offered ? SdpRole::kOffer : SdpRole::kPassive;
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

/// The media of the pair, with the text for the other side. False: the SDP cannot be used.
bool carry_session(Environment& env, Call& call, const sip::Message& response,
                   std::optional<std::string>& text) {
    const Exchange& exchange = call.invite->exchange;
    const auto session = session_description(response);
    if (session.empty()) {
        return true;
    }
    const Side far = dataplane::other(exchange.from);
    Media* media = call.invite->initial ? media_for(call, exchange.pair) : call.media.get();
    if (media == nullptr) {
        env.counters.no_ports.add();
        return false;
    }
    auto carried = media->carry(far, role_of(*media, far, is_reliable(response)), session,
                                call.pair(exchange.pair).of(exchange.from).origin);
    if (!carried.ok()) {
        env.counters.sdp_refused.add();
        return false;
    }
    text = std::move(*carried);
    if (call.invite->initial) {
        media->take_floor(is_to_be_heard(response));
    }
    return true;
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
        if (!pair) {
            return;
        }
        exchange.pair = *pair;
        learn(call, *pair, response.message);
    }
    std::optional<std::string> text;
    if (ends_early_dialog(call, response.message)) {
        if (!call.caller_knows_199) {
            return;  // E14
        }
    } else if (!carry_session(env, call, response.message, text)) {
        return;  // D17: a 1xx whose SDP cannot be used says nothing
    }
    (void)respond_across(env, call, exchange, response.message, text);
}

}  // namespace sallyport::call
