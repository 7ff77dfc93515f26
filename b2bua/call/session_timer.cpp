// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/session_timer.h"

#include "b2bua/call/steps.h"
#include "b2bua/sip/session_expires.h"

#include <algorithm>
#include <string>

namespace sallyport::call {
namespace {

constexpr std::string_view kTimer = "timer";
constexpr std::string_view kExpired = R"(SIP;cause=408;text="Session Expired")";

/// RFC 4028 s.3: the requests that refresh a session.
bool refreshes(sip::Method method) noexcept {
    return method == sip::Method::kInvite || method == sip::Method::kUpdate;
}

Result<sip::SessionExpires, sip::ParseError> asked_of(const sip::Message& message) noexcept {
    return sip::SessionExpires::parse(message.value_of(sip::HeaderId::kSessionExpires));
}

}  // namespace

bool refuse_session_interval(Environment& env, transaction::ServerHandle server,
                             const sip::Message& request) {
    if (!refreshes(request.method()) || !request.has(sip::HeaderId::kSessionExpires)) {
        return false;
    }
    const auto asked = asked_of(request);
    if (!asked.ok()) {
        respond_here(env, server, 400, sip::reason_for(asked.error().fault));
        return true;
    }
    if (asked->seconds >= env.config.min_se || !knows_extension(request, kTimer)) {
        return false;
    }
    env.counters.sessions_too_short.add();
    respond_here(env, server, 422, {}, "Min-SE: " + std::to_string(env.config.min_se) + "\r\n");
    return true;
}

std::optional<std::uint32_t> raised_interval(const Config& config,
                                             const sip::Message& request) noexcept {
    const auto asked = asked_of(request);
    const bool too_short = refreshes(request.method()) && asked.ok() &&
                           asked->seconds < config.min_se && !knows_extension(request, kTimer);
    return too_short ? std::optional(std::uint32_t{config.min_se}) : std::nullopt;
}

void note_min_se(Call& call, Side from, const sip::Message& request) noexcept {
    const auto asked = sip::MinSe::parse(request.value_of(sip::HeaderId::kMinSe));
    if (refreshes(request.method()) && asked.ok()) {
        std::uint32_t& known = call.session.min_se_of(from);
        known = std::max(known, asked->seconds);
    }
}

bool hides_session_timer(const Exchange& exchange, const sip::Message& response) noexcept {
    const auto agreed = asked_of(response);
    return refreshes(exchange.method) && response.status() / 100 == 2 && agreed.ok() &&
           agreed->refresher != sip::Refresher::kUas && !exchange.knows_timer;
}

void agree_session_timer(Environment& env, Call& call, const Exchange& exchange,
                         const sip::Message& response) {
    // An UPDATE may still be answered in an early dialog that has lost (E12).
    const bool lost = exchange.method == sip::Method::kUpdate && call.confirmed &&
                      *call.confirmed != exchange.pair;
    if (!refreshes(exchange.method) || lost) {
        return;
    }
    const auto agreed = asked_of(response);
    if (!agreed.ok() || agreed->seconds == 0) {
        stop_session_timer(call);  // RFC 4028 s.7.2: a 2xx without it turns it off
        return;
    }
    const bool ours = hides_session_timer(exchange, response);
    start_session_timer(env, call, agreed->seconds,
                        ours ? std::optional(dataplane::other(exchange.from)) : std::nullopt);
}

void start_session_timer(Environment& env, Call& call, std::uint32_t seconds,
                         std::optional<Side> own) {
    constexpr Millis kMargin{32'000};  // RFC 4028 s.10
    const Millis interval{std::int64_t{seconds} * 1000};
    call.session.interval = seconds;
    call.session.own = own;
    call.deadline(Deadline::kSession) = env.now + (interval - std::min(kMargin, interval / 3));
    call.deadline(Deadline::kRefresh).reset();
    if (own) {
        call.deadline(Deadline::kRefresh) = env.now + interval / 2;
    }
}

void stop_session_timer(Call& call) noexcept {
    call.session.interval = 0;
    call.session.own.reset();
    call.deadline(Deadline::kSession).reset();
    call.deadline(Deadline::kRefresh).reset();
}

void expire_session(CallTable& table, Call& call) {
    table.environment().counters.sessions_expired.add();
    call.ended_by = "session-timer";
    end_both(table, call, kExpired);
}

}  // namespace sallyport::call
