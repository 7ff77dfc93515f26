// SPDX-License-Identifier: Apache-2.0
// The families of signalling and of the build.
#include "config/build.h"
#include "metrics/collectors.h"
#include "metrics/family.h"

#include <algorithm>
#include <array>
#include <limits>

namespace sallyport::metrics {
namespace {

static_assert(config::kMostRealms <= kMaxRealms, "every realm has a row in the message counters");

constexpr std::array<std::string_view, 7> kClasses{"request", "1xx", "2xx", "3xx",
                                                   "4xx",     "5xx", "6xx"};

/// Only what ever happened: most pairs of method and class never do.
void add_messages(Exposition& out, Family family, std::string_view realm, const MessageSums& sums) {
    for (std::size_t method = 0; method < sums.size(); ++method) {
        for (std::size_t column = 0; column < sums[method].size(); ++column) {
            if (sums[method][column] != 0) {
                out.add(family,
                        {realm, sip::name(static_cast<sip::Method>(method)), kClasses[column]},
                        sums[method][column]);
            }
        }
    }
}

void add_setup_time(Exposition& out, const SignallingSnapshot& snapshot) {
    constexpr double kMillisPerSecond = 1000;
    prometheus::ClientMetric::Histogram histogram;
    for (std::size_t i = 0; i < snapshot.setup_buckets.size(); ++i) {
        histogram.sample_count += snapshot.setup_buckets[i];
        const double bound = i < kSetupBounds.size()
                                 ? static_cast<double>(kSetupBounds[i]) / kMillisPerSecond
                                 : std::numeric_limits<double>::infinity();
        histogram.bucket.push_back({histogram.sample_count, bound});
    }
    histogram.sample_sum = static_cast<double>(snapshot.setup_sum_ms) / kMillisPerSecond;
    out.add(Family::kCallSetup, histogram);
}

void add_lists(Exposition& out, const SignallingSnapshot& snapshot) {
#define SALLYPORT_COUNTER(name, help) out.add_counter(List::call, #name, snapshot.calls_sum.name);
#include "b2bua/counters.def"
#undef SALLYPORT_COUNTER
#define SALLYPORT_TRANSACTION_COUNTER(name, help) \
    out.add_counter(List::transaction, #name, snapshot.transactions_sum.name);
#include "b2bua/transaction/counters.def"
#undef SALLYPORT_TRANSACTION_COUNTER
#define SALLYPORT_REGISTER_COUNTER(name, help) \
    out.add_counter(List::registration, #name, snapshot.registers_sum.name);
#include "b2bua/registration/counters.def"
#undef SALLYPORT_REGISTER_COUNTER
}

void add_gauges(Exposition& out, const SignallingSnapshot& snapshot) {
    out.add(Family::kTransactions, {"client"}, snapshot.client_transactions);
    out.add(Family::kTransactions, {"server"}, snapshot.server_transactions);
    out.add(Family::kTimers, {}, snapshot.timers);
    out.add(Family::kDialogs, {}, snapshot.dialogs);
    out.add(Family::kCalls, {}, snapshot.calls);
    out.add(Family::kSubscriptions, {}, snapshot.subscriptions);
    out.add(Family::kRegistrations, {}, snapshot.registrations);
    out.add(Family::kSurviving, {}, snapshot.surviving);
}

}  // namespace

Families build_families(std::string_view version) {
    Exposition out;
    out.add(Family::kBuildInfo, {version}, std::uint64_t{1});
    return out.take();
}

Families signalling_families(const Config& config, const SignallingSnapshot& snapshot) {
    Exposition out;
    for (std::size_t realm = 0; realm < std::min(config.realms.size(), kMaxRealms); ++realm) {
        const std::string& name = config.realms[realm].name;
        add_messages(out, Family::kSipReceived, name, snapshot.received[realm]);
        add_messages(out, Family::kSipSent, name, snapshot.sent[realm]);
    }
    for (std::size_t fault = 0; fault < snapshot.parse_faults.size(); ++fault) {
        out.add(Family::kSipParseErrors, {sip::label_for(static_cast<sip::ParseFault>(fault))},
                snapshot.parse_faults[fault]);
    }
    add_lists(out, snapshot);
    add_gauges(out, snapshot);
    add_setup_time(out, snapshot);
    return out.take();
}

}  // namespace sallyport::metrics
