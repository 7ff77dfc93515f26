// SPDX-License-Identifier: Apache-2.0
// Our addresses as Asio's and back. Internal: Asio is compiled where sockets are, and nowhere else.
#pragma once

#include "config/types/ip.h"

#include <boost/asio/ip/tcp.hpp>

namespace sallyport {

[[nodiscard]] inline boost::asio::ip::address to_asio(const IpAddr& ip) {
    namespace net = boost::asio::ip;
    if (ip.is_v6()) {
        return net::address_v6(ip.octets());
    }
    return net::address_v4(ip.v4_host_order());
}

[[nodiscard]] inline boost::asio::ip::tcp::endpoint to_asio(const Endpoint& endpoint) {
    return {to_asio(endpoint.ip), endpoint.port.value};
}

[[nodiscard]] inline Endpoint from_asio(const boost::asio::ip::tcp::endpoint& endpoint) {
    const auto address = endpoint.address();
    return {address.is_v6() ? IpAddr::v6(address.to_v6().to_bytes())
                            : IpAddr::v4(address.to_v4().to_uint()),
            Port{endpoint.port()}};
}

}  // namespace sallyport
