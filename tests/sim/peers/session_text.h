// SPDX-License-Identifier: Apache-2.0
// What a model reads of a session description (RFC 8866): origin, and of each m-line its kind,
// port, address and direction. Written for the simulator alone. Tests only.
#pragma once

#include "config/types/ip.h"

#include <string>
#include <string_view>
#include <vector>

namespace sallyport::sim {

struct MediaLine {
    std::string kind;  // "audio"
    std::string proto;
    Endpoint at;
    std::string direction;  // empty when none is written
};

struct SessionText {
    std::string origin;   // o= without version: user, id, nettype, addrtype, address
    std::string version;  // of o=
    std::string rest;     // everything but the o= line
    std::vector<MediaLine> lines;
    bool valid{false};
};

[[nodiscard]] SessionText read_session(std::string_view text);

}  // namespace sallyport::sim
