// SPDX-License-Identifier: Apache-2.0
// What relaying one RTP packet costs one core. Time is CPU time of the thread around laps of
// packets; writing them is left out. "stage" is the media stage alone; "path" is everything from a
// received mbuf to a frame ready to send: parse, checksum check, classify, media stage, next hop.
// "worker" is the real worker loop over DPDK ring devices, see worker_loop.cpp. The number after
// the slash is how many flows are alive and used in random order.
#include "dataplane/next_hop.h"
#include "tests/bench/relay_bed.h"
#include "tests/bench/worker_loop.h"

#include <benchmark/benchmark.h>
#include <rte_eal.h>
#include <rte_prefetch.h>

#include <array>
#include <cstdio>
#include <ctime>

namespace sallyport::dataplane::bench {
namespace {

/// Time that this thread was on a CPU: what else the machine does costs cache lines, but not time.
class Stopwatch {
public:
    void start() noexcept { started_ = now(); }
    [[nodiscard]] double seconds() const noexcept { return now() - started_; }

private:
    static double now() noexcept {
        timespec t{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
        return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
    }
    double started_{0};
};

void report(benchmark::State& state, std::int64_t packets) {
    state.SetItemsProcessed(packets);
    state.counters["per_packet"] = benchmark::Counter(
        static_cast<double>(packets), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

template <class Work>
void laps(benchmark::State& state, const Work& work) {
    RelayBed bed(static_cast<std::size_t>(state.range(0)));
    Stopwatch watch;
    std::int64_t packets = 0;
    for (auto _ : state) {
        bed.fill();
        work.before(bed);
        watch.start();
        for (std::size_t at = 0; at < kLap; at += kBurst) {
            work.burst(bed, bed.lap().subspan(at, kBurst));
        }
        state.SetIterationTime(watch.seconds());
        packets += kLap;
        if (bed.count(Work::kLeaves) != kLap) {
            state.SkipWithError("not every packet took its edge");
            break;
        }
    }
    report(state, packets);
}

std::array<Packet*, kBurst> pointers_to(std::span<Packet> burst) noexcept {
    std::array<Packet*, kBurst> all;
    for (std::size_t i = 0; i < kBurst; ++i) {
        all[i] = &burst[i];
    }
    return all;
}

void sort_all(RelayBed& bed) {
    for (std::size_t at = 0; at < kLap; at += kBurst) {
        bed.sort_burst(bed.lap().subspan(at, kBurst));
    }
}

/// What comes before the media stage.
struct Sort {
    static constexpr Edge kLeaves = Edge::kMedia;
    void before(RelayBed&) const {}
    void burst(RelayBed& bed, std::span<Packet> burst) const {
        for (const Packet& packet : burst) {
            rte_prefetch0(rte_pktmbuf_mtod(packet.mbuf, void*));
        }
        bed.sort_burst(burst);
    }
};

struct Stage {
    static constexpr Edge kLeaves = Edge::kForward;
    void before(RelayBed& bed) const { sort_all(bed); }
    void burst(RelayBed& bed, std::span<Packet> burst) const {
        auto all = pointers_to(burst);
        const BurstContext context = bed.context();
        media_stage(bed.tables, context, all);
    }
};

/// What comes after the media stage.
struct Hop {
    static constexpr Edge kLeaves = Edge::kForward;
    void before(RelayBed& bed) const {
        sort_all(bed);
        for (std::size_t at = 0; at < kLap; at += kBurst) {
            Stage{}.burst(bed, bed.lap().subspan(at, kBurst));
        }
    }
    void burst(RelayBed& bed, std::span<Packet> burst) const {
        auto all = pointers_to(burst);
        const BurstContext context = bed.context();
        next_hop(bed.realms, bed.adjacency, bed.neighbours, context, all);
    }
};

struct Path {
    static constexpr Edge kLeaves = Edge::kForward;
    void before(RelayBed&) const {}
    void burst(RelayBed& bed, std::span<Packet> burst) const {
        for (const Packet& packet : burst) {
            rte_prefetch0(rte_pktmbuf_mtod(packet.mbuf, void*));
        }
        bed.sort_burst(burst);
        auto all = pointers_to(burst);
        const BurstContext context = bed.context();
        media_stage(bed.tables, context, all);
        next_hop(bed.realms, bed.adjacency, bed.neighbours, context, all);
    }
};

void relay_sort(benchmark::State& state) {
    laps(state, Sort{});
}
void relay_hop(benchmark::State& state) {
    laps(state, Hop{});
}
void relay_stage(benchmark::State& state) {
    laps(state, Stage{});
}
void relay_path(benchmark::State& state) {
    laps(state, Path{});
}

void relay_worker(benchmark::State& state) {
    WorkerLoop loop(static_cast<std::size_t>(state.range(0)));
    std::int64_t packets = 0;
    for (auto _ : state) {
        const WorkerLoop::Lap lap = loop.measure();
        state.SetIterationTime(lap.seconds);
        packets += static_cast<std::int64_t>(lap.packets);
    }
    report(state, packets);
}

BENCHMARK(relay_sort)->Arg(10'000)->UseManualTime();
BENCHMARK(relay_hop)->Arg(10'000)->UseManualTime();
BENCHMARK(relay_stage)->Arg(100)->Arg(10'000)->Arg(100'000)->UseManualTime();
BENCHMARK(relay_path)->Arg(100)->Arg(10'000)->Arg(100'000)->UseManualTime();
BENCHMARK(relay_worker)->Arg(100)->Arg(10'000)->UseManualTime()->Iterations(5);

bool start_eal() {
    std::array<const char*, 10> args{
        "relay_bench", "--no-huge", "--no-pci", "--no-shconf", "--no-telemetry",
        "-m",          "512",       "-l",       "0",           "--log-level=error"};
    return rte_eal_init(static_cast<int>(args.size()), const_cast<char**>(args.data())) >= 0;
}

}  // namespace
}  // namespace sallyport::dataplane::bench

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 1;
    }
    if (!sallyport::dataplane::bench::start_eal()) {
        std::fputs("relay_bench: the EAL does not start; run as root\n", stderr);
        return 1;
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return rte_eal_cleanup();
}
