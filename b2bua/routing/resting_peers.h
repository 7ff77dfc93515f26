// SPDX-License-Identifier: Apache-2.0
// Peers that answered 503 with Retry-After get no new request until that time is over (I8, RFC 3261
// s.21.5.4). Owner: one Shard, on its thread; what one shard hears the others do not know.
#pragma once

#include "b2bua/routing/router.h"
#include "config/config.h"
#include "config/types/units.h"

#include <cstdint>
#include <vector>

namespace sallyport::routing {

class RestingPeers {
public:
    static constexpr std::uint32_t kLongest = 3600;  // s

    /// The peer that was reached by this flow asks for so many seconds. nullptr: it did so before
    /// and they are not over, or nobody of the configuration is there.
    const Peer* note(const Config& config, const Flow& flow, std::uint32_t seconds, Moment now);

    /// The targets that may be asked; all of them resting: 503 and when the first is back (I4).
    [[nodiscard]] Result<Targets, Refusal> awake(Targets targets, Moment now) const;

private:
    struct Entry {
        RealmId realm;
        Endpoint address;
        Moment until;
    };
    [[nodiscard]] const Entry* find(const Flow& flow, Moment now) const;

    std::vector<Entry> entries_;  // one for each peer at most
};

}  // namespace sallyport::routing
