// SPDX-License-Identifier: Apache-2.0
// Hash tables of routes by exact prefix and of neighbours by address, built once per publication.
#include "dataplane/adjacency.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace sallyport::dataplane {

namespace {

std::size_t mix(std::uint64_t h) noexcept {
    h ^= h >> 32;
    h *= 0x9E3779B97F4A7C15ULL;  // 2^64 / golden ratio: spreads the low bits of addresses upward
    h ^= h >> 29;
    return static_cast<std::size_t>(h);
}

std::size_t hash_of(RealmId realm, const IpAddr& ip, std::uint8_t length) noexcept {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, ip.octets().data(), 8);
    std::memcpy(&low, ip.octets().data() + 8, 8);
    return mix(mix(high) ^ mix(low + (std::uint64_t{realm.value} << 8 | length)));
}

IpAddr masked(const IpAddr& ip, std::uint8_t bits) noexcept {
    if (ip.is_v4()) {
        return IpAddr::v4(bits == 0 ? 0 : ip.v4_host_order() & (~0U << (32 - bits)));
    }
    std::array<std::uint8_t, 16> octets = ip.octets();
    for (std::size_t i = 0; i < octets.size(); ++i) {
        const std::size_t kept = std::min<std::size_t>(8, bits > i * 8 ? bits - i * 8 : 0);
        octets[i] = static_cast<std::uint8_t>(octets[i] & (0xFF00U >> kept));
    }
    return IpAddr::v6(octets);
}

std::size_t table_size(std::size_t entries) noexcept {
    return std::bit_ceil(std::max<std::size_t>(8, entries * 2));
}

bool better(const RouteEntry& a, const RouteEntry& b) noexcept {
    return a.local != b.local ? a.local : a.metric < b.metric;
}

}  // namespace

AdjacencyTable::AdjacencyTable(std::vector<RouteEntry> routes,
                               const std::vector<NeighbourEntry>& neighbours, std::uint64_t version)
    : version_(version),
      routes_(table_size(routes.size())),
      neighbours_(table_size(neighbours.size())) {
    // Best first, so that the first of equal destinations wins its slot.
    std::stable_sort(routes.begin(), routes.end(), better);
    for (const RouteEntry& route : routes) {
        if (exact(route.realm, route.destination) != nullptr) {
            continue;
        }
        std::size_t i = hash_of(route.realm, route.destination.address, route.destination.length);
        while (routes_[i & (routes_.size() - 1)].used) {
            ++i;
        }
        routes_[i & (routes_.size() - 1)] = {route, true};
        lengths_.push_back(
            {route.realm, route.destination.address.family(), route.destination.length});
    }
    std::sort(lengths_.begin(), lengths_.end(),
              [](const Length& a, const Length& b) { return a.bits > b.bits; });
    std::vector<Length> unique;
    for (const Length& length : lengths_) {
        if (std::find(unique.begin(), unique.end(), length) == unique.end()) {
            unique.push_back(length);
        }
    }
    lengths_ = std::move(unique);
    for (const NeighbourEntry& entry : neighbours) {
        std::size_t i = hash_of(entry.realm, entry.address, 0xFF);
        while (neighbours_[i & (neighbours_.size() - 1)].used) {
            ++i;
        }
        neighbours_[i & (neighbours_.size() - 1)] = {entry, true};
    }
}

const RouteEntry* AdjacencyTable::exact(RealmId realm, const Prefix& prefix) const noexcept {
    if (routes_.empty()) {
        return nullptr;
    }
    const std::size_t mask = routes_.size() - 1;
    for (std::size_t i = hash_of(realm, prefix.address, prefix.length); routes_[i & mask].used;
         ++i) {
        const RouteEntry& route = routes_[i & mask].route;
        if (route.realm == realm && route.destination == prefix) {
            return &route;
        }
    }
    return nullptr;
}

const RouteEntry* AdjacencyTable::longest_match(RealmId realm, const IpAddr& to) const noexcept {
    for (const Length& length : lengths_) {
        if (length.realm != realm || length.family != to.family()) {
            continue;
        }
        const RouteEntry* route = exact(realm, {masked(to, length.bits), length.bits});
        if (route != nullptr) {
            return route;
        }
    }
    return nullptr;
}

const NeighbourEntry* AdjacencyTable::neighbour(RealmId realm, const IpAddr& ip) const noexcept {
    if (neighbours_.empty()) {
        return nullptr;
    }
    const std::size_t mask = neighbours_.size() - 1;
    for (std::size_t i = hash_of(realm, ip, 0xFF); neighbours_[i & mask].used; ++i) {
        const NeighbourEntry& entry = neighbours_[i & mask].neighbour;
        if (entry.realm == realm && entry.address == ip) {
            return &entry;
        }
    }
    return nullptr;
}

Adjacency AdjacencyTable::find(RealmId realm, const IpAddr& destination) const noexcept {
    const RouteEntry* route = longest_match(realm, destination);
    if (route == nullptr || route->local) {
        return {};
    }
    Adjacency found;
    found.next_hop = route->gateway.family() == Family::kNone ? destination : route->gateway;
    found.state = Adjacency::State::kUnresolved;
    const NeighbourEntry* entry = neighbour(realm, found.next_hop);
    if (entry != nullptr) {
        found.mac = entry->mac;
        found.state = Adjacency::State::kResolved;
    }
    return found;
}

AdjacencyBoard::AdjacencyBoard() : current_(new AdjacencyTable()) {}

AdjacencyBoard::~AdjacencyBoard() {
    delete current_.load(std::memory_order_acquire);
}

std::unique_ptr<const AdjacencyTable> AdjacencyBoard::publish(
    std::unique_ptr<const AdjacencyTable> next) noexcept {
    return std::unique_ptr<const AdjacencyTable>(
        current_.exchange(next.release(), std::memory_order_acq_rel));
}

}  // namespace sallyport::dataplane
