// SPDX-License-Identifier: Apache-2.0
// Refreshes that we send ourselves, towards a leg whose session timer the other side does not know
// (spec M3; RFC 4028 s.7.4, s.10): UPDATE without an offer where it is allowed, else a re-INVITE
// that offers again what stands.
#pragma once

#include "b2bua/call/call_table.h"
#include "b2bua/sip/message.h"

namespace sallyport::call {

/// Deadline::kRefresh. While another exchange is under way the refresh waits for it.
void refresh_session(CallTable& table, Call& call);

/// E9, E10: another exchange is under way beside which there can be no INVITE and no offer.
[[nodiscard]] bool is_busy(const Call& call) noexcept;

/// How long an INVITE of ours waits that met one of this side (RFC 3261 s.14.1): longer where we
/// made the Call-ID.
[[nodiscard]] Millis glare_delay(Environment& env, Side to);

/// ACK for the 2xx of a re-INVITE of ours, on the leg that answered it.
void acknowledge_own(CallTable& table, Call& call, const Exchange& exchange,
                     const sip::Message& response);

/// The final response; null: there was none. Ends the exchange.
void on_refresh_answer(CallTable& table, Call& call, Exchange& exchange,
                       const sip::Message* response);

}  // namespace sallyport::call
