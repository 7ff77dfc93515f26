// SPDX-License-Identifier: Apache-2.0
// Slab: handles, bound, reuse, stable places, iteration, and a random run against a map.
#include "config/types/slab.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace sallyport {
namespace {

struct Tag;
using Strings = Slab<std::string, Tag>;

TEST(Slab, empty_handle_finds_nothing) {
    Strings slab(4);
    EXPECT_EQ(slab.find({}), nullptr);
    EXPECT_FALSE(slab.erase({}));
    EXPECT_EQ(slab.at(0), nullptr);
    EXPECT_TRUE(slab.empty());
}

TEST(Slab, finds_until_erased_and_never_after) {
    Strings slab(4);
    const auto a = slab.emplace("a");
    const auto b = slab.emplace("b");
    ASSERT_TRUE(a);
    ASSERT_TRUE(b);
    EXPECT_EQ(*slab.find(a), "a");
    EXPECT_EQ(*slab.find(b), "b");
    EXPECT_TRUE(slab.erase(a));
    EXPECT_FALSE(slab.erase(a));
    EXPECT_EQ(slab.find(a), nullptr);
    const auto c = slab.emplace("c");
    EXPECT_EQ(c.index, a.index) << "the place is used again";
    EXPECT_NE(c, a);
    EXPECT_EQ(slab.find(a), nullptr) << "stale although something lives there";
    EXPECT_EQ(*slab.find(c), "c");
    EXPECT_EQ(slab.size(), 2U);
}

TEST(Slab, refuses_beyond_its_bound) {
    Strings slab(3);
    std::vector<Handle<Tag>> handles;
    for (int i = 0; i < 3; ++i) {
        handles.push_back(slab.emplace(std::to_string(i)));
        EXPECT_TRUE(handles.back());
    }
    EXPECT_FALSE(slab.emplace("one too many"));
    EXPECT_TRUE(slab.erase(handles[1]));
    EXPECT_TRUE(slab.emplace("fits again"));
    EXPECT_EQ(slab.size(), slab.max_size());
}

TEST(Slab, objects_do_not_move_when_it_grows) {
    Strings slab(10 * Strings::kChunk);
    const auto first = slab.emplace("first");
    const std::string* place = slab.find(first);
    for (std::size_t i = 0; i < 5 * Strings::kChunk; ++i) {
        ASSERT_TRUE(slab.emplace("x"));
    }
    EXPECT_EQ(slab.find(first), place);
    EXPECT_EQ(*place, "first");
}

TEST(Slab, destroys_on_erase_and_at_the_end) {
    const auto counted = std::make_shared<int>(0);
    {
        Slab<std::shared_ptr<int>, Tag> slab(8);
        const auto a = slab.emplace(counted);
        ASSERT_TRUE(slab.emplace(counted));
        EXPECT_EQ(counted.use_count(), 3);
        slab.erase(a);
        EXPECT_EQ(counted.use_count(), 2);
    }
    EXPECT_EQ(counted.use_count(), 1);
}

TEST(Slab, for_each_allows_erasing_anything) {
    Strings slab(64);
    std::vector<Handle<Tag>> handles;
    for (int i = 0; i < 10; ++i) {
        handles.push_back(slab.emplace(std::to_string(i)));
    }
    std::string seen;
    slab.for_each([&](Handle<Tag> handle, std::string& text) {
        seen += text;
        slab.erase(handle);
        if (seen == "01") {
            slab.erase(handles[5]);
        }
    });
    EXPECT_EQ(seen, "012346789");
    EXPECT_TRUE(slab.empty());
}

TEST(Slab, agrees_with_a_map_over_random_operations) {
    std::mt19937 random(7);
    Slab<int, Tag> slab(500);
    std::map<Handle<Tag>, int> model;
    std::vector<Handle<Tag>> ever;
    for (int i = 0; i < 20000; ++i) {
        if (random() % 2 == 0) {
            const auto handle = slab.emplace(i);
            ASSERT_EQ(static_cast<bool>(handle), model.size() < 500);
            if (handle) {
                ASSERT_TRUE(model.emplace(handle, i).second) << "a handle was issued twice";
                ever.push_back(handle);
            }
        } else if (!ever.empty()) {
            const auto handle = ever[random() % ever.size()];
            ASSERT_EQ(slab.erase(handle), model.erase(handle) == 1);
        }
        ASSERT_EQ(slab.size(), model.size());
    }
    for (const auto handle : ever) {
        const auto found = model.find(handle);
        const int* object = slab.find(handle);
        ASSERT_EQ(object != nullptr, found != model.end());
        if (object != nullptr) {
            EXPECT_EQ(*object, found->second);
        }
    }
}

}  // namespace
}  // namespace sallyport
