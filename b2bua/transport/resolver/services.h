// SPDX-License-Identifier: Apache-2.0
// Which services of a domain may be asked for, and under which names (RFC 3263 s.4.1, RFC 7118
// s.5.5). Pure.
#pragma once

#include "b2bua/transport/resolver/dns_answer.h"
#include "b2bua/transport/resolver/target.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::resolver {

struct Service {
    Transport transport{Transport::kUdp};
    std::string name;  // of its SRV records
    bool operator==(const Service&) const = default;
};

/// sips: with TLS only.
[[nodiscard]] constexpr bool may_use(Transport transport, bool sips,
                                     Transports transports) noexcept {
    return transports.has(transport) && (!sips || is_secure(transport));
}

/// _sip._udp.example.com and so on.
[[nodiscard]] Service service_of(Transport transport, std::string_view domain);

/// Those among NAPTR records that can be used, by order, then preference.
[[nodiscard]] std::vector<Service> services_of(std::span<const Naptr> pointers, bool sips,
                                               Transports transports);

/// What to try where no NAPTR record says it: UDP, TCP, TLS. WebSocket only when it is asked for.
[[nodiscard]] std::vector<Service> usual_services(std::string_view domain, bool sips,
                                                  Transports transports);

/// The transport where neither the URI nor the DNS names one.
[[nodiscard]] std::optional<Transport> usual_transport(bool sips, Transports transports) noexcept;

}  // namespace sallyport::resolver
