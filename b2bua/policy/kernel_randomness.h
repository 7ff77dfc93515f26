// SPDX-License-Identifier: Apache-2.0
// Randomness from the kernel (getrandom(2)), fetched in blocks. One per thread.
#pragma once

#include "b2bua/policy/randomness.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace sallyport {

class KernelRandomness final : public Randomness {
public:
    std::uint64_t next() noexcept override;

private:
    std::array<std::uint64_t, 64> block_{};
    std::size_t used_{64};
};

}  // namespace sallyport
