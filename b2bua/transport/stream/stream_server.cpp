// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/stream/stream_server.h"

#include "b2bua/transport/stream/stream_core.h"

#include <exception>
#include <utility>

namespace sallyport {

Result<std::unique_ptr<StreamServer>, std::string> StreamServer::start(
    const std::vector<StreamListener>& listeners, const StreamOptions& options, StreamUser& user) {
    try {  // Asio throws where the kernel has no descriptors left, and so does std::thread
        auto core = std::make_unique<StreamCore>(options, user);
        for (const StreamListener& listener : listeners) {
            if (auto fault = core->listen(listener)) {
                return Failure{std::move(*fault)};
            }
        }
        core->run();
        return std::unique_ptr<StreamServer>(new StreamServer(std::move(core)));
    } catch (const std::exception& error) {
        return Failure{std::string("cannot start the server of streams: ") + error.what()};
    }
}

StreamServer::StreamServer(std::unique_ptr<StreamCore> core) noexcept : core_(std::move(core)) {}

StreamServer::~StreamServer() = default;

const std::vector<Endpoint>& StreamServer::listening() const noexcept {
    return core_->listening();
}

ConnectionId StreamServer::connect(StreamTarget target) noexcept {
    return core_->connect(std::move(target));
}

ConnectionId StreamServer::reach(StreamTarget target) noexcept {
    return core_->reach(std::move(target));
}

void StreamServer::send(ConnectionId connection, std::string octets) noexcept {
    core_->send(connection, std::move(octets));
}

void StreamServer::close(ConnectionId connection) noexcept {
    core_->close(connection);
}

void StreamServer::keep(ConnectionId connection, bool kept) noexcept {
    core_->keep(connection, kept);
}

const StreamCounters& StreamServer::counters() const noexcept {
    return core_->counters();
}

}  // namespace sallyport
