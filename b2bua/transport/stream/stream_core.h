// SPDX-License-Identifier: Apache-2.0
// The inside of StreamServer: its event loop, listeners and table of connections. Everything but
// what is marked runs on its thread. Internal: Asio is compiled in here.
#pragma once

#include "b2bua/transport/stream/reached_targets.h"
#include "b2bua/transport/stream/source_limits.h"
#include "b2bua/transport/stream/stream_connection.h"
#include "b2bua/transport/stream/stream_server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace sallyport {

class StreamCore {
public:
    StreamCore(const StreamOptions& options, StreamUser& user);
    ~StreamCore();
    StreamCore(const StreamCore&) = delete;
    StreamCore& operator=(const StreamCore&) = delete;

    /// Before run(). What is wrong, or nothing.
    [[nodiscard]] std::optional<std::string> listen(const StreamListener& listener);
    void run();

    // Any thread.
    ConnectionId connect(StreamTarget target);
    ConnectionId reach(StreamTarget target);
    void send(ConnectionId id, std::string octets);
    void close(ConnectionId id);
    void keep(ConnectionId id, bool kept);
    [[nodiscard]] const std::vector<Endpoint>& listening() const noexcept { return listening_; }
    [[nodiscard]] const StreamCounters& counters() const noexcept { return counters_; }

private:
    using Acceptor = boost::asio::ip::tcp::acceptor;
    using Socket = boost::asio::ip::tcp::socket;
    struct Listening {
        StreamListener listener;
        Acceptor acceptor;
        bool waits{false};
    };

    void wait_to_accept(Listening& listening);
    void accept(Listening& listening);
    void admit(const Listening& listening, Socket socket, const Endpoint& remote);
    void open_soon(ConnectionId id, StreamTarget target);  // any thread
    void open(ConnectionId id, const StreamTarget& target);
    [[nodiscard]] std::shared_ptr<StreamConnection> add(ConnectionId id, const StreamPeer& peer,
                                                        Socket socket);
    [[nodiscard]] std::shared_ptr<StreamConnection> find(ConnectionId id) const;
    [[nodiscard]] ConnectionId next_id() noexcept;
    void forget(ConnectionId id);
    void check_all();
    void end_all();

    const StreamOptions options_;
    StreamUser& user_;
    StreamCounters counters_;
    std::atomic<std::uint64_t> last_id_{0};  // any thread, relaxed: only its uniqueness matters
    boost::asio::io_context io_;
    boost::asio::steady_timer check_timer_;
    StreamRuntime runtime_;
    SourceLimits sources_;
    ReachedTargets reached_;  // any thread
    std::deque<Listening> listeners_;
    std::vector<Endpoint> listening_;  // read-only after listen()
    std::unordered_map<std::uint64_t, std::shared_ptr<StreamConnection>> connections_;
    std::size_t inbound_{0};  // of them
    std::thread thread_;
};

}  // namespace sallyport
