// SPDX-License-Identifier: Apache-2.0
// The dice of a simulation: the same seed gives the same run on every machine. Tests only.
#pragma once

#include "tests/unit/b2bua/seeded_random.h"

#include <cstdint>

namespace sallyport::sim {

class SeededRandomness final : public SeededRandom {
public:
    using SeededRandom::SeededRandom;
    /// True in `percent` of all calls.
    bool chance(unsigned percent) noexcept { return next() % 100 < percent; }
    std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }
};

}  // namespace sallyport::sim
