// SPDX-License-Identifier: Apache-2.0
#include "b2bua/policy/kernel_randomness.h"

#include <sys/random.h>

#include <cstdlib>

namespace sallyport {

std::uint64_t KernelRandomness::next() noexcept {
    if (used_ == block_.size()) {
        std::size_t got = 0;
        auto* octets = reinterpret_cast<unsigned char*>(block_.data());
        while (got < sizeof(block_)) {
            const ssize_t n = getrandom(octets + got, sizeof(block_) - got, 0);
            if (n < 0) {
                std::abort();  // predictable tags and branches would be worse than no gateway
            }
            got += static_cast<std::size_t>(n);
        }
        used_ = 0;
    }
    return block_[used_++];
}

}  // namespace sallyport
