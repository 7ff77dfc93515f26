// SPDX-License-Identifier: Apache-2.0
// A server of streams, its user who writes everything down, and clients that are plain sockets.
// Nothing here sleeps: whoever waits, waits for what the other thread says.
#pragma once

#include "b2bua/transport/stream/stream_server.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace sallyport::test {

constexpr auto kPatience = std::chrono::seconds(20);

inline std::string sip_message(std::string_view body = "") {
    return "OPTIONS sip:a@b SIP/2.0\r\nl:" + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
}

class Recorder final : public StreamUser {
public:
    struct Seen {
        ConnectionId connection;
        std::string octets;
        std::optional<StreamFault> fault;
        Endpoint remote;
        std::vector<std::string> identities;
    };

    void on_open(ConnectionId id, const StreamPeer& peer) noexcept override {
        note([&] { opened.emplace(id, peer); });
    }
    void on_message(const StreamMessage& m) noexcept override {
        note([&] {
            messages.push_back(
                {m.connection, std::string(m.octets), m.fault, m.peer.remote, m.peer.identities});
        });
    }
    void on_pong(ConnectionId) noexcept override {
        note([&] { ++pongs; });
    }
    void on_close(ConnectionId id, CloseReason reason) noexcept override {
        note([&] { closed.emplace(id, reason); });
    }
    void on_unsent(ConnectionId) noexcept override {
        note([&] { ++unsent; });
    }

    /// False: it did not come to that in 20 s.
    template <class Holds>
    [[nodiscard]] bool wait(Holds&& holds) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kPatience, holds);
    }
    [[nodiscard]] bool wait_for_messages(std::size_t count) {
        return wait([&] { return messages.size() >= count; });
    }
    [[nodiscard]] bool wait_for_closes(std::size_t count) {
        return wait([&] { return closed.size() >= count; });
    }

    // Guarded by mutex_ until the test has waited for what it then reads.
    std::vector<Seen> messages;
    std::map<ConnectionId, StreamPeer> opened;
    std::map<ConnectionId, CloseReason> closed;
    int pongs{0};
    int unsent{0};

private:
    template <class Change>
    void note(Change&& change) {
        const std::lock_guard lock(mutex_);
        change();
        changed_.notify_all();
    }
    std::mutex mutex_;
    std::condition_variable changed_;
};

/// A blocking socket whose reads give up after 20 s.
class Client {
public:
    explicit Client(const Endpoint& to, int receive_buffer = 0)
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval patience{kPatience.count(), 0};
        setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (receive_buffer != 0) {
            setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        }
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(to.port.value);
        address.sin_addr.s_addr = htonl(to.ip.v4_host_order());
        connected_ =
            ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    ~Client() { close(); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    [[nodiscard]] bool connected() const { return connected_; }
    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] bool write(std::string_view octets) const {
        return ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(octets.size());
    }
    /// Fewer at the end of the stream.
    [[nodiscard]] std::string read(std::size_t octets) const {
        std::string out(octets, '\0');
        std::size_t have = 0;
        ssize_t got = 1;
        while (have < octets && got > 0) {
            got = ::recv(fd_, out.data() + have, octets - have, 0);
            have += got > 0 ? static_cast<std::size_t>(got) : 0;
        }
        out.resize(have);
        return out;
    }
    /// The far end has closed, and has sent nothing more.
    [[nodiscard]] bool at_end() const {
        char octet = 0;
        const ssize_t got = ::recv(fd_, &octet, 1, 0);
        return got == 0 || (got < 0 && errno == ECONNRESET);
    }
    /// Closing sends a reset.
    void abort() {
        const linger now{1, 0};
        setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close();
    }
    void close() {
        if (fd_ >= 0) {
            ::close(std::exchange(fd_, -1));
        }
    }

private:
    int fd_;
    bool connected_{false};
};

inline std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry :
         std::filesystem::directory_iterator("/proc/self/fd")) {
        ++count;
    }
    return count;
}

inline const Endpoint kLoopback{IpAddr::v4(0x7f000001), {}};

/// One listener on the loopback address.
struct Bed {
    explicit Bed(const StreamOptions& options = {},
                 const std::vector<StreamListener>& listeners = {{.local = kLoopback}}) {
        auto started = StreamServer::start(listeners, options, user);
        EXPECT_TRUE(started.ok()) << (started.ok() ? "" : started.error());
        if (started) {
            server = std::move(*started);
        }
    }
    [[nodiscard]] Endpoint at(std::size_t listener = 0) const {
        return server->listening()[listener];
    }
    [[nodiscard]] std::uint64_t closed(CloseReason reason) const {
        return server->counters().closed(reason);
    }

    Recorder user;  // outlives the server
    std::unique_ptr<StreamServer> server;
};

}  // namespace sallyport::test
