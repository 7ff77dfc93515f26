// SPDX-License-Identifier: Apache-2.0
// How the layers above hand a ready message to the wire. One interface, so that the simulator and
// tests see every octet.
#pragma once

#include "b2bua/transport/flow.h"

#include <string_view>

namespace sallyport {

class Sender {
public:
    virtual ~Sender() = default;
    /// False when the transport knows at once that it cannot deliver (no route, no buffer). Bytes
    /// are copied.
    virtual bool send(const Flow& flow, std::string_view message) noexcept = 0;
};

}  // namespace sallyport
