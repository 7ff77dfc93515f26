// SPDX-License-Identifier: Apache-2.0
// Replaces the global operator new and delete by counting ones. A file of its own, so that the
// compiler does not see through them at the places that allocate.
#include "tests/unit/b2bua/transaction/allocation_count.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> count{0};  // relaxed: read on the thread that adds

void* counted(std::size_t size) noexcept {
    count.fetch_add(1, std::memory_order_relaxed);
    return std::malloc(size == 0 ? 1 : size);
}

}  // namespace

void* operator new(std::size_t size) {
    void* block = counted(size);
    if (block == nullptr) {
        throw std::bad_alloc();
    }
    return block;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return counted(size);
}
void operator delete(void* block) noexcept {
    std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
    std::free(block);
}

namespace sallyport::transaction {

std::size_t allocation_count() noexcept {
    return count.load(std::memory_order_relaxed);
}

}  // namespace sallyport::transaction
