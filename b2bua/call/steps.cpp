// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/steps.h"

#include "b2bua/call/body.h"
#include "b2bua/call/credentials.h"
#include "b2bua/call/held_invite.h"
#include "b2bua/call/local_transfer.h"
#include "b2bua/call/owed_bye.h"
#include "b2bua/call/own_request.h"
#include "b2bua/call/prack.h"
#include "b2bua/call/record.h"
#include "b2bua/call/usage.h"
#include "b2bua/policy/challenge.h"
#include "b2bua/policy/contact_text.h"
#include "b2bua/policy/seen_through_nat.h"
#include "b2bua/sip/uri.h"
#include "b2bua/sip/writer.h"
#include "b2bua/transaction/reply.h"

#include <algorithm>

namespace sallyport::call {
namespace {

using sip::HeaderId;

constexpr Millis kEndingLimit{
    40'000};  // 64*T1 and a margin: an ending call is gone by then (E-R15)

std::string_view host_and_port_source(const Destination& destination) noexcept {
    return destination.routes.empty() || destination.strict
               ? std::string_view(destination.request_uri)
               : std::string_view(destination.routes.front());
}

/// To of a response to an initial INVITE: with the tag of its dialog, or of the call (D3).
std::string to_of(Call& call, const Exchange& exchange) {
    return exchange.pair < call.pairs.size()
               ? call.pairs[exchange.pair].a.local_party
               : call.root.a.local_party + ";tag=" + call.root.a.local_tag;
}

/// All that a response repeats of its request but To.
ResponseFrame frame_of(const Echo& echo) noexcept {
    ResponseFrame frame;
    frame.vias = echo.vias;
    frame.from = echo.from;
    frame.call_id = echo.call_id;
    frame.cseq = echo.cseq;
    return frame;
}

/// What of the answer is about all the targets that were asked, and not about the last one.
void note_search(ResponseFrame& frame, const Call& call, bool invite) noexcept {
    if (!invite) {
        return;
    }
    frame.more_lines = call.invite->other_challenges;
    frame.failed_over = frame.status >= 300 && call.targets.failed_over();
}

/// The sender of an INVITE that was answered and whose ACK may still come: before that, or the end
/// of the time for it, it gets no BYE (RFC 3261 s.15).
std::optional<Side> awaited_ack(Call& call) noexcept {
    const bool awaited = call.invite && call.invite->answered && !call.invite->acknowledged &&
                         call.deadline(Deadline::kAck).has_value();
    return awaited ? std::optional(call.invite->exchange.from) : std::nullopt;
}

/// A response that crosses to the sender of the exchange's request.
std::optional<Redirection> redirection_of(const Environment& env, Call& call,
                                          const Exchange& exchange, int status) {
    return redirection_of(env, call.root.of(dataplane::other(exchange.from)).flow.realm,
                          call.root.of(exchange.from).flow.realm, status);
}

/// From now on the sender's credentials are for the far side; some cannot work (D15).
void note_challenge(Environment& env, DialogPair& pair, const sip::Message& response) {
    pair.challenged = true;
    if (policy::offers_only_auth_int(response)) {
        env.counters.auth_int_unsupported.add();
    }
}

}  // namespace

std::uint8_t hops_left(const sip::Message& request) noexcept {
    const std::uint8_t hops = request.max_forwards().value_or(70);  // A7
    return hops == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(hops - 1);
}

int crossed_status(int status) noexcept {
    return status == 503 ? 500 : status;
}

void respond_here(Environment& env, transaction::ServerHandle server, int status,
                  std::string_view reason, std::string_view header_lines) {
    transaction::Reply reply;
    reply.status = status;
    reply.reason = reason;
    reply.lines = header_lines;
    (void)transaction::reply(env.layer, server, reply, env.now);
}

void refuse_busy(Environment& env, transaction::ServerHandle server, std::string_view reason) {
    const std::uint64_t seconds = 5 + env.identifiers.number() % 26;  // 5..30 s (G1)
    respond_here(env, server, 503, reason, "Retry-After: " + std::to_string(seconds) + "\r\n");
}

bool refuse_body(Environment& env, transaction::ServerHandle server, const sip::Message& request) {
    const auto why = body_refusal(request);
    if (why) {
        env.counters.sdp_refused.add();
        respond_here(env, server, why->status, why->reason, why->header_lines);
    }
    return why.has_value();
}

Echo echo_of(Environment& env, transaction::ServerHandle server, const sip::Message& request) {
    Echo echo;
    echo.vias = env.layer.vias_of(server);
    echo.from = request.from().text;
    echo.to = request.to().text;
    echo.call_id = request.call_id();
    echo.cseq = request.value_of(HeaderId::kCSeq);
    for (const std::string& value : record_routes(request)) {
        echo.record_routes.append("Record-Route: ").append(value).append("\r\n");
    }
    return echo;
}

Flow next_hop(const Environment& env, const Dialog& dialog, const Destination& destination) {
    if (env.realm(dialog.flow.realm).nat) {
        return dialog.flow;
    }
    const auto parsed = sip::NameAddr::parse(host_and_port_source(destination));
    const auto uri =
        parsed.ok() ? sip::Uri::parse(parsed->uri) : Result<sip::Uri, sip::ParseError>(sip::Uri{});
    const auto ip = uri.ok() ? uri->ip() : std::nullopt;
    Flow flow = dialog.flow;
    if (ip) {
        flow.remote = {*ip, uri->port.value_or(Port{5060})};
    }
    return flow;  // a name needs DNS: until then the dialog's own flow is the best known way
}

RequestFrame frame_of(const Dialog& dialog, const Destination& to,
                      std::string_view branch) noexcept {
    RequestFrame frame;
    frame.request_uri = to.request_uri;
    frame.routes = to.routes;
    frame.from = dialog.local_party;
    frame.to = dialog.remote_party;
    frame.call_id = dialog.call_id;
    frame.branch = branch;
    frame.sent_by = dialog.flow.local;
    return frame;
}

transaction::ClientHandle send_across(Environment& env, Call& call, const Received& request,
                                      std::optional<std::string_view> session_description) {
    const Side to = dataplane::other(request.side);
    Dialog& dialog = call.pair(request.pair).of(to);
    const Destination destination = call::destination(dialog);
    const std::string branch = env.identifiers.branch();
    RequestFrame frame = frame_of(dialog, destination, branch);
    frame.contact = has_contact(request.message.method()) ? dialog.contact : std::string_view{};
    frame.cseq = ++dialog.local_cseq;  // D5
    frame.max_forwards = hops_left(request.message);
    const auto description =
        crossing_description(env.config, dialog.flow.realm, request.message, session_description);
    frame.session_description = description;
    const auto beside = sessions_beside(env.config, dialog.flow.realm, request.message);
    frame.passive_sessions = beside;
    frame.drop_credentials =
        !call.pair(request.pair).challenged && credentials_name_us(env.config, request.message);
    frame.min_se = raised_interval(env.config, request.message);
    const std::string rack = far_rack(call, request);
    frame.rack = rack;
    const Naming naming = naming_of(env, request.flow, dialog.flow.realm);
    frame.naming = &naming;
    const auto event = crossed_event(call, request);
    frame.event = event;
    const auto octets =
        cross_request(request.message, frame,
                      crossing_of(env, call, request.side, request.message, true), env.scratch);
    transaction::ClientHandle client;
    if (octets) {
        client = env.layer.request(*octets, next_hop(env, dialog, destination),
                                   CallTable::ref_of(call), env.now);
    }
    if (!octets) {
        env.counters.too_large.add();
        respond_here(env, request.server, 513, "Message Too Large");
    } else if (!client) {
        refuse_busy(env, request.server, "Too Many Transactions");
    }
    return client;
}

std::optional<std::string_view> respond_across(Environment& env, Call& call, Exchange& exchange,
                                               const sip::Message& response,
                                               const Amendments& amendments) {
    Dialog& dialog = call.pair(exchange.pair).of(exchange.from);
    const bool invite = call.invite && &call.invite->exchange == &exchange && call.invite->initial;
    const bool initial = invite || exchange.initial;
    const int status = crossed_status(response.status());
    const std::string to = initial ? to_of(call, exchange) : exchange.echo.to;
    ResponseFrame frame = frame_of(exchange.echo);
    frame.to = to;
    frame.status = status;
    frame.redirection = redirection_of(env, call, exchange, status);
    if (status > 100 && status < 300) {
        frame.contact = has_contact(exchange.method) ? dialog.contact : std::string_view{};
        frame.record_routes = initial ? exchange.echo.record_routes : std::string_view{};
    }
    note_search(frame, call, invite);
    const auto description = crossing_description(env.config, dialog.flow.realm, response,
                                                  amendments.session_description);
    frame.session_description = description;
    const auto beside = sessions_beside(env.config, dialog.flow.realm, response);
    frame.passive_sessions = beside;
    frame.rseq = amendments.rseq;
    frame.hides_timer = hides_session_timer(exchange, response);
    const auto octets = cross_response(
        response, frame,
        crossing_of(env, call, dataplane::other(exchange.from), response, !initial), env.scratch);
    if (!octets) {
        env.counters.too_large.add();
        return std::nullopt;
    }
    exchange.final_sent = exchange.final_sent || status >= 200;
    if (status == 401 || status == 407) {
        note_challenge(env, call.pair(exchange.pair), response);
    }
    if (status >= 200 && status < 300 && exchange.method == sip::Method::kInvite && call.invite) {
        call.invite->ok = *octets;
    }
    (void)env.layer.respond(exchange.server, status, *octets, env.now);
    return octets;
}

void send_own_bye(CallTable& table, Call& call, Side side, std::size_t pair,
                  std::string_view reason) {
    call.pair(pair).ended = true;
    OwnRequest bye{sip::Method::kBye, side, pair, {}, {}};
    if (!reason.empty()) {
        bye.lines.append("Reason: ").append(reason).append("\r\n");
    }
    send_own(table, call, bye);
}

std::optional<std::uint32_t> cseq_number(const Echo& echo) noexcept {
    const auto cseq = sip::CSeq::parse(echo.cseq);
    return cseq.ok() ? std::optional(cseq->number) : std::nullopt;
}

void end_both(CallTable& table, Call& call, std::string_view reason, std::optional<Side> gone) {
    Environment& env = table.environment();
    if (call.state == CallState::kEnding || !call.confirmed || call.owed_bye) {
        return;
    }
    if (call.ended_by.empty()) {
        call.ended_by = "gateway";
    }
    const auto waits = awaited_ack(call);
    clear_invite(table, call);
    for (const Side side : {Side::kA, Side::kB}) {
        if (side != gone && side != waits) {
            send_own_bye(table, call, side, *call.confirmed, reason);
        }
    }
    if (waits && waits != gone) {
        owe_bye(call, {dataplane::other(*waits), std::string(reason)});
    } else {
        call.state = CallState::kEnding;
    }
    call.pair(*call.confirmed).ended = true;
    write_record(env, call);
    call.media->release();
}

void refresh_targets(Environment& env, Call& call, Exchange& exchange,
                     const sip::Message& response) {
    const Side far = dataplane::other(exchange.from);
    const std::string_view answered = contact_uri(response);
    if (!answered.empty()) {
        call.pair(exchange.pair).of(far).remote_target = answered;
    }
    learn_allow(call.pair(exchange.pair).of(far), response);
    refresh_sender(env, call, exchange);
}

void refresh_sender(Environment& env, Call& call, const Exchange& exchange) {
    Dialog& sender = call.pair(exchange.pair).of(exchange.from);
    if (!exchange.new_target.empty()) {
        sender.remote_target = exchange.new_target;
    }
    if (sender.flow.remote != exchange.new_flow.remote) {
        env.counters.source_changes.add();
        sender.flow = exchange.new_flow;
        const Endpoint& source = sender.flow.remote;
        const bool through_nat =
            sender.route_set.empty() && !policy::names_source(sender.remote_target, source);
        call.media->set_peer(exchange.from, {sender.flow.realm, source.ip, through_nat});
    }
}

void finish(Environment& env, Call& call, CallResult result, int status) {
    switch (result) {
        case CallResult::kAnswered:
            break;  // counted when it was
        case CallResult::kCancelled:
            env.counters.calls_cancelled.add();
            break;
        case CallResult::kRefused:
            env.counters.calls_refused.add();
            break;
        case CallResult::kChallenged:
            env.counters.calls_challenged.add();
            break;
        case CallResult::kUnanswered:
            env.counters.calls_unanswered.add();
            break;
        case CallResult::kFailed:
            env.counters.calls_failed.add();
            break;
    }
    call.result = result;
    call.final_status = status;
    call.state = CallState::kEnding;
    write_record(env, call);
    for (DialogPair& pair : call.pairs) {
        pair.media.reset();
    }
    call.media->release();
}

void settle(CallTable& table, Call& call) {
    follow_transfer(table, call);
    if (call.invite && call.invite->exchange.final_sent && call.invite->reliable.withheld) {
        release_withheld(table, call);  // it came too late after all (E-R1)
    }
    std::erase_if(call.exchanges, [](const Exchange& e) { return !e.client && e.final_sent; });
    release_held(table, call);
    const bool over = call.state == CallState::kEnding || call.state == CallState::kNoSession;
    const bool invite_over = !call.invite || (call.invite->far_done && !awaits_prack(*call.invite));
    const bool idle = call.exchanges.empty() && invite_over && !call.bye_challenged;
    if (over && idle && call.subscriptions.empty()) {
        table.remove(call);
        return;
    }
    call.deadline(Deadline::kSubscription) = next_expiry(call);
    if (call.state == CallState::kEnding) {
        for (const Deadline unwanted :
             {Deadline::kResend2xx, Deadline::kAck, Deadline::kMedia, Deadline::kSilence,
              Deadline::kExpires, Deadline::kSession, Deadline::kRefresh, Deadline::kTransfer}) {
            call.deadline(unwanted).reset();
        }
        auto& removal = call.deadline(Deadline::kRemoval);
        if (idle) {
            removal.reset();  // subscriptions live on and have deadlines of their own
        } else if (!removal) {
            removal = table.environment().now + kEndingLimit;
        }
    }
    table.share(call);
    table.arm(call);
}

}  // namespace sallyport::call
