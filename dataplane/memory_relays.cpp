// SPDX-License-Identifier: Apache-2.0
// The in-memory relays: bookkeeping only.
#include "dataplane/memory_relays.h"

#include <algorithm>

namespace sallyport::dataplane {

MemoryRelays::MemoryRelays(std::span<const Realm> realms, std::uint64_t seed,
                           std::function<Moment()> now, Millis quarantine)
    : now_(std::move(now)) {
    for (std::size_t i = 0; i < realms.size(); ++i) {
        realms_.push_back(
            {realms[i].address.address, PortPool(realms[i].media_ports, seed + i, quarantine)});
    }
}

const MemoryRelays::Relay* MemoryRelays::find(RelayId id) const noexcept {
    const auto it = relays_.find(id);
    return it == relays_.end() ? nullptr : &it->second;
}

MemoryRelays::Relay* MemoryRelays::find(RelayId id) noexcept {
    const auto it = relays_.find(id);
    return it == relays_.end() ? nullptr : &it->second;
}

MemoryRelays::SideView MemoryRelays::view(RealmId realm, Port rtp) const noexcept {
    const IpAddr& ip = realms_[realm.value].address;
    const Port rtcp{static_cast<std::uint16_t>(rtp.value + 1)};
    SideView side;
    side.realm = realm;
    side.ports = {{ip, rtp}, {ip, rtcp}};
    return side;
}

Result<RelayPorts, RelayFault> MemoryRelays::create(RealmId a, RealmId b) noexcept {
    if (a.value >= realms_.size() || b.value >= realms_.size()) {
        return Failure{RelayFault::kNoRealm};
    }
    if (refusals_ != 0) {
        --refusals_;
        return Failure{refusal_};
    }
    const Moment now = now_();
    const auto first = realms_[a.value].pool.take(now);
    if (!first) {
        return Failure{RelayFault::kNoPorts};
    }
    const auto second = realms_[b.value].pool.take(now);
    if (!second) {
        realms_[a.value].pool.put_back(*first);
        return Failure{RelayFault::kNoPorts};
    }
    const RelayId id{issued_, 1};
    ++issued_;
    const Relay& made =
        relays_.emplace(id, Relay{{view(a, *first), view(b, *second)}, {}}).first->second;
    return RelayPorts{id, made.sides[0].ports, made.sides[1].ports};
}

bool MemoryRelays::share(const Relay& one, const Relay& other) noexcept {
    return one.sides[1].ports.rtp == other.sides[1].ports.rtp;
}

Result<RelayPorts, RelayFault> MemoryRelays::branch(RelayId base) noexcept {
    const Relay* first = find(base);
    if (first == nullptr) {
        return Failure{RelayFault::kStale};
    }
    const auto sharing = std::count_if(relays_.begin(), relays_.end(), [&](const auto& entry) {
        return share(entry.second, *first);
    });
    if (static_cast<std::size_t>(sharing) >= kMaxBranches) {
        return Failure{RelayFault::kTooManyBranches};
    }
    if (refusals_ != 0) {
        --refusals_;
        return Failure{refusal_};
    }
    const RealmId a = first->sides[0].realm;
    const auto rtp = realms_[a.value].pool.take(now_());
    if (!rtp) {
        return Failure{RelayFault::kNoPorts};
    }
    Relay made{{view(a, *rtp), view(first->sides[1].realm, first->sides[1].ports.rtp.port)}, {}};
    made.selected = false;
    const RelayId id{issued_, 1};
    ++issued_;
    relays_.emplace(id, made);
    return RelayPorts{id, made.sides[0].ports, made.sides[1].ports};
}

Outcome<RelayFault> MemoryRelays::select(RelayId id) noexcept {
    Relay* chosen = find(id);
    if (chosen == nullptr) {
        return Failure{RelayFault::kStale};
    }
    for (auto& [other, relay] : relays_) {
        if (share(relay, *chosen)) {
            relay.selected = other == id;
        }
    }
    return Done{};
}

/// The newest of the others that knows its far end, else the newest: handles are issued in order.
MemoryRelays::Relay* MemoryRelays::successor_of(const Relay& leaving) noexcept {
    Relay* best = nullptr;
    for (auto& [id, relay] : relays_) {
        if (&relay != &leaving && share(relay, leaving) &&
            (best == nullptr || relay.sides[1].told || !best->sides[1].told)) {
            best = &relay;
        }
    }
    return best;
}

Outcome<RelayFault> MemoryRelays::set_remote(RelayId id, Side side,
                                             const RemoteMedia& remote) noexcept {
    Relay* relay = find(id);
    if (relay == nullptr) {
        return Failure{RelayFault::kStale};
    }
    SideView& view = relay->sides[static_cast<std::size_t>(side)];
    if (!view.told || !(view.remote == remote)) {
        view.told = true;
        view.remote = remote;
        ++view.changes;
    }
    return Done{};
}

Outcome<RelayFault> MemoryRelays::destroy(RelayId id) noexcept {
    const Relay* relay = find(id);
    if (relay == nullptr) {
        return Failure{RelayFault::kStale};
    }
    const auto release = [this](const SideView& side) {
        realms_[side.realm.value].pool.release(side.ports.rtp.port, now_());
    };
    release(relay->sides[0]);
    Relay* next = successor_of(*relay);
    if (next == nullptr) {
        release(relay->sides[1]);
    } else if (relay->selected) {
        next->selected = true;
    }
    relays_.erase(id);
    return Done{};
}

Result<RelayReading, RelayFault> MemoryRelays::read(RelayId id) const noexcept {
    const Relay* relay = find(id);
    if (relay == nullptr) {
        return Failure{RelayFault::kStale};
    }
    return relay->reading;
}

std::size_t MemoryRelays::events(std::span<RelayEvent> out) noexcept {
    std::size_t given = 0;
    while (given < out.size() && !events_.empty()) {
        out[given++] = events_.front();
        events_.pop_front();
    }
    return given;
}

void MemoryRelays::tick() noexcept {
    const Moment now = now_();
    for (RealmPorts& realm : realms_) {
        while (realm.pool.cooled(now)) {
        }
    }
}

std::vector<RelayId> MemoryRelays::ids() const {
    std::vector<RelayId> all;
    for (const auto& [id, relay] : relays_) {
        all.push_back(id);
    }
    return all;
}

const MemoryRelays::SideView* MemoryRelays::side(RelayId id, Side side) const noexcept {
    const Relay* relay = find(id);
    return relay == nullptr ? nullptr : &relay->sides[static_cast<std::size_t>(side)];
}

bool MemoryRelays::selected(RelayId id) const noexcept {
    const Relay* relay = find(id);
    return relay != nullptr && relay->selected;
}

std::pair<RelayId, Side> MemoryRelays::owner_of(const Endpoint& ours) const noexcept {
    for (const auto& [id, relay] : relays_) {
        for (const Side s : {Side::kA, Side::kB}) {
            const MediaPorts& ports = relay.sides[static_cast<std::size_t>(s)].ports;
            const bool heard = s == Side::kA || relay.selected;
            if (heard && (ports.rtp == ours || ports.rtcp == ours)) {
                return {id, s};
            }
        }
    }
    return {};
}

void MemoryRelays::set_reading(RelayId id, const RelayReading& reading) noexcept {
    if (Relay* relay = find(id)) {
        relay->reading = reading;
    }
}

void MemoryRelays::refuse_creations(std::size_t how_many, RelayFault fault) noexcept {
    refusals_ = how_many;
    refusal_ = fault;
}

}  // namespace sallyport::dataplane
