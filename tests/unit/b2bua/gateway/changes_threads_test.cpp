// SPDX-License-Identifier: Apache-2.0
// Shards that change bindings, one that restates its table, and the writer, against each other
// (H21): in the end the store has what the table has, though the queue was full again and again.
#include "b2bua/mailbox.h"
#include "b2bua/registration/binding_changes.h"
#include "b2bua/registration/bindings.h"
#include "tests/unit/b2bua/registration/stored_binding.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <map>
#include <thread>

namespace sallyport {
namespace {

using registration::Binding;
using registration::BindingChange;
using registration::BindingChanges;

constexpr int kShards = 3;
constexpr std::uint32_t kChangesOfEach = 4000;
constexpr std::uint32_t kTokensOfEach = 60;

/// Makes its own changes and tells the first of them, then the store, as Gateway does.
void change(std::size_t shard, Mailbox<BindingChange>& mail, BindingChanges& changes) {
    for (std::uint32_t i = 0; i < kChangesOfEach; ++i) {
        BindingChange change;
        change.kind = i % 5 == 4 ? BindingChange::Kind::kErase : BindingChange::Kind::kPut;
        change.binding = registration::stored_binding(std::to_string(shard) + "-" +
                                                      std::to_string(i * 7 % kTokensOfEach));
        change.binding.cseq = i;
        mail.post(change);
        changes.post(change);
    }
}

/// The first shard: its table, and what the store wants of it.
struct First {
    registration::Bindings table{1000};
    Mailbox<BindingChange> mail;
    registration::TableWalk walk;
    std::uint64_t walked{0};

    void turn(BindingChanges& changes) {
        const std::uint64_t wanted = changes.wanted();
        mail.drain([this](const BindingChange& c) {
            if (c.kind == BindingChange::Kind::kErase) {
                (void)table.erase(c.binding.token, c.binding.asked);
            } else {
                EXPECT_TRUE(table.put(c.binding));
            }
        });
        if (wanted == 0) {
            return;
        }
        walk = wanted == walked ? walk : registration::TableWalk{};
        walked = wanted;
        std::vector<Binding> part;
        table.walk(walk, 16, [&](const Binding& b) { part.push_back(b); });
        changes.restate(wanted, std::move(part), walk.done);
    }
};

void take(std::map<std::string, std::uint32_t>& disk, BindingChanges& changes) {
    const BindingChanges::Batch batch = changes.take();
    if (batch.whole) {
        disk.clear();
    }
    for (const BindingChange& c : batch.changes) {
        if (c.kind == BindingChange::Kind::kErase) {
            disk.erase(c.binding.token);
        } else {
            disk[c.binding.token] = c.binding.cseq;
        }
    }
}

TEST(ChangesThreads, B2BUA_H21_nothing_is_lost_when_too_many_changes_wait) {
    BindingChanges changes(kTokensOfEach);  // less than there are tokens
    First first;
    std::map<std::string, std::uint32_t> disk;
    std::atomic<bool> over{false};
    std::thread restater([&] {
        while (!over.load()) {
            first.turn(changes);
        }
    });
    std::thread writer([&] {
        while (!over.load()) {
            take(disk, changes);
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    });
    std::array<std::thread, kShards> shards;
    for (std::size_t i = 0; i < shards.size(); ++i) {
        shards[i] = std::thread([&, i] { change(i, first.mail, changes); });
    }
    for (std::thread& shard : shards) {
        shard.join();
    }
    over.store(true);
    restater.join();
    writer.join();
    do {
        first.turn(changes);
    } while (changes.wanted() != 0);
    take(disk, changes);

    EXPECT_GT(changes.overflows(), 0U);
    std::map<std::string, std::uint32_t> table;
    registration::TableWalk walk;
    first.table.walk(walk, 1000, [&](const Binding& b) { table[b.token] = b.cseq; });
    EXPECT_GT(table.size(), kTokensOfEach);
    EXPECT_EQ(disk, table);
}

}  // namespace
}  // namespace sallyport
