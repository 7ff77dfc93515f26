// SPDX-License-Identifier: Apache-2.0
// sofia-sip: msg_make() extracts and types every header that it knows.
#include "tests/bench/peers/peers.h"

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/msg_parser.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>

namespace sallyport::bench {

bool parse_sofia(const std::string& text) {
    msg_t* const message =
        msg_make(sip_default_mclass(), 0, text.data(), static_cast<ssize_t>(text.size()));
    const sip_t* const sip = message == nullptr ? nullptr : sip_object(message);
    const bool parsed = sip != nullptr && sip->sip_error == nullptr && sip->sip_via != nullptr &&
                        sip->sip_from != nullptr && sip->sip_to != nullptr &&
                        sip->sip_call_id != nullptr && sip->sip_cseq != nullptr;
    msg_destroy(message);
    return parsed;
}

}  // namespace sallyport::bench
