// SPDX-License-Identifier: Apache-2.0
// Calls whose media has died (G13): no valid packet from either side for 300 s, or 7200 s while
// held.
#pragma once

#include "b2bua/call/call_table.h"

namespace sallyport::call {

/// Starts looking at the relay counters of a confirmed call.
void watch_media(Environment& env, Call& call);

/// G14: one look at who is sent nothing.
void keep_media_open(Environment& env, Call& call);

/// One look; ends the call when it is dead.
void look_at_media(CallTable& table, Call& call);

}  // namespace sallyport::call
