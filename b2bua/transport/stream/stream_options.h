// SPDX-License-Identifier: Apache-2.0
// How long and how much a server of streams lets its connections be (B2, B22).
#pragma once

#include "config/types/message_limits.h"
#include "config/types/units.h"

#include <cstddef>
#include <cstdint>

namespace sallyport {

struct StreamTimes {
    Millis connect{4000};
    Millis handshake{10 * 1000};
    Millis first_message{10 * 1000};  // half-open: of inbound connections, from their acceptance
    Millis message{32 * 1000};        // from its first octet
    Millis idle{60 * 1000};           // since the last message either way
    Millis write{32 * 1000};          // since the far end took the last octet
    Millis ending{2000};              // for the last octets out, and for the far end to close
    Millis check{250};                // how often all of these are looked at
};

struct StreamOptions {
    StreamTimes times;
    MessageLimits messages;
    // Inbound ones, and as many of ours: whoever holds all the former takes no trunk from us.
    std::uint32_t connections{8192};
    std::uint32_t connections_per_source{32};  // inbound; a source is an IPv4 address or IPv6 /64
    std::size_t write_queue{256 * 1024};       // octets per connection, beside the kernel's
};

}  // namespace sallyport
