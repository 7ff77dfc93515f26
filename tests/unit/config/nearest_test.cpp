// SPDX-License-Identifier: Apache-2.0
// Which typing errors are recognised, and which words are left alone.
#include "config/nearest.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace sallyport::config {
namespace {

constexpr std::array<std::string_view, 5> kNames{"workers", "shards", "media-ports", "nat", "tap"};

TEST(Nearest, FindsWhatWasMeant) {
    struct Row {
        const char* typed;
        const char* meant;
    };
    for (const Row& row : {Row{"worker", "workers"}, Row{"wrokers", "workers"},
                           Row{"workerss", "workers"}, Row{"media_ports", "media-ports"},
                           Row{"mediaports", "media-ports"}, Row{"medai-port", "media-ports"},
                           Row{"nta", "nat"}, Row{"ta", "tap"}, Row{"shards", "shards"}}) {
        EXPECT_EQ(nearest(row.typed, kNames), row.meant) << row.typed;
    }
}

TEST(Nearest, DoesNotGuessWildly) {
    for (const char* typed : {"", "x", "colour", "portsmedia", "WORKERS"}) {
        EXPECT_EQ(nearest(typed, kNames), std::nullopt) << typed;
    }
    EXPECT_EQ(nearest(std::string(100000, 'w'), kNames), std::nullopt);
    EXPECT_EQ(nearest("workers", {}), std::nullopt);
}

}  // namespace
}  // namespace sallyport::config
