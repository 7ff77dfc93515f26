// SPDX-License-Identifier: Apache-2.0
// The layer's storage: keyed hash (the paper's vectors), octet pool (bound, reuse), hash index.
#include "b2bua/policy/keyed_hash.h"
#include "b2bua/transaction/hash_index.h"
#include "b2bua/transaction/octet_pool.h"
#include "config/types/slab.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sallyport::transaction {
namespace {

constexpr HashKey kPaperKey{0x0706050403020100U, 0x0f0e0d0c0b0a0908U};

std::string counting(std::size_t length) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) {
        text.push_back(static_cast<char>(i));
    }
    return text;
}

TEST(KeyedHash, siphash_paper_appendix_a) {
    EXPECT_EQ(KeyedHash(kPaperKey).octets(counting(15)).finish(), 0xa129ca6149be45e5U);
    EXPECT_EQ(KeyedHash(kPaperKey).finish(), 0x726fdb47dd0e0e31U);
}

TEST(KeyedHash, pieces_make_no_difference_but_fields_do) {
    const std::string text = counting(100);
    KeyedHash pieces(kPaperKey);
    for (std::size_t i = 0; i < text.size(); i += 7) {
        pieces.octets(std::string_view(text).substr(i, 7));
    }
    EXPECT_EQ(pieces.finish(), KeyedHash(kPaperKey).octets(text).finish());
    EXPECT_NE(KeyedHash(kPaperKey).field("ab").field("c").finish(),
              KeyedHash(kPaperKey).field("a").field("bc").finish());
    EXPECT_EQ(KeyedHash(kPaperKey).field_nocase("z9hG4bKABC").finish(),
              KeyedHash(kPaperKey).field_nocase("Z9HG4BKabc").finish());
    EXPECT_NE(KeyedHash(kPaperKey).field("a").finish(), KeyedHash({1, 2}).field("a").finish());
}

TEST(OctetPool, copies_and_reuses_blocks) {
    OctetPool pool(1 << 20);
    const char* place = nullptr;
    {
        const Octets octets = pool.copy("hello");
        EXPECT_EQ(octets.view(), "hello");
        place = octets.view().data();
        EXPECT_EQ(pool.in_use(), 64U);
    }
    EXPECT_EQ(pool.in_use(), 0U);
    EXPECT_EQ(pool.idle(), 64U);
    const Octets again = pool.copy("other");
    EXPECT_EQ(again.view().data(), place);
    EXPECT_EQ(pool.idle(), 0U);
}

TEST(OctetPool, every_size_up_to_two_datagrams) {
    OctetPool pool(64 << 20);
    for (const std::size_t size : {1U, 63U, 64U, 65U, 128U, 129U, 1300U, 65535U, 131072U}) {
        const std::string text(size, 'x');
        const Octets octets = pool.copy(text);
        EXPECT_EQ(octets.view(), text);
        EXPECT_GE(pool.in_use(), size);
    }
    EXPECT_TRUE(pool.copy(std::string(131073, 'x')).empty());
    EXPECT_TRUE(pool.copy("").empty());
}

TEST(OctetPool, keeps_to_its_bound_and_idle_blocks_make_room) {
    OctetPool pool(8192);
    std::vector<Octets> held;
    for (int i = 0; i < 8; ++i) {
        held.push_back(pool.copy(std::string(1000, 'x')));
        EXPECT_FALSE(held.back().empty());
    }
    EXPECT_TRUE(pool.copy("x").empty()) << "8 KiB are out";
    held.pop_back();
    EXPECT_FALSE(pool.copy("x").empty());
    held.clear();
    EXPECT_LE(pool.idle(), 8192U);
    EXPECT_FALSE(pool.copy(std::string(8000, 'y')).empty()) << "what lies idle is given up";
}

TEST(OctetPool, moving_gives_back_what_was_held) {
    OctetPool pool(1 << 20);
    Octets a = pool.copy("a");
    a = pool.copy("b");
    EXPECT_EQ(a.view(), "b");
    EXPECT_EQ(pool.in_use(), 64U);
    Octets b = std::move(a);
    EXPECT_EQ(b.view(), "b");
    b = Octets{};
    EXPECT_EQ(pool.in_use(), 0U);
}

struct Entry {
    int key{0};
    HashLink link;
};
struct EntryTag;

TEST(HashIndex, finds_among_colliding_hashes_and_forgets_what_was_erased) {
    Slab<Entry, EntryTag> slab(16);
    HashIndex<Entry, EntryTag, &Entry::link> index(slab);
    std::vector<Handle<EntryTag>> handles;
    for (int i = 0; i < 10; ++i) {
        handles.push_back(slab.emplace());
        slab.find(handles.back())->key = i;
        index.insert(handles.back(), static_cast<std::uint64_t>(i % 2));  // two hashes for ten keys
    }
    const auto find = [&](int key) {
        return index.find(static_cast<std::uint64_t>(key % 2),
                          [key](const Entry& e) { return e.key == key; });
    };
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(find(i), handles[static_cast<std::size_t>(i)]);
    }
    EXPECT_FALSE(index.find(0, [](const Entry& e) { return e.key == 1; })) << "other hash";
    for (const int gone : {9, 0, 4}) {
        index.erase(handles[static_cast<std::size_t>(gone)]);
        index.erase(handles[static_cast<std::size_t>(gone)]);  // no effect
        EXPECT_FALSE(find(gone));
    }
    EXPECT_EQ(index.size(), 7U);
    EXPECT_TRUE(find(8));
    EXPECT_TRUE(find(1));
}

}  // namespace
}  // namespace sallyport::transaction
