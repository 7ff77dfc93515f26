// SPDX-License-Identifier: Apache-2.0
// HashIndex: finds the objects of a Slab by a hash of their key. The links stand in the objects,
// the key stays where it is stored; adding and removing allocate nothing. The hash must be keyed: a
// peer chooses the keys.
#pragma once

#include "config/types/slab.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sallyport::transaction {

/// One per index that an object stands in.
struct HashLink {
    std::uint64_t hash{0};
    std::uint32_t next{0xffffffffU};
    bool linked{false};
};

template <class T, class Tag, HashLink T::*kLink>
class HashIndex {
public:
    /// One bucket per object that the slab can hold.
    explicit HashIndex(Slab<T, Tag>& slab)
        : slab_(slab), buckets_(std::bit_ceil(slab.max_size() + 1), kNone) {}

    void insert(Handle<Tag> handle, std::uint64_t hash) {
        HashLink& link = slab_.find(handle)->*kLink;
        std::uint32_t& bucket = bucket_of(hash);
        link = {hash, bucket, true};
        bucket = handle.index;
        ++size_;
    }

    /// No effect when the object does not stand in this index.
    void erase(Handle<Tag> handle) {
        HashLink& link = slab_.find(handle)->*kLink;
        if (!link.linked) {
            return;
        }
        std::uint32_t* at = &bucket_of(link.hash);
        while (*at != handle.index) {
            at = &(slab_.at(*at)->*kLink).next;
        }
        *at = link.next;
        link = {};
        --size_;
    }

    /// The object with that hash for which same(const T&) holds; empty handle when none.
    template <class Same>
    [[nodiscard]] Handle<Tag> find(std::uint64_t hash, Same&& same) {
        for (std::uint32_t i = bucket_of(hash); i != kNone; i = (slab_.at(i)->*kLink).next) {
            const T& object = *slab_.at(i);
            if ((object.*kLink).hash == hash && same(object)) {
                return slab_.handle_at(i);
            }
        }
        return {};
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    static constexpr std::uint32_t kNone = 0xffffffffU;
    [[nodiscard]] std::uint32_t& bucket_of(std::uint64_t hash) noexcept {
        return buckets_[hash & (buckets_.size() - 1)];
    }

    Slab<T, Tag>& slab_;
    std::vector<std::uint32_t> buckets_;
    std::size_t size_{0};
};

}  // namespace sallyport::transaction
