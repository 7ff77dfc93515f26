// SPDX-License-Identifier: Apache-2.0
// What follows when a target of an initial INVITE gave no 2xx: the next one, or the final response
// of the whole search (spec I6, I10, I11, M1, C18, E15; RFC 3261 s.16.7).
#pragma once

#include "b2bua/call/call_table.h"
#include "b2bua/sip/message.h"

namespace sallyport::call {

/// The current target's final non-2xx.
void on_target_refused(CallTable& table, Call& call, const sip::Message& response);
/// The current target is given up without a response of its own: status stands for it, 408 or 503
/// (C4, C18).
void on_target_failed(CallTable& table, Call& call, int status);
/// The current target has said nothing for the time that another one may wait (I10).
void on_silence(CallTable& table, Call& call);

}  // namespace sallyport::call
