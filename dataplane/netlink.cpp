// SPDX-License-Identifier: Apache-2.0
// rtnetlink over libmnl: message building and the read loops.
#include "dataplane/netlink.h"

#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <utility>

namespace sallyport::dataplane::netlink {

namespace {

// MNL_SOCKET_BUFFER_SIZE calls sysconf; the kernel's dumps fill at most 32 KiB.
constexpr std::size_t kBufferSize = 32768;
constexpr std::size_t kRequestSize = 256;
constexpr int kReceiveBuffer = 1 << 20;

int call_message(const nlmsghdr* message, void* context) {
    (*static_cast<const Socket::OnMessage*>(context))(*message);
    return MNL_CB_OK;
}

std::uint8_t family_of(const IpAddr& ip) noexcept {
    return static_cast<std::uint8_t>(ip.is_v4() ? AF_INET : AF_INET6);
}

void put_address(nlmsghdr* message, std::uint16_t attribute, const IpAddr& ip) noexcept {
    mnl_attr_put(message, attribute, ip.is_v4() ? 4 : 16, ip.octets().data());
}

IpAddr broadcast_of(const Prefix& prefix) noexcept {
    const std::uint32_t host =
        prefix.length == 0 ? ~0U : (prefix.length >= 32 ? 0U : ~0U >> prefix.length);
    return IpAddr::v4(prefix.address.v4_host_order() | host);
}

Outcome<std::string> change_address(std::uint16_t type, std::uint16_t flags, int ifindex,
                                    const Prefix& address) {
    auto socket = Socket::open(0, false);
    if (!socket) {
        return Failure{socket.error()};
    }
    alignas(nlmsghdr) std::array<char, kRequestSize> buffer{};
    nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
    message->nlmsg_type = type;
    message->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
    auto* body = static_cast<ifaddrmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ifaddrmsg)));
    body->ifa_family = family_of(address.address);
    body->ifa_prefixlen = address.length;
    body->ifa_index = static_cast<std::uint32_t>(ifindex);
    put_address(message, IFA_LOCAL, address.address);
    put_address(message, IFA_ADDRESS, address.address);
    if (address.address.is_v4() && address.length < 31) {
        put_address(message, IFA_BROADCAST, broadcast_of(address));
    }
    return socket->converse(message, [](const nlmsghdr&) {});
}

}  // namespace

Result<Socket, std::string> Socket::open(std::uint32_t groups, bool non_blocking) {
    mnl_socket* raw =
        mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | (non_blocking ? SOCK_NONBLOCK : 0));
    if (raw == nullptr) {
        return Failure{std::string("netlink socket: ") + std::strerror(errno)};
    }
    Socket socket(raw);
    if (mnl_socket_bind(raw, groups, MNL_SOCKET_AUTOPID) < 0) {
        return Failure{std::string("netlink bind: ") + std::strerror(errno)};
    }
    // Dumps may then be limited to one interface and one table (Linux 4.20); older kernels send
    // all, and we filter anyway.
    int on = 1;
    mnl_socket_setsockopt(raw, NETLINK_GET_STRICT_CHK, &on, sizeof on);
    int size = kReceiveBuffer;
    ::setsockopt(mnl_socket_get_fd(raw), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    return socket;
}

Socket::Socket(Socket&& other) noexcept : socket_(std::exchange(other.socket_, nullptr)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
    std::swap(socket_, other.socket_);
    return *this;
}

Socket::~Socket() {
    if (socket_ != nullptr) {
        mnl_socket_close(socket_);
    }
}

int Socket::fd() const noexcept {
    return mnl_socket_get_fd(socket_);
}

bool Socket::send(const nlmsghdr* message) const noexcept {
    return mnl_socket_sendto(socket_, message, message->nlmsg_len) >= 0;
}

Socket::Reading Socket::read_events(const OnMessage& on_message) const {
    alignas(nlmsghdr) std::array<char, kBufferSize> buffer;
    const ssize_t n = mnl_socket_recvfrom(socket_, buffer.data(), buffer.size());
    if (n < 0) {
        return errno == ENOBUFS ? Reading::kLost : Reading::kEmpty;
    }
    // Errors among events answer our own unacknowledged requests (a neighbour that cannot be
    // asked): not worth a fault.
    mnl_cb_run(buffer.data(), static_cast<std::size_t>(n), 0, 0, call_message,
               const_cast<OnMessage*>(&on_message));
    return Reading::kMessages;
}

Outcome<std::string> Socket::converse(nlmsghdr* message, const OnMessage& on_message) const {
    alignas(nlmsghdr) std::array<char, kBufferSize> buffer;
    static_assert(MNL_CB_STOP == 0);
    message->nlmsg_seq = 1;
    if (!send(message)) {
        return Failure{std::string(std::strerror(errno))};
    }
    const unsigned port = mnl_socket_get_portid(socket_);
    for (;;) {
        const ssize_t n = mnl_socket_recvfrom(socket_, buffer.data(), buffer.size());
        if (n < 0) {
            return Failure{std::string(std::strerror(errno))};
        }
        const int verdict = mnl_cb_run(buffer.data(), static_cast<std::size_t>(n), 1, port,
                                       call_message, const_cast<OnMessage*>(&on_message));
        if (verdict < 0 && errno != EINTR) {  // EINTR: the dump was inconsistent; an event follows
            return Failure{std::string(std::strerror(errno))};
        }
        if (verdict <= MNL_CB_STOP) {
            return Done{};
        }
    }
}

Result<bool, std::string> add_address(int ifindex, const Prefix& address) {
    const auto done = change_address(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifindex, address);
    if (!done && done.error() == std::strerror(EEXIST)) {
        return false;
    }
    if (!done) {
        return Failure{done.error()};
    }
    return true;
}

void remove_address(int ifindex, const Prefix& address) {
    (void)change_address(RTM_DELADDR, 0, ifindex, address);
}

bool ask_neighbour(const Socket& socket, int ifindex, const IpAddr& address) noexcept {
    alignas(nlmsghdr) std::array<char, kRequestSize> buffer{};
    nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
    message->nlmsg_type = RTM_NEWNEIGH;
    message->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE;
    auto* body = static_cast<ndmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ndmsg)));
    body->ndm_family = family_of(address);
    body->ndm_ifindex = ifindex;
    body->ndm_flags = NTF_USE;
    body->ndm_state = NUD_NONE;
    put_address(message, NDA_DST, address);
    return socket.send(message);
}

}  // namespace sallyport::dataplane::netlink
