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

/// The final response; null: there was none. Ends the exchange.
void on_refresh_answer(CallTable& table, Call& call, Exchange& exchange,
                       const sip::Message* response);

}  // namespace sallyport::call
