// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/session_refresh.h"

#include "b2bua/call/own_request.h"
#include "b2bua/call/session_part.h"
#include "b2bua/call/steps.h"
#include "b2bua/sip/session_expires.h"

#include <algorithm>
#include <string>

namespace sallyport::call {
namespace {

constexpr Millis kBusy{2'000};

/// RFC 4028 s.7.4: we stay the refresher, and never ask for less than was ever demanded.
std::string timer_lines(Call& call, Side to) {
    const std::uint32_t least = call.session.min_se_of(to);
    std::string lines = "Supported: timer\r\nSession-Expires: ";
    lines.append(std::to_string(std::max(call.session.interval, least)));
    lines.append(";refresher=uac\r\n");
    if (least != 0) {
        lines.append("Min-SE: ").append(std::to_string(least)).append("\r\n");
    }
    return lines;
}

/// The 2xx of a re-INVITE: its answer takes effect on its own leg, and it gets its ACK.
void take_answer(CallTable& table, Call& call, const Exchange& exchange,
                 const sip::Message& response) {
    const Side to = dataplane::other(exchange.from);
    const auto session = session_description(response);
    if (call.state == CallState::kConfirmed && call.media->offered_by() == exchange.from) {
        sdp::Origin nowhere = call.pair(exchange.pair).of(exchange.from).origin;
        if (session.empty() || !call.media->carry(to, SdpRole::kAnswer, session, nowhere).ok()) {
            call.media->rollback();
        }
    }
    acknowledge_own(table, call, exchange, response);
}

void on_refreshed(Environment& env, Call& call, const Exchange& exchange,
                  const sip::Message& response) {
    const Side to = dataplane::other(exchange.from);
    const auto target = contact_uri(response);
    if (!target.empty()) {
        call.pair(exchange.pair).of(to).remote_target = target;  // D7
    }
    const auto agreed =
        sip::SessionExpires::parse(response.value_of(sip::HeaderId::kSessionExpires));
    if (!agreed.ok() || agreed->seconds == 0) {
        stop_session_timer(call);
        return;
    }
    const bool ours = agreed->refresher != sip::Refresher::kUas;
    start_session_timer(env, call, agreed->seconds, ours ? std::optional(to) : std::nullopt);
}

/// RFC 4028 s.7.3: the far side wants a longer interval. Asked once: a side that goes on raising it
/// is not served for ever (s.10). True: there is something to try again with.
bool raised(Call& call, Side to, const sip::Message* response) {
    const auto wanted = response == nullptr
                            ? Result<sip::MinSe, sip::ParseError>(sip::MinSe{})
                            : sip::MinSe::parse(response->value_of(sip::HeaderId::kMinSe));
    std::uint32_t& known = call.session.min_se_of(to);
    if (!wanted.ok() || wanted->seconds <= call.session.interval || known > call.session.interval) {
        return false;
    }
    known = wanted->seconds;
    return true;
}

void on_not_refreshed(CallTable& table, Call& call, const Exchange& exchange,
                      const sip::Message* response) {
    Environment& env = table.environment();
    const int status = response == nullptr ? 408 : response->status();
    const Side to = dataplane::other(exchange.from);
    if (exchange.method == sip::Method::kInvite && call.media->offered_by() == exchange.from) {
        call.media->rollback();
    }
    if (status == 408 || status == 481) {
        end_both(table, call, "SIP;cause=" + std::to_string(status),
                 status == 481 ? std::optional(to) : std::nullopt);  // E-R9
    } else if (status == 491) {
        call.deadline(Deadline::kRefresh) = env.now + glare_delay(env, to);
    } else if (status == 422 && raised(call, to, response)) {
        call.deadline(Deadline::kRefresh) = env.now;
    }
    // RFC 4028 s.10: after any other the session lasts until it expires.
}

}  // namespace

bool is_busy(const Call& call) noexcept {
    return (call.invite && !call.invite->settled()) || call.media->offer_pending() ||
           std::any_of(call.exchanges.begin(), call.exchanges.end(), [](const Exchange& e) {
               return e.client &&
                      (e.method == sip::Method::kUpdate || e.method == sip::Method::kInvite);
           });
}

Millis glare_delay(Environment& env, Side to) {
    const std::uint64_t random = env.identifiers.number();
    return to == Side::kB ? Millis{2'100 + static_cast<std::int64_t>(random % 191) * 10}
                          : Millis{static_cast<std::int64_t>(random % 201) * 10};
}

void acknowledge_own(CallTable& table, Call& call, const Exchange& exchange,
                     const sip::Message& response) {
    Environment& env = table.environment();
    const Dialog& dialog = call.pair(exchange.pair).of(dataplane::other(exchange.from));
    const Destination destination = call::destination(dialog);
    sip::Writer writer(env.scratch);
    begin_own(writer, env, dialog, destination, "ACK")
        .header_begin("CSeq")
        .number(response.cseq().number)
        .text(" ACK")
        .line_end();
    if (const auto octets = writer.finish()) {
        const SentAck ack{std::string(*octets), next_hop(env, dialog, destination)};
        (void)env.sender.send(ack.flow, ack.octets);
        table.departed().keep_ack(ack, env.now);  // E-R3
    }
}

void refresh_session(CallTable& table, Call& call) {
    Environment& env = table.environment();
    if (!call.session.own || !call.confirmed) {
        return;
    }
    const Side to = *call.session.own;
    DialogPair& pair = call.pair(*call.confirmed);
    if (is_busy(call)) {
        call.deadline(Deadline::kRefresh) = env.now + kBusy;
        return;
    }
    OwnRequest request{sip::Method::kUpdate, to, *call.confirmed, timer_lines(call, to), {}};
    if (!allows(pair.of(to), "UPDATE")) {
        auto offer = call.media->repeat_offer(to, pair.of(to).origin);
        if (!offer) {
            return;  // nothing was ever agreed upon that could be offered again
        }
        request.method = sip::Method::kInvite;
        request.session = std::move(*offer);
    }
    if (send_own(table, call, request)) {
        env.counters.own_refreshes.add();
        return;
    }
    if (request.method == sip::Method::kInvite) {
        call.media->rollback();
    }
    call.deadline(Deadline::kRefresh) = env.now + kBusy;
}

void on_refresh_answer(CallTable& table, Call& call, Exchange& exchange,
                       const sip::Message* response) {
    Environment& env = table.environment();
    const Exchange answered = exchange;
    exchange.client = {};
    const bool refreshed = response != nullptr && response->status() / 100 == 2;
    if (refreshed && answered.method == sip::Method::kInvite) {
        take_answer(table, call, answered, *response);
    }
    if (call.state != CallState::kConfirmed) {
        return;
    }
    if (refreshed) {
        on_refreshed(env, call, answered, *response);
    } else {
        on_not_refreshed(table, call, answered, response);
    }
}

}  // namespace sallyport::call
