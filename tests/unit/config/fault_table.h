// SPDX-License-Identifier: Apache-2.0
// A row per way to get the file wrong: a piece of the good configuration (loading.h) is replaced,
// and exactly these faults come out, with line, key, what was found, what was expected and what to
// do.
#pragma once

#include "config/load.h"
#include "tests/unit/config/loading.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sallyport::config {

struct FaultRow {
    const char* name;
    const char* from;
    const char* to;
    std::vector<const char*> faults;  // without the name of the file
};

inline std::ostream& operator<<(std::ostream& out, const FaultRow& row) {
    return out << row.name;
}

inline void expect_exactly(const FaultRow& row) {
    const auto loaded = load_text(replaced(kGood, row.from, row.to));
    std::string expected;
    for (const char* fault : row.faults) {
        expected.append("FILE:").append(fault).append("\n");
    }
    ASSERT_FALSE(loaded) << "loads, but should say\n" << expected;
    EXPECT_EQ(all(loaded.error()), expected);
}

inline std::string name_of(const testing::TestParamInfo<FaultRow>& row) {
    return row.param.name;
}

}  // namespace sallyport::config
