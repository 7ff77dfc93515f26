// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/stream/stream_core.h"

#include "b2bua/transport/stream/asio_endpoint.h"

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <utility>

namespace sallyport {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr int kBacklog = 1024;
constexpr int kAcceptAtOnce = 64;  // then the connections have their turn

/// The operator puts addresses on a tap that comes with the gateway, hence after it.
void bind_before_the_address_is_there(int socket, bool v6) {
    const int on = 1;
    if (v6) {
        setsockopt(socket, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof on);
    } else {
        setsockopt(socket, IPPROTO_IP, IP_FREEBIND, &on, sizeof on);
    }
}

}  // namespace

StreamCore::StreamCore(const StreamOptions& options, StreamUser& user)
    : options_(options),
      user_(user),
      io_(1),
      check_timer_(io_),
      runtime_{options_, user, counters_, [this](ConnectionId id) { forget(id); }},
      sources_(options.connections_per_source) {}

StreamCore::~StreamCore() {
    if (thread_.joinable()) {
        boost::asio::post(io_, [this] {
            end_all();
            io_.stop();
        });
        thread_.join();
    }
}

std::optional<std::string> StreamCore::listen(const StreamListener& listener) {
    if ((listener.transport == StreamTransport::kTls) != (listener.tls != nullptr)) {
        return "cannot listen on " + listener.local.to_string() +
               ": certificates are for TLS, and TLS needs them";
    }
    Acceptor acceptor(io_);
    const bool v6 = listener.local.ip.is_v6();
    error_code error;
    acceptor.open(v6 ? tcp::v6() : tcp::v4(), error);
    const auto then = [&error](auto&& step) {
        if (!error) {
            step();
        }
    };
    then([&] { acceptor.set_option(Acceptor::reuse_address(true), error); });
    then([&] {
        if (v6) {
            acceptor.set_option(boost::asio::ip::v6_only(true), error);
        }
    });
    then([&] { bind_before_the_address_is_there(acceptor.native_handle(), v6); });
    then([&] { acceptor.bind(to_asio(listener.local), error); });
    then([&] { acceptor.listen(kBacklog, error); });
    then([&] { acceptor.non_blocking(true, error); });
    if (error) {
        return "cannot listen on " + listener.local.to_string() + ": " + error.message();
    }
    listening_.push_back(from_asio(acceptor.local_endpoint(error)));
    listeners_.push_back({listener, std::move(acceptor)});
    return std::nullopt;
}

void StreamCore::run() {
    check_all();
    thread_ = std::thread([this]() noexcept { io_.run(); });
}

/// Has the timer run for ever, so that the loop never runs out of work.
void StreamCore::check_all() {
    for (Listening& listening : listeners_) {
        wait_to_accept(listening);  // after it failed for lack of descriptors
    }
    std::vector<std::shared_ptr<StreamConnection>> all;  // checks end some of them
    all.reserve(connections_.size());
    for (const auto& [id, connection] : connections_) {
        all.push_back(connection);
    }
    const Moment now = stream_now();
    for (const auto& connection : all) {
        connection->check(now);
    }
    check_timer_.expires_after(options_.times.check);
    check_timer_.async_wait([this](const error_code& error) {
        if (!error) {
            check_all();
        }
    });
}

void StreamCore::wait_to_accept(Listening& listening) {
    if (std::exchange(listening.waits, true)) {
        return;
    }
    listening.acceptor.async_wait(Acceptor::wait_read, [this, &listening](const error_code& error) {
        listening.waits = false;
        if (!error) {
            accept(listening);
        }
    });
}

void StreamCore::accept(Listening& listening) {
    for (int i = 0; i < kAcceptAtOnce; ++i) {
        Socket socket(io_);
        tcp::endpoint remote;
        error_code error;
        listening.acceptor.accept(socket, remote, error);
        if (error == boost::asio::error::would_block || error == boost::asio::error::try_again) {
            break;
        }
        if (error == boost::asio::error::connection_aborted) {
            continue;
        }
        if (error) {
            return counters_.accept_failures.add();  // check_all() tries again
        }
        admit(listening, std::move(socket), from_asio(remote));
    }
    wait_to_accept(listening);
}

void StreamCore::admit(const Listening& listening, Socket socket, const Endpoint& remote) {
    if (inbound_ >= options_.connections) {
        return counters_.count(CloseReason::too_many);  // the socket closes itself
    }
    if (!sources_.add(remote.ip)) {
        return counters_.count(CloseReason::too_many_of_source);
    }
    counters_.accepted.add();
    ++inbound_;
    error_code ignored;
    const Endpoint local = from_asio(socket.local_endpoint(ignored));
    const StreamListener& listener = listening.listener;
    add(next_id(), {listener.transport, listener.realm, local, remote, false}, std::move(socket))
        ->accepted(listener.tls ? TlsSession::of_server(listener.tls->current()) : nullptr);
}

std::shared_ptr<StreamConnection> StreamCore::add(ConnectionId id, const StreamPeer& peer,
                                                  Socket socket) {
    auto connection = std::make_shared<StreamConnection>(runtime_, id, peer, std::move(socket));
    connections_.emplace(id.value, connection);
    counters_.open.set(connections_.size());
    return connection;
}

ConnectionId StreamCore::next_id() noexcept {
    return {last_id_.fetch_add(1, std::memory_order_relaxed) + 1};
}

void StreamCore::open(ConnectionId id, const StreamTarget& target) {
    if (connections_.size() - inbound_ >= options_.connections) {
        reached_.remove(id);
        counters_.count(CloseReason::too_many);
        return user_.on_close(id, CloseReason::too_many);
    }
    add(id, {target.transport, target.realm, {}, target.remote, true}, Socket(io_))
        ->connect(target);
}

std::shared_ptr<StreamConnection> StreamCore::find(ConnectionId id) const {
    const auto at = connections_.find(id.value);
    return at == connections_.end() ? nullptr : at->second;
}

void StreamCore::forget(ConnectionId id) {
    const auto at = connections_.find(id.value);
    if (at == connections_.end()) {
        return;
    }
    reached_.remove(id);
    if (!at->second->peer().outbound) {
        --inbound_;
        sources_.remove(at->second->peer().remote.ip);
    }
    connections_.erase(at);
    counters_.open.set(connections_.size());
}

void StreamCore::end_all() {
    for (Listening& listening : listeners_) {
        error_code ignored;
        listening.acceptor.close(ignored);
    }
    while (!connections_.empty()) {
        const auto connection = connections_.begin()->second;
        connection->end(CloseReason::stopped);
    }
}

ConnectionId StreamCore::connect(StreamTarget target) {
    const ConnectionId id = next_id();
    open_soon(id, std::move(target));
    return id;
}

ConnectionId StreamCore::reach(StreamTarget target) {
    const ConnectionId fresh = next_id();
    const ConnectionId id = reached_.find_or_add(target, fresh);
    if (id == fresh) {
        open_soon(id, std::move(target));
    }
    return id;
}

void StreamCore::open_soon(ConnectionId id, StreamTarget target) {
    boost::asio::post(io_, [this, id, target = std::move(target)] { open(id, target); });
}

void StreamCore::send(ConnectionId id, std::string octets) {
    boost::asio::post(io_, [this, id, octets = std::move(octets)] {
        if (const auto connection = find(id)) {
            return connection->send(octets);
        }
        counters_.unsent.add();
        user_.on_unsent(id);
    });
}

void StreamCore::close(ConnectionId id) {
    boost::asio::post(io_, [this, id] {
        if (const auto connection = find(id)) {
            connection->finish(CloseReason::by_owner);
        }
    });
}

void StreamCore::keep(ConnectionId id, bool kept) {
    boost::asio::post(io_, [this, id, kept] {
        if (const auto connection = find(id)) {
            connection->keep(kept);
        }
    });
}

}  // namespace sallyport
