// SPDX-License-Identifier: Apache-2.0
// Virtual time and a lossy wire: datagrams between endpoints, each delivered late, twice or never
// as the seed says. Events at one moment happen in the order in which they were scheduled. Tests
// only.
#pragma once

#include "config/types/ip.h"
#include "config/types/units.h"
#include "tests/sim/seeded_randomness.h"

#include <functional>
#include <map>
#include <string>
#include <utility>

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
    /// Sees every datagram as it is sent, before the weather.
    void watch(Handler watcher) { watcher_ = std::move(watcher); }

    void send(Packet packet) {
        if (watcher_) {
            watcher_(packet);
        }
        const int copies = random_.chance(weather_.duplicate_percent) ? 2 : 1;
        for (int i = 0; i < copies; ++i) {
            if (random_.chance(weather_.loss_percent)) {
                continue;
            }
            Millis late = weather_.delay;
            if (random_.chance(weather_.reorder_percent)) {
                late += Millis{static_cast<std::int64_t>(random_.below(200))};
            }
            after(late, [this, packet] { deliver(packet); });
        }
    }

    void after(Millis delay, std::function<void()> what) {
        events_.emplace(now_ + delay, std::move(what));
    }

    /// Runs everything that is due up to and including the moment.
    void run_until(Moment end) {
        while (!events_.empty() && events_.begin()->first <= end) {
            auto event = events_.extract(events_.begin());
            now_ = event.key();
            event.mapped()();
        }
        now_ = end;
    }

private:
    void deliver(const Packet& packet) {
        if (const auto found = handlers_.find(packet.to); found != handlers_.end()) {
            found->second(packet);
        }
    }

    SeededRandomness random_;
    Weather weather_;
    Moment now_{};
    Handler watcher_;
    std::map<Endpoint, Handler> handlers_;
    std::multimap<Moment, std::function<void()>> events_;  // equal keys keep insertion order
};

}  // namespace sallyport::sim
