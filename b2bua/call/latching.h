// SPDX-License-Identifier: Apache-2.0
// What the options of a realm make of the media of its parties: who is heard, and whether something
// is sent before that (spec G3, G4, G5, G7). Pure.
#pragma once

#include "config/config.h"
#include "dataplane/relay.h"

namespace sallyport::call {

[[nodiscard]] dataplane::LatchMode latch_mode(const Realm& realm) noexcept;

/// remote: of a party of that realm, its addresses are set. through_nat: its signalling says
/// another address than it comes from.
void set_latch(dataplane::RemoteMedia& remote, const Realm& realm, bool through_nat) noexcept;

}  // namespace sallyport::call
