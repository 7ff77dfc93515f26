// SPDX-License-Identifier: Apache-2.0
// Rules that join several settings. They speak only of values that are good by themselves, so that
// one mistake is one fault.
#pragma once

#include "config/config.h"
#include "config/fault.h"
#include "config/source.h"

namespace sallyport::config {

/// config and source as build() left them. Warnings are odd but may be meant; they do not stop the
/// program.
void check(const Config& config, const Source& source, Faults& faults, Faults& warnings);

}  // namespace sallyport::config
