// SPDX-License-Identifier: Apache-2.0
// A gateway that is nothing but its data plane: answers every signalling datagram with its own
// payload, until SIGTERM. Used by wire_test.sh and by hand:
//   dataplane_echo WORKERS SHARDS  DEVICE TAP ADDRESS/LEN  [DEVICE TAP ADDRESS/LEN]
// Prints "ready" when it runs, every counter that is not zero at the end, and the fault sentence
// when it cannot start.
#include "dataplane/dataplane.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace {

using namespace sallyport;
using namespace sallyport::dataplane;

std::uint8_t steer_by_first_octet(std::string_view payload, std::uint8_t shards) noexcept {
    return payload.empty()
               ? std::uint8_t{0}
               : static_cast<std::uint8_t>(static_cast<unsigned char>(payload[0]) % shards);
}

Config config_from(int argc, char** argv) {
    Config config;
    config.workers = static_cast<std::uint8_t>(std::atoi(argv[1]));
    config.shards = static_cast<std::uint8_t>(std::atoi(argv[2]));
    for (int i = 3; i + 2 < argc; i += 3) {
        Realm realm;
        realm.name = "realm" + std::to_string(config.realms.size());
        realm.device = argv[i];
        realm.tap = argv[i + 1];
        realm.address = Prefix::parse(argv[i + 2]).value_or(Prefix{});
        realm.listen = {ListenPoint{}};
        config.realms.push_back(realm);
    }
    return config;
}

void echo_until(const std::atomic<bool>& stopping, DatagramPort& port) {
    std::array<Datagram, 32> batch;
    while (!stopping.load()) {
        const std::size_t count = port.receive(batch);
        for (std::size_t i = 0; i < count; ++i) {
            const Datagram& d = batch[i];
            (void)port.send(d.realm, d.local, d.remote, d.payload);
        }
        if (count == 0) {
            port.wait(Millis{100});
        }
    }
}

void print(const CountersSnapshot& snapshot) {
    for (std::size_t i = 0; i < kCounters; ++i) {
        const auto counter = static_cast<Counter>(i);
        if (snapshot.of(counter) > 0) {
            std::printf("%s %llu\n", std::string(name_of(counter)).c_str(),
                        static_cast<unsigned long long>(snapshot.of(counter)));
        }
    }
    for (std::size_t i = 0; i < kDrops; ++i) {
        const auto drop = static_cast<Drop>(i);
        if (snapshot.of(drop) > 0) {
            std::printf("drop:%s %llu\n", std::string(name_of(drop)).c_str(),
                        static_cast<unsigned long long>(snapshot.of(drop)));
        }
    }
    std::printf("mbufs_in_use %llu\n", static_cast<unsigned long long>(snapshot.mbufs_in_use));
    for (const auto& worker : snapshot.workers) {
        std::printf("worker busy %.3f of %.3f s\n", worker.busy_seconds, worker.total_seconds);
    }
}

}  // namespace

/// libxdp 1.3 keeps 80 octets of each af_xdp queue for ever; nothing of ours hides behind this.
extern "C" const char* __lsan_default_suppressions() {
    return "leak:xsk_umem__create\n";
}

int main(int argc, char** argv) {
    if (argc < 6) {
        std::fprintf(stderr, "usage: %s WORKERS SHARDS DEVICE TAP ADDRESS/LEN ...\n", argv[0]);
        return 2;
    }
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    const Config config = config_from(argc, argv);
    auto started = Dataplane::start(config, steer_by_first_octet);
    if (!started) {
        std::fprintf(stderr, "%s\n", started.error().text.c_str());
        return 1;
    }
    std::atomic<bool> stopping{false};
    std::vector<std::thread> shards;
    for (std::uint8_t shard = 0; shard < config.shards; ++shard) {
        shards.emplace_back(
            [&, shard] { echo_until(stopping, started.value()->datagrams(ShardId{shard})); });
    }
    std::puts("ready");
    std::fflush(stdout);
    int signal = 0;
    sigwait(&signals, &signal);
    stopping = true;
    for (std::thread& shard : shards) {
        shard.join();
    }
    started.value()->stop();
    print(started.value()->counters());
    return 0;
}
