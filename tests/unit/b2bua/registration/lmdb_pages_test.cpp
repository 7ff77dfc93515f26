// SPDX-License-Identifier: Apache-2.0
// The walk over LMDB's pages (H21): whatever LMDB writes passes; whatever passes, LMDB can read and
// write without a fault, as far as octets can be changed.
#include "b2bua/registration/lmdb_pages.h"

#include "b2bua/registration/lmdb_file.h"
#include "tests/unit/b2bua/registration/stored_binding.h"
#include "tests/unit/b2bua/seeded_random.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

std::string key_of(std::uint64_t number) {
    return "key-" + std::to_string(number * 2654435761U % 100000);
}

/// Some are in a page of others, some have pages of their own.
std::string value_of(std::uint64_t number) {
    return std::string(number % 29 == 0 ? 9000 : number % 300,
                       static_cast<char>('a' + number % 26));
}

std::optional<std::string> damage(const TestDirectory& directory) {
    auto found = LmdbFile::fault_at(directory.file());
    EXPECT_TRUE(found.ok()) << (found.ok() ? "" : found.error().text);
    return found.ok() ? *found : std::nullopt;
}

Outcome<LmdbFault> change(LmdbFile::Writing& writing, std::uint64_t first, std::uint64_t many) {
    Outcome<LmdbFault> done{Done{}};
    for (std::uint64_t i = first; i < first + many && done; ++i) {
        done = i % 3 == 2 ? writing.erase(key_of(i / 2)) : writing.put(key_of(i), value_of(i));
    }
    return done;
}

TEST(LmdbPages, B2BUA_H21_what_LMDB_writes_is_sound) {
    const TestDirectory directory;
    EXPECT_FALSE(damage(directory)) << "no file";
    auto file = LmdbFile::open(directory.file());
    ASSERT_TRUE(file.ok());
    EXPECT_FALSE(damage(directory)) << "an empty one";
    for (std::uint64_t round = 0; round < 60; ++round) {
        ASSERT_TRUE(file->write(
            [&](LmdbFile::Writing& writing) { return change(writing, round * 97, 200); }));
        const auto fault = damage(directory);
        ASSERT_FALSE(fault) << round << ": " << *fault;
    }
    ASSERT_TRUE(file->write([](LmdbFile::Writing& writing) {
        return writing.erase_if([](std::string_view, std::string_view) { return true; });
    }));
    EXPECT_FALSE(damage(directory)) << "nothing is left";
}

struct Other {
    const char* name;
    std::string octets;
};

TEST(LmdbPages, B2BUA_H21_other_files_are_none) {
    for (const Other& other : std::vector<Other>{{"empty", ""},
                                                 {"one octet", "x"},
                                                 {"text", std::string(9000, 'x')},
                                                 {"zeros", std::string(9000, '\0')},
                                                 {"ones", std::string(9000, '\xff')}}) {
        const auto fault = fault_of_lmdb(other.octets);
        EXPECT_TRUE(fault) << other.name;
    }
}

/// LMDB reads and changes the file. It must not die; it may find less than there was.
void use(const TestDirectory& directory, std::string_view octets) {
    directory.write(octets);
    auto file = LmdbFile::open(directory.file());
    ASSERT_TRUE(file.ok());
    std::size_t seen = 0;
    (void)file->read([&](std::string_view key, std::string_view value) {
        for (const char c : key) {
            seen += static_cast<unsigned char>(c);
        }
        for (const char c : value) {
            seen += static_cast<unsigned char>(c);
        }
    });
    for (std::uint64_t round = 0; round < 3; ++round) {
        (void)file->write(
            [&](LmdbFile::Writing& writing) { return change(writing, 40 + round * 31, 60); });
    }
}

TEST(LmdbPages, B2BUA_H21_damage_that_passes_harms_nobody) {
    const TestDirectory directory;
    {
        auto file = LmdbFile::open(directory.file());
        ASSERT_TRUE(file.ok());
        for (std::uint64_t round = 0; round < 8; ++round) {
            ASSERT_TRUE(file->write(
                [&](LmdbFile::Writing& writing) { return change(writing, round * 31, 60); }));
        }
    }
    const std::string whole = directory.octets();
    ASSERT_FALSE(fault_of_lmdb(whole));
    SeededRandom random(5);
    int passed = 0;
    constexpr int kTries = 1500;
    for (int i = 0; i < kTries; ++i) {
        std::string bad = whole;
        const std::uint64_t bits = random.next();
        // Mostly heads and offsets of pages: there the harm is.
        const std::size_t page = bits % (bad.size() / 4096) * 4096;
        const std::size_t at = page + (bits >> 20) % ((bits >> 50) % 8 == 0 ? 4096 : 64);
        bad[at] = static_cast<char>(bits >> 40);
        bad[std::min(at + 1, bad.size() - 1)] ^= static_cast<char>((bits >> 48) % 3);
        if (!fault_of_lmdb(bad)) {
            ++passed;
            use(directory, bad);
        }
    }
    EXPECT_GT(passed, 100);
    EXPECT_LT(passed, kTries - 100);
}

}  // namespace
}  // namespace sallyport::registration
