// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/prack.h"

#include "b2bua/call/own_request.h"
#include "b2bua/call/session_part.h"
#include "b2bua/call/steps.h"
#include "b2bua/sip/rack.h"

#include <algorithm>
#include <utility>

namespace sallyport::call {
namespace {

/// RFC 3262 s.3: uniformly in 1 .. 2^31-1.
std::uint32_t first_rseq(Environment& env) {
    constexpr std::uint64_t kNumbers = (std::uint64_t{1} << 31) - 1;
    return static_cast<std::uint32_t>(1 + env.identifiers.number() % kNumbers);
}

void arm_repetition(Call& call) {
    auto& deadline = call.deadline(Deadline::kReliable);
    deadline.reset();
    for (const Unacknowledged& sent : call.invite->reliable.unacknowledged) {
        const bool repeats = !sent.pracked && !call.invite->exchange.final_sent;
        const Moment next = repeats ? std::min(sent.resend_at, sent.give_up_at) : sent.give_up_at;
        deadline = deadline ? std::min(*deadline, next) : next;
    }
}

ReliableNumbers& note_received(Call& call, const sip::Message& response, SdpRole role) {
    ReliableNumbers& numbers = call.invite->reliable.numbers_of(call.invite->exchange.pair);
    numbers.far = reliable_number(response).value_or(numbers.far);
    numbers.negotiated |= role != SdpRole::kPassive;
    return numbers;
}

Unacknowledged* find_sent(Call& call, std::size_t pair, std::uint32_t rseq) noexcept {
    auto& sent = call.invite->reliable.unacknowledged;
    const auto found = std::find_if(sent.begin(), sent.end(), [&](const Unacknowledged& s) {
        return s.pair == pair && s.rseq == rseq;
    });
    return found == sent.end() ? nullptr : &*found;
}

/// The provisional response that a PRACK is for (RFC 3262 s.3: dialog, RSeq, CSeq and method), if
/// there is one and no other PRACK is under way for it.
Unacknowledged* acknowledged_by(Call& call, const Received& prack, const sip::RAck& rack) {
    if (!call.invite || call.invite->exchange.from != prack.side ||
        rack.cseq.method != sip::Method::kInvite ||
        cseq_number(call.invite->exchange.echo) != rack.cseq.number) {
        return nullptr;
    }
    const bool under_way =
        std::any_of(call.exchanges.begin(), call.exchanges.end(), [&](const Exchange& e) {
            return e.client && e.rseq == rack.rseq && e.pair == prack.pair && e.from == prack.side;
        });
    return under_way ? nullptr : find_sent(call, prack.pair, rack.rseq);
}

void forget_sent(Call& call, std::size_t pair, std::uint32_t rseq) {
    std::erase_if(call.invite->reliable.unacknowledged,
                  [&](const Unacknowledged& s) { return s.pair == pair && s.rseq == rseq; });
    arm_repetition(call);
}

/// E9: the other side's offer waits for this side's answer, and the PRACK brings a second offer.
bool refuse_glare(Environment& env, Call& call, const Received& prack, const Unacknowledged& sent) {
    const bool glare = !sent.offer && !session_description(prack.message).empty() &&
                       call.media_of(prack.pair).offered_by() == dataplane::other(prack.side);
    if (glare) {
        env.counters.glare.add();
        respond_here(env, prack.server, 491, {});
    }
    return glare;
}

/// E1: the answer to the 1xx's offer, or an offer once there is none pending.
SdpRole role_of(Call& call, const Unacknowledged& sent) noexcept {
    if (sent.offer) {
        return SdpRole::kAnswer;
    }
    return call.media_of(sent.pair).offer_pending() ? SdpRole::kPassive : SdpRole::kOffer;
}

void acknowledge(CallTable& table, Call& call, const Received& prack, Unacknowledged& sent) {
    const SdpRole role = role_of(call, sent);
    sent.pracked = true;
    if (sent.offer && session_description(prack.message).empty()) {
        call.media_of(sent.pair).rollback();  // the far side's offer stays without an answer
    }
    arm_repetition(call);
    relay_in_dialog(table, call, prack, role);
    if (call.invite->reliable.withheld) {
        release_withheld(table, call);
    }
}

}  // namespace

bool is_served_reliably(Environment& env, Call& call, Side from, const sip::Message& invite) {
    return knows_extension(invite, "100rel") &&
           crossing_of(env, call, from, invite, call.confirmed.has_value()).carries_100rel;
}

void pass_reliably(CallTable& table, Call& call, const sip::Message& response, SdpRole role,
                   const std::optional<std::string>& text) {
    Environment& env = table.environment();
    Exchange& exchange = call.invite->exchange;
    const std::uint32_t last = call.invite->reliable.numbers_of(exchange.pair).near;
    const std::uint32_t own = last == 0 ? first_rseq(env) : last + 1;
    const auto octets = respond_across(env, call, exchange, response, {text, own});
    if (!octets) {
        return;  // the far leg repeats it until it gives up
    }
    ReliableNumbers& numbers = note_received(call, response, role);
    numbers.near = own;
    Unacknowledged sent;
    sent.pair = exchange.pair;
    sent.rseq = own;
    sent.far_rseq = numbers.far;
    sent.session = text.has_value();
    sent.offer = role == SdpRole::kOffer;
    sent.octets = *octets;
    sent.resend_after = env.t1;
    sent.resend_at = env.now + env.t1;
    sent.give_up_at = env.now + env.t1 * 64;
    call.invite->reliable.unacknowledged.push_back(std::move(sent));
    arm_repetition(call);
}

void pass_unreliably(CallTable& table, Call& call, const sip::Message& response, SdpRole role,
                     const std::optional<std::string>& text) {
    Environment& env = table.environment();
    Exchange& exchange = call.invite->exchange;
    if (role == SdpRole::kOffer) {
        env.counters.sdp_refused.add();
        reject_invite(table, call, 488, "Not Acceptable Here");
        return;
    }
    (void)respond_across(env, call, exchange, response, {text, {}});
    acknowledge_here(table, call, response, role);
}

void acknowledge_here(CallTable& table, Call& call, const sip::Message& response, SdpRole role) {
    const Exchange& exchange = call.invite->exchange;
    const ReliableNumbers numbers = note_received(call, response, role);
    table.environment().counters.own_pracks.add();
    std::string lines = "RAck: " + std::to_string(numbers.far) + " ";
    lines.append(std::to_string(call.invite->client_cseq)).append(" INVITE\r\n");
    send_own(table, call,
             {sip::Method::kPrack, dataplane::other(exchange.from), exchange.pair, lines, {}});
}

void on_prack(CallTable& table, Call& call, const Received& prack) {
    Environment& env = table.environment();
    const auto rack = sip::RAck::parse(prack.message.value_of(sip::HeaderId::kRAck));
    if (!rack.ok()) {
        respond_here(env, prack.server, 400, sip::reason_for(rack.error().fault));
        return;
    }
    Unacknowledged* sent = acknowledged_by(call, prack, *rack);
    const bool too_late = call.state == CallState::kEnding && sent != nullptr;
    if (too_late && awaits_prack(*call.invite)) {
        respond_here(env, prack.server, 200, {});
        forget_sent(call, prack.pair, rack->rseq);
    } else if (too_late || sent == nullptr) {
        env.counters.prack_unmatched.add();
        respond_here(env, prack.server, 481, {});
    } else if (!refuse_glare(env, call, prack, *sent)) {
        acknowledge(table, call, prack, *sent);
    }
}

void on_lost_prack(Environment& env, Call& call, const Received& prack) {
    const auto rack = sip::RAck::parse(prack.message.value_of(sip::HeaderId::kRAck));
    if (!rack.ok()) {
        respond_here(env, prack.server, 400, sip::reason_for(rack.error().fault));
        return;
    }
    const Unacknowledged* sent = acknowledged_by(call, prack, *rack);
    if (sent == nullptr) {
        env.counters.prack_unmatched.add();
        respond_here(env, prack.server, 481, {});
    } else if (!sent->offer && !session_description(prack.message).empty()) {
        env.counters.sdp_refused.add();
        respond_here(env, prack.server, 488, {});  // an offer, and nobody left to answer it
    } else {
        respond_here(env, prack.server, 200, {});
        forget_sent(call, prack.pair, rack->rseq);
    }
}

std::string far_rack(const Call& call, const Received& request) {
    const auto rack = sip::RAck::parse(request.message.value_of(sip::HeaderId::kRAck));
    if (request.message.method() != sip::Method::kPrack || !call.invite || !rack.ok()) {
        return {};
    }
    for (const Unacknowledged& sent : call.invite->reliable.unacknowledged) {
        if (sent.pair == request.pair && sent.rseq == rack->rseq) {
            return std::to_string(sent.far_rseq) + " " + std::to_string(call.invite->client_cseq) +
                   " INVITE";
        }
    }
    return {};
}

void note_prack_answer(Call& call, const Exchange& exchange, int status) {
    if (exchange.rseq != 0 && call.invite && status / 100 == 2) {
        forget_sent(call, exchange.pair, exchange.rseq);
    }
}

bool withhold(Call& call, std::size_t pair, const Answered& response) {
    InviteExchange& invite = *call.invite;
    if (invite.exchange.final_sent || !invite.reliable.withholds(pair)) {
        return false;
    }
    invite.reliable.withheld =
        WithheldAnswer{response.client, std::string(response.message.octets()), response.flow};
    return true;
}

void release_withheld(CallTable& table, Call& call) {
    const WithheldAnswer held = *std::exchange(call.invite->reliable.withheld, std::nullopt);
    sip::Message message;
    if (message.parse(held.octets, sip::kOwnLimits)) {
        on_answer(table, call, {held.client, message, held.flow});
    }
}

void repeat_provisionals(CallTable& table, Call& call) {
    Environment& env = table.environment();
    InviteExchange& invite = *call.invite;
    bool given_up = false;
    for (Unacknowledged& sent : invite.reliable.unacknowledged) {
        const bool waits = !sent.pracked && !invite.exchange.final_sent;
        if (sent.give_up_at <= env.now) {
            given_up = given_up || waits;
        } else if (waits && sent.resend_at <= env.now) {
            if (const Flow* flow = env.layer.flow_of(invite.exchange.server)) {
                (void)env.sender.send(*flow, sent.octets);
            }
            sent.resend_after *= 2;  // without the ceiling of T2 (RFC 3262 s.3)
            sent.resend_at = env.now + sent.resend_after;
        }
    }
    std::erase_if(invite.reliable.unacknowledged,
                  [&env](const Unacknowledged& sent) { return sent.give_up_at <= env.now; });
    if (given_up) {
        env.counters.prack_timeouts.add();
        reject_invite(table, call, 504, {});
    }
    arm_repetition(call);
}

bool awaits_prack(const InviteExchange& invite) noexcept {
    const auto& sent = invite.reliable.unacknowledged;
    return invite.exchange.final_sent && !invite.answered &&
           std::any_of(sent.begin(), sent.end(),
                       [](const Unacknowledged& s) { return !s.pracked; });
}

}  // namespace sallyport::call
