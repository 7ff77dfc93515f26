// SPDX-License-Identifier: Apache-2.0
#include "b2bua/gateway.h"

#include "b2bua/binding_writer.h"
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
constexpr Millis kLongestWait{10};     // C1: timers fire within 10 ms
constexpr std::size_t kRestated{256};  // bindings in one turn of a shard's loop: well below that

Moment monotonic_now() noexcept {
    return {
        std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now().time_since_epoch())};
}

std::int64_t unix_now() noexcept {
    return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
}

}  // namespace

/// How a shard tells the others, and the store.
struct Gateway::Tell {
    std::function<void(const registration::BindingChange&)> binding;
    std::function<void(const call::DialogChange&)> dialog;  // empty: there are no others
};

struct Gateway::Runner {
    /// What all shards of the process share.
    struct Common {
        const Config& config;
        Journal& journal;
        registration::TokenKey token_key;
        registration::TokenKey seal_key;
        MediaRecord record;
    };
    Runner(const Common& common, ShardId id, const ShardPorts& ports, Tell tell)
        : datagrams(*ports.datagrams),
          transport(datagrams, counters),
          shard({common.config, id, transport, *ports.relays, random, common.journal, counters,
                 common.token_key, common.seal_key, std::move(tell.binding), std::move(tell.dialog),
                 unix_now, common.record}) {}

    void run() {
        std::array<dataplane::Datagram, kBatch> batch;
        while (!stopping.load(std::memory_order_relaxed)) {
            const std::size_t n = datagrams.receive(batch);
            const Moment now = monotonic_now();
            shard.drain(draining.load(std::memory_order_relaxed));
            for (std::size_t i = 0; i < n; ++i) {
                shard.receive(batch[i], now);
            }
            const std::uint64_t wanted = restates != nullptr ? restates->wanted() : 0;
            take_bindings();
            restate(wanted);
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

    void take_bindings() {
        changes.drain([this](const registration::BindingChange& c) { shard.apply(c); });
    }

    /// A part of the table for the store that asked for it; wanted: as it was before the mail.
    void restate(std::uint64_t wanted) {
        if (wanted == 0) {
            return;
        }
        walk = wanted == walked ? walk : registration::TableWalk{};
        walked = wanted;
        std::vector<registration::Binding> part;
        shard.walk(walk, kRestated, [&](const registration::Binding& b) { part.push_back(b); });
        restates->restate(wanted, std::move(part), walk.done);
    }

    void publish_gauges() {
        const ShardGauges gauges = shard.gauges();
        counters.calls.set(gauges.calls);
        counters.subscriptions.set(gauges.subscribed);
        counters.dialogs.set(gauges.dialogs);
        counters.client_transactions.set(gauges.clients);
        counters.server_transactions.set(gauges.servers);
        counters.registrations.set(gauges.registrations);
        counters.surviving.set(gauges.surviving);
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
    registration::BindingChanges* restates{nullptr};  // of one shard only
    std::uint64_t walked{0};                          // the request that walk is for
    registration::TableWalk walk;
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

Gateway::Gateway(const Config& config, std::vector<ShardPorts> ports, Journal& journal,
                 registration::BindingStore::Opened kept, MediaRecord record) {
    KernelRandomness random;
    const Runner::Common common{config, journal,
                                kept.store
                                    ? registration::TokenKey{kept.store->secret("token", random)}
                                    : registration::TokenKey::from(random),
                                registration::TokenKey::from(random), std::move(record)};
    for (std::size_t i = 0; i < ports.size(); ++i) {
        runners_.push_back(std::make_unique<Runner>(common, ShardId{static_cast<std::uint8_t>(i)},
                                                    ports[i], tell_of(i, ports.size() > 1)));
    }
    restore(kept.restored.bindings);
    if (kept.store && !runners_.empty()) {
        writer_ = std::make_unique<BindingWriter>(std::move(kept), journal);
        runners_.front()->restates = &writer_->changes();
    }
    for (const auto& runner : runners_) {
        runner->thread = std::thread([&r = *runner] { r.run(); });
    }
}

Gateway::~Gateway() {
    stop();
}

Gateway::Tell Gateway::tell_of(std::size_t self, bool has_others) {
    Tell tell;
    tell.binding = [this, self](const registration::BindingChange& change) {
        to_others(self, [&change](Runner& other) { other.changes.post(change); });
        if (writer_) {
            writer_->changes().post(change);
        }
    };
    if (has_others) {
        tell.dialog = [this, self](const call::DialogChange& change) {
            to_others(self, [&change](Runner& other) { other.dialogs.post(change); });
        };
    }
    return tell;
}

void Gateway::restore(const std::vector<registration::Binding>& bindings) {
    for (const auto& runner : runners_) {
        for (const registration::Binding& binding : bindings) {
            runner->shard.apply({registration::BindingChange::Kind::kPut, binding});
        }
    }
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
    if (writer_) {
        while (const std::uint64_t wanted = writer_->changes().wanted()) {
            runners_.front()->take_bindings();
            runners_.front()->restate(wanted);
        }
        writer_->stop();
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

const registration::Counters* Gateway::store_counters() const noexcept {
    return writer_ ? &writer_->counters() : nullptr;
}

}  // namespace sallyport
