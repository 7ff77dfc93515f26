// SPDX-License-Identifier: Apache-2.0
// One connection: its socket, what has come and what waits to go. Moves octets when the kernel says
// that it can, never more than one buffer at a time, so that no connection keeps another waiting.
// Owner: the server of streams, on its thread. Internal: Asio is compiled in here.
#pragma once

#include "b2bua/transport/stream/stream_deadlines.h"
#include "b2bua/transport/stream/stream_events.h"
#include "b2bua/transport/stream/stream_framer.h"
#include "b2bua/transport/stream/stream_server.h"
#include "b2bua/transport/stream/tls_session.h"
#include "b2bua/transport/stream/write_queue.h"

#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sallyport {

/// What all connections of a server share.
struct StreamRuntime {
    const StreamOptions& options;
    StreamUser& user;
    StreamCounters& counters;
    std::function<void(ConnectionId)> forget;  // the connection has ended
    std::array<char, 16384> read_buffer{};
};

/// The monotonic clock.
[[nodiscard]] Moment stream_now() noexcept;

class StreamConnection : public std::enable_shared_from_this<StreamConnection> {
public:
    using Socket = boost::asio::ip::tcp::socket;

    StreamConnection(StreamRuntime& runtime, ConnectionId id, const StreamPeer& peer,
                     Socket socket);

    /// The socket is connected. tls: none on TCP.
    void accepted(std::unique_ptr<TlsSession> tls);
    void connect(const StreamTarget& target);

    /// Message or line end. While a connection of ours is not open yet it waits.
    void send(std::string_view octets);
    /// Closes when what waits has been written.
    void finish(CloseReason reason);
    /// Closes now. The only end of a connection, and the only place that tells of it. The server
    /// forgets it: whoever calls holds a reference.
    void end(CloseReason reason);
    void keep(bool kept) { deadlines_.keep(kept, stream_now()); }
    void check(Moment now);

    [[nodiscard]] const StreamPeer& peer() const noexcept { return peer_; }

private:
    [[nodiscard]] bool open_socket(const IpAddr& from);
    void on_connected(const StreamTarget& target);
    void opened();
    void wait_to_read();
    void read();
    void received(std::string_view octets);
    void decrypt(std::string_view octets);
    void push(std::string_view octets);
    void frame(std::string_view octets);
    void hand_up(std::string_view octets, std::optional<StreamFault> fault);
    void refuse(std::string_view octets);
    void far_end_closed();
    void write();
    void wait_to_write();

    StreamRuntime& runtime_;
    const ConnectionId id_;
    StreamPeer peer_;
    Socket socket_;
    std::unique_ptr<TlsSession> tls_;  // none on TCP
    StreamFramer framer_;
    StreamDeadlines deadlines_;
    WriteQueue out_;                     // for the socket
    std::string early_;                  // sent before the connection was open
    std::optional<CloseReason> ending_;  // what comes is thrown away
    bool ended_{false};
    bool waits_to_read_{false};
    bool waits_to_write_{false};
    bool half_closed_{false};  // the far end knows that nothing more comes
};

}  // namespace sallyport
