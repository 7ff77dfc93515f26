// SPDX-License-Identifier: Apache-2.0
// GNU oSIP: parses the well-known headers of every message into structures.
#include "tests/bench/peers/peers.h"

#include <osipparser2/osip_parser.h>

namespace sallyport::bench {

bool parse_osip(const std::string& text) {
    static const bool ready = parser_init() == 0;
    osip_message_t* message = nullptr;
    if (!ready || osip_message_init(&message) != 0) {
        return false;
    }
    const bool parsed = osip_message_parse(message, text.data(), text.size()) == 0;
    osip_message_free(message);
    return parsed;
}

}  // namespace sallyport::bench
