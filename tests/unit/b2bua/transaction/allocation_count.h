// SPDX-License-Identifier: Apache-2.0
// How often this test program has called operator new so far. One thread.
#pragma once

#include <cstddef>

namespace sallyport::transaction {

[[nodiscard]] std::size_t allocation_count() noexcept;

}  // namespace sallyport::transaction
