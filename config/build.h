// SPDX-License-Identifier: Apache-2.0
// Gives settings their meaning: looks up every key, reads every value, fills in defaults, misses
// what is required.
#pragma once

#include "config/config.h"
#include "config/fault.h"
#include "config/source.h"

namespace sallyport::config {

/// Realm, peer and route i of the result stand in section i of their scope in source. Settings
/// whose values are faulty are marked refused there, and what they set keeps its initial value.
[[nodiscard]] Config build(Source& source, Faults& faults);

}  // namespace sallyport::config
