// SPDX-License-Identifier: Apache-2.0
// What 100,000 bindings cost: memory in a shard's table, time to read them at the start, and how
// many changes of them a second the store takes, a batch being what comes in 250 ms. Wall time,
// disk included: the store lives in the directory of TMPDIR.
#include "b2bua/registration/binding_changes.h"
#include "b2bua/registration/binding_store.h"
#include "b2bua/registration/bindings.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <malloc.h>
#include <string>
#include <vector>

namespace sallyport::registration {
namespace {

constexpr Instant kNow{{Millis{1'000'000}}, Millis{1'700'000'000'000}};

class Silence final : public Journal {
public:
    void write(LogLevel, std::string_view) noexcept override {}
};

Config one_realm() {
    Config config;
    Realm realm;
    realm.name = "inside";
    realm.address = Prefix::parse("10.10.0.1/24").value();
    realm.listen = {{Transport::kUdp, Port{5060}}};
    config.realms = {realm};
    return config;
}

/// A phone of an office: the lengths are those of common ones.
Binding binding(std::uint32_t number, std::uint32_t cseq) {
    const std::string user = "user" + std::to_string(number);
    Binding b;
    b.token = std::to_string(std::uint64_t{number} * 0x9e3779b97f4a7c15U + (1ULL << 63));
    b.token.resize(32, '0');
    b.aor = user + "@voice.example.com";
    b.contact_uri = "sip:" + user + "@192.168.1.10:5060;transport=udp;ob";
    b.instance = "\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\"";
    b.call_id = "1b4c2f7a-7c1e-4a53-9a7a-" + user + "@192.168.1.10";
    b.cseq = cseq;
    b.flow = {RealmId{0},
              Transport::kUdp,
              {IpAddr::v4(0x0a0a0001), Port{5060}},
              {IpAddr::v4(0xc0000000 + number), Port{40000}}};
    b.expires = kNow.monotonic + Millis{60'000};
    b.upstream_expires = kNow.monotonic + Millis{3'600'000};
    b.accepted = kNow.monotonic;
    b.service_route = "<sip:s1.voice.example.com;lr>";
    b.identities = "<sip:" + user + "@voice.example.com>";
    return b;
}

/// A store of so many bindings in a directory that goes with it.
class Bed {
public:
    explicit Bed(std::uint32_t bindings) : bindings_(bindings) {
        const char* place = std::getenv("TMPDIR");
        path_ = std::string(place != nullptr ? place : "/var/tmp") + "/sallyport-bench-XXXXXX";
        if (mkdtemp(path_.data()) == nullptr) {
            std::abort();
        }
        open();
        (void)write(0, bindings);
    }
    ~Bed() {
        opened_.store.reset();
        std::filesystem::remove_all(path_);
    }
    Bed(const Bed&) = delete;
    Bed& operator=(const Bed&) = delete;

    std::size_t open() {
        opened_.store.reset();
        auto opened = BindingStore::open({path_, config_, journal_}, kNow);
        if (!opened.ok()) {
            std::abort();
        }
        opened_ = std::move(*opened);
        return opened_.restored.bindings.size();
    }
    const std::vector<Binding>& restored() const { return opened_.restored.bindings; }
    bool write(std::uint32_t first, std::uint32_t many) {
        BindingChanges queue(many);
        ++cseq_;
        for (std::uint32_t i = 0; i < many; ++i) {
            queue.post({BindingChange::Kind::kPut, binding((first + i * 7919) % bindings_, cseq_)});
        }
        const auto batch = queue.take();
        return opened_.store->write(batch.changes, batch.whole, kNow).ok();
    }
    double octets() const {
        return static_cast<double>(std::filesystem::file_size(path_ + "/bindings.mdb"));
    }

private:
    std::uint32_t bindings_;
    std::uint32_t cseq_{0};
    std::string path_;
    Config config_ = one_realm();
    Silence journal_;
    BindingStore::Opened opened_;
};

/// From the file to a table that answers calls.
void load(benchmark::State& state) {
    const auto many = static_cast<std::uint32_t>(state.range(0));
    Bed bed(many);
    for (auto _ : state) {
        if (bed.open() != many) {
            state.SkipWithError("not all bindings came back");
            break;
        }
        Bindings table(many);
        for (const Binding& b : bed.restored()) {
            benchmark::DoNotOptimize(table.put(b));
        }
    }
    state.SetItemsProcessed(state.iterations() * many);
    state.counters["octets_on_disk"] = bed.octets() / many;
}
BENCHMARK(load)->Arg(100000)->Unit(benchmark::kMillisecond)->UseRealTime();

/// Changes, as shards post them and the writer writes them, of phones in any order.
void changes(benchmark::State& state) {
    constexpr std::uint32_t kBindings = 100000;
    const auto batch = static_cast<std::uint32_t>(state.range(0));
    Bed bed(kBindings);
    std::uint32_t first = 0;
    for (auto _ : state) {
        if (!bed.write(first, batch)) {
            state.SkipWithError("not written");
            break;
        }
        first = (first + batch * 31) % kBindings;
    }
    state.SetItemsProcessed(state.iterations() * batch);
    state.counters["octets_on_disk"] = bed.octets() / kBindings;
}
BENCHMARK(changes)->Arg(500)->Arg(2500)->Arg(10000)->Unit(benchmark::kMillisecond)->UseRealTime();

/// What a table of one shard holds for each binding.
void memory(benchmark::State& state) {
    const auto many = static_cast<std::uint32_t>(state.range(0));
    double octets = 0;
    for (auto _ : state) {
        const auto before = mallinfo2();
        Bindings table(many);
        for (std::uint32_t i = 0; i < many; ++i) {
            benchmark::DoNotOptimize(table.put(binding(i, 1)));
        }
        const auto after = mallinfo2();
        octets = static_cast<double>(after.uordblks + after.hblkhd) -
                 static_cast<double>(before.uordblks + before.hblkhd);
    }
    state.SetItemsProcessed(state.iterations() * many);
    state.counters["octets_of_memory"] = octets / many;
}
BENCHMARK(memory)->Arg(100000)->Iterations(1)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace sallyport::registration

BENCHMARK_MAIN();
