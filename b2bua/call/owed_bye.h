// SPDX-License-Identifier: Apache-2.0
// The callee hangs up, or we end the call, before the caller has acknowledged the 2xx (M5; RFC 3261
// s.15, RFC 5407 s.3.1.6): the caller may not even have the 2xx yet, so its BYE waits for its ACK,
// for 32 s at most.
#pragma once

#include "b2bua/call/events.h"

namespace sallyport::call {

/// True when this BYE was taken care of here: it came before the ACK, or another such one waits.
[[nodiscard]] bool on_bye_before_ack(CallTable& table, Call& call, const Received& bye);

/// That side is to get a BYE when its ACK has come; until then nothing else starts in the call.
void owe_bye(Call& call, OwedBye owed);

/// The ACK came, or the time for it is over: the BYE goes out.
void send_owed_bye(CallTable& table, Call& call);

}  // namespace sallyport::call
