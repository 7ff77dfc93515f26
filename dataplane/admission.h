// SPDX-License-Identifier: Apache-2.0
// Carries out the latch table (latch.h) on a published flow: compare-and-swap on its latch word, so
// that of several workers that meet the first packets of a flow exactly one locks it. Called by the
// media stage for every packet that is not from a settled source.
#pragma once

#include "dataplane/media_stage.h"

#include <optional>

namespace sallyport::dataplane {

struct Arrival {
    FlowIndex flow{kPortClosed};
    LatchPacket packet;
};

/// Nothing: the packet is accepted. Otherwise why it is not.
[[nodiscard]] std::optional<Drop> admit(MediaTables& tables, const BurstContext& context,
                                        const Arrival& arrival) noexcept;

}  // namespace sallyport::dataplane
