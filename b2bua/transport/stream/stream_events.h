// SPDX-License-Identifier: Apache-2.0
// What a server of streams tells its user, and in which words. The user is called on the server's
// thread and hands on what it keeps, to the shard that it is for; it never waits.
#pragma once

#include "b2bua/transport/stream/stream_counters.h"
#include "config/types/id.h"
#include "config/types/ip.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport {

/// Serial, from 1, never reused: one that is kept past its connection finds nothing.
using ConnectionId = Id<struct ConnectionTag, std::uint64_t>;

enum class StreamTransport : std::uint8_t { kTcp, kTls };

/// One connection, as those above see it.
struct StreamPeer {
    StreamTransport transport{StreamTransport::kTcp};
    RealmId realm{};
    Endpoint local{};
    Endpoint remote{};
    bool outbound{false};                   // we connected
    std::vector<std::string> identities{};  // domains that its certificate has proven (B14, B15)
};

struct StreamMessage {
    ConnectionId connection;
    const StreamPeer& peer;
    std::string_view octets;  // good until the call returns
    /// Octets are the part of a message that came before the framing was lost. Whatever can be
    /// answered is to be answered with status_for() and the connection closed (A10); it closes by
    /// itself soon.
    std::optional<StreamFault> fault;
};

class StreamUser {
public:
    virtual ~StreamUser() = default;
    /// A connection of ours is open. What was sent to it before goes out now.
    virtual void on_open(ConnectionId connection, const StreamPeer& peer) noexcept = 0;
    virtual void on_message(const StreamMessage& message) noexcept = 0;
    /// A first line end between messages: when we sent a ping, its answer (B17).
    virtual void on_pong(ConnectionId connection) noexcept = 0;
    /// Said once of every connection that was opened or asked for; what was sent to it and not yet
    /// written is lost (B23).
    virtual void on_close(ConnectionId connection, CloseReason reason) noexcept = 0;
    /// Something was sent to a connection that is gone.
    virtual void on_unsent(ConnectionId connection) noexcept = 0;
};

}  // namespace sallyport
