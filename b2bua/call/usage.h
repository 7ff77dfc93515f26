// SPDX-License-Identifier: Apache-2.0
// Which usages a dialog has, and what SUBSCRIBE, REFER and NOTIFY do to them (spec M9-M11, E-R9,
// E-R14; RFC 6665 s.4, RFC 3515 s.2.4, RFC 4488, RFC 5057): we keep as much of a subscription as is
// needed to know how long its dialogs are wanted and to say its id on both legs.
#pragma once

#include "b2bua/call/events.h"

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::call {

/// More subscriptions than this in one call are somebody's attack or loop.
inline constexpr std::size_t kMaxSubscriptions = 32;

/// What no request of its method may cross with, in a dialog or outside: by what it lacks, or by
/// the operator's will (M9, M14). True: it was answered.
[[nodiscard]] bool refused_by_method(Environment& env, transaction::ServerHandle server,
                                     const sip::Message& request);

/// Whether a request inside a dialog belongs to a usage that is there or may be opened; true: it
/// was answered.
[[nodiscard]] bool refused_by_usage(Environment& env, Call& call, const Received& request);

/// Event for the other leg, when it names a REFER by its number; nullopt: it passes as it is.
[[nodiscard]] std::optional<std::string> crossed_event(const Call& call, const Received& request);

/// The request of the exchange went out on the far leg.
void request_crossed(Environment& env, Call& call, Exchange& exchange, const Received& request);
/// A final response came back for it, or none will.
void response_crossed(Environment& env, Call& call, const Exchange& exchange,
                      const sip::Message& response);
void response_missed(Call& call, const Exchange& exchange);

/// Serial of the subscription that a NOTIFY from the far side of a SUBSCRIBE or REFER outside a
/// dialog opens a dialog of, while Timer N runs; 0: none.
[[nodiscard]] std::uint32_t opening_for(const Call& call, const sip::Message& notify);
/// The same subscription in one more dialog pair (RFC 6665 s.4.4.1). Returns the new one's serial.
std::uint32_t open_fork(Call& call, std::uint32_t opening, std::size_t pair);
/// Serial of the first subscription of the pair; 0: none.
[[nodiscard]] std::uint32_t subscription_of(const Call& call, std::size_t pair) noexcept;

/// Forgets what has lapsed.
void expire_subscriptions(Call& call, Moment now);
/// When that has to be done next.
[[nodiscard]] std::optional<Moment> next_expiry(const Call& call) noexcept;

}  // namespace sallyport::call
