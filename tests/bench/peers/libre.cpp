// SPDX-License-Identifier: Apache-2.0
// libre (baresip): sip_msg_decode() types Via, To, From, Call-ID and CSeq and lists the others. The
// datagram is copied into one buffer that stays, as its own receive path would have it there.
#include <cstdint>

extern "C" {
#include <re.h>
}

#include "tests/bench/peers/peers.h"

namespace sallyport::bench {

bool parse_libre(const std::string& text) {
    static mbuf* const buffer = mbuf_alloc(65536);
    mbuf_rewind(buffer);
    if (mbuf_write_mem(buffer, reinterpret_cast<const uint8_t*>(text.data()), text.size()) != 0) {
        return false;
    }
    mbuf_set_pos(buffer, 0);
    sip_msg* message = nullptr;
    const bool parsed = sip_msg_decode(&message, buffer) == 0;
    mem_deref(message);
    return parsed;
}

}  // namespace sallyport::bench
