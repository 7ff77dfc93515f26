// SPDX-License-Identifier: Apache-2.0
// What became of the calls and of the traffic beside them in many worlds; a run that only fails
// calls, or in which some kind of traffic never happened, proves nothing. Tests only.
#pragma once

#include <cstdint>
#include <string>

namespace sallyport::sim {

// clang-format off
// A name, and whether it must happen: a phone whose INVITE gets no answer at all is rare.
#define SALLYPORT_SIM_TALLY(COUNT) \
    COUNT(worlds, true) \
    COUNT(calls, true) \
    COUNT(answered, true) \
    COUNT(refused, true) \
    COUNT(cancelled, true) \
    COUNT(timed_out, false) \
    COUNT(deeds, true) \
    COUNT(media_checks, true) \
    COUNT(messages, true) \
    COUNT(standalone_requests, true) \
    COUNT(standalone_answered, true) \
    COUNT(standalone_challenged, true) \
    COUNT(standalone_unanswered, true) \
    COUNT(publications, true) \
    COUNT(session_refreshes, true) \
    COUNT(sessions_expired, true) \
    COUNT(session_intervals_raised, true) \
    COUNT(gateway_refreshes, true) \
    COUNT(subscriptions, true) \
    COUNT(subscription_refreshes, true) \
    COUNT(unsubscriptions, true) \
    COUNT(notifications, true) \
    COUNT(subscription_forks, true) \
    COUNT(subscriptions_terminated, true) \
    COUNT(subscriptions_refused, true) \
    COUNT(subscriptions_lost, true) \
    COUNT(transfers_reported, true) \
    COUNT(redirects_followed, true) \
    COUNT(failovers_answered, true)
// clang-format on

struct Tally {
#define SALLYPORT_SIM_FIELD(name, must) std::uint64_t name{0};
    SALLYPORT_SIM_TALLY(SALLYPORT_SIM_FIELD)
#undef SALLYPORT_SIM_FIELD

    void operator+=(const Tally& other) noexcept {
#define SALLYPORT_SIM_ADD(name, must) name += other.name;
        SALLYPORT_SIM_TALLY(SALLYPORT_SIM_ADD)
#undef SALLYPORT_SIM_ADD
    }
    /// "8 calls, 5 answered, ..."
    [[nodiscard]] std::string text() const {
        std::string text;
#define SALLYPORT_SIM_TEXT(name, must) add(text, name, #name);
        SALLYPORT_SIM_TALLY(SALLYPORT_SIM_TEXT)
#undef SALLYPORT_SIM_TEXT
        return text;
    }
    /// Names of the counts that should not be 0 and are.
    [[nodiscard]] std::string missing() const {
        std::string text;
#define SALLYPORT_SIM_MISSING(name, must) \
    if ((must) && name == 0) {            \
        text.append(" ").append(#name);   \
    }
        SALLYPORT_SIM_TALLY(SALLYPORT_SIM_MISSING)
#undef SALLYPORT_SIM_MISSING
        return text;
    }

private:
    static void add(std::string& text, std::uint64_t count, std::string name) {
        for (char& c : name) {
            c = c == '_' ? ' ' : c;
        }
        text.append(text.empty() ? "" : ", ").append(std::to_string(count)).append(" ");
        text.append(name);
    }
};

}  // namespace sallyport::sim
