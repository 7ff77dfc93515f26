// SPDX-License-Identifier: Apache-2.0
// ACK of a 2xx (spec M2, E3, C11, E-R3, R11; RFC 3261 s.13.2.2.4): the far leg's ACK waits for the
// near one, unless the option early-ack had it sent with the 2xx (answer.cpp).
#include "b2bua/call/body.h"
#include "b2bua/call/credentials.h"
#include "b2bua/call/events.h"
#include "b2bua/call/owed_bye.h"
#include "b2bua/call/own_request.h"
#include "b2bua/call/session_part.h"
#include "b2bua/call/steps.h"
#include "b2bua/sip/writer.h"

namespace sallyport::call {
namespace {

/// Builds and sends the far leg's ACK from the near one.
bool pass_on(Environment& env, Call& call, const Received& ack,
             std::optional<std::string_view> session) {
    const Side far = dataplane::other(ack.side);
    Dialog& dialog = call.pair(call.invite->exchange.pair).of(far);
    const Destination to = destination(dialog);
    const std::string branch = env.identifiers.branch();
    RequestFrame frame = frame_of(dialog, to, branch);
    frame.cseq = call.invite->client_cseq;
    frame.max_forwards = hops_left(ack.message);
    frame.session_description = session;
    const auto beside = sessions_beside(env.config, dialog.flow.realm, ack.message);
    frame.passive_sessions = beside;
    frame.drop_credentials = credentials_name_us(env.config, ack.message);
    const auto octets = cross_request(
        ack.message, frame, crossing_of(env, call, ack.side, ack.message, true), env.scratch);
    if (octets) {
        const Flow flow = next_hop(env, dialog, to);
        call.invite->ack = SentAck{std::string(*octets), flow};
        (void)env.sender.send(flow, *octets);
    }
    return octets.has_value();
}

/// The near leg's ACK becomes the far leg's, with the answer that it may have to carry (E3).
void acknowledge_far_leg(CallTable& table, Call& call, const Received& ack) {
    Environment& env = table.environment();
    const Side far = dataplane::other(ack.side);
    const std::string_view session = session_description(ack.message);
    std::optional<std::string> text;
    bool broken = false;
    if (!session.empty()) {
        const SdpRole role = call.media->offered_by() == far ? SdpRole::kAnswer : SdpRole::kPassive;
        auto carried = call.media->carry(ack.side, role, session,
                                         call.pair(call.invite->exchange.pair).of(far).origin);
        broken = !carried.ok();
        if (!broken) {
            text = std::move(*carried);
        }
    } else {
        broken =
            call.media->offered_by() == far;  // the far side's offer stays without an answer (E3)
    }
    if (broken || !pass_on(env, call, ack, text)) {
        env.counters.sdp_refused.add();
        end_both(table, call, "SIP;cause=488");
    }
}

/// C11: those of the INVITE that is acknowledged, if they crossed with it.
std::string owed_credentials(Environment& env, Call& call) {
    const InviteExchange& invite = *call.invite;
    const sip::Message* request = env.layer.request_of(invite.exchange.server);
    const bool crossed =
        request != nullptr && (invite.initial || call.pair(invite.exchange.pair).challenged ||
                               !credentials_name_us(env.config, *request));
    return crossed ? credential_lines(*request) : std::string{};
}

/// The pending offer is one that the 2xx of the INVITE made, and the ACK is to answer it. An UPDATE
/// may have made it, or the 2xx of another fork.
bool offered_in_2xx(Call& call, Side side, std::size_t pair) noexcept {
    const InviteExchange& invite = *call.invite;
    return pair == invite.exchange.pair && !invite.exchange.carries_offer &&
           !invite.reliable.negotiated(pair) && call.media_of(pair).offered_by() == side;
}

}  // namespace

void on_ack(CallTable& table, Call& call, const Received& ack) {
    const bool of_invite =
        call.invite && cseq_number(call.invite->exchange.echo) == ack.message.cseq().number;
    if (call.owed_bye && of_invite && ack.side != call.owed_bye->from) {
        send_owed_bye(table, call);
        return;
    }
    const bool awaited = call.invite && call.invite->answered && !call.invite->acknowledged &&
                         call.invite->exchange.from == ack.side &&
                         call.invite->exchange.pair == ack.pair &&
                         ack.message.max_forwards() != std::uint8_t{0} &&  // C20
                         of_invite;
    if (!awaited) {
        return;  // E-R11: a repeated ACK, or one that has no hops left
    }
    call.invite->acknowledged = true;
    call.deadline(Deadline::kResend2xx).reset();
    call.deadline(Deadline::kAck).reset();
    if (!call.invite->ack) {
        acknowledge_far_leg(table, call, ack);
    }
}

void send_own_ack(Environment& env, Call& call, Side side, std::size_t pair,
                  std::string_view offer) {
    Dialog& dialog = call.pair(pair).of(side);
    std::optional<std::string> answer;
    const Media& media = call.media_of(pair);
    if (!offer.empty()) {
        answer = media.rejection_of(offer, side, dialog.origin);
    } else if (offered_in_2xx(call, side, pair)) {
        answer = media.rejection_for(side, dialog.origin);
    }
    send_ack(env, call, side, pair, answer);
}

void send_ack(Environment& env, Call& call, Side side, std::size_t pair,
              const std::optional<std::string>& session) {
    InviteExchange& invite = *call.invite;
    Dialog& dialog = call.pair(pair).of(side);
    const Destination to = call::destination(dialog);
    sip::Writer writer(env.scratch);
    begin_own(writer, env, dialog, to, "ACK")
        .header_begin("CSeq")
        .number(invite.client_cseq)
        .text(" ACK")
        .line_end()
        .lines(owed_credentials(env, call));
    const auto octets = session ? writer.finish("application/sdp", *session) : writer.finish();
    if (octets) {
        const SentAck ack{std::string(*octets), next_hop(env, dialog, to)};
        call.pair(pair).own_ack = ack;
        if (pair == invite.exchange.pair) {
            invite.ack = ack;
        }
        (void)env.sender.send(ack.flow, ack.octets);
    }
}

}  // namespace sallyport::call
