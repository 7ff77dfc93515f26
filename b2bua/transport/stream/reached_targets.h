// SPDX-License-Identifier: Apache-2.0
// Which connection of ours leads where, so that it is used again (B13; RFC 5923 s.5): the same
// realm, transport, addresses and, of TLS, the same domain. Any thread; a mutex is held for a look
// into a table.
#pragma once

#include "b2bua/transport/stream/stream_events.h"
#include "b2bua/transport/stream/stream_server.h"

#include <compare>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

namespace sallyport {

class ReachedTargets {
public:
    /// The connection that leads there; fresh, from now on, when there was none.
    [[nodiscard]] ConnectionId find_or_add(const StreamTarget& target, ConnectionId fresh);
    /// The connection is gone; one that was never added is fine.
    void remove(ConnectionId connection);
    [[nodiscard]] std::size_t size() const;

private:
    struct Key {
        StreamTransport transport;
        RealmId realm;
        Endpoint remote;
        IpAddr from;
        std::string domain;
        auto operator<=>(const Key&) const = default;
    };
    using ByKey = std::map<Key, ConnectionId>;

    mutable std::mutex mutex_;  // guards both
    ByKey by_key_;
    std::unordered_map<std::uint64_t, ByKey::iterator> by_connection_;
};

}  // namespace sallyport
