// SPDX-License-Identifier: Apache-2.0
// Keeps open the NATs in front of registered phones (H19; RFC 6223, RFC 4787 s.4.3): OPTIONS or
// CRLFCRLF over each flow that is bound and that its phone does not keep open itself, about every
// 25 s after it was last heard of. One keepalive for a flow, however many bindings it has, from the
// shard that the flow hashes to. Not a transaction of the layer: a lost OPTIONS is followed by the
// next, and 100,000 phones would fill its tables. Owner: the RegisterRelay of one Shard.
#pragma once

#include "b2bua/policy/identifiers.h"
#include "b2bua/policy/journal.h"
#include "b2bua/policy/keyed_hash.h"
#include "b2bua/registration/bindings.h"
#include "b2bua/registration/counters.h"
#include "b2bua/sip/message.h"
#include "b2bua/transaction/timer_wheel.h"
#include "b2bua/transport/sender.h"
#include "config/config.h"
#include "config/types/slab.h"
#include "config/types/units.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sallyport::registration {

class Keepalive {
public:
    struct Parts {
        const Config& config;
        Identifiers& identifiers;
        const Bindings& bindings;
        Counters& counters;
        Sender* sender;    // nullptr: nothing is kept open
        Journal* journal;  // nullptr: silence
        ShardId self;
        std::size_t max_flows;
    };

    /// 25 s give or take a fifth, but a second less than the 30 s after which many a NAT forgets.
    static constexpr Millis kShortest{20 * 1000};
    static constexpr Millis kLongest{29 * 1000};
    static constexpr int kMostMisses = 3;
    static constexpr int kMostPutOff = 2;
    /// Restored flows are probed so many in a millisecond (H21), and no more are ever sent at once.
    static constexpr std::int64_t kPerMilli = 4;
    static constexpr std::size_t kMostAtOnce = 400;

    explicit Keepalive(const Parts& parts);

    /// A binding was made or refreshed: its flow is open now.
    void watch(const Binding& binding, Moment now);
    /// Another shard did that; or, before the first advance(), a run before this one did, and the
    /// flow is probed soon.
    void told(const Binding& binding);
    /// The phone itself was heard over the flow: its NAT is open.
    void heard(const Flow& flow, Moment now);
    /// A few blanks came over the flow (B20). They put a keepalive off, but twice at most until the
    /// phone itself is heard again: anybody can send them under its address.
    void heard_blanks(const Flow& flow, Moment now);
    /// True: the response is to an OPTIONS of ours, and done with.
    bool on_response(const sip::Message& response, const Flow& flow, Moment now);
    /// Sends what is due. Call every 10 ms, so that it leaves evenly.
    void advance(Moment now);

    /// Flows that this shard keeps open.
    [[nodiscard]] std::size_t size() const noexcept { return flows_.size(); }

private:
    struct Watched {
        Flow flow;
        Moment heard;         // the last sign of life, or keepalive
        TimerHandle timer{};  // empty: waits to be probed
        std::uint32_t sent{0};
        int misses{0};       // OPTIONS without an answer, the one under way included
        bool silent{false};  // said so
        bool unfit{false};   // said that its OPTIONS cannot be written
        bool blanks{false};  // the last sign of life was that
        int put_off{0};      // keepalives, for blanks
    };
    using WatchedHandle = Handle<struct WatchedTag>;
    struct Key {
        RealmId realm;
        Endpoint remote;
        bool operator==(const Key&) const noexcept = default;
    };
    struct HashOfKey {
        std::size_t operator()(const Key& key) const noexcept {
            return std::hash<Endpoint>{}(key.remote) * 31 + key.realm.value;
        }
    };

    [[nodiscard]] Watched* find(const Flow& flow);
    [[nodiscard]] bool is_ours(const Flow& flow) const noexcept;
    [[nodiscard]] bool is_wanted(const Binding& binding) const noexcept;
    [[nodiscard]] WatchedHandle add(const Flow& flow, Moment now);
    void arm(WatchedHandle handle, Moment due);
    void probe(Moment now);
    void on_due(WatchedHandle handle, Moment now);
    bool send(Watched& watched, const Binding& binding);
    bool send_options(Watched& watched, const Binding& binding);
    [[nodiscard]] std::optional<std::string> options_to(const Watched& watched,
                                                        const Binding& binding) const;
    void flag(Watched& watched, const Binding& binding, Moment now);
    void say(const Watched& watched, const Binding& binding, std::string_view what);
    void forget(WatchedHandle handle);
    [[nodiscard]] std::array<char, 23> branch_of(const Watched& watched) const;
    [[nodiscard]] Millis wait();

    Parts parts_;
    HashKey key_;
    Slab<Watched, WatchedTag> watched_;
    std::unordered_map<Key, WatchedHandle, HashOfKey> flows_;
    TimerWheel<WatchedHandle> timers_;
    std::deque<WatchedHandle> restored_;  // not probed yet
    Moment now_{};
    bool began_{false};
    std::size_t budget_{0};  // what may still be sent in this turn
    Moment told_{};          // since when lines are counted
    std::size_t lines_{0};
};

}  // namespace sallyport::registration
