// SPDX-License-Identifier: Apache-2.0
// Where unpredictable numbers come from: the process injects the kernel's, the simulator a seeded
// one. Pure interface.
#pragma once

#include <cstdint>

namespace sallyport {

class Randomness {
public:
    virtual ~Randomness() = default;
    virtual std::uint64_t next() noexcept = 0;
};

}  // namespace sallyport
