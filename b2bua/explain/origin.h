// SPDX-License-Identifier: Apache-2.0
// By which realm a message comes in, and what says so. Pure.
#pragma once

#include "b2bua/explain/arrival.h"
#include "b2bua/sip/message.h"
#include "b2bua/transport/flow.h"
#include "config/config.h"
#include "config/types/result.h"

#include <optional>
#include <string>

namespace sallyport::explain {

/// What the operator says about it; it wins over what the file says.
struct Claim {
    std::optional<RealmId> realm;
    std::optional<Endpoint> source;
};

struct Origin {
    Flow flow;
    std::string why;
};

/// A message that does not come in, and why.
struct Outside {
    bool ours{false};  // the gateway of the capture sent it
    std::string why;
};

/// message: as far as it could be read.
[[nodiscard]] Result<Origin, Outside> origin_of(const Config& config, const Claim& claim,
                                                const Arrival& arrival,
                                                const sip::Message& message);

/// "[realm.inside]"
[[nodiscard]] std::string section(const Config& config, RealmId realm);

/// "peer.carrier 10.20.0.2:5060", or the address alone of whoever is no peer.
[[nodiscard]] std::string name_of(const Config& config, const Flow& flow);

}  // namespace sallyport::explain
