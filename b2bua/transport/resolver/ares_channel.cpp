// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/resolver/ares_channel.h"

#include "b2bua/transport/resolver/dns_message.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <ares.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <span>
#include <unistd.h>
#include <utility>

namespace sallyport::resolver {
namespace {

// The second try waits twice as long as the first: 1.95 s per server and question (I3: 2 s).
constexpr int kFirstTryMs = 650;
constexpr int kTries = 2;
/// A reply over UDP that no path fragments (DNS flag day 2020).
constexpr int kUdpPayload = 1232;
constexpr int kInternet = 1;

std::string because(const char* what, const char* why) {
    return std::string(what).append(": ").append(why);
}

/// A file descriptor that is closed with its owner.
class Descriptor {
public:
    explicit Descriptor(int fd) noexcept : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) {
            close(fd_);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const noexcept { return fd_; }

private:
    int fd_;
};

class Channel final : public AresChannel {
public:
    Channel(Counters& counters, Take take) noexcept : counters_(counters), take_(std::move(take)) {}
    ~Channel() override {
        if (channel_ != nullptr) {
            ares_destroy(channel_);
        }
        if (library_) {
            ares_library_cleanup();
        }
    }
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    Outcome<std::string> open(const std::vector<Endpoint>& servers);
    void ask(const Question& question) noexcept override;
    void wait() noexcept override;
    void wake() noexcept override;

private:
    /// A question that c-ares has; it ends in took().
    struct Open {
        Channel& channel;
        Question question;
    };
    Outcome<std::string> watch_wakes() noexcept;
    void watch(int fd, bool readable, bool writable) noexcept;
    void on_event(const epoll_event& event) noexcept;
    [[nodiscard]] int longest_wait() noexcept;
    [[nodiscard]] Answer answer_of(const Question& question, int status,
                                   std::span<const std::uint8_t> reply) const;
    static void took(void* open, int status, int timeouts, unsigned char* reply, int size) noexcept;

    Counters& counters_;
    Take take_;
    Descriptor epoll_{epoll_create1(EPOLL_CLOEXEC)};
    Descriptor wakes_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    bool library_{false};
    ares_channel channel_{nullptr};
};

std::string list_of(const std::vector<Endpoint>& servers) {
    std::string list;
    for (const Endpoint& server : servers) {
        list += list.empty() ? "" : ",";
        list += server.to_string();
    }
    return list;
}

Outcome<std::string> Channel::watch_wakes() noexcept {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = wakes_.get();
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wakes_.get(), &event) != 0) {
        return Failure{because("no descriptors for the DNS resolver", std::strerror(errno))};
    }
    return Done{};
}

Outcome<std::string> Channel::open(const std::vector<Endpoint>& servers) {
    if (auto watched = watch_wakes(); !watched) {
        return watched;
    }
    int status = ares_library_init(ARES_LIB_INIT_ALL);
    library_ = status == ARES_SUCCESS;
    ares_options options{};
    options.flags = ARES_FLAG_EDNS | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
    options.ednspsz = kUdpPayload;
    options.timeout = kFirstTryMs;
    options.tries = kTries;
    options.sock_state_cb_data = this;
    options.sock_state_cb = [](void* self, ares_socket_t fd, int readable, int writable) {
        static_cast<Channel*>(self)->watch(fd, readable != 0, writable != 0);
    };
    constexpr int kGiven = ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
                           ARES_OPT_SOCK_STATE_CB;
    if (library_) {
        status = ares_init_options(&channel_, &options, kGiven);
    }
    if (status == ARES_SUCCESS && !servers.empty()) {
        status = ares_set_servers_ports_csv(channel_, list_of(servers).c_str());
    }
    if (status != ARES_SUCCESS) {
        return Failure{because("the DNS resolver cannot start", ares_strerror(status))};
    }
    return Done{};
}

void Channel::watch(int fd, bool readable, bool writable) noexcept {
    epoll_event event{};
    event.data.fd = fd;
    event.events = (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U);
    if (event.events == 0) {
        epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    } else if (epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) != 0) {
        epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);  // fails: its questions time out
    }
}

void Channel::ask(const Question& question) noexcept {
    counters_.queries.add();
    auto open = std::make_unique<Open>(Open{*this, question});
    ares_query(channel_, question.name.c_str(), kInternet, type_number(question.type),
               &Channel::took, open.release());
}

void Channel::took(void* open, int status, int, unsigned char* reply, int size) noexcept {
    const std::unique_ptr<Open> done(static_cast<Open*>(open));
    if (status == ARES_EDESTRUCTION) {
        return;
    }
    Channel& self = done->channel;
    const std::size_t octets = reply == nullptr ? 0 : static_cast<std::size_t>(size);
    self.take_(done->question, self.answer_of(done->question, status, {reply, octets}));
}

Answer Channel::answer_of(const Question& question, int status,
                          std::span<const std::uint8_t> reply) const {
    const bool is_said =
        status == ARES_SUCCESS || status == ARES_ENODATA || status == ARES_ENOTFOUND;
    Answer answer;
    if (is_said) {
        answer = read_reply(reply, question, counters_);
    } else if (status == ARES_ETIMEOUT) {
        answer.kind = AnswerKind::kTimeout;
    }
    counters_.timeouts.add(answer.kind == AnswerKind::kTimeout ? 1 : 0);
    counters_.failures.add(answer.kind == AnswerKind::kFailed ? 1 : 0);
    return answer;
}

/// In ms; -1: no question is open.
int Channel::longest_wait() noexcept {
    timeval left{};
    if (ares_timeout(channel_, nullptr, &left) == nullptr) {
        return -1;
    }
    return static_cast<int>(left.tv_sec * 1000 + left.tv_usec / 1000 + 1);
}

void Channel::wait() noexcept {
    std::array<epoll_event, 16> events{};
    const int count =
        epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), longest_wait());
    for (int i = 0; i < count; ++i) {
        on_event(events[static_cast<std::size_t>(i)]);
    }
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // what timed out
}

void Channel::on_event(const epoll_event& event) noexcept {
    const int fd = event.data.fd;
    if (fd == wakes_.get()) {
        std::uint64_t wakes = 0;
        while (read(fd, &wakes, sizeof wakes) < 0 && errno == EINTR) {
        }
        return;
    }
    const bool broken = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
    const bool readable = broken || (event.events & EPOLLIN) != 0;
    const bool writable = broken || (event.events & EPOLLOUT) != 0;
    ares_process_fd(channel_, readable ? fd : ARES_SOCKET_BAD, writable ? fd : ARES_SOCKET_BAD);
}

void Channel::wake() noexcept {
    const std::uint64_t one = 1;
    // Full: it is awake anyway.
    while (write(wakes_.get(), &one, sizeof one) < 0 && errno == EINTR) {
    }
}

}  // namespace

Result<std::unique_ptr<AresChannel>, std::string> AresChannel::open(
    const std::vector<Endpoint>& servers, Counters& counters, Take take) {
    auto channel = std::make_unique<Channel>(counters, std::move(take));
    if (const auto opened = channel->open(servers); !opened) {
        return Failure{opened.error()};
    }
    return std::unique_ptr<AresChannel>(std::move(channel));
}

}  // namespace sallyport::resolver
