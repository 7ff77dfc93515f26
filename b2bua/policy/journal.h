// SPDX-License-Identifier: Apache-2.0
// Where the control plane writes what an operator should read. An interface, so that a shard stays
// a function of its inputs: the process injects a rate-limited log, tests a vector.
#pragma once

#include "config/config.h"

#include <string_view>

namespace sallyport {

class Journal {
public:
    virtual ~Journal() = default;
    virtual void write(LogLevel level, std::string_view line) noexcept = 0;
};

}  // namespace sallyport
