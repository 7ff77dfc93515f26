// SPDX-License-Identifier: Apache-2.0
// What a scrape sees of signalling: plain sums over all shards. The gateway fills one per scrape
// with add(); the data plane has its own (dataplane/counters.h).
#pragma once

#include "b2bua/counters.h"
#include "b2bua/registration/counters.h"
#include "b2bua/transaction/counters.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace sallyport::metrics {

/// Messages of one realm and direction by method and class: 0 is requests, 1 to 6 the classes.
using MessageSums = std::array<std::array<std::uint64_t, 7>, sip::kMethodCount>;

struct SignallingSnapshot {
    struct Calls {
#define SALLYPORT_COUNTER(name, help) std::uint64_t name{0};
#include "b2bua/counters.def"
#undef SALLYPORT_COUNTER
    };
    struct Transactions {
#define SALLYPORT_TRANSACTION_COUNTER(name, help) std::uint64_t name{0};
#include "b2bua/transaction/counters.def"
#undef SALLYPORT_TRANSACTION_COUNTER
    };

    struct Registers {
#define SALLYPORT_REGISTER_COUNTER(name, help) std::uint64_t name{0};
#include "b2bua/registration/counters.def"
#undef SALLYPORT_REGISTER_COUNTER
    };

    Calls calls_sum;
    Transactions transactions_sum;
    Registers registers_sum;
    std::array<MessageSums, kMaxRealms> received{};  // by RealmId
    std::array<MessageSums, kMaxRealms> sent{};
    std::array<std::uint64_t, decltype(Counters::parse_faults){}.size()> parse_faults{};
    std::array<std::uint64_t, kSetupBounds.size() + 1> setup_buckets{};  // not cumulative
    std::uint64_t setup_sum_ms{0};

    // Sizes of tables now.
    std::uint64_t calls{0};
    std::uint64_t subscriptions{0};
    std::uint64_t dialogs{0};
    std::uint64_t client_transactions{0};
    std::uint64_t server_transactions{0};
    std::uint64_t registrations{0};
    std::uint64_t surviving{0};
    std::uint64_t timers{0};

    /// Adds one shard. Any thread, while the shard runs.
    void add(const Counters& shard) noexcept;
    void add(const transaction::Counters& shard) noexcept;
    void add(const registration::Counters& shard) noexcept;
};

}  // namespace sallyport::metrics
