// SPDX-License-Identifier: Apache-2.0
// SplitMix64 behind the Randomness interface: the same seed gives the same run on every machine.
// Tests only.
#pragma once

#include "b2bua/policy/randomness.h"

namespace sallyport::sim {

class SeededRandomness final : public Randomness {
public:
    explicit SeededRandomness(std::uint64_t seed) noexcept : state_(seed) {}

    std::uint64_t next() noexcept override {
        state_ += 0x9e3779b97f4a7c15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    /// True in `percent` of all calls.
    bool chance(unsigned percent) noexcept { return next() % 100 < percent; }
    std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }

private:
    std::uint64_t state_;
};

}  // namespace sallyport::sim
