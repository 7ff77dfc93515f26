// SPDX-License-Identifier: Apache-2.0
// Sums of the shards' cells.
#include "metrics/snapshot.h"

#include <algorithm>

namespace sallyport::metrics {
namespace {

void add_messages(MessageSums& sums, const MessageCounts& counts) noexcept {
    for (std::size_t method = 0; method < sums.size(); ++method) {
        for (std::size_t column = 0; column < sums[method].size(); ++column) {
            sums[method][column] += counts.by_class[method][column].read();
        }
    }
}

template <class Sums, class Cells>
void add_cells(Sums& sums, const Cells& cells) noexcept {
    for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i] += cells[i].read();
    }
}

}  // namespace

void SignallingSnapshot::add(const Counters& shard) noexcept {
#define SALLYPORT_COUNTER(name, help) calls_sum.name += shard.name.read();
#include "b2bua/counters.def"
#undef SALLYPORT_COUNTER
    for (std::size_t realm = 0; realm < kMaxRealms; ++realm) {
        add_messages(received[realm], shard.received[realm]);
        add_messages(sent[realm], shard.sent[realm]);
    }
    add_cells(parse_faults, shard.parse_faults);
    add_cells(setup_buckets, shard.setup_buckets);
    setup_sum_ms += shard.setup_sum_ms.read();
    calls += shard.calls.read();
    subscriptions += shard.subscriptions.read();
    dialogs += shard.dialogs.read();
    client_transactions += shard.client_transactions.read();
    server_transactions += shard.server_transactions.read();
    timers += shard.timers.read();
    // Every shard keeps a copy of every binding, so one shard's table is the number of them.
    registrations = std::max(registrations, shard.registrations.read());
    surviving = std::max(surviving, shard.surviving.read());  // each watches for itself
}

void SignallingSnapshot::add(const transaction::Counters& shard) noexcept {
#define SALLYPORT_TRANSACTION_COUNTER(name, help) transactions_sum.name += shard.name.read();
#include "b2bua/transaction/counters.def"
#undef SALLYPORT_TRANSACTION_COUNTER
}

void SignallingSnapshot::add(const registration::Counters& shard) noexcept {
#define SALLYPORT_REGISTER_COUNTER(name, help) registers_sum.name += shard.name.read();
#include "b2bua/registration/counters.def"
#undef SALLYPORT_REGISTER_COUNTER
}

}  // namespace sallyport::metrics
