// SPDX-License-Identifier: Apache-2.0
// A message that the dry run is to take as if it had arrived, and what its reader had to say.
#pragma once

#include "config/types/ip.h"

#include <cstdint>
#include <string>
#include <vector>

namespace sallyport::explain {

struct Arrival {
    std::string octets;                // as on the wire
    Endpoint source;                   // family kNone: the file does not tell
    Endpoint local;                    // where it was sent to; likewise
    std::uint64_t frame{0};            // of the capture, from 1; 0: it came in a text file
    std::vector<std::string> notes{};  // what was repaired before it could be read
    bool made_up{false};               // by the run, in the place of somebody else
};

}  // namespace sallyport::explain
