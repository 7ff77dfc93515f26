// SPDX-License-Identifier: Apache-2.0
// UPDATE, PRACK, INFO, MESSAGE, NOTIFY, REFER, OPTIONS and unknown methods inside a dialog: passed
// on, with their offers and answers (spec M6-M9, E1, E8, E-R9, R14; RFC 3262, RFC 3311).
#include "b2bua/call/events.h"
#include "b2bua/call/local_transfer.h"
#include "b2bua/call/prack.h"
#include "b2bua/call/session_part.h"
#include "b2bua/call/session_refresh.h"
#include "b2bua/call/steps.h"
#include "b2bua/call/usage.h"
#include "b2bua/policy/carried.h"
#include "b2bua/sip/rack.h"

#include <algorithm>

namespace sallyport::call {
namespace {

/// Whose offer, or right to make the next one, is in the way of an UPDATE with an offer (E9,
/// RFC 3311 s.5.2). An INVITE without one leaves it to its answerer (RFC 3261 s.13.2.1). One that
/// waits (E-R13) was received all the same.
std::optional<Side> offerer_before(Call& call, std::size_t pair) {
    const Media& media = call.media_of(pair);
    if (media.offer_pending() || !call.invite) {
        return media.offered_by();
    }
    if (call.held) {
        return call.held->side;
    }
    const InviteExchange& invite = *call.invite;
    const bool to_come = !invite.exchange.carries_offer && !invite.exchange.final_sent &&
                         !invite.reliable.negotiated(pair);
    return to_come ? std::optional(invite.exchange.from) : std::nullopt;
}

/// RFC 3311 s.5.2: the one before has no final response yet.
bool overlaps(const Call& call, const Received& request) noexcept {
    return std::any_of(call.exchanges.begin(), call.exchanges.end(), [&](const Exchange& e) {
        return e.method == sip::Method::kUpdate && e.from == request.side &&
               e.pair == request.pair && !e.final_sent;
    });
}

/// E9: an UPDATE that comes too early.
bool refuse_glare(Environment& env, Call& call, const Received& request) {
    if (request.message.method() != sip::Method::kUpdate) {
        return false;
    }
    const bool offers = !session_description(request.message).empty();
    const auto before = offers ? offerer_before(call, request.pair) : std::nullopt;
    const bool own = before == request.side || overlaps(call, request);
    if (!before && !own) {
        return false;
    }
    env.counters.glare.add();
    if (own) {
        const std::uint64_t seconds = env.identifiers.number() % 11;
        respond_here(env, request.server, 500, {},
                     "Retry-After: " + std::to_string(seconds) + "\r\n");
    } else {
        respond_here(env, request.server, 491, {});
    }
    return true;
}

/// The others may carry a description, but none that is an offer or an answer (RFC 6337 s.2.1,
/// F16).
bool negotiates(sip::Method method) noexcept {
    return method == sip::Method::kUpdate || method == sip::Method::kPrack;
}

/// F13, RFC 8840 s.10: candidates do not cross, and what brings them is not understood here.
bool is_withheld_package(const sip::Message& request) noexcept {
    const std::string_view package = request.value_of(sip::HeaderId::kInfoPackage);
    return request.method() == sip::Method::kInfo &&
           !policy::carries_package(package.substr(0, package.find_first_of("; \t")));
}

/// D7: RFC 3311 s.5.1, RFC 6665 s.4.4.1; an INVITE has its own events.
bool refreshes_target(sip::Method method) noexcept {
    return method == sip::Method::kUpdate || method == sip::Method::kSubscribe ||
           method == sip::Method::kNotify || method == sip::Method::kRefer;
}

/// M7: it is not turned into anything else for a peer that does not know it.
bool refuse_unknown(Environment& env, Call& call, const Received& request) {
    const Dialog& far = call.pair(request.pair).of(dataplane::other(request.side));
    if (request.message.method() != sip::Method::kUpdate || far.allow.empty() ||
        allows(far, "UPDATE")) {
        return false;
    }
    env.counters.updates_not_allowed.add();
    respond_here(env, request.server, 405, {}, "Allow: " + far.allow + "\r\n");
    return true;
}

bool ends_call(sip::Method method, int status) noexcept {
    return method == sip::Method::kUpdate && (status == 481 || status == 408);
}

Exchange open_exchange(Environment& env, const Received& request) {
    Exchange exchange;
    exchange.method = request.message.method();
    exchange.from = request.side;
    exchange.pair = request.pair;
    exchange.server = request.server;
    exchange.echo = echo_of(env, request.server, request.message);
    exchange.new_flow = request.flow;
    exchange.knows_timer = knows_extension(request.message, "timer");
    if (refreshes_target(exchange.method)) {
        exchange.new_target = contact_uri(request.message);
    }
    return exchange;
}

/// The session description of the final response, for the sender of the request.
std::optional<std::string> carry_answer(Environment& env, Call& call, const Exchange& exchange,
                                        const sip::Message& response) {
    std::optional<std::string> text;
    Media& media = call.media_of(exchange.pair);
    const auto session = session_description(response);
    if (response.status() < 300 && !session.empty() && negotiates(exchange.method)) {
        const SdpRole role = exchange.carries_offer ? SdpRole::kAnswer : SdpRole::kPassive;
        auto carried = media.carry(dataplane::other(exchange.from), role, session,
                                   call.pair(exchange.pair).of(exchange.from).origin);
        if (carried.ok()) {
            text = std::move(*carried);
        } else {
            env.counters.sdp_refused.add();
        }
    }
    if (exchange.carries_offer && !text) {
        media.rollback();  // E8: no answer will come any more
    }
    return text;
}

/// A request of our own, that nobody waits for.
void end_own(CallTable& table, Call& call, Exchange& exchange, const sip::Message* response) {
    if (exchange.method == sip::Method::kPrack) {
        exchange.client = {};
    } else if (!on_transfer_answer(table, call, exchange, response)) {
        on_refresh_answer(table, call, exchange, response);
    }
}

}  // namespace

void on_in_dialog(CallTable& table, Call& call, const Received& request) {
    Environment& env = table.environment();
    if (is_withheld_package(request.message)) {
        respond_here(env, request.server, 469, "Bad Info Package", "Recv-Info: \r\n");
        return;
    }
    if (!refuse_unknown(env, call, request) && !refuse_glare(env, call, request)) {
        const bool offers = request.message.method() == sip::Method::kUpdate;  // E1
        relay_in_dialog(table, call, request, offers ? SdpRole::kOffer : SdpRole::kPassive);
    }
}

void relay_in_dialog(CallTable& table, Call& call, const Received& request, SdpRole role) {
    Environment& env = table.environment();
    Exchange exchange = open_exchange(env, request);
    if (exchange.method == sip::Method::kPrack) {
        const auto rack = sip::RAck::parse(request.message.value_of(sip::HeaderId::kRAck));
        exchange.rseq = rack.ok() ? rack->rseq : 0;
    }
    std::optional<std::string> text;
    const auto session = session_description(request.message);
    if (!session.empty() && negotiates(exchange.method)) {
        Media& media = call.media_of(request.pair);
        auto carried =
            media.carry(request.side, role, session,
                        call.pair(request.pair).of(dataplane::other(request.side)).origin);
        if (!carried.ok()) {
            env.counters.sdp_refused.add();
            respond_here(env, request.server, carried.error().status, carried.error().reason,
                         warning_line(env.realm(request.flow.realm).name, carried.error()));
            return;
        }
        text = std::move(*carried);
        exchange.carries_offer = role == SdpRole::kOffer;
    }
    exchange.client = send_across(env, call, request, text);
    if (exchange.client) {
        request_crossed(env, call, exchange, request);
        call.exchanges.push_back(std::move(exchange));
    } else if (exchange.carries_offer) {
        call.media_of(exchange.pair).rollback();
    }
}

void on_in_dialog_answer(CallTable& table, Call& call, Exchange& exchange,
                         const sip::Message& response) {
    Environment& env = table.environment();
    const int status = response.status();
    if (status < 200) {
        return;  // C5: our own 100 is the only provisional of a non-INVITE
    }
    if (exchange.final_sent) {
        end_own(table, call, exchange, &response);
        return;
    }
    exchange.client = {};
    note_prack_answer(call, exchange, status);
    const auto text = carry_answer(env, call, exchange, response);
    response_crossed(env, call, exchange, response);
    if (status < 300 && refreshes_target(exchange.method)) {
        refresh_targets(env, call, exchange, response);
        if (call.confirmed) {
            agree_session_timer(env, call, exchange, response);
        }
    }
    if (!respond_across(env, call, exchange, response, {text, {}})) {
        respond_here(env, exchange.server, 513, "Message Too Large");
        exchange.final_sent = true;
    }
    if (ends_call(exchange.method, status)) {
        const Side far = dataplane::other(exchange.from);
        end_both(table, call, "SIP;cause=" + std::to_string(status),
                 status == 481 ? std::optional(far) : std::nullopt);
    }
}

void on_in_dialog_failed(CallTable& table, Call& call, Exchange& exchange) {
    Environment& env = table.environment();
    if (exchange.final_sent) {
        env.layer.cancel(exchange.client, {}, env.now);  // an INVITE that only rings (C18)
        end_own(table, call, exchange, nullptr);
        return;
    }
    exchange.client = {};
    exchange.final_sent = true;
    env.layer.abandon(exchange.server, env.now);  // C5: never a 408 to a non-INVITE
    response_missed(call, exchange);
    if (exchange.carries_offer) {
        call.media_of(exchange.pair).rollback();
    }
    if (ends_call(exchange.method, 408)) {
        end_both(table, call, "SIP;cause=408");
    }
}

}  // namespace sallyport::call
