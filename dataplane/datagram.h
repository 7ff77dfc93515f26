// SPDX-License-Identifier: Apache-2.0
// How a shard receives and sends UDP datagrams through the data plane. One of the two headers of
// dataplane/ that b2bua/ may include (the other is relay.h); its in-memory twin is
// dataplane/memory_datagrams.h. Thread: each DatagramPort belongs to one shard's thread. Knows no
// SIP: the steering function is handed in.
#pragma once

#include "config/types/id.h"
#include "config/types/ip.h"
#include "config/types/units.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sallyport::dataplane {

/// One received UDP datagram, reassembled if it came in fragments.
struct Datagram {
    RealmId realm;
    Endpoint local;            // our address and port it was sent to
    Endpoint remote;           // where it came from, as seen on the wire
    std::string_view payload;  // valid until the next receive() on the same port
};

enum class SendResult : std::uint8_t {
    kQueued,    // handed to a worker; the wire may still lose it
    kNoRoute,   // the kernel's routing table has no way to the remote address
    kNoBuffer,  // packet memory or the ring to the worker is exhausted; counted
    kTooLarge,  // longer than 65,507 octets
    kNotOurs,   // local is neither a listen point nor a media port of the realm
};

/// Chooses the owning shard of a datagram. Called by workers: must be noexcept, lock-free and
/// bounded by payload length. Returns 0 .. shards-1.
using Steer = std::uint8_t (*)(std::string_view payload, std::uint8_t shards) noexcept;

class DatagramPort {
public:
    virtual ~DatagramPort() = default;

    /// Fills out with waiting datagrams, oldest first; returns how many. Payloads of the previous
    /// batch die here.
    virtual std::size_t receive(std::span<Datagram> out) noexcept = 0;

    /// Queues one datagram (payload is copied; fragmented when it exceeds the device MTU). A
    /// neighbour that is still being resolved does not lose it: it is held, bounded, until the
    /// kernel answers.
    virtual SendResult send(RealmId realm, const Endpoint& local, const Endpoint& remote,
                            std::string_view payload) noexcept = 0;

    /// Sleeps until something may be waiting in receive() or the time is over. May return early.
    virtual void wait(Millis at_most) noexcept = 0;
};

}  // namespace sallyport::dataplane
