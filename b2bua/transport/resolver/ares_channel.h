// SPDX-License-Identifier: Apache-2.0
// Questions on the wire, by c-ares: retransmission, the next server when one is silent or fails,
// TCP when a reply is cut short (RFC 2181 s.9, RFC 7766), EDNS (RFC 6891). Two seconds per server
// and question (I3), in two tries. Owner: one thread, which waits in wait(); only wake() may be
// called from others.
#pragma once

#include "b2bua/transport/resolver/counters.h"
#include "b2bua/transport/resolver/dns_answer.h"
#include "config/types/ip.h"
#include "config/types/result.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sallyport::resolver {

class AresChannel {
public:
    /// Called from ask() or wait(), once for each question unless the channel ends before.
    using Take = std::function<void(const Question&, const Answer&)>;

    /// servers empty: those of /etc/resolv.conf. The error is a sentence for the operator.
    [[nodiscard]] static Result<std::unique_ptr<AresChannel>, std::string> open(
        const std::vector<Endpoint>& servers, Counters& counters, Take take);

    virtual ~AresChannel() = default;
    virtual void ask(const Question& question) noexcept = 0;
    /// Until something came, a question timed out, or wake() was called.
    virtual void wait() noexcept = 0;
    virtual void wake() noexcept = 0;
};

}  // namespace sallyport::resolver
