// SPDX-License-Identifier: Apache-2.0
// The mirror's thread and its tables; netlink_parse.h knows the message formats. Neighbours are
// followed event by event; routes and addresses, which change seldom, are read anew when an event
// says that something changed (an IPv4 route that goes with its interface is not even announced).
#include "dataplane/kernel_mirror.h"

#include "dataplane/netlink_parse.h"

#include <linux/rtnetlink.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

namespace sallyport::dataplane {

namespace {

constexpr std::uint32_t kGroups = RTMGRP_NEIGH | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
                                  RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE | RTMGRP_LINK;
// Routes may change by the thousand when a routing daemon starts: read them anew at most this
// often.
constexpr int kSettleMs = 20;
constexpr int kFreeMs = 10;
constexpr std::chrono::seconds kConfirmEvery{15};
constexpr std::size_t kConfirmAtOnce = 64;

}  // namespace

KernelMirror::KernelMirror(std::vector<int> taps, AdjacencyBoard& board, Epoch& epoch,
                           ResolveRequests& requests)
    : taps_(std::move(taps)),
      board_(board),
      epoch_(epoch),
      requests_(requests),
      stop_bell_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

Result<std::unique_ptr<KernelMirror>, std::string> KernelMirror::start(std::vector<int> taps,
                                                                       AdjacencyBoard& board,
                                                                       Epoch& epoch,
                                                                       ResolveRequests& requests) {
    std::unique_ptr<KernelMirror> mirror(new KernelMirror(std::move(taps), board, epoch, requests));
    auto events = netlink::Socket::open(kGroups, true);
    auto queries = netlink::Socket::open(0, false);
    if (!events || !queries) {
        return Failure{"rtnetlink is closed to us (" + (events ? queries.error() : events.error()) +
                       "); allow AF_NETLINK sockets in the service's sandbox"};
    }
    mirror->events_ = std::move(*events);
    mirror->queries_ = std::move(*queries);
    if (auto read = mirror->read_all(); !read) {
        return Failure{"the kernel's routes and neighbours cannot be read (" + read.error() +
                       "); allow rtnetlink dumps in the service's sandbox"};
    }
    mirror->publish();
    mirror->thread_ = std::thread([raw = mirror.get()] { raw->run(); });
    pthread_setname_np(mirror->thread_.native_handle(), "sp-mirror");
    return mirror;
}

KernelMirror::~KernelMirror() {
    stopping_.store(true, std::memory_order_release);
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t n = ::write(stop_bell_, &one, sizeof one);
    if (thread_.joinable()) {
        thread_.join();
    }
    ::close(stop_bell_);
}

void KernelMirror::run() noexcept {
    auto confirm_at = std::chrono::steady_clock::now() + kConfirmEvery;
    while (!stopping_.load(std::memory_order_acquire)) {
        std::array<pollfd, 3> fds{
            {{stop_bell_, POLLIN, 0}, {requests_.bell(), POLLIN, 0}, {events_.fd(), POLLIN, 0}}};
        ::poll(fds.data(), fds.size(), retired_.empty() ? 1000 : kFreeMs);
        if (fds[1].revents != 0) {
            on_requests();
        }
        if (fds[2].revents != 0 || lost_) {
            on_events();
        }
        free_retired();
        if (std::chrono::steady_clock::now() >= confirm_at) {
            confirm_stale();
            confirm_at += kConfirmEvery;
        }
    }
}

void KernelMirror::on_requests() noexcept {
    requests_.quiet();
    ResolveRequests::Request request;
    while (requests_.take(request)) {
        if (request.realm.value < taps_.size()) {
            (void)netlink::ask_neighbour(queries_, taps_[request.realm.value], request.next_hop);
        }
    }
}

void KernelMirror::on_events() {
    const netlink::Socket::OnMessage handle = [this](const nlmsghdr& m) { on_event(m); };
    for (;;) {
        const auto reading = events_.read_events(handle);
        if (reading == netlink::Socket::Reading::kEmpty) {
            break;
        }
        lost_ = lost_ || reading == netlink::Socket::Reading::kLost;
    }
    if (lost_ || routes_dirty_) {
        const bool all = lost_;
        lost_ = false;
        routes_dirty_ = false;
        const auto read = all ? read_all() : read_routes();
        if (!read) {
            spdlog::error("the kernel's routes could not be read: {}; trying again", read.error());
            lost_ = true;
        }
        publish();
        ::usleep(kSettleMs * 1000);
    } else if (neighbours_changed_) {
        publish();
    }
}

void KernelMirror::on_event(const nlmsghdr& message) {
    switch (message.nlmsg_type) {
        case RTM_NEWNEIGH:
        case RTM_DELNEIGH:
            on_neighbour(message);
            break;
        case RTM_NEWROUTE:
        case RTM_DELROUTE:
        case RTM_NEWADDR:
        case RTM_DELADDR:
        case RTM_NEWLINK:
        case RTM_DELLINK:
            routes_dirty_ = true;
            break;
        default:
            break;
    }
}

Outcome<std::string> KernelMirror::read_all() {
    neighbours_.clear();
    neighbours_changed_ = true;
    for (const int family : {AF_INET, AF_INET6}) {
        if (auto done = dump(RTM_GETNEIGH, static_cast<std::uint8_t>(family)); !done) {
            return done;
        }
    }
    return read_routes();
}

Outcome<std::string> KernelMirror::read_routes() {
    routes_.clear();
    for (const std::uint16_t type : {RTM_GETROUTE, RTM_GETADDR}) {
        for (const int family : {AF_INET, AF_INET6}) {
            if (auto done = dump(type, static_cast<std::uint8_t>(family)); !done) {
                return done;
            }
        }
    }
    neighbours_changed_ = true;
    return Done{};
}

Outcome<std::string> KernelMirror::dump(std::uint16_t type, std::uint8_t family) {
    netlink::DumpRequest request(type, family);
    return queries_.converse(request.message(), [this](const nlmsghdr& m) {
        switch (m.nlmsg_type) {
            case RTM_NEWNEIGH:
                on_neighbour(m);
                break;
            case RTM_NEWROUTE:
                on_route(m);
                break;
            case RTM_NEWADDR:
                on_address(m);
                break;
            default:
                break;
        }
    });
}

bool KernelMirror::realm_of(int ifindex, RealmId& realm) const noexcept {
    const auto tap = std::find(taps_.begin(), taps_.end(), ifindex);
    realm = RealmId{static_cast<std::uint8_t>(tap - taps_.begin())};
    return tap != taps_.end();
}

void KernelMirror::on_neighbour(const nlmsghdr& message) {
    const auto seen = netlink::parse_neighbour(message);
    RealmId realm;
    if (!seen || !realm_of(seen->ifindex, realm)) {
        return;
    }
    const NeighbourKey key{realm, seen->address};
    const bool gone = message.nlmsg_type == RTM_DELNEIGH || !seen->usable;
    const auto known = neighbours_.find(key);
    if (gone) {
        neighbours_changed_ = neighbours_changed_ || known != neighbours_.end();
        neighbours_.erase(key);
        return;
    }
    neighbours_changed_ =
        neighbours_changed_ || known == neighbours_.end() || known->second.mac != seen->mac;
    neighbours_[key] = {seen->mac, seen->stale};
}

void KernelMirror::on_route(const nlmsghdr& message) {
    netlink::for_each_hop(message, [this](const netlink::SeenRoute& seen) {
        RealmId realm;
        if (realm_of(seen.ifindex, realm)) {
            routes_.push_back({realm, seen.destination, seen.gateway, false, seen.metric});
        }
    });
}

void KernelMirror::on_address(const nlmsghdr& message) {
    const auto seen = netlink::parse_address(message);
    if (!seen) {
        return;
    }
    // An address of ours on any interface must not be sent to by any realm's wire.
    const auto bits = static_cast<std::uint8_t>(seen->address.is_v4() ? 32 : 128);
    for (std::size_t i = 0; i < taps_.size(); ++i) {
        routes_.push_back(
            {RealmId{static_cast<std::uint8_t>(i)}, Prefix{seen->address, bits}, {}, true, 0});
    }
}

void KernelMirror::publish() {
    neighbours_changed_ = false;
    std::vector<NeighbourEntry> usable;
    usable.reserve(neighbours_.size());
    for (const auto& [key, neighbour] : neighbours_) {
        usable.push_back({key.first, key.second, neighbour.mac});
    }
    auto old = board_.publish(std::make_unique<AdjacencyTable>(routes_, usable, ++version_));
    retired_.push_back({std::move(old), epoch_.retire()});
}

void KernelMirror::free_retired() noexcept {
    std::erase_if(retired_, [this](const Retired& r) { return epoch_.passed(r.token); });
}

// A stale neighbour works until proven otherwise, but only traffic of the kernel's own would prove
// it (RFC 4861 s.7.3.3).
void KernelMirror::confirm_stale() noexcept {
    std::size_t asked = 0;
    for (auto it = neighbours_.begin(); it != neighbours_.end() && asked < kConfirmAtOnce; ++it) {
        if (it->second.stale) {
            (void)netlink::ask_neighbour(queries_, taps_[it->first.first.value], it->first.second);
            it->second.stale =
                false;  // the kernel announces what it becomes; next round: the next ones
            ++asked;
        }
    }
}

}  // namespace sallyport::dataplane
