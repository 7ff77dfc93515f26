// SPDX-License-Identifier: Apache-2.0
// Bindings and secrets over restarts (H21): what was written is there, whatever the clocks did
// meanwhile; files of others, of a later version or damaged are set aside and said.
#include "b2bua/registration/binding_store.h"

#include "b2bua/registration/lmdb_file.h"
#include "tests/unit/b2bua/registration/stored_binding.h"
#include "tests/unit/b2bua/seeded_random.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>

namespace sallyport::registration {
namespace {

constexpr Millis kWall{1'700'000'000'000};

/// The monotonic clock began 1000 s before that.
Instant instant(std::int64_t seconds) {
    return {at(1000 + seconds), kWall + Millis{seconds * 1000}};
}

class BindingStoreTest : public ::testing::Test {
protected:
    BindingStore::Opened open(Instant now = instant(0)) {
        auto opened = BindingStore::open({directory.path(), config, journal}, now);
        EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error());
        return opened.ok() ? std::move(*opened) : BindingStore::Opened{};
    }
    static std::vector<BindingChange> puts(std::initializer_list<const char*> tokens) {
        std::vector<BindingChange> changes;
        for (const char* token : tokens) {
            changes.push_back({BindingChange::Kind::kPut, binding(token)});
        }
        return changes;
    }
    /// Expires 60 s after instant(0), 3600 s at the registrar.
    static Binding binding(const char* token) {
        Binding b = stored_binding(token);
        b.expires = instant(60).monotonic;
        b.upstream_expires = instant(3600).monotonic;
        b.accepted = instant(0).monotonic;
        return b;
    }
    static std::string tokens(const Restored& restored) {
        std::vector<std::string> all;
        for (const Binding& b : restored.bindings) {
            all.push_back(b.token);
        }
        std::sort(all.begin(), all.end());
        std::string text;
        for (const std::string& token : all) {
            text += token;
        }
        return text;
    }
    void keep(std::initializer_list<const char*> some) {
        const auto opened = open();
        ASSERT_TRUE(opened.store->write(puts(some), false, instant(0)));
    }

    TestDirectory directory;
    TestJournal journal;
    Config config = two_realms();
    SeededRandom random{3};
};

TEST_F(BindingStoreTest, B2BUA_H21_bindings_are_there_after_a_restart) {
    {
        const auto opened = open();
        EXPECT_TRUE(opened.restored.bindings.empty());
        auto changes = puts({"a", "b", "c"});
        ASSERT_TRUE(opened.store->write(changes, false, instant(0)));
        changes = puts({"b"});
        changes[0].kind = BindingChange::Kind::kErase;
        ASSERT_TRUE(opened.store->write(changes, false, instant(1)));
        ASSERT_TRUE(opened.store->write(changes, false, instant(1)));  // gone already
    }
    const auto again = open(instant(10));
    ASSERT_EQ(tokens(again.restored), "ac") << journal.text();
    EXPECT_EQ(again.restored.bindings.front(), binding("a"));
    EXPECT_TRUE(directory.broken().empty());
    EXPECT_NE(journal.text().find("2 bindings restored, 0 expired, 0 of realms"),
              std::string::npos);
}

TEST_F(BindingStoreTest, B2BUA_H21_a_whole_table_takes_the_place_of_all) {
    keep({"a", "b", "c"});
    {
        const auto opened = open();
        ASSERT_TRUE(opened.store->write(puts({"c", "d"}), true, instant(1)));
    }
    EXPECT_EQ(tokens(open().restored), "cd");
    {
        const auto opened = open();
        ASSERT_TRUE(opened.store->write({}, true, instant(1)));
    }
    EXPECT_EQ(tokens(open().restored), "");
}

TEST_F(BindingStoreTest, B2BUA_H21_secrets_are_the_same_after_a_restart) {
    const auto first = open();
    const Secret token = first.store->secret("token", random);
    const Secret nonce = first.store->secret("nonce", random);
    EXPECT_NE(token, nonce);
    EXPECT_NE(token, Secret{});
    EXPECT_EQ(first.store->secret("token", random), token);
    const_cast<BindingStore::Opened&>(first).store.reset();
    const auto again = open();
    EXPECT_EQ(again.store->secret("nonce", random), nonce);
    EXPECT_EQ(again.store->secret("token", random), token);
}

TEST_F(BindingStoreTest, B2BUA_H21_for_the_eyes_of_its_owner) {
    keep({"a"});
    struct stat status {};
    ASSERT_EQ(stat(directory.file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    const std::string made = directory.path() + "/made";
    auto opened = BindingStore::open({made, config, journal}, instant(0));
    ASSERT_TRUE(opened.ok());
    ASSERT_EQ(stat(made.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

// --- clocks ---

TEST_F(BindingStoreTest, B2BUA_H21_what_ended_while_no_gateway_ran) {
    keep({"a"});
    EXPECT_EQ(open(instant(3599)).restored.bindings.size(), 1U);
    const auto late = open(instant(3600));
    EXPECT_TRUE(late.restored.bindings.empty());
    EXPECT_EQ(late.restored.expired, 1U);
}

TEST_F(BindingStoreTest, B2BUA_H21_the_machine_was_started_again) {
    keep({"a"});
    const Instant rebooted{at(5), kWall + Millis{20'000}};
    const auto again = open(rebooted);
    ASSERT_EQ(again.restored.bindings.size(), 1U);
    EXPECT_EQ(again.restored.bindings[0].expires - rebooted.monotonic, Millis{40'000});
}

TEST_F(BindingStoreTest, B2BUA_H20_B2BUA_H21_a_wall_clock_that_is_set_while_it_runs) {
    constexpr Millis kStep{-7'200'000};
    {
        const auto opened = open();
        ASSERT_TRUE(opened.store->write(puts({"a"}), false, instant(0)));
        Instant later = instant(10);
        EXPECT_FALSE(opened.store->clock_was_set(later));
        later.wall += kStep;
        EXPECT_TRUE(opened.store->clock_was_set(later));
        ASSERT_TRUE(opened.store->clean(later));
        EXPECT_FALSE(opened.store->clock_was_set(later));
    }
    Instant next = instant(20);
    next.wall += kStep;
    const auto again = open(next);
    ASSERT_EQ(again.restored.bindings.size(), 1U);
    EXPECT_EQ(again.restored.bindings[0].expires - next.monotonic, Millis{40'000});
}

TEST_F(BindingStoreTest, B2BUA_H21_a_wall_clock_behind_that_of_the_last_run) {
    keep({"a"});
    const Instant before{at(3), kWall - Millis{86'400'000}};
    const auto again = open(before);
    ASSERT_EQ(again.restored.bindings.size(), 1U);
    EXPECT_EQ(again.restored.bindings[0].expires - before.monotonic, Millis{60'000});
}

TEST_F(BindingStoreTest, B2BUA_H20_what_is_over_is_cleaned_away) {
    keep({"a"});
    const auto opened = open();
    auto longer = puts({"b"});
    longer[0].binding.upstream_expires = instant(7200).monotonic;
    ASSERT_TRUE(opened.store->write(longer, false, instant(1)));
    ASSERT_TRUE(opened.store->clean(instant(3500)));
    EXPECT_NE(directory.octets().find("4-binding-a"), std::string::npos);
    ASSERT_TRUE(opened.store->clean(instant(3601)));
    const_cast<BindingStore::Opened&>(opened).store.reset();
    EXPECT_EQ(tokens(open(instant(3602)).restored), "b");
}

// --- configuration ---

TEST_F(BindingStoreTest, B2BUA_H21_realms_that_are_gone_are_said) {
    keep({"a", "b"});
    config.realms[0].name = "lan";
    const auto again = open();
    EXPECT_TRUE(again.restored.bindings.empty());
    EXPECT_EQ(again.restored.foreign, 2U);
    EXPECT_NE(journal.text().find("2 of realms or ports that are gone"), std::string::npos);
    EXPECT_TRUE(directory.broken().empty());
}

// --- faults ---

TEST_F(BindingStoreTest, B2BUA_H21_one_gateway_at_a_time) {
    const auto first = open();
    const auto second = BindingStore::open({directory.path(), config, journal}, instant(0));
    ASSERT_FALSE(second.ok());
    EXPECT_NE(second.error().find("found a gateway that uses it, process " +
                                  std::to_string(getpid()) + ", expected"),
              std::string::npos)
        << second.error();
}

TEST_F(BindingStoreTest, B2BUA_H21_no_place_for_a_directory) {
    for (const std::string& path : {directory.path() + "/no/parent", std::string("/dev/null")}) {
        const auto opened = BindingStore::open({path, config, journal}, instant(0));
        ASSERT_FALSE(opened.ok()) << path;
        EXPECT_NE(opened.error().find(path), std::string::npos);
        EXPECT_NE(opened.error().find(", do "), std::string::npos) << opened.error();
    }
    const std::string open_to_all = directory.path() + "/all";
    ASSERT_EQ(mkdir(open_to_all.c_str(), 0700), 0);
    ASSERT_EQ(chmod(open_to_all.c_str(), 0777), 0);
    const auto opened = BindingStore::open({open_to_all, config, journal}, instant(0));
    ASSERT_FALSE(opened.ok());
    EXPECT_NE(opened.error().find("everybody may write"), std::string::npos);
}

TEST_F(BindingStoreTest, B2BUA_H21_a_full_disk_loses_only_what_was_not_written) {
    std::vector<BindingChange> many;
    for (int i = 0; i < 500; ++i) {
        many.push_back({BindingChange::Kind::kPut, binding(("m" + std::to_string(i)).c_str())});
    }
    {
        const auto opened = open();
        ASSERT_TRUE(opened.store->write(puts({"a"}), false, instant(0)));
        const FullDisk full(directory.octets().size());
        const auto refused = opened.store->write(many, false, instant(1));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error(), "state-directory '" + directory.path() +
                                       "': found bindings.mdb that cannot be written: File too "
                                       "large, expected room on the disk, do make room, or name "
                                       "another directory");
    }
    {
        const auto again = open(instant(2));
        EXPECT_EQ(tokens(again.restored), "a");
        ASSERT_TRUE(again.store->write(many, false, instant(3)));
    }
    EXPECT_EQ(open(instant(4)).restored.bindings.size(), 501U);
}

TEST_F(BindingStoreTest, B2BUA_H21_a_file_that_cannot_be_read_is_not_damaged) {
    const std::string end =
        ", expected a file that can be read and written, do see to its rights, to the limits of "
        "the process and to the health of the disk, or name another directory";
    const auto refused = [&] {
        const auto opened = BindingStore::open({directory.path(), config, journal}, instant(0));
        return opened.ok() ? std::string("opened") : opened.error();
    };
    const std::string begin =
        "state-directory '" + directory.path() + "': found bindings.mdb that cannot be read: ";
    std::filesystem::create_symlink(directory.file(), directory.file());
    EXPECT_EQ(refused(), begin + "Too many levels of symbolic links" + end);
    std::filesystem::remove(directory.file());
    std::filesystem::create_directory(directory.file());
    EXPECT_EQ(refused(), begin + "Is a directory" + end);
    std::filesystem::remove(directory.file());
    keep({"a"});
    {
        const FewFiles only_the_lock(1);
        EXPECT_EQ(refused(), begin + "Too many open files" + end);
    }
    EXPECT_TRUE(directory.broken().empty()) << "nothing was renamed";
    EXPECT_EQ(journal.text().find("error"), std::string::npos) << journal.text();
    EXPECT_EQ(tokens(open().restored), "a") << "when the trouble has passed";
}

TEST_F(BindingStoreTest, B2BUA_H21_damage_is_said_with_what_was_expected) {
    keep({"a"});
    directory.write(std::string(9000, 'x'));
    open();
    EXPECT_NE(journal.text().find(" in bindings.mdb, expected a sound file of version 1 as this "
                                  "program writes it, do see to the health of the disk: it is kept "
                                  "as " +
                                  directory.broken().at(0) + ", and 0 bindings could be read"),
              std::string::npos)
        << journal.text();
}

TEST_F(BindingStoreTest, B2BUA_H21_a_later_version_is_set_aside) {
    keep({"a"});
    {
        auto file = LmdbFile::open(directory.file());
        ASSERT_TRUE(file.ok());
        ASSERT_TRUE(file->write([](LmdbFile::Writing& w) { return w.put("1-version", "2"); }));
    }
    const std::string later = directory.octets();
    {
        const auto again = open();
        EXPECT_TRUE(again.restored.bindings.empty());
        ASSERT_TRUE(again.store->write(puts({"b"}), false, instant(0)));
    }
    EXPECT_NE(journal.text().find("found version '2' in bindings.mdb, expected version 1"),
              std::string::npos)
        << journal.text();
    ASSERT_EQ(directory.broken().size(), 1U);
    EXPECT_NE(journal.text().find(directory.broken()[0]), std::string::npos);
    std::filesystem::rename(directory.broken()[0], directory.file());
    EXPECT_EQ(directory.octets(), later) << "kept as it was";
}

TEST_F(BindingStoreTest, B2BUA_H21_a_damaged_record_costs_only_itself) {
    Secret token{};
    {
        const auto opened = open();
        ASSERT_TRUE(opened.store->write(puts({"a", "b", "c"}), false, instant(0)));
        token = opened.store->secret("token", random);
    }
    {
        auto file = LmdbFile::open(directory.file());
        ASSERT_TRUE(file.ok());
        ASSERT_TRUE(
            file->write([](LmdbFile::Writing& w) { return w.put("4-binding-b", "nonsense"); }));
    }
    {
        const auto again = open(instant(1));
        EXPECT_EQ(tokens(again.restored), "ac");
        EXPECT_EQ(again.restored.damaged, 1U);
        EXPECT_EQ(again.store->secret("token", random), token);
    }
    EXPECT_EQ(directory.broken().size(), 1U);
    EXPECT_NE(journal.text().find("found 1 damaged records"), std::string::npos);
    EXPECT_EQ(tokens(open(instant(1)).restored), "ac") << "written anew";
    EXPECT_EQ(directory.broken().size(), 1U);
}

TEST_F(BindingStoreTest, B2BUA_H21_a_binding_under_the_token_of_another) {
    keep({"a"});
    {
        auto file = LmdbFile::open(directory.file());
        ASSERT_TRUE(file.ok());
        std::string record;
        ASSERT_TRUE(file->read([&](std::string_view key, std::string_view value) {
            record = key == "4-binding-a" ? value : record;
        }));
        ASSERT_TRUE(
            file->write([&](LmdbFile::Writing& w) { return w.put("4-binding-b", record); }));
    }
    const auto again = open();
    EXPECT_EQ(tokens(again.restored), "a");
    EXPECT_EQ(again.restored.damaged, 1U);
}

TEST_F(BindingStoreTest, B2BUA_H21_shortened_anywhere_it_starts) {
    keep({"a", "b"});
    const std::string whole = directory.octets();
    for (std::size_t size = 1; size < whole.size(); size += size < 512 ? 1 : 97) {
        directory.write(std::string_view(whole).substr(0, size));
        const auto again = open();
        ASSERT_NE(again.store, nullptr);
        EXPECT_EQ(again.restored.bindings.size(), 0U) << size;
    }
    EXPECT_FALSE(directory.broken().empty());
}

TEST_F(BindingStoreTest, B2BUA_H21_any_octet_changed_it_starts) {
    keep({"a", "b"});
    const std::string whole = directory.octets();
    for (std::size_t i = 0; i < whole.size(); ++i) {
        if (whole[i] == 0 && i % 16 != 0) {
            continue;  // most are unused
        }
        std::string bad = whole;
        bad[i] = static_cast<char>(~bad[i]);
        directory.write(bad);
        const auto again = open();
        ASSERT_NE(again.store, nullptr) << i;
        for (const Binding& b : again.restored.bindings) {
            EXPECT_EQ(b, binding(b.token.c_str())) << "octet " << i;
        }
        ASSERT_TRUE(again.store->write(puts({"c"}), false, instant(1))) << i;
        for (const std::string& name : directory.broken()) {
            std::filesystem::remove(name);
        }
    }
}

}  // namespace
}  // namespace sallyport::registration
