// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/b2bua/transport/resolver/name_server.h"

#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <signal.h>
#include <stdexcept>
#include <unistd.h>

namespace sallyport::resolver {
namespace {

constexpr std::uint32_t kLoopback = 0x7f000001;
constexpr int kAttempts = 500;  // of 20 ms each
constexpr int kEveryMs = 20;

sockaddr_in loopback(Port port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port.value);
    address.sin_addr.s_addr = htonl(kLoopback);
    return address;
}

Endpoint bind_any(int socket) {
    sockaddr_in address = loopback(Port{0});
    socklen_t size = sizeof address;
    auto* const general = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket, general, size) != 0 || getsockname(socket, general, &size) != 0) {
        throw std::runtime_error("no port on the loopback");
    }
    return {IpAddr::v4(kLoopback), Port{ntohs(address.sin_port)}};
}

/// The question that every server answers, if only with a refusal: the SOA of ".".
constexpr std::uint8_t kAnybody[] = {0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 1};

constexpr const char* kStart =
    "$TTL 300\n"
    "@ IN SOA ns.example. root.example. 1 3600 900 86400 17\n"
    "@ IN NS ns.example.\n";

}  // namespace

SilentServer::SilentServer()
    : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), endpoint_(bind_any(socket_)) {}

SilentServer::~SilentServer() {
    close(socket_);
}

NameServer::NameServer(const Zones& zones) {
    std::string pattern = (std::filesystem::temp_directory_path() / "sallyport-dns-XXXXXX");
    if (mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error("no temporary directory");
    }
    directory_ = pattern;
    bool started = false;
    for (int port = 0; port < 5 && !started; ++port) {  // another may take it in between
        endpoint_ = SilentServer().endpoint();
        write(zones);
        started = start();
    }
    if (!started) {
        throw std::runtime_error("nsd does not start: see " + (directory_ / "log").string());
    }
}

NameServer::~NameServer() {
    end();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

void NameServer::restart(const Zones& zones) {
    end();
    write(zones);
    if (!start()) {
        throw std::runtime_error("nsd does not start again");
    }
}

void NameServer::write(const Zones& zones) const {
    const std::string port = std::to_string(endpoint_.port.value);
    std::ofstream config(directory_ / "nsd.conf");
    config << "server:\n ip-address: 127.0.0.1@" << port << "\n port: " << port
           << "\n server-count: 1\n username: \"\"\n chroot: \"\"\n database: \"\"\n zonesdir: "
           << directory_ << "\n xfrdfile: " << directory_ / "xfrd"
           << "\n zonelistfile: " << directory_ / "zones"
           << "\n pidfile: \"\"\n logfile: " << directory_ / "log"
           << "\n rrl-ratelimit: 0\nremote-control:\n control-enable: no\n";
    for (const auto& [zone, records] : zones) {
        const auto file = directory_ / (zone + ".zone");
        config << "zone:\n name: " << zone << "\n zonefile: " << file << "\n";
        std::filesystem::remove(file);
        if (records != "!") {
            std::ofstream(file) << kStart << records;
        }
    }
}

bool NameServer::start() {
    const std::string config = directory_ / "nsd.conf";
    process_ = fork();
    if (process_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);  // also when a test dies
        const int null = open("/dev/null", O_RDWR);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execl(SALLYPORT_NSD, "nsd", "-d", "-c", config.c_str(), static_cast<char*>(nullptr));
        _exit(127);
    }
    for (int i = 0; i < kAttempts; ++i) {
        if (answers()) {
            return true;
        }
        if (waitpid(process_, nullptr, WNOHANG) != 0) {
            process_ = -1;
            return false;
        }
    }
    return false;
}

/// Asks, and waits a little.
bool NameServer::answers() const {
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(endpoint_.port);
    connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    send(fd, kAnybody, sizeof kAnybody, 0);
    pollfd waiting{fd, POLLIN, 0};
    poll(&waiting, 1, kEveryMs);
    std::uint8_t reply[512];
    const bool answered = recv(fd, reply, sizeof reply, MSG_DONTWAIT) > 0;
    close(fd);
    if (!answered) {
        poll(nullptr, 0, kEveryMs);  // a port that nobody has refuses at once
    }
    return answered;
}

void NameServer::end() noexcept {
    if (process_ > 0) {
        kill(process_, SIGTERM);
        waitpid(process_, nullptr, 0);
        process_ = -1;
    }
}

}  // namespace sallyport::resolver
