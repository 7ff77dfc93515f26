// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/overload.h"

#include "b2bua/call/steps.h"
#include "b2bua/sip/retry_after.h"

#include <algorithm>
#include <string>

namespace sallyport::call {

void note_rest(Environment& env, const Flow& flow, const sip::Message& response) {
    const auto asked = sip::RetryAfter::parse(response.value_of(sip::HeaderId::kRetryAfter));
    if (response.status() != 503 || !asked.ok()) {
        return;
    }
    const Peer* peer = env.resting.note(env.config, flow, asked->seconds, env.now);
    if (peer != nullptr) {
        const auto seconds = std::min(asked->seconds, routing::RestingPeers::kLongest);
        env.journal.write(LogLevel::kWarn, "peer " + peer->name +
                                               " answered 503 with Retry-After: no new requests "
                                               "to it for " +
                                               std::to_string(seconds) + " s");
    }
}

void refuse_routing(Environment& env, transaction::ServerHandle server,
                    const routing::Refusal& why) {
    env.counters.no_route.add();
    const std::string line = why.retry_after == 0
                                 ? std::string{}
                                 : "Retry-After: " + std::to_string(why.retry_after) + "\r\n";
    respond_here(env, server, why.status, why.reason, line);
}

}  // namespace sallyport::call
