// SPDX-License-Identifier: Apache-2.0
// The few rtnetlink conversations of the data plane, each as one call: put an address on a tap, ask
// the kernel to resolve a neighbour, dump and subscribe (for the mirror). Wraps libmnl; may block,
// so never on a worker or shard.
#pragma once

#include "config/types/ip.h"
#include "config/types/result.h"

#include <cstdint>
#include <functional>
#include <string>

struct mnl_socket;
struct nlmsghdr;

namespace sallyport::dataplane::netlink {

class Socket {
public:
    Socket() noexcept = default;
    /// groups: RTMGRP_* bits to subscribe to, 0 for requests only.
    [[nodiscard]] static Result<Socket, std::string> open(std::uint32_t groups, bool non_blocking);
    Socket(Socket&& other) noexcept;
    Socket& operator=(Socket&& other) noexcept;
    ~Socket();

    [[nodiscard]] int fd() const noexcept;
    [[nodiscard]] bool send(const nlmsghdr* message) const noexcept;

    using OnMessage = std::function<void(const nlmsghdr&)>;
    enum class Reading : std::uint8_t { kMessages, kEmpty, kLost };
    /// Non-blocking socket: reads one buffer of events. kLost: the kernel dropped some, dump again.
    [[nodiscard]] Reading read_events(const OnMessage& on_message) const;
    /// Blocking socket: sends a dump or an acknowledged request and reads to its end. The error is
    /// the kernel's.
    [[nodiscard]] Outcome<std::string> converse(nlmsghdr* message,
                                                const OnMessage& on_message) const;

private:
    explicit Socket(mnl_socket* socket) noexcept : socket_(socket) {}
    mnl_socket* socket_{nullptr};
};

/// Adds the address with its network. False: it was there already.
[[nodiscard]] Result<bool, std::string> add_address(int ifindex, const Prefix& address);
/// Takes it away again; an address that is gone is no fault.
void remove_address(int ifindex, const Prefix& address);

/// Asks the kernel to use, and so to resolve or to confirm, a neighbour (NTF_USE). Does not wait
/// for the outcome.
[[nodiscard]] bool ask_neighbour(const Socket& socket, int ifindex, const IpAddr& address) noexcept;

}  // namespace sallyport::dataplane::netlink
