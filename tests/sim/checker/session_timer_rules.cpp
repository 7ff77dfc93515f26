// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/checker/session_timer_rules.h"

#include "tests/sim/checker/message_reading.h"
#include "tests/sim/checker/repetition.h"

#include <algorithm>

namespace sallyport::sim {

using sip::HeaderId;
using sip::Method;

namespace {

constexpr std::uint32_t kLeast = 90;  // RFC 4028 s.5

bool refreshes(Method method) {
    return method == Method::kInvite || method == Method::kUpdate;
}

}  // namespace

SessionTimerRules::Leg* SessionTimerRules::leg_of(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (m.to().tag.empty() || call_of(m.from().text) < 0) {
        return nullptr;
    }
    Leg& leg = legs_[dialog_key(m.call_id(), std::min(m.from().tag, m.to().tag),
                                std::max(m.from().tag, m.to().tag))];
    leg.call = call_of(m.from().text);
    return &leg;
}

void SessionTimerRules::on_arrival(const Sight& sight) {
    Leg* leg = leg_of(sight);
    if (leg == nullptr) {
        return;
    }
    look(sight, *leg);
    const sip::Message& m = sight.message;
    const bool gone = !m.is_request() && m.status() == 481;
    if (gone && (refreshes(m.method()) || m.method() == Method::kBye)) {
        leg->over = true;  // its other end has forgotten it (E-R9)
    }
    // The BYE of a callee that still rings ends nothing (RFC 3261 s.15).
    if (m.is_request() && m.method() == Method::kBye && leg->confirmed) {
        on_bye(sight, *leg, false);
    }
}

void SessionTimerRules::on_sent(const Sight& sight) {
    check_values(sight);
    Leg* leg = leg_of(sight);
    if (leg == nullptr) {
        return;
    }
    look(sight, *leg);
    if (sight.message.is_request() && sight.message.method() == Method::kBye) {
        on_bye(sight, *leg, true);
    }
}

void SessionTimerRules::look(const Sight& sight, Leg& leg) {
    const sip::Message& m = sight.message;
    if (m.is_request()) {
        if (m.method() == Method::kInvite || m.method() == Method::kAck) {
            leg.invite_open = m.method() == Method::kInvite;
        }
        return;
    }
    std::string name(m.top_via().branch);
    name.append(m.to().tag);
    if (m.method() == Method::kInvite && m.status() >= 300) {
        leg.invite_open = false;
        seen_.insert(name);  // a 2xx behind it, of the same dialog, makes no session (E-R12)
    }
    if (m.method() == Method::kBye && m.status() / 100 == 2) {
        leg.over = true;  // also when that BYE overtook the 2xx that confirms it
    }
    if (refreshes(m.method()) && m.status() / 100 == 2 && seen_.insert(std::move(name)).second) {
        on_ok(sight, leg);
    }
}

/// RFC 4028 s.7.2, s.9: the last 2xx decides.
void SessionTimerRules::on_ok(const Sight& sight, Leg& leg) {
    const sip::Message& m = sight.message;
    leg.confirmed |= m.method() == Method::kInvite;
    if (!leg.confirmed || leg.over) {
        return;
    }
    const std::uint32_t seconds = number_in(m.value_of(HeaderId::kSessionExpires));
    leg.running = seconds != 0;
    const Millis interval{std::int64_t{seconds} * 1000};
    leg.due = sight.now + (interval - std::min(k64T1, interval / 3));
}

bool SessionTimerRules::expired(int call, Moment now) const {
    return std::any_of(legs_.begin(), legs_.end(), [&](const auto& entry) {
        const Leg& leg = entry.second;
        return leg.call == call && leg.running && leg.due <= now;
    });
}

bool SessionTimerRules::late(const Leg& leg, Moment now) {
    const Millis patience = leg.invite_open ? k64T1 + kT1 : kSlack;
    return leg.running && !leg.over && leg.due + patience < now;
}

void SessionTimerRules::on_bye(const Sight& sight, Leg& leg, bool sent) {
    if (sent && !leg.over) {
        const bool says_so =
            sight.message.octets().find("Session Expired") != std::string_view::npos;
        if (says_so && !expired(leg.call, sight.now)) {
            findings_.say(sight, "M3", "ended as expired, and it has not");
        }
    }
    if (late(leg, sight.now)) {
        findings_.say(sight, "M3", "the session has expired before and was not ended");
    }
    leg.over = true;
}

void SessionTimerRules::check_values(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (!refreshes(m.method())) {
        return;
    }
    const bool has = m.has(HeaderId::kSessionExpires);
    const std::uint32_t seconds = number_in(m.value_of(HeaderId::kSessionExpires));
    const std::uint32_t least = std::max(kLeast, number_in(m.value_of(HeaderId::kMinSe)));
    if (m.is_request() && has && seconds < least) {
        findings_.say(sight, "4028 s.7.1", "Session-Expires is below Min-SE");
    }
    if (!m.is_request() && m.status() == 422 && number_in(m.value_of(HeaderId::kMinSe)) < kLeast) {
        findings_.say(sight, "4028 s.8.1", "422 without a Min-SE of 90 or more");
    }
    if (!m.is_request() && m.status() / 100 == 2 && has &&
        m.value_of(HeaderId::kSessionExpires).find("refresher=") == std::string_view::npos) {
        findings_.say(sight, "4028 s.9", "a 2xx does not say who refreshes");
    }
}

void SessionTimerRules::finish(Moment now) {
    for (const auto& [key, leg] : legs_) {
        if (late(leg, now)) {
            findings_.say(now, leg.call, "M3", "a session that nobody refreshed was not ended");
        }
    }
}

}  // namespace sallyport::sim
