// SPDX-License-Identifier: Apache-2.0
// How many answers one source may have: to unreadable requests five in a second (B2BUA-A20, J3), so
// that whoever writes another's address into its datagrams gets little sent there. Fixed memory,
// whatever comes. Owner: one Shard, on its thread.
#pragma once

#include "b2bua/policy/keyed_hash.h"
#include "config/types/ip.h"
#include "config/types/units.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sallyport {

class ErrorReplyBudget {
public:
    static constexpr int kPerSecond = 5;
    static constexpr std::size_t kBuckets = 8192;

    /// key: secret, so that nobody can choose with whom a source shares its budget.
    /// per_second: 1 to 1000.
    explicit ErrorReplyBudget(const HashKey& key, int per_second = kPerSecond)
        : key_(key), per_second_(per_second), buckets_(kBuckets) {}

    /// True: one more may go to this address (of IPv6: to this /64).
    [[nodiscard]] bool take(const IpAddr& source, Moment now) noexcept;

private:
    /// When the tokens that were taken will all be back. Sources whose hashes fall together share
    /// it: a source never gets more than its due, and seldom less.
    struct Bucket {
        Moment full{};
    };

    HashKey key_;
    int per_second_;
    std::vector<Bucket> buckets_;
};

}  // namespace sallyport
