// SPDX-License-Identifier: Apache-2.0
// One race of the matrix B2BUA-E-R: a call between a caller inside and a callee outside behind the
// carrier, over links of 10 ms per hop; what one of them does is shifted against the other, links
// are of different length, and one chosen message may be lost, late or twice. Tests only.
#pragma once

#include "tests/sim/wire_log.h"
#include "tests/sim/world.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sallyport::sim {

inline constexpr Millis kHop{10};
inline constexpr Millis kLongEnough{10'000};

/// Who sends a message.
enum class Origin : std::uint8_t {
    kCaller,
    kCallee,
    kOtherCallee,
    kCarrier,
    kGateToCaller,
    kGateToCallee
};

/// Something that happens once to one message: a request when status is 0.
struct Mishap {
    const char* name;
    Origin from;
    int status;
    const char* method;
    std::vector<Millis> copies{};  // when they arrive, beyond the delay; none: lost
    int nth{1};                    // of those that fit, counted from 1
    int how_many{1};
};

/// One row of a race: how long the links are, by how much one side is shifted, what goes wrong.
struct Row {
    Millis caller_link{0};
    Millis callee_link{0};
    int shift{0};
    const Mishap* mishap{nullptr};
    [[nodiscard]] std::string text() const;
};

/// Every order: over links of three kinds, shifted by 5 ms at a time from -reach to +reach; and,
/// over equal links at 20 ms, with each mishap.
[[nodiscard]] std::vector<Row> rows(int reach, const std::vector<Mishap>& mishaps = {});

/// A call as the two scripts say, without weather.
[[nodiscard]] Plan race_plan(Script caller, Script callee);

class Race {
public:
    explicit Race(const Plan& plan, const Row& row = {});

    /// To its end, and the checker must be content.
    void run(Millis at_least = kLongEnough);
    void run_until(Millis moment) { world->network().run_until(Moment{} + moment); }
    void befall(const Mishap& mishap);
    /// From now on nothing reaches that place.
    void cut_off(const Endpoint& at) { cut_.push_back(at); }

    [[nodiscard]] const Phone& caller() const { return world->caller(0); }
    [[nodiscard]] const Phone& callee(std::size_t n = 0) const { return world->callee(0, n); }
    [[nodiscard]] std::size_t calls() const { return world->gate().gauges().calls; }

    std::unique_ptr<World> world;
    WireLog log;

private:
    struct Pending {
        Mishap mishap;
        int seen{0};
    };
    [[nodiscard]] std::vector<Millis> fate_of(const Packet& packet);
    [[nodiscard]] bool is_from(Origin origin, const Packet& packet) const;

    std::vector<Pending> mishaps_;
    std::vector<Endpoint> cut_;
};

/// How often each order occurred.
using Orders = std::map<std::string, int>;

/// Every final response to this method on this leg is that one, and there is one.
void expect_only_final(const WireLog& log, RealmId leg, const char* method, int status);
/// Each 2xx of that leg to an INVITE had its ACK, and one BYE behind it ended what it had made.
void expect_ack_and_bye(const WireLog& log, RealmId leg, const std::string& reason);

}  // namespace sallyport::sim
