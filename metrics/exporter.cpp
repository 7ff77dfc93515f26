// SPDX-License-Identifier: Apache-2.0
// prometheus-cpp's exposer and the sentence for when it cannot listen.
#include "metrics/exporter.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <iterator>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <utility>

namespace sallyport::metrics {
namespace {

/// All collectors as prometheus-cpp wants them.
class Collection final : public prometheus::Collectable {
public:
    explicit Collection(std::vector<Collector> collectors) : collectors_(std::move(collectors)) {}

    Families Collect() const override {
        const std::lock_guard one_scrape(scraping_);
        Families all;
        for (const Collector& collector : collectors_) {
            Families families = collector();
            std::move(families.begin(), families.end(), std::back_inserter(all));
        }
        return all;
    }

private:
    mutable std::mutex scraping_;
    std::vector<Collector> collectors_;
};

sockaddr_in socket_address(const Endpoint& at) noexcept {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(at.port.value);
    out.sin_addr.s_addr = htonl(at.ip.v4_host_order());
    return out;
}

/// Binds or connects a new TCP socket and closes it. Returns errno, 0 when it worked.
int try_socket(int (*act)(int, const sockaddr*, socklen_t), const Endpoint& at) noexcept {
    const sockaddr_in address = socket_address(at);
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return errno;
    }
    const bool done = act(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const int error = done ? 0 : errno;
    (void)::close(fd);
    return error;
}

/// The listener of civetweb 1.15 looks at its stop flag after a connection or every 2 s: it gets
/// connections until it has ended, so that SIGTERM does not wait for it.
class Waker {
public:
    explicit Waker(const Endpoint& at)
        : thread_([this, at] {
              while (!ended_.load(std::memory_order_acquire)) {
                  (void)try_socket(&::connect, at);
                  std::this_thread::sleep_for(std::chrono::milliseconds(10));
              }
          }) {}
    ~Waker() {
        ended_.store(true, std::memory_order_release);
        thread_.join();
    }
    Waker(const Waker&) = delete;
    Waker& operator=(const Waker&) = delete;

private:
    std::atomic<bool> ended_{false};  // written by the stopping thread, read by thread_
    std::thread thread_;
};

std::string cannot_listen(const Endpoint& at) {
    const int error = try_socket(&::bind, at);  // the server does not say why it could not
    std::string text = "metrics: cannot listen on " + at.to_string() + ": ";
    if (error == EADDRINUSE) {
        text += "another program does; stop it or choose another port for the option metrics";
    } else if (error == EADDRNOTAVAIL) {
        text += "this host does not have the address; set the option metrics to one it has";
    } else if (error == EACCES || error == EPERM) {
        text += "not permitted; choose a port from 1024 for the option metrics";
    } else {
        text += error == 0 ? "the HTTP server refused" : std::strerror(error);
        text += "; choose another address for the option metrics";
    }
    return text;
}

}  // namespace

struct Exporter::Parts {
    IpAddr ip;
    std::shared_ptr<Collection> collection;
    prometheus::Exposer exposer;
};

Exporter::Exporter(std::unique_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {}
Exporter::~Exporter() {
    const Waker waker({parts_->ip, port()});
    parts_.reset();
}

Result<std::unique_ptr<Exporter>, std::string> Exporter::start(const Endpoint& at,
                                                               std::vector<Collector> collectors) {
    if (!at.ip.is_v4()) {
        return Failure{
            "metrics: cannot listen on " + at.to_string() +
            ": the HTTP server speaks IPv4 only; set the option metrics to such an address"};
    }
    constexpr std::size_t kThreads = 2;  // one scrapes, one is there for whoever connects and waits
    try {
        auto collection = std::make_shared<Collection>(std::move(collectors));
        std::unique_ptr<Parts> parts(
            new Parts{at.ip, collection, prometheus::Exposer(at.to_string(), kThreads)});
        parts->exposer.RegisterCollectable(collection);
        return std::unique_ptr<Exporter>(new Exporter(std::move(parts)));
    } catch (const std::exception&) {
        return Failure{cannot_listen(at)};
    }
}

Port Exporter::port() const {
    const std::vector<int> ports = parts_->exposer.GetListeningPorts();
    return Port{ports.empty() ? std::uint16_t{0} : static_cast<std::uint16_t>(ports.front())};
}

}  // namespace sallyport::metrics
