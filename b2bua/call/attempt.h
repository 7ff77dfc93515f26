// SPDX-License-Identifier: Apache-2.0
// One try to reach a callee: a B dialog of its own, its ports and its INVITE (E15, D3, D12). A call
// has one at a time; those before it linger only to be turned away.
#pragma once

#include "b2bua/call/call_table.h"
#include "b2bua/routing/router.h"
#include "b2bua/sip/message.h"

#include <optional>

namespace sallyport::call {

/// Sends the INVITE of a call to the next target: call.root.b, call.media and call.invite are the
/// new attempt's. retry: of an INVITE that the caller repeats (D4), or none. False: it could not be
/// sent; the refusal is already on the A-leg.
[[nodiscard]] bool begin_attempt(CallTable& table, Call& call, const sip::Message& invite,
                                 const routing::Target& target, std::optional<RetryContext> retry);

/// Lets go of the current attempt, for another target or for good: it gets its CANCEL when it may
/// have one (C14), its early dialogs are nobody's any more, and a 2xx that it still gives is turned
/// away (I10, E-R7).
void leave_attempt(CallTable& table, Call& call);

}  // namespace sallyport::call
