// SPDX-License-Identifier: Apache-2.0
// What a plan throws: the same seed gives the same numbers on every machine. Tests only.
#pragma once

#include "config/types/units.h"
#include "tests/sim/seeded_randomness.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace sallyport::sim {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : random_(seed) {}
    bool chance(unsigned percent) { return random_.chance(percent); }
    std::int64_t upto(std::int64_t bound) {
        return static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(bound) + 1));
    }
    Millis between(std::int64_t from, std::int64_t to) { return Millis{from + upto(to - from)}; }
    template <class T, std::size_t N>
    T one_of(const std::array<T, N>& all) {
        return all[random_.below(N)];
    }

private:
    SeededRandomness random_;
};

}  // namespace sallyport::sim
