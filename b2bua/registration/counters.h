// SPDX-License-Identifier: Apache-2.0
// Counters of the register relay, from counters.def. Written by the shard's thread only; a scrape
// copies them.
#pragma once

#include "config/types/counter.h"

namespace sallyport::registration {

struct Counters {
#define SALLYPORT_REGISTER_COUNTER(name, help) Counter name;
#include "b2bua/registration/counters.def"
#undef SALLYPORT_REGISTER_COUNTER
};

}  // namespace sallyport::registration
