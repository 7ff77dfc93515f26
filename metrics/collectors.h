// SPDX-License-Identifier: Apache-2.0
// Turns snapshots into metric families. Pure functions: all knowledge of names is in families.def
// and series.def, all numbers come in the snapshot.
#pragma once

#include "config/config.h"
#include "dataplane/counters.h"
#include "metrics/snapshot.h"

#include <prometheus/metric_family.h>

#include <string_view>
#include <vector>

namespace sallyport::metrics {

using Families = std::vector<prometheus::MetricFamily>;

/// version: that of the running program.
[[nodiscard]] Families build_families(std::string_view version);

/// config: names the realms.
[[nodiscard]] Families signalling_families(const Config& config,
                                           const SignallingSnapshot& snapshot);
[[nodiscard]] Families dataplane_families(const Config& config,
                                          const dataplane::CountersSnapshot& snapshot);

}  // namespace sallyport::metrics
