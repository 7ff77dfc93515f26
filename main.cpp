// SPDX-License-Identifier: Apache-2.0
// The composition root: configuration, data plane, gateway, metrics, and the signal that ends it
// all. Exit status: 0 after SIGINT or SIGTERM, 1 when something could not be started, 2 for a
// faulty configuration. With --explain: 0 passes, 1 does not, 2 cannot be read.
#include "b2bua/binding_writer.h"
#include "b2bua/explain/command.h"
#include "b2bua/gateway.h"
#include "b2bua/log_journal.h"
#include "b2bua/media_records.h"
#include "b2bua/policy/digest_response.h"
#include "b2bua/routing/steer.h"
#include "config/load.h"
#include "config/version.h"
#include "dataplane/dataplane.h"
#include "dataplane/memory_relays.h"
#include "metrics/exporter.h"

#include <sys/ioctl.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <termios.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using namespace sallyport;

constexpr int kOk = 0;
constexpr int kCannotStart = 1;
constexpr int kBadConfig = 2;

void print_faults(const char* prefix, const std::vector<config::Fault>& faults) {
    for (const config::Fault& fault : faults) {
        std::fprintf(stderr, "%s%s\n", prefix, config::to_string(fault).c_str());
    }
}

/// Blocked before any thread starts, so that only main hears them.
sigset_t block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGUSR1);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return signals;
}

std::vector<ShardPorts> shard_ports(dataplane::Dataplane& plane, std::uint8_t shards) {
    std::vector<ShardPorts> ports;
    for (std::uint8_t i = 0; i < shards; ++i) {
        ports.push_back({&plane.datagrams(ShardId{i}), &plane.relays(ShardId{i})});
    }
    return ports;
}

metrics::SignallingSnapshot snapshot(const Gateway& gateway) {
    metrics::SignallingSnapshot sums;
    for (const ShardCounters& counters : gateway.counters()) {
        sums.add(counters.shard);
        sums.add(counters.transactions);
        sums.add(counters.registrations);
    }
    if (const registration::Counters* store = gateway.store_counters()) {
        sums.add(*store);
    }
    return sums;
}

auto start_exporter(const Config& config, const Gateway& gateway,
                    const dataplane::Dataplane& plane) {
    return metrics::Exporter::start(
        config.metrics, {[] { return metrics::build_families(version()); },
                         [&] { return metrics::signalling_families(config, snapshot(gateway)); },
                         [&] { return metrics::dataplane_families(config, plane.counters()); }});
}

/// What the run before left (H21). Without a directory that nobody asked for the gateway still
/// runs; nullopt: it must not, and it was said why.
std::optional<registration::BindingStore::Opened> open_store(const Config& config,
                                                             Journal& journal) {
    if (config.state_directory.empty()) {
        return registration::BindingStore::Opened{};
    }
    auto opened =
        registration::BindingStore::open({config.state_directory, config, journal}, instant_now());
    if (opened.ok()) {
        return std::move(*opened);
    }
    if (config.state_directory_named) {
        std::fprintf(stderr, "sallyport: %s\n", opened.error().c_str());
        return std::nullopt;
    }
    journal.write(LogLevel::kWarn, opened.error() + "; bindings will not outlive a restart");
    return registration::BindingStore::Opened{};
}

using Records = std::unique_ptr<MediaRecords>;

/// Null where the option is not set.
Result<Records, std::string> open_records(const Config& config) {
    return config.media_records.empty() ? Records{} : MediaRecords::open(config.media_records);
}

Gateway::MediaRecord record_to(MediaRecords* records) {
    if (records == nullptr) {
        return {};
    }
    return [records](const call::MediaReport& report) { records->write(report); };
}

/// SIGHUP: files that were moved away are made anew.
void reopen(MediaRecords* records, Journal& journal) {
    if (records == nullptr) {
        return;
    }
    const auto done = records->reopen();
    journal.write(done ? LogLevel::kInfo : LogLevel::kError,
                  done ? "media-records: opened anew" : done.error());
}

/// Until SIGINT or SIGTERM. SIGUSR1 begins to drain (J11), another ends that.
void serve(const sigset_t& signals, Gateway& gateway, MediaRecords* records, Journal& journal) {
    constexpr timespec kLook{1, 0};
    bool draining = false;
    bool told = false;
    for (;;) {
        const int received = sigtimedwait(&signals, nullptr, &kLook);
        if (received == SIGUSR1) {
            draining = !draining;
            told = false;
            gateway.drain(draining);
            journal.write(LogLevel::kInfo,
                          draining
                              ? "draining: new requests get 503; SIGUSR1 again ends that; calls: " +
                                    std::to_string(gateway.calls())
                              : "in service again");
        } else if (received == SIGHUP) {
            reopen(records, journal);
        } else if (received == SIGINT || received == SIGTERM) {
            return;
        }
        if (draining && !told && gateway.calls() == 0) {
            told = true;
            journal.write(LogLevel::kInfo, "drained: no call is left");
        }
    }
}

int run(const Config& config) {
    const sigset_t signals = block_signals();
    LogJournal journal(config.log_level);
    const auto records = open_records(config);
    auto kept = open_store(config, journal);
    if (!records.ok()) {
        std::fprintf(stderr, "sallyport: %s\n", records.error().c_str());
    }
    if (!records.ok() || !kept) {
        return kCannotStart;
    }
    auto plane = dataplane::Dataplane::start(config, routing::steer_by_call_id);
    if (!plane.ok()) {
        std::fprintf(stderr, "sallyport: %s\n", plane.error().text.c_str());
        return kCannotStart;
    }
    Gateway gateway(config, shard_ports(**plane, config.shards), journal, std::move(*kept),
                    record_to(records->get()));
    auto exporter = start_exporter(config, gateway, **plane);
    if (!exporter.ok()) {
        std::fprintf(stderr, "sallyport: %s\n", exporter.error().c_str());
        return kCannotStart;
    }
    journal.write(LogLevel::kInfo, "ready");
    serve(signals, gateway, records->get(), journal);
    journal.write(LogLevel::kInfo, "stopping");
    exporter->reset();  // no scrape may read what ends now
    gateway.stop();
    (*plane)->stop();
    return kOk;
}

/// Without echo on a terminal; the line end is not part of it.
std::string read_password() {
    termios before{};
    const bool terminal = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &before) == 0;
    if (terminal) {
        std::fputs("Password: ", stderr);
        termios silent = before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    std::string password;
    std::getline(std::cin, password);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        std::fputs("\n", stderr);
    }
    return password;
}

/// The line of a user in the users file (H23). account: USER@DOMAIN.
int hash_password(const std::string& account) {
    const std::string user = account.substr(0, account.find('@'));
    const std::string domain = account.substr(user.size() + 1);
    const std::string password = read_password();
    if (password.empty()) {
        std::fputs(
            "sallyport: found no password, expected one line on standard input, do type it "
            "or pipe it in\n",
            stderr);
        return kBadConfig;
    }
    std::printf("%s md5:%s sha-256:%s\n", account.c_str(),
                policy::ha1_of(DigestAlgorithm::kMd5, user, domain, password).c_str(),
                policy::ha1_of(DigestAlgorithm::kSha256, user, domain, password).c_str());
    return kOk;
}

/// A dry run: no data plane, no sockets, no state directory.
int explain_file(const Config& config, const config::ExplainRequest& request) {
    static constexpr std::uint64_t kSeed = 1;
    return explain::run_command(config, request, [&config](std::function<Moment()> now) {
        return std::make_unique<dataplane::MemoryRelays>(config.realms, kSeed, std::move(now));
    });
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const auto invocation = config::load(arguments);
    if (!invocation.ok()) {
        print_faults("", invocation.error());
        return kBadConfig;
    }
    print_faults("warning: ", invocation->warnings);
    if (invocation->mode == config::Mode::kHashPassword) {
        return hash_password(invocation->text);
    }
    if (invocation->mode == config::Mode::kExplain) {
        return explain_file(invocation->config, invocation->explain);
    }
    if (invocation->mode != config::Mode::kRun) {
        std::fputs(invocation->text.c_str(), stdout);
        return kOk;
    }
    return run(invocation->config);
}
