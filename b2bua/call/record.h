// SPDX-License-Identifier: Apache-2.0
// One line in the journal for each call that ended (J12): both legs' ids, times, codes, who ended
// it, media counters; and one for each of its m-lines that says what became of the media.
#pragma once

#include "b2bua/call/call.h"
#include "b2bua/call/environment.h"

namespace sallyport::call {

void write_record(Environment& env, Call& call);

/// Packets of all flows of the call so far, in both directions (G13).
[[nodiscard]] std::uint64_t media_packets(const Environment& env, const Call& call);

}  // namespace sallyport::call
