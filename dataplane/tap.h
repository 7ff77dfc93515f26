// SPDX-License-Identifier: Apache-2.0
// Exception tap: the kernel's door into a realm. A kernel tap interface that we own while the
// process lives (or one that the operator made persistent before), with the port's MAC and MTU; the
// kernel answers ARP, ND, ICMP and TCP behind it. Thread: made and configured on the main thread;
// read and write by the home worker of its port only, never blocking.
#pragma once

#include "config/types/ip.h"
#include "config/types/result.h"
#include "dataplane/realm_table.h"

#include <cstdint>
#include <optional>
#include <string>

struct rte_mbuf;

namespace sallyport::dataplane {

class Tap {
public:
    Tap() noexcept = default;
    /// Creates or takes over the interface. The error names the tap and the cure.
    [[nodiscard]] static Result<Tap, std::string> open(const std::string& name);
    /// Takes over a descriptor that gives and takes one frame per call, as a tap does; a socket
    /// pair in tests.
    [[nodiscard]] static Tap adopt(int descriptor, std::string name);
    Tap(Tap&& other) noexcept;
    Tap& operator=(Tap&& other) noexcept;
    ~Tap();

    /// Gives it MAC and MTU, puts address on it unless it is there, and brings it up.
    [[nodiscard]] Outcome<std::string> configure(const MacAddress& mac, std::uint16_t mtu,
                                                 const Prefix& address);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] int ifindex() const noexcept { return ifindex_; }

    /// Writes one frame, all its segments. False: the kernel refused it. The mbuf stays the
    /// caller's.
    [[nodiscard]] bool write(const rte_mbuf& frame) const noexcept;
    /// Reads one frame into a buffer; returns its length, 0 when none waits.
    [[nodiscard]] std::size_t read(void* buffer, std::size_t room) const noexcept;

private:
    Tap(int fd, std::string name, int ifindex) noexcept;
    int fd_{-1};
    std::string name_;
    int ifindex_{0};
    bool was_there_{false};         // before us: a persistent tap of the operator's
    std::optional<Prefix> placed_;  // the address, when we put it there
};

}  // namespace sallyport::dataplane
