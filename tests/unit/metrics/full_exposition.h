// SPDX-License-Identifier: Apache-2.0
// For the tests of metrics/: snapshots in which every cell has a value, and all families of them.
#pragma once

#include "metrics/collectors.h"

#include <cstdint>
#include <iterator>

namespace sallyport::metrics {

inline Config two_realms() {
    Config config;
    config.realms.resize(2);
    config.realms[0].name = "inside";
    config.realms[1].name = "outside";
    return config;
}

/// One shard that counted everything once or more.
inline void count_everything(Counters& shard) {
    for (std::size_t method = 0; method < sip::kMethodCount; ++method) {
        for (const int status : {0, 100, 200, 302, 404, 503, 603}) {
            shard.received[0].count(static_cast<sip::Method>(method), status);
            shard.sent[1].count(static_cast<sip::Method>(method), status);
        }
    }
    for (Counter& cell : shard.parse_faults) {
        cell.add();
    }
    for (std::size_t i = 0; i < shard.setup_buckets.size(); ++i) {
        shard.setup_buckets[i].add(i + 1);
    }
    shard.setup_sum_ms.add(123456);
    shard.calls_answered.add(7);
    shard.keepalives.add(3);
    shard.media_timeouts.add(2);
    shard.calls.set(5);
    shard.dialogs.set(10);
    shard.client_transactions.set(3);
    shard.server_transactions.set(4);
    shard.registrations.set(6);
    shard.timers.set(9);
}

inline dataplane::CountersSnapshot full_dataplane() {
    dataplane::CountersSnapshot snapshot;
    std::uint64_t n = 0;
    for (std::uint64_t& counter : snapshot.counters) {
        counter = ++n;
    }
    for (std::uint64_t& drop : snapshot.drops) {
        drop = ++n;
    }
    snapshot.workers = {{1.5, 10.25}, {0, 10}};
    snapshot.realms = {{4, 2, 10000, 1, 2, 3, true}, {6, 0, 10000, 0, 0, 0, false}};
    snapshot.relays = 2;
    snapshot.mbufs_in_use = 17;
    snapshot.mbufs_free = 100;
    snapshot.mbufs_total = 200;
    return snapshot;
}

/// shards * count_everything() and one full data plane.
inline Families full_exposition(int shards = 1) {
    const Config config = two_realms();
    SignallingSnapshot signalling;
    for (int i = 0; i < shards; ++i) {
        Counters shard;
        count_everything(shard);
        signalling.add(shard);
        transaction::Counters transactions;
        transactions.retransmissions_in.add();
        transactions.stray_2xx.add();
        signalling.add(transactions);
        registration::Counters registers;
        registers.accepted.add(8);
        registers.lapsed.add();
        signalling.add(registers);
    }
    Families all = build_families("1.2.3");
    for (Families part :
         {signalling_families(config, signalling), dataplane_families(config, full_dataplane())}) {
        std::move(part.begin(), part.end(), std::back_inserter(all));
    }
    return all;
}

}  // namespace sallyport::metrics
