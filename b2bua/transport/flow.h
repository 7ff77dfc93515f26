// SPDX-License-Identifier: Apache-2.0
// Where a message came from or goes to: (realm, transport, our address, remote address). Streams
// will add a connection.
#pragma once

#include "config/config.h"
#include "config/types/id.h"
#include "config/types/ip.h"

namespace sallyport {

struct Flow {
    RealmId realm;
    Transport transport{Transport::kUdp};
    Endpoint
        local;  // a listen point of the realm; the Via and Contact of this leg are made from it
    Endpoint remote;
    constexpr auto operator<=>(const Flow&) const noexcept = default;
};

}  // namespace sallyport
