// SPDX-License-Identifier: Apache-2.0
// /dev/net/tun and the few interface ioctls a tap needs; addresses go over netlink (netlink.h).
#include "dataplane/tap.h"

#include "dataplane/netlink.h"

#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <rte_mbuf.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace sallyport::dataplane {

namespace {

constexpr std::size_t kMaxSegments = 64;

std::string quoted(const std::string& name) {
    return "tap " + name;
}

std::string device_fault() {
    if (errno == ENOENT || errno == ENODEV || errno == ENXIO) {
        return "/dev/net/tun is missing; load it with modprobe tun, or pass it into the container";
    }
    if (errno == EACCES || errno == EPERM) {
        return "/dev/net/tun may not be opened; run as root or with CAP_NET_ADMIN";
    }
    return std::string("/dev/net/tun cannot be opened: ") + std::strerror(errno) +
           "; it must be a character device 10,200";
}

std::string attach_fault(const std::string& name) {
    switch (errno) {
        case EPERM:
        case EACCES:
            return quoted(name) + " may not be created; run as root or with CAP_NET_ADMIN";
        case EBUSY:
            return quoted(name) +
                   " is in use by another process; stop that one or choose another name for tap";
        case EINVAL:
            return quoted(name) +
                   ": an interface of that name exists and is no tap; choose another name for tap";
        default:
            return quoted(name) + " cannot be created: " + std::strerror(errno) +
                   "; choose another name or free the resource";
    }
}

ifreq request_for(const std::string& name) noexcept {
    ifreq request{};
    name.copy(request.ifr_name, IFNAMSIZ - 1);
    return request;
}

/// A socket that lives for one configuration; ioctls on interfaces need any socket.
class ControlSocket {
public:
    ControlSocket() noexcept : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
    ~ControlSocket() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    ControlSocket(const ControlSocket&) = delete;
    ControlSocket& operator=(const ControlSocket&) = delete;
    [[nodiscard]] bool call(unsigned long what, ifreq& request) const noexcept {
        return ::ioctl(fd_, what, &request) == 0;
    }

private:
    int fd_;
};

bool set_mac(const ControlSocket& control, const std::string& name, const MacAddress& mac) {
    ifreq request = request_for(name);
    request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    std::memcpy(request.ifr_hwaddr.sa_data, mac.data(), mac.size());
    return control.call(SIOCSIFHWADDR, request);
}

bool set_mtu(const ControlSocket& control, const std::string& name, std::uint16_t mtu) {
    ifreq request = request_for(name);
    request.ifr_mtu = mtu;
    return control.call(SIOCSIFMTU, request);
}

bool bring_up(const ControlSocket& control, const std::string& name) {
    ifreq request = request_for(name);
    if (!control.call(SIOCGIFFLAGS, request)) {
        return false;
    }
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
    return control.call(SIOCSIFFLAGS, request);
}

}  // namespace

Tap::Tap(int fd, std::string name, int ifindex) noexcept
    : fd_(fd), name_(std::move(name)), ifindex_(ifindex) {}

Tap::Tap(Tap&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      name_(std::move(other.name_)),
      ifindex_(other.ifindex_),
      was_there_(other.was_there_),
      placed_(other.placed_) {}

Tap& Tap::operator=(Tap&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(name_, other.name_);
    std::swap(ifindex_, other.ifindex_);
    std::swap(was_there_, other.was_there_);
    std::swap(placed_, other.placed_);
    return *this;
}

Tap::~Tap() {
    if (fd_ < 0) {
        return;
    }
    if (was_there_ &&
        placed_) {  // the operator's own, persistent tap stays; what we put on it goes
        netlink::remove_address(ifindex_, *placed_);
    }
    ::close(fd_);  // any other tap goes with its last descriptor
}

Result<Tap, std::string> Tap::open(const std::string& name) {
    if (name.empty() || name.size() >= IFNAMSIZ) {
        return Failure{quoted(name) + ": an interface name has 1 to 15 characters; shorten it"};
    }
    const int fd = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return Failure{device_fault()};
    }
    Tap tap(fd, name, 0);
    tap.was_there_ = ::if_nametoindex(name.c_str()) != 0;
    ifreq request = request_for(name);
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    if (::ioctl(fd, TUNSETIFF, &request) != 0) {
        return Failure{attach_fault(name)};
    }
    tap.ifindex_ = static_cast<int>(::if_nametoindex(name.c_str()));
    return tap;
}

Tap Tap::adopt(int descriptor, std::string name) {
    return Tap(descriptor, std::move(name), 0);
}

Outcome<std::string> Tap::configure(const MacAddress& mac, std::uint16_t mtu,
                                    const Prefix& address) {
    const ControlSocket control;
    if (!set_mac(control, name_, mac)) {
        return Failure{quoted(name_) + " did not take the port's MAC address: " +
                       std::strerror(errno) + "; give the device a unicast MAC"};
    }
    if (!set_mtu(control, name_, mtu)) {
        return Failure{quoted(name_) + " did not take the MTU " + std::to_string(mtu) + ": " +
                       std::strerror(errno) + "; give the device an MTU the kernel accepts"};
    }
    const auto placed = netlink::add_address(ifindex_, address);
    if (!placed) {
        return Failure{"address " + address.to_string() + " cannot be put on " + quoted(name_) +
                       ": " + placed.error() + "; correct address or free it"};
    }
    if (*placed) {
        placed_ = address;
    }
    if (!bring_up(control, name_)) {
        return Failure{quoted(name_) + " cannot be brought up: " + std::strerror(errno) +
                       "; run as root or with CAP_NET_ADMIN"};
    }
    return Done{};
}

bool Tap::write(const rte_mbuf& frame) const noexcept {
    std::array<iovec, kMaxSegments> pieces;
    std::size_t count = 0;
    for (const rte_mbuf* m = &frame; m != nullptr; m = m->next) {
        if (count == pieces.size()) {
            return false;
        }
        pieces[count++] = {rte_pktmbuf_mtod(m, void*), m->data_len};
    }
    return ::writev(fd_, pieces.data(), static_cast<int>(count)) > 0;
}

std::size_t Tap::read(void* buffer, std::size_t room) const noexcept {
    const ssize_t n = ::read(fd_, buffer, room);
    return n > 0 ? static_cast<std::size_t>(n) : 0;
}

}  // namespace sallyport::dataplane
