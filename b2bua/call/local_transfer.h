// SPDX-License-Identifier: Apache-2.0
// REFER carried out here (option refer = local; spec M9; RFC 3515 s.2.4, RFC 5589, RFC 3725 s.4.1;
// docs/decisions/0019). Two parties have a call. One of them, the transferor, refers the other, the
// transferee, to a target. We call the target in the transferee's place, on a call of its own, and
// when it answers take the transferee over into that call; the first one then ends with the
// transferor. Until then the two talk on as before.
#pragma once

#include "b2bua/call/events.h"

namespace sallyport::call {

/// A request inside a dialog of a call that has a transfer under way, or the REFER that starts one.
/// True: it was dealt with here.
[[nodiscard]] bool on_request_in_transfer(CallTable& table, Call& call, const Received& request);

/// 2xx of the target.
void on_target_answer(CallTable& table, Call& attempt, const sip::Message& response);

/// Deadline::kTransfer: the transferee was not free for the target's offer, and may be now.
void resume_transfer(CallTable& table, Call& attempt);

/// Final response to a request of ours, null: there was none. True: it was one of a transfer.
[[nodiscard]] bool on_transfer_answer(CallTable& table, Call& call, Exchange& exchange,
                                      const sip::Message* response);

/// The end of one of the two calls ends the transfer.
void follow_transfer(CallTable& table, Call& call);

}  // namespace sallyport::call
