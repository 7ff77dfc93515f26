// SPDX-License-Identifier: Apache-2.0
// Workers against control: lookups and latches of several workers while the shard creates, changes,
// reads and destroys. Under ThreadSanitizer this is the proof that every shared field of flow.h is
// what its comment says; without, that no packet of one call is ever sent by another.
#include "tests/unit/dataplane/media/media_rig.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace sallyport::dataplane {
namespace {

using namespace test;

constexpr std::uint8_t kWorkers = 3;

/// Calls are told apart by address: call n has its phone at 10.10.1.n and its trunk at 203.0.113.n.
Endpoint phone_of(std::uint32_t call) {
    return {IpAddr::v4(0x0a0a0100 + call), Port{static_cast<std::uint16_t>(6000 + call)}};
}
Endpoint trunk_of(std::uint32_t call) {
    return {IpAddr::v4(0xcb007100 + call), Port{static_cast<std::uint16_t>(16000 + call)}};
}

/// One worker: sends, again and again, what the phone (outside: the trunk) of every call would send
/// to every port of one realm.
class HammeringWorker {
public:
    HammeringWorker(MediaRig& rig, std::uint8_t id, RealmId realm = kInside)
        : rig_(rig), id_{id}, realm_(realm), tables_{rig.flows, rig.realms, rig.rings} {
        const Realm& ours = rig.config.realms[realm.value];
        for (std::uint32_t call = 1; call <= 10; ++call) {
            const Endpoint from = realm == kInside ? phone_of(call) : trunk_of(call);
            for (std::uint16_t i = 0; i < 20; ++i) {
                const auto port = static_cast<std::uint16_t>(ours.media_ports.first + i);
                const Octets payload = i % 2 != 0 ? rtcp(call) : rtp(8, port, call, 20);
                add(frame(from, {ours.address.address, Port{port}}, payload), call);
            }
        }
    }

    void run(const std::atomic<bool>& stop) {
        rig_.epoch.join(id_.value);
        while (!stop.load(std::memory_order_relaxed)) {
            for (std::size_t at = 0; at + kBurst <= probes_.size(); at += kBurst) {
                burst(at);
                rig_.epoch.quiescent(id_.value);
            }
        }
        rig_.epoch.leave(id_.value);
    }

    void give_back() {
        for (const Probe& probe : probes_) {
            rte_pktmbuf_free(probe.packet.mbuf);
        }
    }

    std::uint64_t forwarded{0};
    std::uint64_t crossed{0};  // sent by a call it does not belong to: must stay 0

private:
    struct Probe {
        Packet packet;
        Octets octets;
        std::uint32_t call{0};
    };

    void add(const Octets& octets, std::uint32_t call) {
        probes_.push_back({rig_.load(realm_, octets), octets, call});
    }

    void burst(std::size_t at) {
        std::array<Packet, kBurst> packets;
        std::array<Packet*, kBurst> pointers;
        for (std::size_t i = 0; i < kBurst; ++i) {
            const Probe& probe = probes_[at + i];
            packets[i] = probe.packet;
            std::memcpy(rte_pktmbuf_mtod(probe.packet.mbuf, void*), probe.octets.data(),
                        probe.octets.size());
            pointers[i] = &packets[i];
        }
        const BurstContext context{id_, 0, 1'000'000, counters_};
        media_stage(tables_, context, pointers);
        for (std::size_t i = 0; i < kBurst; ++i) {
            if (packets[i].edge == Edge::kForward) {
                ++forwarded;
                const IpAddr to = packets[i].destination().ip;
                const std::uint32_t call = probes_[at + i].call;
                crossed += to == (realm_ == kInside ? trunk_of(call) : phone_of(call)).ip ? 0 : 1;
            }
        }
    }

    MediaRig& rig_;
    WorkerId id_;
    RealmId realm_;
    MediaTables tables_;
    CounterBlock counters_;
    std::vector<Probe> probes_;
};

struct Call {
    RelayPorts ports;
    std::uint32_t number{0};
};

/// The shard's part: calls come, change and go.
class Control {
public:
    explicit Control(MediaRig& rig) : rig_(rig) {}

    void step(std::uint32_t n) {
        const std::size_t slot = n % calls_.size();
        Call& call = calls_[slot];
        if (!call.ports.id) {
            begin(call, static_cast<std::uint32_t>(slot + 1));
        } else if (n % 7 < 4) {
            change(call, n);
        } else if (n % 7 == 4) {
            reading_ok_ = reading_ok_ && rig_.relays.read(call.ports.id).ok();
        } else {
            EXPECT_TRUE(rig_.relays.destroy(call.ports.id).ok());
            call.ports.id = {};
        }
        std::array<RelayEvent, 64> events;
        latched_ += rig_.relays.events(events);
        rig_.now = rig_.now + Millis{40'000};  // quarantine passes quickly here
        rig_.relays.tick();
    }
    [[nodiscard]] bool reading_ok() const { return reading_ok_; }
    [[nodiscard]] std::size_t events() const { return latched_; }

private:
    void begin(Call& call, std::uint32_t number) {
        const auto made = rig_.relays.create(kInside, kOutside);
        if (!made) {
            return;
        }
        call.ports = made.value();
        call.number = number;
        change(call, 0);
        EXPECT_TRUE(rig_.relays.set_remote(call.ports.id, Side::kB, trunk(trunk_of(number))).ok());
    }

    void change(const Call& call, std::uint32_t n) {
        RemoteMedia phone = behind_nat(phone_of(call.number), "10.10.0.50");
        phone.signalling_source = phone_of(call.number).ip;
        phone.send_media = n % 2 == 0;
        phone.rtp.port = Port{static_cast<std::uint16_t>(4000 + 2 * (n % 5))};
        // While workers are busy the old flows are not back yet: the change is then refused whole.
        static_cast<void>(rig_.relays.set_remote(call.ports.id, Side::kA, phone).ok());
    }

    MediaRig& rig_;
    std::array<Call, 8> calls_{};
    bool reading_ok_{true};
    std::size_t latched_{0};
};

TEST(RelaySharedMemory, WorkersAndControlAgree) {
    MediaRig rig(256, kWorkers);
    std::vector<std::unique_ptr<HammeringWorker>> workers;
    for (std::uint8_t i = 0; i < kWorkers; ++i) {
        workers.push_back(std::make_unique<HammeringWorker>(rig, i));
    }
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    for (auto& worker : workers) {
        threads.emplace_back([&stop, w = worker.get()] { w->run(stop); });
    }
    Control control(rig);
    for (std::uint32_t n = 0; n < 4000; ++n) {
        control.step(n);
        if (n % 16 == 0) {
            std::this_thread::yield();
        }
    }
    stop.store(true);
    for (std::thread& t : threads) {
        t.join();
    }
    std::uint64_t forwarded = 0;
    for (auto& worker : workers) {
        forwarded += worker->forwarded;
        EXPECT_EQ(worker->crossed, 0U);
        worker->give_back();
    }
    EXPECT_TRUE(control.reading_ok());
    EXPECT_GT(forwarded, 1000U);
    EXPECT_GT(control.events(), 10U);
}

/// The shard's part with forked calls: branches come, are chosen and go, those of call n with the
/// trunk addresses 203.0.113.n; every phone of call n is 10.10.1.n.
class ForkingControl {
public:
    explicit ForkingControl(MediaRig& rig) : rig_(rig) {}

    void step(std::uint32_t n) {
        const std::uint32_t number = n % static_cast<std::uint32_t>(calls_.size()) + 1;
        auto& branches = calls_[number - 1];
        const std::uint32_t turn = n / static_cast<std::uint32_t>(calls_.size()) % 8;
        if (branches.empty()) {
            grow(branches, number, rig_.relays.create(kInside, kOutside));
        } else if (turn < 3) {
            grow(branches, number, rig_.relays.branch(branches.back()));
        } else if (turn < 5) {
            static_cast<void>(rig_.relays.select(branches[turn % branches.size()]).ok());
        } else {
            const std::size_t which = turn % branches.size();
            EXPECT_TRUE(rig_.relays.destroy(branches[which]).ok());
            branches.erase(branches.begin() + static_cast<std::ptrdiff_t>(which));
        }
        std::array<RelayEvent, 64> events;
        rig_.relays.events(events);
        rig_.now = rig_.now + Millis{9'000};
        rig_.relays.tick();
    }
    void end() {
        for (auto& branches : calls_) {
            for (const RelayId id : branches) {
                EXPECT_TRUE(rig_.relays.destroy(id).ok());
            }
        }
    }

private:
    void grow(std::vector<RelayId>& branches, std::uint32_t number,
              const Result<RelayPorts, RelayFault>& made) {
        if (!made) {
            return;
        }
        branches.push_back(made->id);
        RemoteMedia callee = behind_nat(trunk_of(number), "192.0.2.1");
        callee.rtp.port = Port{static_cast<std::uint16_t>(50'000 + branches.size())};
        callee.signalling_source = trunk_of(number).ip;
        static_cast<void>(rig_.relays.set_remote(made->id, Side::kB, callee).ok());
        static_cast<void>(rig_.relays.set_remote(made->id, Side::kA, trunk(phone_of(number))).ok());
        static_cast<void>(rig_.relays.select(made->id).ok());
    }

    MediaRig& rig_;
    std::array<std::vector<RelayId>, 3> calls_{};
};

/// B2BUA-G8: workers walk the rings of branches while control relinks them; what the callees of one
/// call send never reaches the caller of another.
TEST(RelaySharedMemory, WorkersAndForkingControlAgree) {
    MediaRig rig(512, kWorkers);
    std::vector<std::unique_ptr<HammeringWorker>> workers;
    for (std::uint8_t i = 0; i < kWorkers; ++i) {
        workers.push_back(std::make_unique<HammeringWorker>(rig, i, kOutside));
    }
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    for (auto& worker : workers) {
        threads.emplace_back([&stop, w = worker.get()] { w->run(stop); });
    }
    ForkingControl control(rig);
    for (std::uint32_t n = 0; n < 4000; ++n) {
        control.step(n);
        if (n % 16 == 0) {
            std::this_thread::yield();
        }
    }
    stop.store(true);
    for (std::thread& t : threads) {
        t.join();
    }
    control.end();
    std::uint64_t forwarded = 0;
    for (auto& worker : workers) {
        forwarded += worker->forwarded;
        EXPECT_EQ(worker->crossed, 0U);
        worker->give_back();
    }
    EXPECT_GT(forwarded, 1000U);
}

/// Workers that are at different tables write one hint; nobody ever reads the MAC of another table.
TEST(RelaySharedMemory, AdjacencyHintIsNeverTorn) {
    AdjacencyHint hint;
    std::vector<std::thread> threads;
    std::atomic<std::uint64_t> wrong{0};
    std::atomic<std::uint64_t> right{0};
    for (std::uint64_t worker = 0; worker < kWorkers; ++worker) {
        threads.emplace_back([&, worker] {
            for (std::uint64_t n = 1; n < 50'000; ++n) {
                const std::uint64_t version = n / 8 + worker % 2 + 1;
                MacAddress mac{};
                if (hint.recall(version, mac)) {
                    const bool same = mac[0] == static_cast<std::uint8_t>(version) &&
                                      mac[5] == static_cast<std::uint8_t>(version >> 8);
                    (same ? right : wrong).fetch_add(1);
                    continue;
                }
                mac[0] = static_cast<std::uint8_t>(version);
                mac[5] = static_cast<std::uint8_t>(version >> 8);
                hint.keep(version, mac);
            }
        });
    }
    for (std::thread& t : threads) {
        t.join();
    }
    EXPECT_EQ(wrong.load(), 0U);
    EXPECT_GT(right.load(), 0U);
}

struct Race {
    std::uint64_t latches{0};
    std::size_t forwarded{0};
};

/// Every worker has one packet, each from another port of the phone's NAT, and all start at once.
Race race(MediaRig& rig, const Endpoint& ours) {
    std::array<Packet, kWorkers> packets;
    std::array<CounterBlock, kWorkers> counters;
    std::atomic<int> ready{0};
    std::vector<std::thread> threads;
    for (std::uint8_t i = 0; i < kWorkers; ++i) {
        const Endpoint source{phone_of(1).ip, Port{static_cast<std::uint16_t>(7000 + i)}};
        packets[i] = rig.load(kInside, frame(source, ours, rtp(8, 1, i, 20)));
    }
    for (std::uint8_t i = 0; i < kWorkers; ++i) {
        threads.emplace_back([&, i] {
            MediaTables tables{rig.flows, rig.realms, rig.rings};
            Packet* burst[] = {&packets[i]};
            const BurstContext context{WorkerId{i}, 0, 1'000'000, counters[i]};
            rig.epoch.join(i);
            ready.fetch_add(1);
            while (ready.load() < kWorkers) {
            }
            media_stage(tables, context, burst);
            rig.epoch.leave(i);
        });
    }
    Race result;
    for (std::uint8_t i = 0; i < kWorkers; ++i) {
        threads[i].join();
        result.latches += counters[i].get(Counter::latches);
        result.forwarded += packets[i].edge == Edge::kForward ? 1 : 0;
        rte_pktmbuf_free(packets[i].mbuf);
    }
    return result;
}

/// Many workers, one open window: exactly one of them locks it, and everybody agrees on the source.
TEST(RelaySharedMemory, OneWorkerLatches) {
    MediaRig rig(256, kWorkers);
    for (int round = 0; round < 200; ++round) {
        const RelayPorts ports = rig.relays.create(kInside, kOutside).value();
        const RemoteMedia phone = behind_nat(phone_of(1), "10.10.1.1");
        ASSERT_TRUE(rig.relays.set_remote(ports.id, Side::kA, phone).ok());
        ASSERT_TRUE(rig.relays.set_remote(ports.id, Side::kB, trunk(trunk_of(1))).ok());
        const Race result = race(rig, ports.a.rtp);
        EXPECT_EQ(result.latches, 1U);
        EXPECT_EQ(result.forwarded, 1U);
        EXPECT_EQ(rig.relays.read(ports.id)->of(Side::kA, Component::kRtp).dropped, kWorkers - 1U);
        ASSERT_TRUE(rig.relays.destroy(ports.id).ok());
        rig.events();
        rig.now = rig.now + kQuarantine;
        rig.relays.tick();
    }
}

}  // namespace
}  // namespace sallyport::dataplane
