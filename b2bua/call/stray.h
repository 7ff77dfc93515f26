// SPDX-License-Identifier: Apache-2.0
// A 2xx to an INVITE whose call is gone: its sender must not be left with a dialog (E-R7, RFC 3261
// s.13.2.2.4).
#pragma once

#include "b2bua/call/call_table.h"
#include "b2bua/sip/message.h"

namespace sallyport::call {

/// ACK, then BYE unless the dialog had its BYE, both made from the response alone. Only for a
/// response that a client transaction of ours vouches for: anybody can send a 2xx, and this answers
/// its Contact.
/// offer: the session description of the 2xx when its INVITE made none, for the ACK refuses every
/// stream of it (E3); or empty.
void turn_away_stray(CallTable& table, const sip::Message& response, const Flow& flow,
                     std::string_view offer = {});

}  // namespace sallyport::call
