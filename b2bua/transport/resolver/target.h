// SPDX-License-Identifier: Apache-2.0
// Where a request can be sent, and over what. Values.
#pragma once

#include "config/types/ip.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>

namespace sallyport::resolver {

enum class Transport : std::uint8_t { kUdp, kTcp, kTls, kWs, kWss };

[[nodiscard]] constexpr bool is_secure(Transport transport) noexcept {
    return transport == Transport::kTls || transport == Transport::kWss;
}

/// Without a port in the URI and without SRV: RFC 3261 s.19.1.2, RFC 7118 s.5.5.
[[nodiscard]] constexpr Port default_port(Transport transport) noexcept {
    constexpr std::uint16_t kPorts[] = {5060, 5060, 5061, 80, 443};
    return Port{kPorts[static_cast<std::size_t>(transport)]};
}

/// A set of transports.
class Transports {
public:
    constexpr Transports() noexcept = default;
    constexpr Transports(std::initializer_list<Transport> transports) noexcept {
        for (const Transport transport : transports) {
            bits_ = static_cast<std::uint8_t>(bits_ | bit(transport));
        }
    }
    [[nodiscard]] constexpr bool has(Transport transport) const noexcept {
        return (bits_ & bit(transport)) != 0;
    }

private:
    static constexpr unsigned bit(Transport transport) noexcept {
        return 1U << static_cast<unsigned>(transport);
    }
    std::uint8_t bits_{0};
};

struct Target {
    Transport transport{Transport::kUdp};
    Endpoint remote;
    /// The host of the URI, whatever the DNS made of it: the name to ask for and to verify (B14).
    std::string tls_name;
    bool operator==(const Target&) const = default;
};

}  // namespace sallyport::resolver
