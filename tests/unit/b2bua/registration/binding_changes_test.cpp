// SPDX-License-Identifier: Apache-2.0
// The way of changes to the store (H21): one of each binding, a bound, and a whole table after too
// many. Threads against each other are in tests/unit/b2bua/gateway.
#include "b2bua/registration/binding_changes.h"

#include "tests/unit/b2bua/registration/stored_binding.h"

#include <gtest/gtest.h>

#include <map>

namespace sallyport::registration {
namespace {

using Kind = BindingChange::Kind;

BindingChange put(const std::string& token, std::uint32_t cseq = 1) {
    BindingChange change{Kind::kPut, stored_binding(token)};
    change.binding.cseq = cseq;
    return change;
}
BindingChange gone(const std::string& token) {
    BindingChange change{Kind::kErase, {}};
    change.binding.token = token;
    return change;
}

/// "whole" or "part", then token=cseq or token=gone in order of tokens.
std::string shown(const BindingChanges::Batch& batch) {
    std::map<std::string, std::string> all;
    for (const BindingChange& change : batch.changes) {
        all[change.binding.token] =
            change.kind == Kind::kErase ? "gone" : std::to_string(change.binding.cseq);
    }
    EXPECT_EQ(all.size(), batch.changes.size()) << "a token twice";
    std::string text = batch.empty() ? "nothing" : batch.whole ? "whole" : "part";
    for (const auto& [token, what] : all) {
        text.append(" ").append(token).append("=").append(what);
    }
    return text;
}

TEST(BindingChanges, B2BUA_H21_the_last_change_of_each_binding) {
    BindingChanges changes(10);
    EXPECT_EQ(shown(changes.take()), "nothing");
    changes.post(put("a", 1));
    changes.post(put("b", 1));
    changes.post(put("a", 2));
    changes.post(gone("b"));
    EXPECT_EQ(shown(changes.take()), "part a=2 b=gone");
    EXPECT_EQ(shown(changes.take()), "nothing");
    EXPECT_EQ(changes.wanted(), 0U);
}

TEST(BindingChanges, B2BUA_H21_too_many_are_counted_and_the_table_is_restated) {
    BindingChanges changes(2);
    changes.post(put("a"));
    changes.post(put("b"));
    changes.post(put("a", 2));  // no further one
    EXPECT_EQ(changes.overflows(), 0U);
    changes.post(put("c"));
    EXPECT_EQ(changes.overflows(), 1U);
    const std::uint64_t request = changes.wanted();
    ASSERT_NE(request, 0U);
    EXPECT_EQ(shown(changes.take()), "nothing");
    changes.restate(request, {stored_binding("a")}, false);
    changes.post(put("a", 7));  // newer than the table
    changes.post(gone("b"));
    EXPECT_EQ(shown(changes.take()), "nothing");
    changes.restate(request, {stored_binding("b"), stored_binding("c")}, true);
    EXPECT_EQ(changes.wanted(), 0U);
    EXPECT_EQ(shown(changes.take()), "whole a=7 b=gone c=4294967295");
    EXPECT_EQ(shown(changes.take()), "nothing");
}

TEST(BindingChanges, B2BUA_H21_an_empty_table_is_restated_too) {
    BindingChanges changes(2);
    changes.lost();
    changes.restate(changes.wanted(), {}, true);
    EXPECT_EQ(shown(changes.take()), "whole");
}

TEST(BindingChanges, B2BUA_H21_too_many_again_begin_the_table_anew) {
    BindingChanges changes(1);
    changes.lost();
    const std::uint64_t first = changes.wanted();
    changes.restate(first, {stored_binding("a")}, false);
    changes.post(put("b"));
    changes.post(put("c"));
    const std::uint64_t second = changes.wanted();
    EXPECT_NE(first, second);
    changes.restate(first, {stored_binding("x")}, true);  // too late
    EXPECT_EQ(shown(changes.take()), "nothing");
    changes.restate(second, {stored_binding("c")}, true);
    EXPECT_EQ(shown(changes.take()), "whole c=4294967295");
}

TEST(BindingChanges, B2BUA_H21_what_was_not_written_is_restated) {
    BindingChanges changes(10);
    changes.post(put("a"));
    EXPECT_EQ(shown(changes.take()), "part a=1");
    changes.lost();
    changes.restate(changes.wanted(), {stored_binding("a")}, true);
    EXPECT_EQ(shown(changes.take()), "whole a=4294967295");
}

}  // namespace
}  // namespace sallyport::registration
