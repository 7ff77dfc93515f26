// SPDX-License-Identifier: Apache-2.0
// SIP over UDP through the data plane: one datagram is one message (B1). Counts what leaves by
// method and status class. Owner: one shard, on its thread.
#pragma once

#include "b2bua/counters.h"
#include "b2bua/transport/sender.h"
#include "dataplane/datagram.h"

namespace sallyport {

class UdpTransport final : public Sender {
public:
    UdpTransport(dataplane::DatagramPort& port, Counters& counters) noexcept
        : port_(port), counters_(counters) {}

    bool send(const Flow& flow, std::string_view message) noexcept override;

private:
    dataplane::DatagramPort& port_;
    Counters& counters_;
};

}  // namespace sallyport
