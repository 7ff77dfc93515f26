// SPDX-License-Identifier: Apache-2.0
// Looks at the kernel's side of a realm's wire for the known traps of devices that the kernel reads
// as well, and says so.
#pragma once

#include "config/config.h"

namespace sallyport::dataplane {

/// One warning per trap found; changes nothing.
void warn_about_wire(const Realm& realm);

/// The kernel routes between taps when it forwards: round the gate instead of through it. Call when
/// the taps are up.
void warn_about_forwarding(const Config& config);

}  // namespace sallyport::dataplane
