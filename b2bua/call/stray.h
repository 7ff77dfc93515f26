// SPDX-License-Identifier: Apache-2.0
// A 2xx to an INVITE that nobody waits for any more: its sender must not be left with a dialog
// (E-R7, RFC 3261 s.13.2.2.4).
#pragma once

#include "b2bua/call/call_table.h"
#include "b2bua/call/events.h"

namespace sallyport::call {

/// For a call that is gone. ACK, then BYE unless the dialog had its BYE, both made from the
/// response; the number of the BYE is the dialog's next. Only for a response that a client
/// transaction of ours vouches for: anybody can send a 2xx, and this answers its Contact.
void turn_away_stray(CallTable& table, const Answered& late);

/// The same for a call that lives, with another INVITE under way or to another target.
void turn_away_late(CallTable& table, Call& call, const Answered& late);

}  // namespace sallyport::call
