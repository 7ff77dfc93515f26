// SPDX-License-Identifier: Apache-2.0
#include "b2bua/gateway.h"

#include "b2bua/mailbox.h"
#include "b2bua/media_query.h"
#include "b2bua/policy/kernel_randomness.h"
#include "b2bua/shard.h"
#include "b2bua/transport/udp.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <thread>

namespace sallyport {
namespace {

constexpr std::size_t kBatch = 64;
constexpr Millis kLongestWait{10};  // C1: timers fire within 10 ms

Moment monotonic_now() noexcept {
    return {
        std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now().time_since_epoch())};
}

}  // namespace

struct Gateway::Runner {
    /// What all shards of the process share.
    struct Common {
        const Config& config;
        Journal& journal;
        registration::TokenKey key;
    };
    /// How a shard tells the others.
    struct Tell {
        std::function<void(const registration::BindingChange&)> binding;
        std::function<void(const call::DialogChange&)> dialog;  // empty: there are no others
    };

    Runner(const Common& common, ShardId id, const ShardPorts& ports, Tell tell)
        : datagrams(*ports.datagrams),
          transport(datagrams, counters),
          shard({common.config, id, transport, *ports.relays, random, common.journal, counters,
                 common.key, std::move(tell.binding), std::move(tell.dialog)}) {}

    void run() {
        std::array<dataplane::Datagram, kBatch> batch;
        while (!stopping.load(std::memory_order_relaxed)) {
            const std::size_t n = datagrams.receive(batch);
            const Moment now = monotonic_now();
            shard.drain(draining.load(std::memory_order_relaxed));
            for (std::size_t i = 0; i < n; ++i) {
                shard.receive(batch[i], now);
            }
            changes.drain([this](const registration::BindingChange& c) { shard.apply(c); });
            dialogs.drain([this](const call::DialogChange& c) { shard.apply(c); });
            queries.drain([this](const std::shared_ptr<MediaQuery>& q) {
                q->answer(shard.explain_media(q->call_id(), q->limit()));
            });
            shard.advance(now);
            publish_gauges();
            if (n == 0) {
                const Millis due = std::max(shard.next_deadline() - now, Millis{0});
                datagrams.wait(std::min(due, kLongestWait));
            }
        }
    }

    void publish_gauges() {
        const ShardGauges gauges = shard.gauges();
        counters.calls.set(gauges.calls);
        counters.subscriptions.set(gauges.subscribed);
        counters.dialogs.set(gauges.dialogs);
        counters.client_transactions.set(gauges.clients);
        counters.server_transactions.set(gauges.servers);
        counters.registrations.set(gauges.registrations);
        counters.timers.set(gauges.timers);
    }

    KernelRandomness random;
    Counters counters;
    dataplane::DatagramPort& datagrams;
    UdpTransport transport;
    Mailbox<registration::BindingChange> changes;
    Mailbox<call::DialogChange> dialogs;
    Mailbox<std::shared_ptr<MediaQuery>> queries;
    Shard shard;
    std::atomic<bool> stopping{false};
    std::atomic<bool> draining{false};
    std::thread thread;
};

template <class Post>
void Gateway::to_others(std::size_t self, Post post) {
    for (std::size_t other = 0; other < runners_.size(); ++other) {
        if (other != self) {
            post(*runners_[other]);
        }
    }
}

Gateway::Gateway(const Config& config, std::vector<ShardPorts> ports, Journal& journal) {
    KernelRandomness random;
    const Runner::Common common{config, journal, registration::TokenKey::from(random)};
    for (std::size_t i = 0; i < ports.size(); ++i) {
        Runner::Tell tell;
        tell.binding = [this, i](const registration::BindingChange& change) {
            to_others(i, [&change](Runner& other) { other.changes.post(change); });
        };
        if (ports.size() > 1) {
            tell.dialog = [this, i](const call::DialogChange& change) {
                to_others(i, [&change](Runner& other) { other.dialogs.post(change); });
            };
        }
        runners_.push_back(std::make_unique<Runner>(common, ShardId{static_cast<std::uint8_t>(i)},
                                                    ports[i], std::move(tell)));
    }
    for (const auto& runner : runners_) {
        runner->thread = std::thread([&r = *runner] { r.run(); });
    }
}

Gateway::~Gateway() {
    stop();
}

void Gateway::stop() {
    stopped_.store(true, std::memory_order_relaxed);
    for (const auto& runner : runners_) {
        runner->stopping.store(true, std::memory_order_relaxed);
    }
    for (const auto& runner : runners_) {
        if (runner->thread.joinable()) {
            runner->thread.join();
        }
    }
}

void Gateway::drain(bool on) {
    for (const auto& runner : runners_) {
        runner->draining.store(on, std::memory_order_relaxed);
    }
}

std::uint64_t Gateway::calls() const {
    std::uint64_t sum = 0;
    for (const auto& runner : runners_) {
        sum += runner->counters.calls.read();
    }
    return sum;
}

std::vector<call::MediaReport> Gateway::explain_media(std::string_view call_id) {
    if (stopped_.load(std::memory_order_relaxed)) {
        return {};
    }
    const auto query =
        std::make_shared<MediaQuery>(std::string(call_id), kMostReports, runners_.size());
    for (const auto& runner : runners_) {
        runner->queries.post(query);
    }
    return query->wait(kLongestAnswer);
}

std::vector<ShardCounters> Gateway::counters() const {
    std::vector<ShardCounters> all;
    for (const auto& runner : runners_) {
        all.push_back({runner->counters, runner->shard.transaction_counters(),
                       runner->shard.registration_counters()});
    }
    return all;
}

}  // namespace sallyport
