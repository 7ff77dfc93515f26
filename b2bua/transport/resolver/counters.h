// SPDX-License-Identifier: Apache-2.0
// Counters of the resolver and of those who locate servers, from counters.def: each owner has some,
// written by its thread only; a scrape adds them up.
#pragma once

#include "config/types/counter.h"

namespace sallyport::resolver {

struct Counters {
#define SALLYPORT_RESOLVER_COUNTER(name, help) Counter name;
#include "b2bua/transport/resolver/counters.def"
#undef SALLYPORT_RESOLVER_COUNTER
};

}  // namespace sallyport::resolver
