// SPDX-License-Identifier: Apache-2.0
// A phone and the session timer (RFC 4028): asks for one, grants one, refreshes, or watches the
// other one refresh.
#include "tests/sim/peers/phone.h"

#include <algorithm>
#include <charconv>

namespace sallyport::sim {
namespace {

constexpr std::uint32_t kLeast = 90;  // RFC 4028 s.4, s.5

std::uint32_t number_in(std::string_view value) {
    std::uint32_t number = 0;
    (void)std::from_chars(value.data(), value.data() + value.size(), number);
    return number;
}

std::uint32_t interval_of(const sip::Message& message) {
    return number_in(message.value_of(sip::HeaderId::kSessionExpires));
}

bool names(const sip::Message& message, std::string_view refresher) {
    return message.value_of(sip::HeaderId::kSessionExpires).find(refresher) !=
           std::string_view::npos;
}

bool knows_timer(const sip::Message& message) {
    for (const auto& field : message.headers()) {
        if (field.id == sip::HeaderId::kSupported &&
            message.value(field).find("timer") != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

}  // namespace

/// Of an INVITE or UPDATE of ours (s.7.1, s.7.4).
std::string Phone::session_lines() const {
    const SessionTimerScript& timer = script_.timer;
    if (!timer.knows) {
        return {};
    }
    std::string lines = "Supported: timer\r\n";
    const bool runs = session_interval_ != 0;
    const std::uint32_t wanted = runs ? session_interval_ : timer.asks;
    if (wanted == 0 || (!runs && talking()) || current_.empty() == runs) {
        return lines;
    }
    lines += "Session-Expires: " + std::to_string(std::max(wanted, min_se_));
    if (runs) {
        lines += refreshes_ ? ";refresher=uac" : ";refresher=uas";
    } else if (timer.names_refresher) {
        lines += ";refresher=uac";
    }
    lines += "\r\n";
    if (min_se_ != 0) {
        lines += "Min-SE: " + std::to_string(min_se_) + "\r\n";
    }
    return lines;
}

/// Of the 2xx to an INVITE or UPDATE of theirs (s.9, table 2); the timer starts anew.
std::string Phone::session_answer(const sip::Message& request) {
    const SessionTimerScript& timer = script_.timer;
    const bool understood = knows_timer(request);
    min_se_ = std::max(min_se_, number_in(request.value_of(sip::HeaderId::kMinSe)));
    std::uint32_t seconds = interval_of(request);
    const bool asked = seconds != 0;
    if (!asked && timer.asks != 0 && (understood || timer.presumes)) {
        seconds = std::max(timer.asks, min_se_);
    }
    if (!timer.knows || seconds == 0 || outcome_ != Outcome::kTalking) {
        start_session(0, false);
        return {};
    }
    bool peer = timer.prefers_peer && understood;
    if (names(request, "refresher=")) {
        peer = names(request, "refresher=uac");
    }
    peer |= timer.presumes && !understood;
    start_session(seconds, !peer);
    return "Session-Expires: " + std::to_string(seconds) + ";refresher=" + (peer ? "uac" : "uas") +
           "\r\nSupported: timer\r\n" + (understood || peer ? "Require: timer\r\n" : "");
}

/// s.9: the interval is below what we want, and the caller understands 422.
bool Phone::refuse_session(const sip::Message& invite, const Packet& packet) {
    const std::uint32_t asked = interval_of(invite);
    const std::uint32_t least = std::max(script_.timer.least, kLeast);
    if (!script_.timer.knows || asked == 0 || least <= asked || !knows_timer(invite)) {
        return false;
    }
    local_tag_ = std::to_string(network_.random().next());
    transactions_.respond(Transactions::key_of(invite), 422,
                          reply(invite, 422, "Min-SE: " + std::to_string(least) + "\r\n"),
                          Transactions::reply_to(packet));
    return true;
}

/// s.7.3: there is something to try again with.
bool Phone::raise_session(const sip::Message& response) {
    const std::uint32_t wanted = number_in(response.value_of(sip::HeaderId::kMinSe));
    if (response.status() != 422 || wanted <= std::max(script_.timer.asks, min_se_)) {
        return false;
    }
    min_se_ = wanted;
    ++timer_score_.raised;
    return true;
}

/// The 2xx to an INVITE or UPDATE of ours (s.7.2).
void Phone::take_session(const sip::Message& response) {
    if (script_.timer.knows) {
        start_session(interval_of(response), names(response, "refresher=uac"));
    }
}

void Phone::start_session(std::uint32_t seconds, bool ours) {
    timer_score_.refreshed += session_interval_ != 0 && seconds != 0 ? 1 : 0;
    session_interval_ = seconds;
    refreshes_ = ours;
    ++session_starts_;
    if (seconds == 0) {
        return;
    }
    const Millis interval{std::int64_t{seconds} * 1000};
    if (ours && !script_.timer.dies) {
        after(interval / 2, [this, since = session_starts_] { refresh_session(since, 3); });
    } else if (!ours && script_.timer.watches) {
        after(interval - std::min(Millis{32'000}, interval / 3), [this, since = session_starts_] {
            if (since == session_starts_) {
                hang_up();  // s.10
            }
        });
    }
}

/// Half the interval is over (s.7.2). A refresh that fails is tried again a few times (s.10).
void Phone::refresh_session(std::uint64_t since, int tries) {
    constexpr Millis kAgain{4000};
    if (since != session_starts_ || !talking() || bye_sent_ || tries == 0) {
        return;
    }
    const bool busy = invite_pending_ || asked_ || ack_owed_ || !update_branch_.empty();
    if (!busy && script_.timer.by_update) {
        update(false);
    } else if (!busy) {
        reinvite("sendrecv", true);
    }
    after(kAgain, [this, since, tries, busy] { refresh_session(since, busy ? tries : tries - 1); });
}

}  // namespace sallyport::sim
