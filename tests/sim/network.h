// SPDX-License-Identifier: Apache-2.0
// Virtual time and a lossy wire: datagrams between endpoints, each delivered late, twice or never
// as the seed says. Events at one moment happen in the order in which they were scheduled. Tests
// only.
#pragma once

#include "config/types/ip.h"
#include "config/types/units.h"
#include "tests/sim/seeded_randomness.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sallyport::sim {

struct Weather {
    unsigned loss_percent{0};
    unsigned duplicate_percent{0};
    unsigned reorder_percent{0};  // delayed by up to 200 ms more
    Millis delay{5};
};

struct Packet {
    Endpoint from;
    Endpoint to;
    std::string payload;
};

class Network {
public:
    using Handler = std::function<void(const Packet&)>;

    Network(std::uint64_t seed, const Weather& weather) : random_(seed), weather_(weather) {}

    [[nodiscard]] Moment now() const noexcept { return now_; }
    SeededRandomness& random() noexcept { return random_; }

    void attach(const Endpoint& at, Handler handler) { handlers_[at] = std::move(handler); }
    /// What goes to or comes from there takes so much longer.
    void slow(const Endpoint& at, Millis delay) { slow_[at] = delay; }
    /// When the copies of a datagram arrive, beyond its delay; none: it is lost.
    using Fate = std::function<std::vector<Millis>(const Packet&)>;
    /// Decides over each datagram, beside the weather.
    void decide(Fate fate) { fate_ = std::move(fate); }
    /// Sees every datagram as it is sent, before the weather.
    void watch(Handler watcher) { watcher_ = std::move(watcher); }

    void send(Packet packet) {
        if (watcher_) {
            watcher_(packet);
        }
        if (random_.chance(weather_.duplicate_percent)) {
            launch(packet);
        }
        launch(std::move(packet));
    }

    void after(Millis delay, std::function<void()> what) {
        events_.push_back({now_ + delay, scheduled_++, std::move(what)});
        std::push_heap(events_.begin(), events_.end());
    }

    /// Runs everything that is due up to and including the moment.
    void run_until(Moment end) {
        while (!events_.empty() && events_.front().at <= end) {
            std::pop_heap(events_.begin(), events_.end());
            const Event event = std::move(events_.back());
            events_.pop_back();
            now_ = event.at;
            event.what();
        }
        now_ = end;
    }

private:
    struct Event {
        Moment at;
        std::uint64_t number{0};
        std::function<void()> what;
        /// The heap's top is the earliest, and of equals the first one scheduled.
        bool operator<(const Event& other) const noexcept {
            return std::pair(other.at, other.number) < std::pair(at, number);
        }
    };

    void launch(Packet packet) {
        if (random_.chance(weather_.loss_percent)) {
            return;
        }
        Millis late = weather_.delay + extra(packet.from) + extra(packet.to);
        if (random_.chance(weather_.reorder_percent)) {
            late += Millis{static_cast<std::int64_t>(random_.below(200))};
        }
        if (!fate_) {
            after(late, [this, packet = std::move(packet)] { deliver(packet); });
            return;
        }
        for (const Millis more : fate_(packet)) {
            after(late + more, [this, packet] { deliver(packet); });
        }
    }
    [[nodiscard]] Millis extra(const Endpoint& at) const {
        const auto found = slow_.empty() ? slow_.end() : slow_.find(at);
        return found == slow_.end() ? Millis{0} : found->second;
    }
    void deliver(const Packet& packet) {
        if (const auto found = handlers_.find(packet.to); found != handlers_.end()) {
            found->second(packet);
        }
    }

    SeededRandomness random_;
    Weather weather_;
    Moment now_{};
    Handler watcher_;
    Fate fate_;
    std::unordered_map<Endpoint, Handler> handlers_;
    std::unordered_map<Endpoint, Millis> slow_;
    std::vector<Event> events_;  // a heap
    std::uint64_t scheduled_{0};
};

}  // namespace sallyport::sim
