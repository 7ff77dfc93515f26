// SPDX-License-Identifier: Apache-2.0
// What relays report of themselves: counted, and where the far end of a call has moved, written to
// the journal (G7). Nothing of a call depends on it: events may be lost.
#pragma once

#include "b2bua/call/call_table.h"

namespace sallyport::call {

/// All that have come since the last time.
void read_relay_events(CallTable& table);

}  // namespace sallyport::call
