// SPDX-License-Identifier: Apache-2.0
// What --help and --dump write, both from the table of options.
#pragma once

#include "config/config.h"

#include <string>

namespace sallyport::config {

[[nodiscard]] std::string help_text();

/// The configuration in the form of the file, defaults included. Reads back as the same
/// configuration.
[[nodiscard]] std::string dump_text(const Config& config);

}  // namespace sallyport::config
