// SPDX-License-Identifier: Apache-2.0
// Looks at the kernel's side of a realm's wire for the known traps of devices that the kernel reads
// as well, and says so.
#pragma once

#include "config/config.h"

namespace sallyport::dataplane {

/// One warning per trap found; changes nothing.
void warn_about_wire(const Realm& realm);

}  // namespace sallyport::dataplane
