// SPDX-License-Identifier: Apache-2.0
// What of a URI says where a request goes (RFC 3263 s.4): scheme, host, port, transport and maddr
// parameters. Copied out of the message. Pure.
#pragma once

#include "b2bua/sip/uri.h"
#include "b2bua/transport/resolver/target.h"
#include "config/types/result.h"

#include <cstdint>
#include <optional>
#include <string>

namespace sallyport::resolver {

/// Why a request can be sent nowhere.
enum class Fault : std::uint8_t {
    kBadUri,        // neither sip nor sips
    kBadHost,       // no name and no address, or a name that must not be asked for
    kNoTransport,   // a transport that is unknown, or that the egress realm has not
    kNotSecure,     // sips, and no way with TLS (B16)
    kNoFamily,      // an address of a family that the egress realm has not
    kNotAvailable,  // the domain says that it has no such service (RFC 2782, ".")
    kNoServer,      // the DNS knows no address that could be used
    kDnsFailed,     // the DNS servers fail or are silent; later there may be an answer
};

struct Destination {
    bool sips{false};
    std::string host;  // as in the URI; an IPv6 address without brackets
    std::optional<Port> port;
    std::optional<Transport> transport;
    std::string maddr;  // empty: none

    [[nodiscard]] static Result<Destination, Fault> of(const sip::Uri& uri);
};

}  // namespace sallyport::resolver
