// SPDX-License-Identifier: Apache-2.0
// 10,000 calls through a whole gateway in virtual time, from their seeds. `sim` runs more, and
// shows what happened in one world.
#include "tests/sim/world.h"

#include <gtest/gtest.h>

namespace sallyport::sim {
namespace {

constexpr std::uint64_t kWorlds = 10'000 / kCallsPerWorld;
constexpr std::uint64_t kShards = 10;  // tests that may run side by side

class Sim : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(Sim, calls_from_a_seed) {
    const std::uint64_t first = 1 + GetParam() * (kWorlds / kShards);
    Tally tally;
    for (std::uint64_t seed = first; seed < first + kWorlds / kShards; ++seed) {
        World world(seed);
        world.run();
        tally += world.tally();
        for (const Finding& finding : world.findings()) {
            ADD_FAILURE() << finding.rule << ": " << finding.text << "\nreplay: sim --first "
                          << seed << " --trace " << finding.call;
        }
        if (HasFailure()) {
            return;
        }
    }
    // Weather, refusals and vices may fail a call, but not most of them.
    EXPECT_GT(tally.answered * 2, tally.calls) << tally.text();
    EXPECT_GT(tally.cancelled * 40, tally.calls) << tally.text();
    EXPECT_GT(tally.deeds, tally.calls) << tally.text();
    EXPECT_GT(tally.media_checks, tally.calls) << tally.text();
    EXPECT_EQ(tally.missing(), "") << "never happened: " << tally.text();
}

INSTANTIATE_TEST_SUITE_P(Seeds, Sim, ::testing::Range(std::uint64_t{0}, kShards));

}  // namespace
}  // namespace sallyport::sim
