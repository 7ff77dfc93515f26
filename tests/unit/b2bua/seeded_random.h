// SPDX-License-Identifier: Apache-2.0
// Numbers that repeat with their seed, for tests. Owner: one test.
#pragma once

#include "b2bua/policy/randomness.h"

#include <cstdint>

namespace sallyport {

/// SplitMix64.
class SeededRandom : public Randomness {
public:
    explicit SeededRandom(std::uint64_t seed) noexcept : state_(seed) {}
    std::uint64_t next() noexcept override {
        state_ += 0x9e3779b97f4a7c15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }

private:
    std::uint64_t state_;
};

}  // namespace sallyport
