// SPDX-License-Identifier: Apache-2.0
// A re-INVITE that came before the exchange ahead of it was complete (E10, E-R13; RFC 5407 s.3.1.4,
// s.3.1.5): it waits a little for the ACK, or for the far leg's final response, so that no two
// INVITEs overlap on a leg. At most one waits in a call.
#pragma once

#include "b2bua/call/call_table.h"
#include "b2bua/call/events.h"

namespace sallyport::call {

/// Keeps the re-INVITE when waiting may help. False: it does not, or another one waits already.
[[nodiscard]] bool hold_invite(CallTable& table, Call& call, const Received& invite);

/// Goes on with a held INVITE as soon as nothing is in its way. Part of every settle().
void release_held(CallTable& table, Call& call);

/// The time to wait is over.
void on_held_expired(CallTable& table, Call& call);

/// Its sender cancelled it (C15), or the call ends (E-R8).
void drop_held(Environment& env, Call& call);

}  // namespace sallyport::call
