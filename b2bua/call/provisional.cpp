// SPDX-License-Identifier: Apache-2.0
// 101-199 to an INVITE (spec M1, E2, E12; RFC 3261 s.13.2.2.1).
#include "b2bua/call/events.h"
#include "b2bua/call/pairing.h"
#include "b2bua/call/session_part.h"
#include "b2bua/call/steps.h"

namespace sallyport::call {
namespace {

/// Sent with RSeq, so that its SDP is an answer or offer and not a preview (RFC 3262 s.5).
bool is_reliable(const sip::Message& response) noexcept {
    return response.has(sip::HeaderId::kRSeq);
}

SdpRole role_of(const Call& call, Side answerer, bool reliable) noexcept {
    const auto offered = call.media->offered_by();
    if (offered == dataplane::other(answerer)) {
        return reliable ? SdpRole::kAnswer : SdpRole::kPreview;
    }
    return reliable && !offered ? SdpRole::kOffer : SdpRole::kPassive;
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
    const Side far = dataplane::other(exchange.from);
    std::optional<std::string> text;
    if (const auto session = session_description(response.message); !session.empty()) {
        auto carried =
            call.media->carry(far, role_of(call, far, is_reliable(response.message)), session,
                              call.pair(exchange.pair).of(exchange.from).origin);
        if (!carried.ok()) {
            env.counters.sdp_refused.add();
            return;  // D17: a 1xx whose SDP cannot be used says nothing
        }
        text = std::move(*carried);
    }
    (void)respond_across(env, call, exchange, response.message, text);
}

}  // namespace sallyport::call
