// SPDX-License-Identifier: Apache-2.0
#include "b2bua/explain/dry_run.h"

#include "b2bua/counters.h"
#include "b2bua/policy/journal.h"
#include "b2bua/registration/counters.h"
#include "b2bua/shard.h"
#include "b2bua/transaction/counters.h"
#include "b2bua/transport/sender.h"

#include <cstddef>
#include <utility>

namespace sallyport::explain {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers in every run.
class FixedRandomness final : public Randomness {
public:
    std::uint64_t next() noexcept override {
        state_ += 0x9e3779b97f4a7c15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }

private:
    std::uint64_t state_{0x5a11};
};

class KeptSender final : public Sender {
public:
    bool send(const Flow& flow, std::string_view message) noexcept override {
        sent.push_back({flow, std::string(message)});
        return true;
    }
    std::vector<Sent> sent;
};

class KeptJournal final : public Journal {
public:
    void write(LogLevel, std::string_view line) noexcept override { lines.emplace_back(line); }
    std::vector<std::string> lines;
};

struct Reading {
    std::string_view name;
    std::string_view help;
    std::uint64_t value;
};

/// One shard: it speaks for all, because they share nothing that a single message could find.
Config with_one_shard(Config config) {
    config.shards = 1;
    return config;
}

}  // namespace

class DryRun::State {
public:
    State(const Config& config, const MakeRelays& make_relays)
        : config_(with_one_shard(config)),
          relays_(make_relays([this] { return now_; })),
          shard_(parts()) {
        before_ = read_counters();
    }

    Effects play(const Flow& flow, std::string_view octets) {
        constexpr Millis kMoment{1};
        now_ = now_ + kMoment;
        shard_.receive({flow.realm, flow.local, flow.remote, octets}, now_);
        shard_.advance(now_);
        Effects effects;
        effects.sent = std::exchange(sender_.sent, {});
        effects.choices = std::exchange(choices_, {});
        effects.journal = std::exchange(journal_.lines, {});
        effects.counted = moved();
        return effects;
    }

private:
    ShardParts parts() {
        const auto key = registration::TokenKey::from(random_);
        ShardParts parts{config_,  ShardId{0}, sender_, *relays_, random_,
                         journal_, counters_,  key,     key,      [](const auto&) {}};
        parts.routed = [this](const routing::Choice& choice) { choices_.push_back(choice); };
        return parts;
    }

    [[nodiscard]] std::vector<Reading> read_counters() const {
        const transaction::Counters& transactions = shard_.transaction_counters();
        const registration::Counters& registrations = shard_.registration_counters();
        return {
#define SALLYPORT_COUNTER(name, help) Reading{#name, help, counters_.name.read()},
#include "b2bua/counters.def"
#undef SALLYPORT_COUNTER
#define SALLYPORT_TRANSACTION_COUNTER(name, help) Reading{#name, help, transactions.name.read()},
#include "b2bua/transaction/counters.def"
#undef SALLYPORT_TRANSACTION_COUNTER
#define SALLYPORT_REGISTER_COUNTER(name, help) Reading{#name, help, registrations.name.read()},
#include "b2bua/registration/counters.def"
#undef SALLYPORT_REGISTER_COUNTER
        };
    }

    std::vector<Counted> moved() {
        std::vector<Counted> rows;
        std::vector<Reading> after = read_counters();
        for (std::size_t i = 0; i < after.size(); ++i) {
            if (after[i].value != before_[i].value) {
                rows.push_back({after[i].name, after[i].help});
            }
        }
        before_ = std::move(after);
        return rows;
    }

    Config config_;
    Moment now_{};
    FixedRandomness random_;
    KeptSender sender_;
    KeptJournal journal_;
    Counters counters_;
    std::vector<routing::Choice> choices_;
    std::unique_ptr<dataplane::RelayControl> relays_;
    Shard shard_;
    std::vector<Reading> before_;
};

DryRun::DryRun(const Config& config, const MakeRelays& make_relays)
    : state_(std::make_unique<State>(config, make_relays)) {}
DryRun::~DryRun() = default;

Effects DryRun::play(const Flow& flow, std::string_view octets) {
    return state_->play(flow, octets);
}

}  // namespace sallyport::explain
