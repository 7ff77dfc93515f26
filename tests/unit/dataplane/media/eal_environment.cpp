// SPDX-License-Identifier: Apache-2.0
// Starts DPDK's EAL once for a test binary that handles mbufs.
#include <gtest/gtest.h>
#include <rte_eal.h>

#include <array>
#include <cstdlib>

namespace {

class EalEnvironment final : public testing::Environment {
public:
    void SetUp() override {
        std::array<const char*, 10> args{
            "test", "--no-huge", "--no-pci", "--no-shconf", "--no-telemetry",
            "-m",   "64",        "-l",       "0",           "--log-level=error"};
        const int parsed =
            rte_eal_init(static_cast<int>(args.size()), const_cast<char**>(args.data()));
        ASSERT_GE(parsed, 0) << "EAL does not start";
    }
    void TearDown() override { rte_eal_cleanup(); }
};

[[maybe_unused]] const testing::Environment* const kEal =
    testing::AddGlobalTestEnvironment(new EalEnvironment);

}  // namespace
