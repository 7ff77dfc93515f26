// SPDX-License-Identifier: Apache-2.0
// For the tests of metrics/: one HTTP request to a port on loopback.
#pragma once

#include "config/types/ip.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <string>
#include <unistd.h>

namespace sallyport::metrics {

/// The whole answer, head and body; empty when nobody answers within 5 s.
inline std::string http_get(Port port, const std::string& path) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port.value);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{5, 0};
    (void)::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::string answer;
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) {
        const std::string request =
            "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        (void)!::write(fd, request.data(), request.size());
        std::array<char, 65536> block;
        for (ssize_t got = 0; (got = ::read(fd, block.data(), block.size())) > 0;) {
            answer.append(block.data(), static_cast<std::size_t>(got));
        }
    }
    (void)::close(fd);
    return answer;
}

}  // namespace sallyport::metrics
