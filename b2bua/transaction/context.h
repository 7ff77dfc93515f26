// SPDX-License-Identifier: Apache-2.0
// What the server and client sides of one Layer share: settings, the way out, the user, counters,
// memory, timers. Internal to b2bua/transaction; owner: Layer, on its shard's thread.
#pragma once

#include "b2bua/transaction/counters.h"
#include "b2bua/transaction/layer.h"
#include "b2bua/transaction/octet_pool.h"
#include "b2bua/transaction/reply_path.h"
#include "b2bua/transaction/timer_wheel.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace sallyport::transaction {

enum class Side : std::uint8_t { kClient, kServer };

/// Whom a timer belongs to and which event it is to its machine.
struct Due {
    std::uint32_t index{0};
    std::uint32_t generation{0};
    Side side{Side::kClient};
    std::uint8_t event{0};
};

struct Context {
    Context(const Settings& given, Sender& out, User& above)
        : settings(given),
          sender(out),
          user(above),
          pool(given.max_octets),
          timers(2 * given.max_transactions + 2) {}  // each transaction has two at most

    bool send(const Flow& flow, std::string_view octets) noexcept {
        const bool sent = sender.send(flow, octets);
        if (!sent) {
            counters.send_failures.add();
        }
        return sent;
    }
    [[nodiscard]] bool forces_rport(RealmId realm) const noexcept {
        return realm.value < 32 && ((settings.force_rport >> realm.value) & 1U) != 0;
    }
    [[nodiscard]] Millis t1_times(int factor) const noexcept { return settings.t1 * factor; }
    /// Zero where the transport is reliable, as D, I, J and K are (C1).
    [[nodiscard]] static Millis unless_reliable(const Flow& flow, Millis value) noexcept {
        return reliable(flow.transport) ? Millis{0} : value;
    }
    /// When a retransmission timer goes off again: on its own beat, but never in the past after a
    /// stall.
    [[nodiscard]] static Moment next_beat(Moment deadline, Millis interval, Moment now) noexcept {
        const Moment beat = deadline + interval;
        return beat > now ? beat : now + interval;
    }

    const Settings settings;
    Sender& sender;
    User& user;
    Counters counters;
    OctetPool pool;  // before timers and transactions: they give their octets back to it
    TimerWheel<Due> timers;
    std::array<char, kMaxDatagram>
        scratch{};  // for the message being written; holds nothing across calls
};

}  // namespace sallyport::transaction
