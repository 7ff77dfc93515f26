// SPDX-License-Identifier: Apache-2.0
// Size classes and the lists of idle blocks of OctetPool; an idle block holds the pointer to the
// next one.
#include "b2bua/transaction/octet_pool.h"

#include <bit>
#include <cstring>
#include <new>

namespace sallyport::transaction {

void BlockReturn::operator()(char* block) const noexcept {
    pool->give_back(block, size_class);
}

OctetPool::~OctetPool() {
    trim(idle_);
}

Octets OctetPool::copy(std::string_view text) noexcept {
    if (text.empty() || text.size() > block_size(kClasses - 1)) {
        return {};
    }
    const std::size_t units = (text.size() + kSmallest - 1) / kSmallest;
    const auto size_class = static_cast<std::size_t>(std::bit_width(units - 1));
    char* block = take(size_class);
    if (block == nullptr) {
        return {};
    }
    std::memcpy(block, text.data(), text.size());
    return {std::unique_ptr<char, BlockReturn>(block, BlockReturn{this, size_class}), text.size()};
}

char* OctetPool::take(std::size_t size_class) noexcept {
    const std::size_t size = block_size(size_class);
    char* block = nullptr;
    if (Idle* idle = idle_blocks_[size_class]; idle != nullptr) {
        idle_blocks_[size_class] = idle->next;
        idle_octets_[size_class] -= size;
        idle_ -= size;
        block = reinterpret_cast<char*>(idle);
    } else if (in_use_ + idle_ + size <= max_octets_ || trim(size)) {
        block = static_cast<char*>(::operator new(size, std::nothrow));
    }
    if (block != nullptr) {
        in_use_ += size;
    }
    return block;
}

void OctetPool::give_back(char* block, std::size_t size_class) noexcept {
    const std::size_t size = block_size(size_class);
    in_use_ -= size;
    if (idle_octets_[size_class] + size > max_octets_ / 16) {
        ::operator delete(block);
        return;
    }
    idle_blocks_[size_class] = new (block) Idle{idle_blocks_[size_class]};
    idle_octets_[size_class] += size;
    idle_ += size;
}

/// Frees idle blocks, the largest first, until `wanted` more octets fit the bound; false when they
/// cannot.
bool OctetPool::trim(std::size_t wanted) noexcept {
    std::size_t freed = 0;
    for (std::size_t size_class = kClasses; size_class-- > 0 && freed < wanted;) {
        while (idle_blocks_[size_class] != nullptr && freed < wanted) {
            Idle* idle = idle_blocks_[size_class];
            idle_blocks_[size_class] = idle->next;
            idle_octets_[size_class] -= block_size(size_class);
            idle_ -= block_size(size_class);
            freed += block_size(size_class);
            ::operator delete(static_cast<void*>(idle));
        }
    }
    return in_use_ + idle_ + wanted <= max_octets_;
}

}  // namespace sallyport::transaction
