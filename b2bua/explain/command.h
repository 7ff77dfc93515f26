// SPDX-License-Identifier: Apache-2.0
// The command --explain: reads the file, writes the explanation to standard output, or what is
// wrong to standard error.
#pragma once

#include "b2bua/explain/dry_run.h"
#include "config/config.h"
#include "config/load.h"

namespace sallyport::explain {

/// The exit status: 0 it passes, or is answered; 1 it does not; 2 the file cannot be read.
[[nodiscard]] int run_command(const Config& config, const config::ExplainRequest& request,
                              const MakeRelays& make_relays);

}  // namespace sallyport::explain
