// SPDX-License-Identifier: Apache-2.0
// SIP over TCP and TLS on kernel sockets (B2, B13, B17, B22): accepts, connects, and carries
// messages between connections and its user. Runs on a thread of its own, never a shard's; its
// methods may be called from any thread, return at once and do not throw.
#pragma once

#include "b2bua/transport/stream/stream_events.h"
#include "b2bua/transport/stream/stream_options.h"
#include "b2bua/transport/stream/tls_context.h"
#include "config/types/result.h"

#include <memory>
#include <string>
#include <vector>

namespace sallyport {

struct StreamListener {
    StreamTransport transport{StreamTransport::kTcp};
    RealmId realm{};
    Endpoint local{};                 // port 0: the kernel chooses
    std::shared_ptr<TlsStore> tls{};  // of kTls; what is in force when a connection begins
};

struct StreamTarget {
    StreamTransport transport{StreamTransport::kTcp};
    RealmId realm{};
    Endpoint remote{};
    IpAddr from{};                    // our address; none: the kernel chooses
    std::shared_ptr<TlsStore> tls{};  // of kTls
    std::string domain{};             // of kTls: whose certificate is expected (B14)
};

class StreamCore;

class StreamServer {
public:
    /// Listens and starts its thread. The error says what could not be listened on, and why. user
    /// must outlive it.
    [[nodiscard]] static Result<std::unique_ptr<StreamServer>, std::string> start(
        const std::vector<StreamListener>& listeners, const StreamOptions& options,
        StreamUser& user);
    /// Closes all connections, which its user hears of, and ends the thread.
    ~StreamServer();
    StreamServer(const StreamServer&) = delete;
    StreamServer& operator=(const StreamServer&) = delete;

    /// Where it listens, in the order of the listeners.
    [[nodiscard]] const std::vector<Endpoint>& listening() const noexcept;

    /// The connection may be sent to at once; on_open or on_close tells what became of it.
    ConnectionId connect(StreamTarget target) noexcept;
    /// As connect(), but a connection that was made by reach() for the same target and is not gone
    /// is used again (B13).
    ConnectionId reach(StreamTarget target) noexcept;
    /// One or more messages, or a ping. Octets are lost when the connection closes before they are
    /// written: its user hears of the close, or on_unsent.
    void send(ConnectionId connection, std::string octets) noexcept;
    /// After what was sent before it has been written.
    void close(ConnectionId connection) noexcept;
    /// Whether it may be idle for ever (B22).
    void keep(ConnectionId connection, bool kept) noexcept;

    [[nodiscard]] const StreamCounters& counters() const noexcept;

private:
    explicit StreamServer(std::unique_ptr<StreamCore> core) noexcept;
    std::unique_ptr<StreamCore> core_;
};

}  // namespace sallyport
