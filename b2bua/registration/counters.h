// SPDX-License-Identifier: Apache-2.0
// Counters of the register relays, and of the store of bindings, from counters.def: each owner has
// some, written by its thread only; a scrape adds them up.
#pragma once

#include "config/types/counter.h"

namespace sallyport::registration {

struct Counters {
#define SALLYPORT_REGISTER_COUNTER(name, help) Counter name;
#include "b2bua/registration/counters.def"
#undef SALLYPORT_REGISTER_COUNTER
};

}  // namespace sallyport::registration
