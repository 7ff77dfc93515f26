// SPDX-License-Identifier: Apache-2.0
// Session timers (spec M3; RFC 4028): the two ends negotiate them through us. An interval below our
// minimum is refused; what was agreed is watched, and a session that nobody refreshes ends. A side
// that does not know timers is spared them: we refresh the other leg for it (session_refresh.h).
// Owner: a Call, on its shard's thread.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/transaction/layer.h"
#include "config/config.h"
#include "dataplane/relay.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace sallyport::call {

using dataplane::Side;

struct Call;
struct Environment;
struct Exchange;
class CallTable;

struct SessionTimer {
    std::uint32_t interval{0};              // s, as agreed last; 0: no timer
    std::optional<Side> own;                // the leg that we refresh
    std::array<std::uint32_t, 2> min_se{};  // s, the largest that each side has asked for

    [[nodiscard]] std::uint32_t& min_se_of(Side side) noexcept {
        return min_se[static_cast<std::size_t>(side)];
    }
};

/// INVITE or UPDATE with an interval that is below ours, from a sender that can try again: 422 with
/// Min-SE; one that cannot be read: 400. True: answered.
[[nodiscard]] bool refuse_session_interval(Environment& env, transaction::ServerHandle server,
                                           const sip::Message& request);

/// The interval that a request must at least have on the other leg, when its sender would not
/// understand 422 (RFC 4028 s.8.1).
[[nodiscard]] std::optional<std::uint32_t> raised_interval(const Config& config,
                                                           const sip::Message& request) noexcept;

/// Keeps what a refresh of ours must ask for (RFC 4028 s.7.4).
void note_min_se(Call& call, Side from, const sip::Message& request) noexcept;

/// The 2xx makes a sender the refresher that does not know timers: it shall not hear of it.
[[nodiscard]] bool hides_session_timer(const Exchange& exchange,
                                       const sip::Message& response) noexcept;

/// A 2xx to INVITE or UPDATE was passed on: it decides anew whether there is a timer, and how long.
void agree_session_timer(Environment& env, Call& call, const Exchange& exchange,
                         const sip::Message& response);

/// From now; own: the leg that we have to refresh, if it is us.
void start_session_timer(Environment& env, Call& call, std::uint32_t seconds,
                         std::optional<Side> own);
void stop_session_timer(Call& call) noexcept;

/// Deadline::kSession: nobody has refreshed the session.
void expire_session(CallTable& table, Call& call);

}  // namespace sallyport::call
